"""Questions, funnels and coming back against loops written by hand over the raw events."""

import json
import random
import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from tenure.core.errors import InvalidDefinition
from tenure.events.selectors import store_snapshot
from tenure.metrics.definitions import parse
from tenure.metrics.questions import (
    Filter,
    Limits,
    LiveStore,
    Question,
    TooHeavy,
    answer,
    features_in_force,
    first_period,
    funnel_found,
    laid_out,
    seen_found,
    store_mark,
)
from tenure.metrics.questions.features import features_of
from tenure.metrics.questions.live import Asked
from tenure.metrics.tests.world import (
    TODAY,
    Event,
    World,
    account_add,
    events_add,
    random_events,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FIRST, LAST = date(2024, 12, 1), date(2025, 7, 30)


@pytest.fixture
def company():
    """Six accounts with random events; the last two are somebody else's."""
    world = World(random.Random(7))
    accounts = [account_add(f"q{n}").pk for n in range(6)]
    events = random_events(world, 1200, accounts)
    for event in events[:300]:
        event.properties = world.rng.choice(
            [
                {"value": 12.5, "plan": "pro", "day": "2025-03-01", "ok": True},
                {"value": -2, "plan": "Pro plus", "day": "2025-01-09T10:00:00Z", "ok": False},
                {"plan": 'it\'s "odd"; DROP TABLE x --', "deep": {"n": 4}},
            ]
        )
    events_add(events)
    return accounts[:4], [e for e in events if e.account in accounts[:4]]


def asked(keys) -> Asked:
    keys = np.array(sorted(keys), dtype=np.int64)
    return Asked(keys, keys % 2, keys % 3, keys % 2)


def store(keys, first=FIRST, last=LAST, **limits) -> LiveStore:
    return LiveStore(store_snapshot(), asked(keys), first, last, Limits(**limits))


def person(event) -> int:
    return event.person or -event.actor


def properties(event) -> dict:
    return event.properties if isinstance(event.properties, dict) else {}


def text_of(event, name) -> str | None:
    value = properties(event)
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def number_of(event, name) -> float | None:
    text = text_of(event, name) or ""
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text) else None


def step(event, grain) -> str:
    day = event.at.date()
    if grain == "week":
        return (day - timedelta(days=day.weekday())).isoformat()
    return day.replace(day=1).isoformat() if grain == "month" else ""


SPLIT = {
    "none": lambda e: "",
    "event": lambda e: e.event,
    "plan": lambda e: str(e.account % 2),
    "tier": lambda e: str(e.account % 3),
    "account": lambda e: str(e.account),
    "property": lambda e: text_of(e, "plan") or "",
}


def by_hand(events, question, passes=lambda e: True) -> dict:
    cells: dict = {}
    for event in events:
        if not question.first <= event.at.date() <= question.last or not passes(event):
            continue
        if question.events and event.event not in question.events:
            continue
        for bucket in {step(event, question.grain), "total"}:
            cells.setdefault((SPLIT[question.split](event), bucket), []).append(event)
    return {key: value for key, some in cells.items() if (value := _measure(some, question)) != 0}


def _measure(events, question):
    if question.measure == "uses":
        return len(events)
    if question.measure in {"people", "accounts"}:
        who = person if question.measure == "people" else lambda e: e.account
        return len({who(e) for e in events} - {0})
    numbers = [n for e in events if (n := number_of(e, question.of)) is not None]
    if question.measure == "mean":
        return pytest.approx(sum(numbers) / len(numbers)) if numbers else 0
    return pytest.approx(sum(numbers)) if sum(numbers) else 0


def told(found) -> dict:
    cells = {
        (split, bucket): found.values[i, j]
        for i, split in enumerate(found.splits)
        for j, bucket in enumerate(found.buckets)
    }
    cells |= {(split, "total"): found.totals[i] for i, split in enumerate(found.splits)}
    return {key: value for key, value in cells.items() if value == value and value != 0}


@pytest.mark.parametrize("split", SPLIT)
@pytest.mark.parametrize("measure", ["uses", "people", "accounts", "sum", "mean"])
def test_an_answer_is_what_a_loop_over_the_events_counts(company, measure, split):
    accounts, events = company
    with store(accounts) as live:
        for grain in ("week", "month", "all"):
            question = Question(
                FIRST, LAST, measure, ("login", "export", "search"), (), grain, split,
                of="value", by="plan",
            )  # fmt: skip
            want = by_hand(events, question)
            if grain == "all":
                want = {k: v for k, v in want.items() if k[1] == "total"} | {
                    (k[0], ""): v for k, v in want.items() if k[1] == "total"
                }
            assert told(answer(live, question.checked())) == want


PASSES = {
    ("plan", "is", "pro"): lambda e: text_of(e, "plan") == "pro",
    ("plan", "is_not", "pro"): lambda e: text_of(e, "plan") != "pro",
    ("plan", "contains", "PRO"): lambda e: "pro" in (text_of(e, "plan") or "").lower(),
    ("plan", "starts", "it's \"odd"): lambda e: (text_of(e, "plan") or "").startswith("it's"),
    ("plan", "is", 'it\'s "odd"; DROP TABLE x --'): lambda e: "DROP" in (text_of(e, "plan") or ""),
    ("value", "eq", "12,5"): lambda e: number_of(e, "value") == 12.5,
    ("value", "gt", "0"): lambda e: (number_of(e, "value") or -1) > 0,
    ("value", "ge", "-2"): lambda e: (number_of(e, "value") or -9e9) >= -2,
    ("value", "lt", "0"): lambda e: (number_of(e, "value") or 1) < 0,
    ("value", "le", "3"): lambda e: (
        number_of(e, "value") is not None and number_of(e, "value") <= 3
    ),
    ("deep.n", "eq", "4"): lambda e: number_of(e, "deep.n") == 4,
    ("day", "after", "2025-02-01"): lambda e: (text_of(e, "day") or "") >= "2025-02-01",
    ("day", "before", "2025-02-01"): lambda e: (text_of(e, "day") or "3") < "2025-02-01",
    ("ok", "true", ""): lambda e: properties(e).get("ok") is True,
    ("ok", "false", ""): lambda e: properties(e).get("ok") is False,
    ("plan", "set", ""): lambda e: text_of(e, "plan") is not None,
    ("plan", "unset", ""): lambda e: text_of(e, "plan") is None,
}


def test_every_operator_passes_what_a_loop_passes(company):
    accounts, events = company
    with store(accounts) as live:
        for given, passes in PASSES.items():
            question = Question(FIRST, LAST, filters=(Filter(*given),), grain="all").checked()
            count = by_hand(events, question, passes).get(("", "total"), 0)
            assert answer(live, question).events == count, given
            assert count, f"{given} is tried on nothing"


def test_numbers_that_were_not_there_are_told(company):
    accounts, events = company
    question = Question(FIRST, LAST, "sum", grain="all", of="value").checked()
    with store(accounts) as live:
        found = answer(live, question)
    inside = [e for e in events if FIRST <= e.at.date() <= LAST]
    assert found.events == len(inside)
    assert found.numbers == sum(number_of(e, "value") is not None for e in inside)


def test_only_the_largest_splits_are_shown_and_the_others_counted(company, monkeypatch):
    accounts, _events = company
    monkeypatch.setattr("tenure.metrics.questions.answering.MOST_SPLITS", 2)
    with store(accounts) as live:
        for measure in ("uses", "people"):
            found = answer(live, Question(FIRST, LAST, measure, split="event").checked())
            assert (len(found.splits), found.left_out) == (2, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"filters": (Filter("a'b", "is", "x"),)},
        {"filters": (Filter("*", "is", "x"),)},
        {"filters": (Filter('a" OR 1=1', "set"),)},
        {"filters": (Filter("a", "drop", "x"),)},
        {"filters": (Filter("a", "gt", "much"),)},
        {"filters": (Filter("a", "gt", "nan"),)},
        {"filters": (Filter("a", "after", "yesterday"),)},
        {"filters": (Filter("a", "is", ""),)},
        {"filters": (Filter("a", "set"),) * 6},
        {"measure": "sum"},
        {"measure": "everything"},
        {"split": "property", "by": "x[0]"},
        {"split": "1; DROP TABLE x"},
        {"events": ("e" * 201,)},
        {"first": date(2020, 1, 1)},
        {"first": date(2026, 1, 1)},
    ],
)
def test_a_question_that_does_not_hold_is_refused_with_a_sentence(wrong):
    with pytest.raises(InvalidDefinition) as refused:
        Question(**({"first": FIRST, "last": LAST} | wrong)).checked()
    assert all(text.endswith(".") for text in refused.value.problems)


def test_a_question_survives_being_kept():
    question = Question(FIRST, LAST, "sum", ("a",), (Filter("x", "gt", "1"),), of="value")
    assert Question.of_body(json.loads(json.dumps(question.body()))) == question


def test_what_takes_too_long_is_stopped_with_a_sentence(company):
    accounts, _events = company
    with store(accounts, seconds=0.3) as live, pytest.raises(TooHeavy, match="longer than 0"):
        live.rows("SELECT sum(hash(a.range + b.range)) FROM range(10000000) a, range(10000) b", {})


def test_what_needs_too_much_memory_is_stopped_with_a_sentence(company):
    accounts, _events = company
    sql = "SELECT list(range::VARCHAR || 'xxxxxxxxxxxxxxxxxxxx') FROM range(5000000)"
    with store(accounts, memory="20MB") as live, pytest.raises(TooHeavy, match="memory"):
        live.rows(sql, {})


def test_a_connection_opens_no_other_files_and_keeps_its_limits(company):
    accounts, _events = company
    with store(accounts) as live:
        for sql in (
            "SELECT * FROM read_csv('/etc/passwd')",
            "COPY (SELECT 1) TO '/tmp/somewhere.csv'",
            "SET memory_limit='100GB'",
        ):
            with pytest.raises(Exception, match=r"Permission|Cannot|locked|disabled"):
                live.rows(sql, {})


@pytest.mark.parametrize("chosen", [(0,), (1, 2), (0, 3), (0, 2, 3)])
@pytest.mark.parametrize("by_group", [False, True])
def test_accounts_of_others_are_out_of_reach(company, chosen, by_group):
    accounts, events = company
    own = {accounts[i] for i in chosen}
    with store(own) as live:
        found = answer(live, Question(FIRST, LAST, split="account").checked())
        split = answer(live, Question(FIRST, LAST, split="plan" if by_group else "none").checked())
    assert set(found.splits) == {str(account) for account in own}
    theirs = [e for e in events if e.account in own and FIRST <= e.at.date() <= LAST]
    assert split.events == found.events == len(theirs)


def test_without_accounts_nothing_is_counted(company):
    with store([]) as live:
        assert answer(live, Question(FIRST, LAST).checked()).events == 0


def test_the_mark_of_the_store_changes_with_its_files(company):
    accounts, _events = company
    before = store_mark()
    assert before == store_mark()
    events_add([Event(accounts[0], datetime(2025, 3, 3, tzinfo=UTC))])
    assert before != store_mark()


STEPS = ("login", "export", "login")


def furthest(moments, days):
    """How far one unit comes, by trying every walk."""
    reached = 0
    ends = [(at, at) for at, name in moments if name == STEPS[0] and at.date() <= LAST]
    for k in range(1, len(STEPS) + 1):
        if not ends:
            return reached
        reached = k
        if k < len(STEPS):
            ends = list(
                {
                    (start, at)
                    for start, end in ends
                    for at, name in moments
                    if name == STEPS[k] and at >= end and at - start <= timedelta(days=days)
                }
            )
    return reached


@pytest.mark.parametrize("by", ["accounts", "people"])
def test_a_funnel_is_what_trying_every_walk_finds(company, by):
    accounts, events = company
    until = LAST + timedelta(days=9)
    with store(accounts, last=until) as live:
        found = funnel_found(live, features_in_force(), STEPS, by=by, days=9, last=LAST)
    moments: dict = {}
    for event in events:
        unit = event.account if by == "accounts" else person(event)
        if unit and FIRST <= event.at.date() <= until:
            moments.setdefault(unit, []).append((event.at, event.event))
    want = {u: r for u, m in moments.items() if (r := furthest(m, 9))}
    assert dict(zip(found.funnel.unit.tolist(), found.funnel.reached.tolist(), strict=True)) == want
    assert set(found.account.tolist()) <= set(accounts)


def month(day) -> int:
    return (day.year - 1970) * 12 + day.month - 1


@pytest.mark.parametrize("by", ["accounts", "people"])
@pytest.mark.parametrize("feature", ["", "export"])
def test_coming_back_is_what_a_loop_over_the_events_counts(company, by, feature):
    accounts, events = company
    with store(accounts, first=date(2024, 11, 4), last=TODAY) as live:
        first = first_period("month", live.first, TODAY)
        known = seen_found(live, features_in_force(), feature, by=by, grain="month", first=first)
    found = laid_out(known, grain="month", ages=6, today=TODAY)
    seen: dict = {}
    for event in events:
        unit = event.account if by == "accounts" else person(event)
        if unit and event.at.date() <= TODAY and feature in {"", event.event}:
            seen.setdefault(unit, set()).add(month(event.at.date()))
    first, closed = month(date(2024, 12, 1)), month(TODAY) - 1
    units = sorted(u for u, periods in seen.items() if min(periods) >= first)
    assert found.units.tolist() == units
    for row, unit in enumerate(units):
        began = min(seen[unit])
        for age in range(6):
            known = began + age <= closed
            assert found.comeback.known[row, age] == known
            assert found.comeback.active[row, age] == (known and began + age in seen[unit])


def test_accounts_that_paid_and_never_came_count_as_gone(company):
    accounts, _events = company
    silent = account_add("silent").pk
    days = np.full(2, (date(2025, 2, 10) - date(1970, 1, 1)).days)
    paid = (np.array([accounts[0], silent]), days)
    with store([*accounts, silent], first=date(2024, 11, 4), last=TODAY) as live:
        first = first_period("month", live.first, TODAY)
        known = seen_found(live, features_in_force(), "", by="accounts", grain="month", first=first)
    found = laid_out(known, grain="month", ages=3, today=TODAY, paid=paid)
    assert found.units.tolist() == [accounts[0], silent]
    assert found.comeback.active[0].all()
    assert not found.comeback.active[1].any()
    assert found.comeback.known.all()


def test_features_are_those_that_the_metric_of_breadth_counts(company):
    accounts, events = company
    body = {
        "key": "b", "title": "B", "kind": "breadth", "of": "plan",
        "where": [
            {"source": "events", "event": ["login", "search"]},
            {"source": "events", "event": "export", "properties": {"ok": True}},
        ],
    }  # fmt: skip
    features = features_of(parse(body))
    with store(accounts) as live:
        rows = live.rows(
            f"SELECT {features.name}, count(*) FROM asked_events WHERE ({features.where}) "
            f"AND {features.name} IS NOT NULL GROUP BY 1",
            features.values,
        )
    want: dict = {}
    for event in events:
        counts = event.event in {"login", "search"}
        counts = counts or (event.event == "export" and text_of(event, "ok") == "true")
        name = text_of(event, "plan")
        if counts and name is not None and FIRST <= event.at.date() <= LAST:
            want[name] = want.get(name, 0) + 1
    assert dict(rows) == want
