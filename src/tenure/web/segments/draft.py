"""A rule as the builder's form holds it: rows of text that may not hold together yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import QueryDict

from tenure.segments.conditions import DESCRIPTION, MODES, MOST, TITLE
from tenure.segments.conditions import USUAL_WEEKS as WEEKS
from tenure.segments.fields import Field
from tenure.segments.given import LONGEST, MOST_WORDS
from tenure.segments.operators import OPERATORS, Kind, Operator, Takes, fitting
from tenure.web.whole import PLACES, whole, wholes

TOP = 0
Fields = Mapping[str, Field]


@dataclass(frozen=True)
class Row:
    """A condition as typed; `within`: the number of its group, TOP for none."""

    number: int
    within: int
    field: str
    op: str = ""
    values: tuple[str, ...] = ()
    upper: str = ""
    weeks: str = str(WEEKS)


@dataclass(frozen=True)
class Bunch:
    """A group of rows and how they hold together."""

    number: int
    mode: str = "any"
    within: int = TOP


@dataclass(frozen=True)
class Draft:
    """The whole form. `root`: the number its outermost rows are in, where a page has many rules."""

    title: str = ""
    description: str = ""
    mode: str = "all"
    note: str = ""
    shared: bool = False
    items: tuple[Row | Bunch, ...] = field(default=())
    root: int = TOP

    @property
    def next_number(self) -> int:
        return max((item.number for item in self.items), default=0) + 1

    def rows_in(self, number: int) -> list[Row]:
        """The rows of a group, or those of none."""
        return [item for item in self.items if isinstance(item, Row) and item.within == number]


def draft_read(post: QueryDict, known: Fields) -> Draft:
    """What was sent, with nonsense left out; rows of groups that are gone go with them."""
    numbers = [n for n in wholes(post.getlist("item")) if n <= PLACES]
    bunches = {n for n in numbers if f"mode-{n}" in post}
    items: list[Row | Bunch] = []
    for number in list(dict.fromkeys(numbers))[: 2 * MOST]:
        if number in bunches:
            items.append(Bunch(number, _mode(post.get(f"mode-{number}"))))
            continue
        row = row_read(post, number)
        if row.within in {TOP, *bunches}:
            items.append(fitted(row, known))
    return Draft(
        title=_text(post.get("title"))[:TITLE],
        description=_text(post.get("description"))[:DESCRIPTION],
        mode=_mode(post.get("mode"), "all"),
        note=_text(post.get("note"))[:500],
        shared=post.get("shared") == "yes",
        items=tuple(items),
    )


def row_read(post: QueryDict, number: int) -> Row:
    """A condition as it was sent; what holds too much is cut, what is in no group is in -1."""
    within = whole(post.get(f"in-{number}", "0"), PLACES)
    values = [_text(value)[:LONGEST] for value in post.getlist(f"value-{number}")]
    return Row(
        number=number,
        within=-1 if within is None else within,
        field=_text(post.get(f"field-{number}"))[:LONGEST],
        op=_text(post.get(f"op-{number}"))[:LONGEST],
        values=tuple(values[:MOST_WORDS]),
        upper=_text(post.get(f"upper-{number}"))[:LONGEST],
        weeks=_text(post.get(f"weeks-{number}", str(WEEKS)))[:10],
    )


def _text(value: object) -> str:
    return str(value or "").replace("\x00", "").strip()


def _mode(value: object, default: str = "any") -> str:
    return str(value) if value in MODES else default


def fitted(row: Row, known: Fields) -> Row:
    """The row with a comparison that its field takes, and only values a choice has."""
    found = known.get(row.field)
    if found is None:
        return row
    kinds = fitting(found.kind)
    operator = OPERATORS.get(row.op)
    if operator is None or (operator not in kinds and found.source != "custom"):
        row = replace(row, op=kinds[0].key, values=(), upper="")
    if found.kind is Kind.CHOICE and found.choices:
        names = {name for name, _word in found.choices()}
        row = replace(row, values=tuple(value for value in row.values if value in names))
    return row


def acted(draft: Draft, do: str, known: Fields) -> tuple[Draft, int]:
    """The draft after a button was pressed, and the number of what came, to put the focus on."""
    action, _colon, rest = do.partition(":")
    if action == "add":
        within, _colon, key = rest.partition(":")
        groups = {str(item.number) for item in draft.items if isinstance(item, Bunch)} | {"0"}
        if key in known and within in groups and len(draft.items) < 2 * MOST:
            row = fitted(Row(draft.next_number, int(within), key), known)
            return replace(draft, items=(*draft.items, row)), row.number
    if action == "group" and len(draft.items) < 2 * MOST:
        bunch = Bunch(draft.next_number)
        return replace(draft, items=(*draft.items, bunch)), bunch.number
    if action == "remove" and (gone := whole(rest)) is not None:
        kept = (
            item for item in draft.items
            if item.number != gone
            and not (isinstance(item, Row) and item.within == gone)
        )  # fmt: skip
        return replace(draft, items=tuple(kept)), TOP
    return draft, TOP


def body_of(draft: Draft, known: Fields) -> dict[str, Any]:
    """The stored form; what does not hold together is left for the check to say."""
    body: dict[str, Any] = {"title": draft.title}
    if draft.description:
        body["description"] = draft.description
    return body | rule_body(draft, known)


def rule_body(draft: Draft, known: Fields) -> dict[str, Any]:
    """The stored form of its conditions alone."""
    return {draft.mode: [*_bodies(draft, known)]}


def _bodies(draft: Draft, known: Fields) -> Iterator[dict[str, Any]]:
    for item in draft.items:
        if isinstance(item, Bunch):
            yield {item.mode: [_row_body(row, known) for row in draft.rows_in(item.number)]}
        elif item.within == draft.root:
            yield _row_body(item, known)


def _row_body(row: Row, known: Fields) -> dict[str, Any]:
    operator = OPERATORS.get(row.op)
    body: dict[str, Any] = {"field": row.field, "op": row.op}
    if operator is None or operator.takes is Takes.NOTHING:
        return body
    body["value"] = _value(row, operator)
    if operator.change:
        weeks = whole(row.weeks)
        body["weeks"] = row.weeks if weeks is None else weeks
    return body


def _value(row: Row, operator: Operator) -> Any:
    first = row.values[0] if row.values else ""
    if operator.takes is Takes.WORDS:
        return [value for value in row.values if value]
    if operator.takes is Takes.TWO:
        return [number_written(first), number_written(row.upper)]
    if operator.takes in {Takes.NUMBER, Takes.DAYS}:
        return number_written(first)
    return first


def number_written(text: str) -> int | float | str:
    """A number, from text with a point or a comma; other text stays as it is."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return int(number) if abs(number) < 1e12 and number == int(number) else number


def draft_of(body: Mapping[str, Any], *, shared: bool = False) -> Draft:
    """The form of a stored rule that holds together."""
    mode, items = rule_items(body)
    return Draft(
        title=body["title"], description=body.get("description", ""), mode=mode, shared=shared,
        items=items,
    )  # fmt: skip


def rule_items(
    body: Mapping[str, Any], *, root: int = TOP, after: int = 0
) -> tuple[str, tuple[Row | Bunch, ...]]:
    """How a stored rule holds together, and its rows and groups, numbered from `after` on."""
    mode = next(mode for mode in MODES if mode in body)
    items: list[Row | Bunch] = []

    def number() -> int:
        return after + len(items) + 1

    for item in body[mode]:
        if "field" in item:
            items.append(_row_of(item, number(), root))
            continue
        inner = next(one for one in MODES if one in item)
        bunch = Bunch(number(), inner, root)
        items.append(bunch)
        items += [
            _row_of(row, bunch.number + at, bunch.number)
            for at, row in enumerate(item[inner], start=1)
        ]
    return mode, tuple(items)


def _row_of(item: Mapping[str, Any], number: int, within: int) -> Row:
    given = item.get("value", "")
    values = [_written(value) for value in (given if isinstance(given, list) else [given])]
    two = OPERATORS[item["op"]].takes is Takes.TWO
    return Row(
        number=number, within=within, field=item["field"], op=item["op"],
        values=tuple(values[:1] if two else values), upper=values[1] if two else "",
        weeks=str(item.get("weeks", WEEKS)),
    )  # fmt: skip


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.12g}"
    return value.isoformat() if isinstance(value, date) else str(value)
