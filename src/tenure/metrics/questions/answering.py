"""A question turned into SQL whose every value is a parameter, and what came of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.metrics.compile.span import day_index, week_index, week_monday
from tenure.metrics.questions.asked import DAYS, NUMBERS, Filter, Question
from tenure.metrics.questions.live import LiveStore

Floats = NDArray[np.float64]
MOST_SPLITS = 200
WORD, MOST_WORDS = 62, 8
"""Bits of a whole number that can be counted on, and how many numbers a group carries at most."""
GROUPS = frozenset({"plan", "tier", "level"})
"""Splits by what accounts are grouped by, which events do not say."""
_BUCKETS = {
    "week": "(day + 3) // 7",
    "month": "datediff('month', DATE '1970-01-01', DATE '1970-01-01' + day::INTEGER)",
    "all": "0::BIGINT",
}
_SPLITS = {
    "none": "''",
    "event": "event",
    "plan": "plan::VARCHAR",
    "tier": "tier::VARCHAR",
    "level": "level::VARCHAR",
    "account": "account_id::VARCHAR",
    "property": "coalesce(tenure_text(properties, $by), '')",
}
_TESTS = {
    "is": "{text} = {value}",
    "is_not": "{text} IS DISTINCT FROM {value}",
    "contains": "contains(lower({text}), lower({value}))",
    "starts": "starts_with(lower({text}), lower({value}))",
    "eq": "{number} = {value}",
    "gt": "{number} > {value}",
    "ge": "{number} >= {value}",
    "lt": "{number} < {value}",
    "le": "{number} <= {value}",
    "after": "try_cast({text} AS TIMESTAMPTZ) >= {value}::TIMESTAMPTZ",
    "before": "try_cast({text} AS TIMESTAMPTZ) < {value}::TIMESTAMPTZ",
    "true": "{text} = 'true'",
    "false": "{text} = 'false'",
    "set": "{text} IS NOT NULL",
    "unset": "{text} IS NULL",
}


@dataclass(frozen=True)
class Answer:
    """Values by split and step of time, the largest split first.

    Attributes:
        splits: The values that split, as text; [""] without a split. Length S.
        buckets: The first day of each step as YYYY-MM-DD; "" for the whole period. Length B.
        values: (S, B), nan where an average has nothing to be taken of.
        totals: (S,), over the whole period: of people and accounts not the sum of the steps.
        left_out: How many smaller splits are not in it.
        events: How many events were counted.
        numbers: Of them, how many had a number in the property that is added up.
    """

    splits: tuple[str, ...]
    buckets: tuple[str, ...]
    values: Floats
    totals: Floats
    left_out: int
    events: int
    numbers: int


def answer(store: LiveStore, question: Question) -> Answer:
    """Ask. The question has been checked."""
    if question.measure in {"people", "accounts"}:
        return _distinct(store, question)
    return _added(store, question)


def where_of(question: Question) -> tuple[str, dict[str, object]]:
    """The condition on events and the values of its parameters."""
    values: dict[str, object] = {}
    tests = []
    if question.events:
        values |= {f"event_{i}": name for i, name in enumerate(question.events)}
        names = ", ".join(f"$event_{i}" for i in range(len(question.events)))
        tests.append(f"event IN ({names})")
    for i, one in enumerate(question.filters):
        values[f"name_{i}"] = one.name
        test = _TESTS[one.operator].format(
            text=f"tenure_text(properties, $name_{i})",
            number=f"tenure_number(properties, $name_{i})",
            value=f"$value_{i}",
        )
        if f"$value_{i}" in test:
            values[f"value_{i}"] = _value(one)
        tests.append(f"coalesce({test}, false)")
    return " AND ".join(tests) or "true", values


def _value(one: Filter) -> object:
    if one.operator in NUMBERS:
        return one.number
    return one.value.strip() if one.operator in DAYS else one.value


def bucket_range(question: Question) -> range:
    """The numbers of the steps of time."""
    if question.grain == "all":
        return range(1)
    if question.grain == "week":
        return range(week_index(question.first), week_index(question.last) + 1)
    first, last = question.first, question.last
    months = [(day.year - 1970) * 12 + day.month - 1 for day in (first, last)]
    return range(months[0], months[1] + 1)


def bucket_day(grain: str, number: int) -> str:
    """The first day of a step."""
    if grain == "week":
        return week_monday(number).isoformat()
    return f"{1970 + number // 12}-{number % 12 + 1:02}-01" if grain == "month" else ""


def _source(question: Question) -> tuple[str, dict[str, object]]:
    where, values = where_of(question)
    if question.split == "property":
        values["by"] = question.by
    if question.measure in {"sum", "mean"}:
        values["of"] = question.of
    days = f"day BETWEEN {day_index(question.first)} AND {day_index(question.last)}"
    view = "asked_events_grouped" if question.split in GROUPS else "asked_events"
    return f"{view} WHERE {days} AND {where}", values


def _added(store: LiveStore, question: Question) -> Answer:
    """Counts, sums and averages: one cell for each split and step."""
    source, values = _source(question)
    number = "NULL::DOUBLE"
    if question.measure in {"sum", "mean"}:
        number = "tenure_number(properties, $of)"
    sql = f"""
        WITH cells AS (
          SELECT {_SPLITS[question.split]} AS split, {_BUCKETS[question.grain]} AS bucket,
            count(*) AS n, count({number}) AS known, sum({number}) AS total
          FROM {source} GROUP BY 1, 2
        ), ranked AS (
          SELECT split, row_number() OVER (ORDER BY sum(n) DESC, split) AS place,
            count(*) OVER () AS splits, sum(sum(n)) OVER () AS events,
            sum(sum(known)) OVER () AS numbers
          FROM cells GROUP BY split
        )
        SELECT split, place, splits, events, numbers, bucket, n, known, total
        FROM ranked JOIN cells USING (split) WHERE place <= {MOST_SPLITS} ORDER BY place, bucket
    """  # noqa: S608 - made of constants; values are parameters
    rows = store.rows(sql, values)
    buckets = bucket_range(question)
    names = list(dict.fromkeys(str(row[0]) for row in rows))
    n, known, total = np.zeros((3, len(names), len(buckets)))
    for row in rows:
        at = (row[1] - 1, row[5] - buckets.start)
        n[at], known[at], total[at] = row[6], row[7], row[8] or 0.0
    splits, events, numbers = rows[0][2:5] if rows else (0, 0, 0)
    cells, totals = _measured(question.measure, n, known, total)
    return _answer(question, names, cells, totals, (int(splits), int(events), int(numbers)))


def _measured(measure: str, n: Floats, known: Floats, total: Floats) -> tuple[Floats, Floats]:
    if measure == "uses":
        return n, n.sum(axis=1)
    if measure == "sum":
        return total, total.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return total / known, total.sum(axis=1) / known.sum(axis=1)


def _distinct(store: LiveStore, question: Question) -> Answer:
    """Different people or accounts, in one pass that groups by nothing but them.

    The cells (split and step) that each was seen in are bits of a few numbers; grouping by unit
    and cell instead would keep many times as many groups.
    """
    unit = "person_id" if question.measure == "people" else "account_id"
    source, values = _source(question)
    split = _SPLITS[question.split]
    listed = store.rows(
        f"""
        SELECT split, n, count(*) OVER () AS splits, sum(n) OVER ()::BIGINT AS events FROM (
          SELECT {split} AS split, count(*) AS n FROM {source} AND {unit} <> 0 GROUP BY 1
        ) ORDER BY n DESC, split LIMIT {MOST_SPLITS}
        """,  # noqa: S608 - made of constants; values are parameters
        values,
    )
    names, steps = [str(row[0]) for row in listed], len(bucket_range(question))
    splits, events = listed[0][2:4] if listed else (0, 0)
    at_once = max(WORD * MOST_WORDS // steps, 1)
    parts = [
        _seen(store, question, unit, names[start : start + at_once])
        for start in range(0, len(names), at_once)
    ]
    cells = np.concatenate([part[0] for part in parts] or [np.empty((0, steps))])
    totals = np.concatenate([part[1] for part in parts] or [np.empty(0)])
    return _answer(question, names, cells, totals, (int(splits), int(events), 0))


def _seen(
    store: LiveStore, question: Question, unit: str, names: list[str]
) -> tuple[Floats, Floats]:
    """(splits, steps) of different units in each cell, and over the whole period."""
    source, values = _source(question)
    buckets = bucket_range(question)
    steps, count = len(buckets), len(names) * len(buckets)
    words = range((count + WORD - 1) // WORD)
    masks = ", ".join(
        f"bit_or(if(cell // {WORD} = {w}, 1::BIGINT << (cell % {WORD})::INTEGER, 0)) AS w{w}"
        for w in words
    )
    sums = [f"sum((w{cell // WORD} >> {cell % WORD}) & 1)" for cell in range(count)]
    for place in range(len(names)):
        own = [f"(w{w} & {m}) <> 0" for w, m in _masks(place * steps, (place + 1) * steps)]
        sums.append(f"count(*) FILTER ({' OR '.join(own)})")
    row = store.rows(
        f"""
        WITH splits AS (
          SELECT unnest($names::VARCHAR[]) AS split, unnest(range({len(names)})) AS place
        ), cells AS (
          SELECT {unit} AS unit, place * {steps} + {_BUCKETS[question.grain]} - {buckets.start}
            AS cell
          FROM (SELECT {unit}, day, {_SPLITS[question.split]} AS split FROM {source})
          JOIN splits USING (split) WHERE {unit} <> 0
        ), seen AS (SELECT unit, {masks} FROM cells GROUP BY unit)
        SELECT {", ".join(sums)} FROM seen
        """,  # noqa: S608 - made of constants; values are parameters
        {**values, "names": names},
    )[0]
    numbers = np.array([value or 0 for value in row], dtype=np.float64)
    return numbers[:count].reshape(len(names), steps), numbers[count:]


def _masks(first: int, end: int) -> list[tuple[int, int]]:
    """The words that hold bits `first` to before `end`, each with a mask of them."""
    found = []
    for word in range(first // WORD, (end - 1) // WORD + 1):
        low, high = max(first - word * WORD, 0), min(end - word * WORD, WORD)
        found.append((word, (1 << high) - (1 << low)))
    return found


def _answer(
    question: Question,
    names: list[str],
    cells: Floats,
    totals: Floats,
    counts: tuple[int, int, int],
) -> Answer:
    splits, events, numbers = counts
    return Answer(
        splits=tuple(names),
        buckets=tuple(bucket_day(question.grain, number) for number in bucket_range(question)),
        values=cells,
        totals=totals,
        left_out=max(splits - len(names), 0),
        events=events,
        numbers=numbers,
    )
