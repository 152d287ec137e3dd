"""What is set up and what is not: the way from an empty Tenure to the first health score."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account, Membership, OwnerAssignment
from tenure.contracts.models import ContractState, Plan, SubscriptionPeriod
from tenure.core.models import ServiceKey
from tenure.events.models import StoreFile
from tenure.health.models import CurrentHealth
from tenure.relationship.models import Standing
from tenure.timeline.models import SurveyAnswer, Touchpoint
from tenure.web.sources.identity import Matched

WELL_MATCHED = 0.9


@dataclass(frozen=True)
class Check:
    """One step. `code`: a command that does it; `url`: a page that does."""

    name: Promise
    text: Promise
    done: bool
    code: str = ""
    url: str = ""


def checklist(identity: Matched) -> list[Check]:
    """The steps in the order in which they make sense."""
    return [
        _step(
            _("Load accounts"),
            _("accounts.csv with id and name is enough to begin."),
            Account.objects.exists,
            "tenure load FOLDER",
        ),
        _step(
            _("Set tiers"),
            _("plans.csv gives each plan its tier; is_top_tier marks the highest."),
            Plan.objects.filter(tier__gt=0).exists,
            "tenure load FOLDER",
        ),
        _step(
            _("Load subscriptions"),
            _("MRR, renewals and the length of time come from subscriptions.csv."),
            SubscriptionPeriod.objects.exists,
            "tenure load FOLDER",
        ),
        _step(
            _("Make a tracking key"),
            _("Your product sends events with it, through Segment's or PostHog's SDK."),
            _has_track_key,
            url="settings_keys",
        ),
        _step(
            _("Connect events"),
            _("Send them to the tracking door, or load events.csv."),
            StoreFile.objects.filter(retired_at__isnull=True).exists,
        ),
        _step(
            _("Match identities"),
            _("Nine of ten events should belong to an account you loaded."),
            lambda: (identity.event_share or 0) >= WELL_MATCHED,
            url="data_identity",
        ),
        _step(
            _("Say who decides"),
            _("Roles in people.csv or memberships.csv: champion, sponsor, decision maker."),
            Membership.objects.exclude(role="user").exists,
            "tenure load FOLDER",
        ),
        _step(
            _("Load touchpoints and surveys"),
            _("They answer whether the relationship lives and how the account feels."),
            lambda: Touchpoint.objects.exists() or SurveyAnswer.objects.exists(),
            "tenure load FOLDER",
        ),
        _step(
            _("Give accounts an owner"),
            _("csm_email in accounts.csv, or by hand on the page Accounts."),
            OwnerAssignment.objects.exists,
            url="accounts",
        ),
        _step(
            _("Convert every currency"),
            _("Amounts without a rate are listed as unconverted, never dropped."),
            lambda: not ContractState.objects.exclude(unconverted="").exists(),
            url="settings_currencies",
        ),
        _step(
            _("First health and levels"),
            _("The refresh works them out; the worker does it every ten minutes."),
            lambda: CurrentHealth.objects.exists() and Standing.objects.exists(),
            "tenure refresh",
        ),
    ]


def _step(
    name: Promise, text: Promise, done: Callable[[], bool], code: str = "", url: str = ""
) -> Check:
    return Check(name, text, done(), code, reverse(url) if url else "")


def _has_track_key() -> bool:
    return ServiceKey.objects.filter(scope="track", revoked_at__isnull=True).exists()
