"""Something worth a success manager's look at an account, before it is put into words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec.structs import replace

NOW, SOON, KNOW = 3, 2, 1
URGENCY: dict[int, Promise] = {NOW: _("today"), SOON: _("this week"), KNOW: _("to know")}


@dataclass(frozen=True)
class Kind:
    """What a kind of finding is called, how it is drawn, where its evidence is.

    `group`: task, renewal or change. `page`: the address's name of the evidence, `query`: what
    the address ends with.
    """

    name: Promise
    icon: str
    group: str = "change"
    page: str = ""
    query: str = ""


KINDS = {
    "task": Kind(_("Task"), "check", "task"),
    "renewal": Kind(_("Renewal"), "renewals", "renewal"),
    "level": Kind(_("Level"), "level", page="account_health"),
    "slipping": Kind(_("Slipping"), "warning", page="account_health"),
    "near": Kind(_("One clause away"), "ladder", page="account_health"),
    "health": Kind(_("Health"), "health", page="account_health"),
    "risk": Kind(_("Risk"), "retention", page="account_outlook"),
    "left": Kind(_("Person left"), "out", page="account_people"),
    "quiet": Kind(_("Person quiet"), "user", page="account_people"),
    "payment": Kind(_("Payment"), "money", page="account_contract"),
    "answer": Kind(_("Survey"), "survey", page="account_timeline", query="?kind=survey"),
    "ticket": Kind(_("Ticket"), "ticket", page="account_timeline", query="?kind=ticket"),
}
GROUPS: dict[str, Promise] = {
    "task": _("Tasks"),
    "renewal": _("Renewals"),
    "change": _("Changes"),
}


class Finding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One thing about one account.

    Attributes:
        key: Tells findings of one kind on one account apart, and changes when it is news again.
        urgency: 3 today, 2 this week, 1 to know.
        given: What its sentence is made of, as JSON can hold it; keys of rows instead of names.
            Encoded of those that were packed: of thousands, a page shows a few.
        back: The day on which it was snoozed, of one that has come back.
    """

    account: int
    kind: str
    key: str
    urgency: int
    given: dict[str, Any] | bytes
    back: date | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What its sentence is made of."""
        if isinstance(self.given, dict):
            return self.given
        read: dict[str, Any] = msgspec.msgpack.decode(self.given)
        return read

    @property
    def group(self) -> str:
        return KINDS[self.kind].group

    @property
    def name(self) -> str:
        """As a form sends it."""
        return f"{self.kind}~{self.account}~{self.key}"


def packed(findings: Iterable[Finding]) -> bytes:
    """Thousands of findings for a cache, read again many times faster than they were found."""
    facts = msgspec.msgpack.Encoder()
    return facts.encode([replace(one, given=facts.encode(one.facts)) for one in findings])


def unpacked(text: bytes) -> list[Finding]:
    """What was packed."""
    return _PACKED.decode(text)


_PACKED = msgspec.msgpack.Decoder(list[Finding])
