"""What the builder draws: each row with its choices, and what the rule comes to."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tenure.accounts.models import Account, OwnerAssignment
from tenure.accounts.selectors import owners_mark
from tenure.contracts.models import ContractState, SubscriptionPeriod
from tenure.core import clock
from tenure.core.errors import InvalidDefinition
from tenure.core.wording import listed
from tenure.segments.conditions import Definition, parse
from tenure.segments.evaluate import Answered, evaluate
from tenure.segments.fields import Field, group_title
from tenure.segments.operators import Kind, Operator, Takes, fitting
from tenure.segments.sentences import sentence
from tenure.web.listing.rows import Row as AccountRow
from tenure.web.listing.rows import rows_of
from tenure.web.segments.draft import TOP, Bunch, Draft, Fields, Row, body_of
from tenure.web.sources.kept import kept

EXAMPLES = 5
MOST_OFFERED = 200
AT_ONCE = 900
AT_WORK_SECONDS = 60
NEW_TITLE = "–"
OPTION, CHOSEN = '<option value="{}"{}>', SafeString(" selected")


@dataclass(frozen=True)
class Offer:
    """Fields under a heading; `fields` are (key, title, hint)."""

    title: str
    fields: list[tuple[str, str, str]]


@dataclass(frozen=True)
class DrawnRow:
    """A row with what its inputs offer. `place`: how it is called aloud; `options`: its fields."""

    row: Row
    place: str
    field: Field | None
    operators: Sequence[Operator]
    operator: Operator | None
    choices: Sequence[tuple[str, str, bool]]
    focus: bool
    options: SafeString

    @property
    def takes(self) -> str:
        return self.operator.takes.value if self.operator else ""

    @property
    def value(self) -> str:
        return self.row.values[0] if self.row.values else ""

    @property
    def chosen(self) -> str:
        """The words ticked, for the summary of a list that is folded."""
        return listed(word for _value, word, ticked in self.choices if ticked)

    @property
    def unit(self) -> str:
        operator = self.operator
        if operator is not None and operator.key.endswith("_percent"):
            return "%"
        return str(self.field.unit) if self.field and self.takes in {"number", "two"} else ""


@dataclass(frozen=True)
class DrawnGroup:
    """A group with its rows; `number` TOP is the outermost."""

    number: int
    mode: str
    place: str
    rows: Sequence["DrawnRow | DrawnGroup"]
    focus: bool = False

    @property
    def is_group(self) -> bool:
        return True


class Board:
    """Draws a draft for one reader, offering only values of accounts they may see."""

    def __init__(self, known: Fields, visible: QuerySet[Account]) -> None:
        self.known, self.visible = known, visible
        self._found: dict[str, list[tuple[str, str]]] = {}

    @cached_property
    def offers(self) -> list[Offer]:
        """Every field under its heading."""
        return offers(self.known, "")

    @cached_property
    def options(self) -> SafeString:
        """Every field as an option, drawn once for all the lists of them."""
        return format_html_join(
            "",
            '<optgroup label="{}">{}</optgroup>',
            (
                (
                    offer.title,
                    format_html_join(
                        "",
                        OPTION + "{}</option>",
                        ((key, "", title) for key, title, _hint in offer.fields),
                    ),
                )
                for offer in self.offers
            ),
        )

    def options_of(self, key: str) -> SafeString:
        """The same, with one chosen."""
        option = format_html(OPTION, key, "")
        return SafeString(self.options.replace(option, format_html(OPTION, key, CHOSEN), 1))

    def drawn(self, draft: Draft, focus: int = TOP) -> DrawnGroup:
        """The draft with what each input offers."""
        rows: list[DrawnRow | DrawnGroup] = []
        for item in draft.items:
            if isinstance(item, Bunch):
                place = _("Group %(n)d") % {"n": len(rows) + 1}
                inner = [
                    self._row(row, _within(place, at), focus)
                    for at, row in enumerate(draft.rows_in(item.number), start=1)
                ]
                rows.append(DrawnGroup(item.number, item.mode, place, inner, item.number == focus))
            elif item.within == draft.root:
                place = _("Condition %(n)d") % {"n": len(rows) + 1}
                rows.append(self._row(item, place, focus))
        return DrawnGroup(draft.root, draft.mode, "", rows)

    def _row(self, row: Row, place: str, focus: int) -> DrawnRow:
        field = self.known.get(row.field)
        operators = fitting(field.kind) if field else []
        operator = next((one for one in operators if one.key == row.op), None)
        choices: list[tuple[str, str, bool]] = []
        if field and field.kind is Kind.CHOICE and operator and operator.takes is Takes.WORDS:
            words = [(str(v), str(w)) for v, w in field.choices()] if field.choices else []
            words = words or self._words(field)
            there = {value for value, _word in words}
            words += [(value, value) for value in row.values if value and value not in there]
            choices = [(value, word, value in row.values) for value, word in words]
        return DrawnRow(
            row, place, field, operators, operator, choices, row.number == focus,
            self.options_of(row.field),
        )  # fmt: skip

    def _words(self, field: Field) -> list[tuple[str, str]]:
        if field.key not in self._found:
            values = sorted(self._values(field), key=lambda word: (word.casefold(), word))
            self._found[field.key] = [(value, value) for value in values[:MOST_OFFERED]]
        return self._found[field.key]

    def _values(self, field: Field) -> set[str]:
        """The different values that the reader's accounts have."""
        accounts = self.visible
        if field.source == "custom":
            rows = accounts.exclude(custom={}).values_list("custom", flat=True)
            return {v for c in rows.iterator() if isinstance(v := c.get(field.name), str) and v}
        found: QuerySet[Any, Any]
        if field.key == "account.owner":
            found = OwnerAssignment.objects.filter(
                account__in=accounts, until__isnull=True
            ).values_list("owner__email", flat=True)
        elif field.key == "contract.plan":
            found = ContractState.objects.filter(
                account__in=accounts, plan__isnull=False
            ).values_list("plan__name", flat=True)
        elif field.key == "contract.currency":
            found = SubscriptionPeriod.objects.filter(
                account__in=accounts, superseded_at__isnull=True
            ).values_list("currency", flat=True)
        else:
            found = accounts.values_list(field.name, flat=True)
        return {str(value) for value in found.order_by().distinct() if value}


def _within(group: str, number: int) -> str:
    return _("%(group)s, condition %(n)d") % {"group": group, "n": number}


def offers(known: Fields, words: str) -> list[Offer]:
    """Fields whose heading, title or key holds every word, under their headings."""
    wanted = words.casefold().split()
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for field in known.values():
        title = group_title(field.source)
        text = f"{title} {field.title} {field.key}".casefold()
        if all(word in text for word in wanted):
            hint = str(field.hint)
            groups.setdefault(title, []).append((field.key, str(field.title), hint))
    return [Offer(title, fields) for title, fields in groups.items()]


@dataclass(frozen=True)
class Verdict:
    """What a rule comes to among the accounts a reader may see, or what is wrong with it."""

    problems: list[str]
    definition: Definition | None = None
    answered: Answered | None = None
    count: int = 0
    undecided: int = 0
    examples: Sequence[AccountRow] = ()

    @property
    def sentence(self) -> str:
        return sentence(self.definition) if self.definition else ""


def verdict(draft: Draft, known: Fields, visible: QuerySet[Account]) -> Verdict:
    """The live count with five examples; the title may still be missing."""
    body = body_of(draft, known)
    return verdict_of_body({**body, "title": draft.title or NEW_TITLE}, known, visible)


def _answered(body: Mapping[str, Any], definition: Definition) -> Answered:
    """Who belongs, for a minute the same: a rule being built is asked for again and again."""
    parts = {key: part for key, part in body.items() if key not in {"title", "description"}}
    rule = json.dumps(parts, sort_keys=True, default=str)
    name = f"rule {rule} {clock.today()} {owners_mark()}"
    return kept(name, lambda: evaluate(definition), AT_WORK_SECONDS)


def _dearest(members: Collection[int]) -> list[int]:
    """The few members that pay most, by name where two pay the same."""
    paying = ContractState.objects.filter(mrr__isnull=False)
    if len(members) <= AT_ONCE:
        paying = paying.filter(account__in=members)
    ordered = paying.order_by("-mrr", "account__name").values_list("account_id", flat=True)
    return list(islice((key for key in ordered.iterator() if key in members), EXAMPLES))


@dataclass(frozen=True)
class Count:
    """How many accounts a reader may see belong, and of how many it cannot be told."""

    members: frozenset[int]
    undecided: int
    definition: Definition
    answered: Answered


def count_of_body(body: Mapping[str, Any], known: Fields, visible: QuerySet[Account]) -> Count:
    """What a stored form comes to; raises `InvalidDefinition` where it does not hold together."""
    definition = parse(body, known)
    answered = _answered(body, definition)
    seen = set(visible.values_list("pk", flat=True))
    members = frozenset(seen.intersection(answered.members))
    return Count(members, len(seen.intersection(answered.undecided)), definition, answered)


def verdict_of_body(body: Mapping[str, Any], known: Fields, visible: QuerySet[Account]) -> Verdict:
    """The same with five examples, or what is wrong with it."""
    try:
        found = count_of_body(body, known, visible)
    except InvalidDefinition as error:
        return Verdict(error.problems)
    first = _dearest(found.members)
    first += sorted(found.members.difference(first))[: EXAMPLES - len(first)]
    return Verdict(
        problems=[],
        definition=found.definition,
        answered=found.answered,
        count=len(found.members),
        undecided=found.undecided,
        examples=rows_of(first),
    )
