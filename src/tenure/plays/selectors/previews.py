"""Reads of previews: how far one is, what it adds up to, and its rows, for accounts one may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import get_language

from tenure.accounts.models import Account, Person
from tenure.accounts.selectors import owner_of
from tenure.core.mail.lines import one_line
from tenure.core.models import User
from tenure.plays.definition.program import Line, program
from tenure.plays.definition.reading import parse
from tenure.plays.definition.shape import (
    Definition,
    LetterStep,
    MailStep,
    TaskStep,
    Words,
    words_in,
)
from tenure.plays.models import PlayPreview
from tenure.plays.preview.shape import HELD_OUT, SKIPPED, Row, Totals, row_of
from tenure.plays.running.facts import About, language_among
from tenure.plays.running.reasons import WHY
from tenure.plays.running.steps.shape import merged_inside


@dataclass(frozen=True)
class Preview:
    """One preview. `totals`, `first`: None until it is done; `done` of `total` days are."""

    key: int
    play: str
    version: int
    state: str
    state_name: str
    done: int
    total: int
    first: date | None
    until: date
    totals: Totals | None
    reason: str
    asked_by: User | None
    asked_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Happening:
    """A row of a preview, to be read.

    Attributes:
        what: As in `preview.shape.Row`; `place`: of its step, as readers count it ("" of none).
        title: Of a task or a letter, or the subject of a mail, with the places as they are today.
        person: Whom a mail would have gone to; None where it was nobody, or they are erased.
        until: When a task is due, or until when a wait lasts.
        answer: Of a branch: yes or no. `why`: a step was skipped, as a sentence.
    """

    day: date
    account: Account
    what: str
    place: str
    title: str
    person: Person | None
    until: date | None
    answer: str
    why: str


def preview_of(key: int) -> Preview | None:
    """A preview by its key, if there is one."""
    row = PlayPreview.objects.select_related("asked_by").filter(pk=key).first()
    return None if row is None else _told(row)


def preview_newest(play: str) -> Preview | None:
    """The one that was asked for last, of whichever text of a play."""
    rows = PlayPreview.objects.select_related("asked_by").filter(key=play)
    row = rows.order_by("-asked_at", "-pk").first()
    return None if row is None else _told(row)


def _told(row: PlayPreview) -> Preview:
    done = row.state == PlayPreview.State.DONE
    return Preview(
        key=row.pk,
        play=row.key,
        version=row.version,
        state=row.state,
        state_name=str(PlayPreview.State(row.state).label),
        done=row.done,
        total=row.total,
        first=date.fromisoformat(row.result["first"]) if done else None,
        until=row.until,
        totals=Totals(**row.result["totals"]) if done else None,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
    )


def preview_rows(
    key: int, accounts: QuerySet[Account], *, what: Iterable[str] = (), start: int = 0,
    most: int = 100, arms: bool = False,
) -> tuple[list[Happening], int]:  # fmt: skip
    """Some rows of the accounts one may see, in order of day, and how many there are in all.

    `what`: only of these kinds; none: all. `arms`: who would be held out is told too, which is not
    for those who work the accounts: a version that is on draws as its preview does.
    """
    row = PlayPreview.objects.filter(pk=key, state=PlayPreview.State.DONE).first()
    if row is None:
        return [], 0
    seen, kinds = set(accounts.values_list("pk", flat=True)), frozenset(what)
    stored = (row_of(one) for one in row.result["rows"])
    told = (one for one in stored if arms or one.what != HELD_OUT)
    found = [one for one in told if one.account in seen and (not kinds or one.what in kinds)]
    shown = found[start : start + most]
    reading = _Reading(parse(row.key, row.body), shown)
    return [reading.told(one) for one in shown], len(found)


class _Reading:
    """The words of some rows."""

    def __init__(self, definition: Definition, rows: list[Row]) -> None:
        self._lines: tuple[Line, ...] = program(definition)
        self._accounts: Mapping[int, Account] = Account.objects.in_bulk(
            {row.account for row in rows}
        )
        people = Person.objects.filter(erased_at__isnull=True)
        self._people = people.in_bulk({row.person for row in rows if row.person is not None})
        self._owners: dict[int, User | None] = {}

    def told(self, row: Row) -> Happening:
        account = self._accounts[row.account]
        at_end = row.line is None or row.line >= len(self._lines)
        line = None if at_end else self._lines[row.line or 0]
        person = self._people.get(row.person) if row.person is not None else None
        return Happening(
            day=row.day,
            account=account,
            what=row.what,
            place=line.place if line else "",
            title=self._title(line, account, person) if line else "",
            person=person,
            until=_day(row.note),
            answer=row.note if row.note in {"yes", "no"} else "",
            why=str(WHY.get(row.note, row.note)) if row.what == SKIPPED else "",
        )

    def _title(self, line: Line, account: Account, person: Person | None) -> str:
        step = line.step
        if isinstance(step, MailStep):
            spoken = language_among(person.language if person else "", account.language)
            return self._merged(step.subject, account, spoken, person)
        if isinstance(step, TaskStep | LetterStep):
            return self._merged(step.title, account, language_among(get_language() or ""), None)
        return ""

    def _merged(self, words: Words, account: Account, spoken: str, person: Person | None) -> str:
        if account.pk not in self._owners:
            self._owners[account.pk] = owner_of(account)
        if "{{" not in words_in(words, spoken):
            return one_line(words_in(words, spoken))
        about = About(account, spoken, self._owners[account.pk], person)
        return one_line(merged_inside(words, about))


def _day(note: str) -> date | None:
    try:
        return date.fromisoformat(note)
    except ValueError:
        return None
