"""The outbox: what waits to be sent, was sent, or was not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from tenure.accounts.models import Account
from tenure.core.wording import told
from tenure.plays.models import Outgoing
from tenure.plays.outbox.sending import STOPPED, TOO_LATE
from tenure.plays.outbox.webhooks import NO_CHANNEL

State, Kind = Outgoing.State, Outgoing.Kind
TONES: Mapping[str, str] = {
    State.WAITING: "info", State.SENDING: "info", State.SENT: "good", State.FAILED: "poor",
    State.UNSURE: "fair", State.DROPPED: "",
}  # fmt: skip
AGAIN = frozenset({State.UNSURE, State.FAILED})
SHOWN: dict[str, Promise] = {
    "waiting": pgettext_lazy("outgoing, several", "Waiting"),
    "sent": pgettext_lazy("outgoing, several", "Sent"),
    "unsure": pgettext_lazy("outgoing, several", "May have been sent"),
    "failed": pgettext_lazy("outgoing, several", "Not sent"),
    "dropped": pgettext_lazy("outgoing, several", "No longer wanted"),
}
OURS = frozenset({STOPPED, TOO_LATE, NO_CHANNEL})
"""Reasons in Tenure's own words."""
STATES = {"waiting": (State.WAITING, State.SENDING)}


@dataclass(frozen=True)
class OutgoingFilters:
    """The filters of the address; nonsense is ignored."""

    state: str = ""
    kind: str = ""
    words: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "OutgoingFilters":
        """From a query string."""
        state, kind = query.get("state", ""), query.get("kind", "")
        return cls(
            state if state in SHOWN else "",
            kind if kind in Kind.values else "",
            query.get("q", "").replace("\x00", "").strip()[:100],
        )

    @property
    def is_set(self) -> bool:
        return bool(self.state or self.kind or self.words)


def outgoing_of(visible: QuerySet[Account], chosen: OutgoingFilters) -> QuerySet[Outgoing, int]:
    """Keys of what goes out for accounts the reader may see, the newest first."""
    rows = Outgoing.objects.filter(account__in=visible)
    if chosen.state:
        rows = rows.filter(state__in=STATES.get(chosen.state, (chosen.state,)))
    rows = rows.filter(kind=chosen.kind) if chosen.kind else rows
    rows = rows.filter(account__name__icontains=chosen.words) if chosen.words else rows
    return rows.order_by("-made_at", "-pk").values_list("pk", flat=True)


def counts_by_state(visible: QuerySet[Account]) -> list[tuple[str, Promise, int]]:
    """(state, name, how many) of what goes out for accounts the reader may see."""
    rows = Outgoing.objects.filter(account__in=visible).order_by().values_list("state")
    found: dict[str, int] = dict(rows.annotate(n=Count("pk")))
    return [
        (key, name, sum(found.get(state, 0) for state in STATES.get(key, (key,))))
        for key, name in SHOWN.items()
    ]


@dataclass(frozen=True)
class OutgoingRow:
    """One of the outbox. `what`: its subject or its beginning; `to`: who or where it goes."""

    row: Outgoing
    what: str
    to: str
    tone: str
    reason: str
    again: bool


def outgoing_rows(keys: Sequence[int], *, channels: bool = False) -> list[OutgoingRow]:
    """Rows as they are listed, by their keys, so that no others are read and sorted whole.

    `channels`: the reader may see where channels lead.
    """
    related = ("account", "person", "channel", "run__play")
    found = Outgoing.objects.select_related(*related).in_bulk(keys)
    return [
        OutgoingRow(row, _what(row), _to(row), TONES.get(row.state, ""),
                    reason_of(row, channels=channels), row.state in AGAIN)
        for row in (found[key] for key in keys if key in found)
    ]  # fmt: skip


def reason_of(row: Outgoing, *, channels: bool = False) -> str:
    """Why it was not sent; what another system said names its address, which few may see."""
    if not row.reason or channels or row.kind == Kind.MAIL or row.reason in OURS:
        return told(row.reason)
    said = _("The channel %(name)s did not take it; an administrator sees why.")
    return said % {"name": _to(row)}


def _what(row: Outgoing) -> str:
    if row.kind == Kind.MAIL:
        return str(row.payload.get("subject", ""))
    if row.kind == Kind.CHAT:
        return str(row.payload.get("text", ""))[:120]
    return str(row.payload.get("type", ""))


def _to(row: Outgoing) -> str:
    if row.kind == Kind.MAIL:
        return str(row.person) if row.person else _("somebody who is gone")
    return row.channel.name if row.channel else _("a channel that is gone")
