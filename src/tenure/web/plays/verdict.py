"""What a play that is being written comes to: in words, with whom it is for; or what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.core.errors import InvalidDefinition
from tenure.plays.definition.part import REMARK
from tenure.plays.definition.shape import Definition
from tenure.plays.definition.writing import resolved
from tenure.plays.services import play_checked
from tenure.web.plays.draft import Fields
from tenure.web.plays.outline import Told, flat, outline
from tenure.web.plays.words import Telling
from tenure.web.segments.drawn import NEW_TITLE, count_of_body

UNNAMED = "new"


@dataclass(frozen=True)
class Verdict:
    """`count`: accounts the reader may see that are in the audience today; None: all of them.

    `undecided`: of how many it cannot be told, as a value is unknown.
    """

    problems: Sequence[str]
    definition: Definition | None = None
    trigger: str = ""
    audience: str = ""
    leave: str = ""
    steps: tuple[Told, ...] = ()
    count: int | None = None
    undecided: int = 0

    @property
    def step_count(self) -> int:
        return len(list(flat(self.steps)))


def verdict_of(
    key: str, body: dict[str, Any], known: Fields, visible: QuerySet[Account]
) -> Verdict:
    """What a body comes to, checked as saving it would check it."""
    try:
        definition = play_checked(key or UNNAMED, body)
    except InvalidDefinition as error:
        return Verdict(error.problems)
    telling = Telling(known)
    count, undecided = _audience(resolved(body).get("audience"), known, visible)
    return Verdict(
        [], definition, telling.trigger(definition), telling.audience(definition),
        telling.leave(definition), outline(definition, telling), count, undecided,
    )  # fmt: skip


def _audience(
    rule: Mapping[str, Any] | None, known: Fields, visible: QuerySet[Account]
) -> tuple[int | None, int]:
    if not rule:
        return None, 0
    body = {name: part for name, part in rule.items() if name != REMARK}
    try:
        found = count_of_body({"title": NEW_TITLE, **body}, known, visible)
    except InvalidDefinition:
        return 0, 0
    return len(found.members), found.undecided
