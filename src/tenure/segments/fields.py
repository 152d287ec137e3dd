"""The fields a condition may ask about, and where each is found among the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from tenure.contracts.models import Interval
from tenure.core.wording import told
from tenure.health.models import Band
from tenure.metrics.definitions import Metric
from tenure.relationship.models import Level
from tenure.relationship.texts import NAMES as CLAUSES
from tenure.segments.operators import Kind

Choices = Callable[[], Sequence[tuple[str, Any]]]
GROUPS: dict[str, Promise] = {
    "account": _lazy("Account"),
    "custom": _lazy("Your own fields"),
    "contract": _lazy("Contract"),
    "health": _lazy("Health"),
    "level": _lazy("Customer or client"),
    "forecast": _lazy("Forecast"),
    "people": _lazy("People"),
    "contact": _lazy("Contact"),
    "metric": _lazy("Metrics"),
    "run": _lazy("This play"),
}
LIFECYCLES: dict[str, Promise] = {
    "trial": _lazy("on trial"),
    "paying": _lazy("paying"),
    "former": _lazy("paid before"),
    "prospect": _lazy("never paid"),
}
REPLIES: dict[str, Promise] = {
    "yes": _lazy("yes"),
    "possibly": _lazy("possibly"),
    "no": _lazy("no"),
}
ANSWERS: dict[str, Promise] = {"yes": _lazy("yes"), "no": _lazy("no")}


@dataclass(frozen=True)
class Field:
    """A thing known of accounts. `key` is `source.name`; `unit` follows its numbers.

    `choices`: (value, word) of those that are fixed; `found`: they are what the accounts have.
    """

    key: str
    title: str | Promise
    kind: Kind
    unit: str | Promise = ""
    choices: Choices | None = None
    found: bool = False
    hint: str | Promise = ""

    @property
    def source(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]


def _words(mapping: Mapping[str, Any]) -> Choices:
    return lambda: list(mapping.items())


def _clauses() -> list[Field]:
    return [
        Field(
            f"level.{key}",
            format_lazy(_lazy("Clause {clause}: {name}"), clause=key, name=name),
            Kind.CHOICE,
            choices=_words(ANSWERS),
        )
        for key, name in CLAUSES.items()
        if key not in {"C3/4", "client"}
    ]


def _chances() -> list[Field]:
    named = {
        1: _lazy("Chance to leave within a month"),
        3: _lazy("Chance to leave within 3 months"),
        6: _lazy("Chance to leave within 6 months"),
        12: _lazy("Chance to leave within 12 months"),
        24: _lazy("Chance to leave within 24 months"),
    }
    return [Field(f"forecast.churn_{m}", name, Kind.NUMBER, "%") for m, name in named.items()]


_MISSING = {key: name for key, name in CLAUSES.items() if key not in {"A1", "client"}}
_MONTHS, _MONEY = _lazy("months"), _lazy("in the reporting currency")
FIXED = (
    Field("account.name", _lazy("Name"), Kind.TEXT),
    Field("account.domain", _lazy("Domain"), Kind.TEXT),
    Field("account.external_id", _lazy("Id"), Kind.TEXT),
    Field("account.segment", _lazy("Segment in your data"), Kind.CHOICE, found=True),
    Field("account.industry", _lazy("Industry"), Kind.CHOICE, found=True),
    Field("account.country", _lazy("Country"), Kind.CHOICE, found=True),
    Field("account.language", _lazy("Language"), Kind.CHOICE, found=True),
    Field("account.employees", _lazy("Employees"), Kind.NUMBER),
    Field("account.created_at", _lazy("Started"), Kind.DATE),
    Field("account.owner", _lazy("Owner"), Kind.CHOICE, found=True),
    Field("contract.lifecycle", _lazy("Lifecycle stage"), Kind.CHOICE, choices=_words(LIFECYCLES)),
    Field("contract.plan", _lazy("Plan"), Kind.CHOICE, found=True),
    Field("contract.tier", pgettext_lazy("plan", "Tier"), Kind.NUMBER),
    Field("contract.mrr", _lazy("MRR"), Kind.NUMBER, _MONEY),
    Field("contract.currency", _lazy("Currency"), Kind.CHOICE, found=True),
    Field("contract.seats", _lazy("Seats"), Kind.NUMBER),
    Field("contract.term_months", _lazy("Term"), Kind.NUMBER, _MONTHS),
    Field(
        "contract.interval", _lazy("Billed"), Kind.CHOICE, choices=lambda: list(Interval.choices)
    ),
    Field("contract.renews_at", _lazy("Renewal date"), Kind.DATE),
    Field("contract.auto_renew", _lazy("Renews by itself"), Kind.FLAG),
    Field("contract.notice", _lazy("Notice to leave given"), Kind.FLAG),
    Field("contract.paying_since", _lazy("Paying since"), Kind.DATE),
    Field("contract.paid_months", _lazy("Months paid"), Kind.NUMBER, _MONTHS),
    Field("contract.renewals_completed", _lazy("Renewals completed"), Kind.NUMBER),
    Field("contract.ended_at", _lazy("Paid until"), Kind.DATE),
    Field(
        "contract.trial_ends", _lazy("Trial ends"), Kind.DATE,
        hint=_lazy("End of the trial that runs, where your data says it."),
    ),
    Field(
        "contract.overdue_days", _lazy("Payment overdue"), Kind.NUMBER, _lazy("days"),
        hint=_lazy("Days since the oldest unpaid invoice fell due; 0 when none is overdue."),
    ),
    Field("health.score", _lazy("Health score"), Kind.NUMBER, _lazy("points")),
    Field(
        "health.band", _lazy("Health"), Kind.CHOICE,
        choices=lambda: [c for c in Band.choices if c[0] != Band.UNKNOWN],
    ),
    Field("level.level", _lazy("Level"), Kind.CHOICE, choices=lambda: list(Level.choices)),
    Field("level.since", _lazy("Level since"), Kind.DATE),
    Field("level.slipping", _lazy("Slipping"), Kind.FLAG),
    Field("level.one_away", _lazy("One clause away from client"), Kind.FLAG),
    Field("level.missing", _lazy("The one clause missing"), Kind.CHOICE, choices=_words(_MISSING)),
    Field("level.locked_in", _lazy("Locked in"), Kind.FLAG),
    *_clauses(),
    *_chances(),
    Field(
        "forecast.client_12", _lazy("Chance to become a client within 12 months"), Kind.NUMBER, "%"
    ),
    Field("forecast.value", _lazy("Value still to come"), Kind.NUMBER, _MONEY),
    Field("people.known", _lazy("People known"), Kind.NUMBER, _lazy("people")),
    Field("people.champion", _lazy("Has a champion"), Kind.FLAG),
    Field("people.decision_maker", _lazy("Has a decision maker"), Kind.FLAG),
    Field("people.sponsor", _lazy("Has a sponsor"), Kind.FLAG),
    Field("people.champion_left", _lazy("A champion left"), Kind.DATE),
    Field("people.sponsor_left", _lazy("A sponsor left"), Kind.DATE),
    Field(
        "people.champion_silent_days", _lazy("Champion silent for"), Kind.NUMBER, _lazy("days"),
        hint=_lazy(
            "Days since a champion last wrote, called, met, opened a ticket or answered a survey."
        ),
    ),
    Field("contact.last", _lazy("Last touch"), Kind.DATE),
    Field("contact.last_in", _lazy("Last heard from"), Kind.DATE),
    Field("contact.tickets_open", _lazy("Open tickets"), Kind.NUMBER, _lazy("tickets")),
    Field("contact.nps", _lazy("Newest NPS answer"), Kind.NUMBER, _lazy("of 10")),
)  # fmt: skip
RUN = "run"
OF_RUN = (
    Field(
        "run.answer", _lazy("Mail of this play answered"), Kind.CHOICE, choices=_words(REPLIES),
        hint=_lazy(
            "Yes: a mail came that refers to one of this play. Possibly: the person wrote within "
            "14 days, without saying to what."
        ),
    ),
)  # fmt: skip
"""What only a running play can be asked."""
BY_KEY = {field.key: field for field in (*FIXED, *OF_RUN)}
PREFIXES = ("metric.", "custom.")


def custom_field(name: str, kind: Kind = Kind.TEXT) -> Field:
    """A field that senders of accounts made up."""
    return Field(f"custom.{name}", name, kind, found=kind is Kind.CHOICE)


def metric_field(metric: Metric) -> Field:
    """A metric as a field; shares are asked about in per cent."""
    unit = "%" if metric.unit == "share" else told(metric.unit)
    key, title = f"metric.{metric.key}", told(metric.title)
    return Field(key, title, Kind.NUMBER, unit, hint=told(metric.description))


def fixed_or_open(key: str) -> Field | None:
    """The field of a key, without asking which metrics and own fields there are now."""
    if key in BY_KEY:
        return BY_KEY[key]
    prefix, dot, name = key.partition(".")
    if not name or len(key) > 200 or f"{prefix}{dot}" not in PREFIXES:
        return None
    return Field(key, name, Kind.NUMBER if prefix == "metric" else Kind.TEXT)


def group_title(source: str) -> str:
    """What a group of fields is called."""
    return str(GROUPS.get(source, _("Other")))
