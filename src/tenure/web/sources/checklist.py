"""What is set up and what is not: the way from an empty Tenure to the first health score.

One list for the page Start and the page Data. A step is done when the facts say so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenure.accounts.models import Account, Membership, OwnerAssignment
from tenure.contracts.models import ContractState, Plan, SubscriptionPeriod
from tenure.core.models import ServiceKey
from tenure.events.models import StoreFile
from tenure.health.models import CurrentHealth
from tenure.relationship.models import Standing
from tenure.timeline.models import SurveyAnswer, Touchpoint
from tenure.web.sources.identity import Matched
from tenure.web.templatetags.formats import number, share

WELL_MATCHED = 0.9


@dataclass(frozen=True)
class Check:
    """One step. `first`: on the way to the first health; the others make numbers better.

    `facts`: what there is of it now. `code`: a command that does it; `url`: a page that does.
    `minutes`: how long it takes. `opens`, `opens_at`: what it makes possible, and where.
    """

    key: str
    name: Promise
    text: Promise
    done: bool
    facts: str
    minutes: int
    opens: Promise
    opens_at: str
    code: str = ""
    url: str = ""
    first: bool = True


def checklist(identity: Matched) -> list[Check]:
    """The steps in the order in which they make sense."""
    return [*_first_steps(identity), *_further_steps()]


def nothing_loaded() -> bool:
    """Whether no account and no event ever came in."""
    return not Account.objects.exists() and not StoreFile.objects.exists()


def _first_steps(identity: Matched) -> list[Check]:
    return [
        _step(
            "events",
            _("Connect events"),
            _("Your product tells who uses it: with an SDK and a tracking key, or events.csv."),
            lambda: (StoreFile.objects.filter(retired_at__isnull=True).exists(), _events()),
            10,
            (_("Use, week by week"), "adoption"),
            url="settings_keys",
        ),
        _step(
            "accounts",
            _("Load accounts"),
            _("accounts.csv with id and name is enough to begin."),
            lambda: _counted(Account.objects.count(), "accounts"),
            5,
            (_("The list of accounts"), "accounts"),
            "tenure load FOLDER",
            "data_upload",
        ),
        _step(
            "tiers",
            _("Set tiers"),
            _("Plans and their order: set here, or loaded as plans.csv; one is marked as the top."),
            lambda: (Plan.objects.filter(tier__gt=0).exists(), _tiers()),
            3,
            (_("The ladder by tier"), "ladder"),
            "tenure load FOLDER",
            "settings_tiers",
        ),
        _step(
            "subscriptions",
            _("Load subscriptions"),
            _("MRR, renewals and the length of time come from subscriptions.csv."),
            lambda: _counted(SubscriptionPeriod.objects.count(), "periods"),
            10,
            (_("Renewals and retention"), "renewals"),
            "tenure load FOLDER",
            "data_upload",
        ),
        _step(
            "identity",
            _("Match identities"),
            _("Nine of ten events should belong to an account you loaded."),
            lambda: ((identity.event_share or 0) >= WELL_MATCHED, _matched(identity)),
            5,
            (_("Which ids are not matched"), "data_identity"),
            url="data_identity",
        ),
        _step(
            "health",
            _("First health and levels"),
            _("The refresh works them out; the worker does it every ten minutes."),
            lambda: (CurrentHealth.objects.exists() and Standing.objects.exists(), _scored()),
            10,
            (_("What to do today"), "today"),
            "tenure refresh",
        ),
    ]


def _further_steps() -> list[Check]:
    return [
        _step(
            "roles",
            _("Say who decides"),
            _("Roles in people.csv or memberships.csv: champion, sponsor, decision maker."),
            lambda: (Membership.objects.exclude(role="user").exists(), ""),
            15,
            (_("Breadth, a clause of the ladder"), "ladder"),
            "tenure load FOLDER",
            "data_upload",
            first=False,
        ),
        _step(
            "touch",
            _("Load touchpoints and surveys"),
            _("They answer whether the relationship lives and how the account feels."),
            lambda: (Touchpoint.objects.exists() or SurveyAnswer.objects.exists(), ""),
            15,
            (_("Living relationship and attitude, clauses of the ladder"), "ladder"),
            "tenure load FOLDER",
            "data_upload",
            first=False,
        ),
        _step(
            "owners",
            _("Give accounts an owner"),
            _("csm_email in accounts.csv, or by hand on the page Accounts."),
            lambda: (OwnerAssignment.objects.exists(), ""),
            5,
            (_("Books of the team"), "team"),
            url="accounts",
            first=False,
        ),
        _step(
            "currencies",
            _("Convert every currency"),
            _("Amounts without a rate are listed as unconverted, never dropped."),
            lambda: (_converted(), ""),
            5,
            (_("MRR of every account"), "retention"),
            url="settings_currencies",
            first=False,
        ),
    ]


def _step(
    key: str,
    name: Promise,
    text: Promise,
    state: Callable[[], tuple[bool, str]],
    minutes: int,
    opens: tuple[Promise, str],
    code: str = "",
    url: str = "",
    first: bool = True,
) -> Check:
    done, facts = state()
    address = reverse(url) if url else ""
    return Check(
        key, name, text, done, facts, minutes, opens[0], reverse(opens[1]), code, address, first
    )


def _counted(n: int, what: str) -> tuple[bool, str]:
    if what == "accounts":
        text = ngettext("%(n)s account is loaded.", "%(n)s accounts are loaded.", n)
    else:
        text = ngettext(
            "%(n)s period of a subscription is loaded.",
            "%(n)s periods of subscriptions are loaded.",
            n,
        )
    return n > 0, text % {"n": number(n)}


def _converted() -> bool:
    states = ContractState.objects
    return states.exists() and not states.exclude(unconverted="").exists()


def _events() -> str:
    stored = StoreFile.objects.filter(retired_at__isnull=True).aggregate(n=Sum("rows"))["n"] or 0
    if stored:
        text = ngettext("%(n)s event is stored.", "%(n)s events are stored.", stored)
        return text % {"n": number(stored)}
    if ServiceKey.objects.filter(scope="track", revoked_at__isnull=True).exists():
        return _t("There is a tracking key; no event has been stored yet.")
    return _t("No tracking key and no event yet.")


def _tiers() -> str:
    plans = list(Plan.objects.values_list("tier", "is_top_tier"))
    if not plans:
        return _t("No plan is loaded.")
    text = ngettext(
        "%(n)s plan, in tiers %(tiers)s.", "%(n)s plans, in tiers %(tiers)s.", len(plans)
    )
    tiers = ", ".join(str(tier) for tier in sorted({tier for tier, _top in plans}))
    told = text % {"n": number(len(plans)), "tiers": tiers}
    if any(top for _tier, top in plans):
        return told
    return _t("%(plans)s None of them is marked as top tier.") % {"plans": told}


def _matched(identity: Matched) -> str:
    if identity.event_share is None:
        return _t("There are no events to match yet.")
    return _t("%(share)s of the events belong to a loaded account.") % {
        "share": share(identity.event_share, 1)
    }


def _scored() -> str:
    n = CurrentHealth.objects.count()
    text = ngettext("%(n)s account has a health score.", "%(n)s accounts have a health score.", n)
    return text % {"n": number(n)}
