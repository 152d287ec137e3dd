"""What is forecast, in words: each of the things that may come to an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tenure.engine.panel.rows import CHURN, CLIENT, CONTRACTION, EXPANSION
from tenure.web.templatetags.formats import number


@dataclass(frozen=True)
class Cause:
    """One thing that is forecast. All but `key` are whole phrases or sentences of their own.

    `within`: takes `h`, months. `few`: takes `n`, how often it came. `found`, `beside`: what is
    found at capacity, takes `share` and `found`, the latter also `health`.
    """

    key: str
    name: Promise
    within: Promise
    came: Promise
    few: Any
    found: Promise
    beside: Promise

    def told_within(self, months: int) -> str:
        """It within so many months."""
        return str(self.within) % {"h": months}

    def told_few(self, events: int) -> str:
        """That it came too rarely to judge a forecast by."""
        return str(self.few % {"n": number(events), "count": events})


CAUSES: Mapping[str, Cause] = {
    cause.key: cause
    for cause in (
        Cause(
            CHURN,
            _("Leaving"),
            _("leaving within %(h)s months"),
            _("Found of those who left"),
            ngettext_lazy(
                "%(n)s churn in the closed windows: too few to judge.",
                "%(n)s churns in the closed windows: too few to judge.",
                "count",
            ),
            _("Looking after the riskiest %(share)s finds %(found)s of those who leave."),
            _(
                "Looking after the riskiest %(share)s finds %(found)s of those who leave; by the "
                "health score it is %(health)s."
            ),
        ),
        Cause(
            CONTRACTION,
            _("Paying less"),
            _("paying less within %(h)s months"),
            _("Found of those who paid less"),
            ngettext_lazy(
                "%(n)s contraction in the closed windows: too few to judge.",
                "%(n)s contractions in the closed windows: too few to judge.",
                "count",
            ),
            _("The likeliest %(share)s of accounts hold %(found)s of those who come to pay less."),
            _(
                "The likeliest %(share)s of accounts hold %(found)s of those who come to pay less; "
                "by the health score it is %(health)s."
            ),
        ),
        Cause(
            EXPANSION,
            _("Paying more"),
            _("paying more within %(h)s months"),
            _("Found of those who paid more"),
            ngettext_lazy(
                "%(n)s expansion in the closed windows: too few to judge.",
                "%(n)s expansions in the closed windows: too few to judge.",
                "count",
            ),
            _("The likeliest %(share)s of accounts hold %(found)s of those who come to pay more."),
            _(
                "The likeliest %(share)s of accounts hold %(found)s of those who come to pay more; "
                "by the health score it is %(health)s."
            ),
        ),
        Cause(
            CLIENT,
            _("Becoming a client"),
            _("becoming a client within %(h)s months"),
            _("Found of those who became clients"),
            ngettext_lazy(
                "%(n)s new client in the closed windows: too few to judge.",
                "%(n)s new clients in the closed windows: too few to judge.",
                "count",
            ),
            _("The likeliest %(share)s of accounts hold %(found)s of those who become clients."),
            _(
                "The likeliest %(share)s of accounts hold %(found)s of those who become clients; "
                "by the health score it is %(health)s."
            ),
        ),
    )
}


def cause_name(key: str) -> str:
    """What is forecast, in words."""
    return str(CAUSES[key].name) if key in CAUSES else key


def cause_of(key: str) -> Cause:
    """The cause of that key; churn where there is none."""
    return CAUSES.get(key, CAUSES[CHURN])
