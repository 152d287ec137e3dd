"""The worked examples of docs/explanation/health.md and ladder.md, computed anew."""

import re
from pathlib import Path

import numpy as np
import pytest

from tenure.engine import health, ladder
from tenure.engine.ladder.answers import unless_no
from tenure.engine.ladder.clauses import _missing, _needs

DOCS = Path(__file__).resolve().parents[4] / "docs" / "explanation"
ANSWERS = {"yes": ladder.YES, "no": ladder.NO, "unknown": ladder.UNKNOWN}
POINTS = {
    "active_days": ((0.0, 0.0), (5.0, 100.0)),
    "breadth": ((0.0, 0.0), (10.0, 100.0)),
    "two_way_days": ((0.0, 100.0), (90.0, 0.0)),
    "pulse": ((0.0, 0.0), (100.0, 100.0)),
}


def table(page, name):
    """The rows of a table of a page, as mappings."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.search(rf"<!-- table: {name} -->\n((?:\|.*\n)+)", text)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def explained(name):
    """The score a table tells of, checked cell by cell on the way."""
    rows = table("health.md", name)
    groups = {}
    for row in rows:
        measure = health.Measure(row["measure"], float(row["weight"]), POINTS[row["measure"]], "s")
        groups.setdefault((row["group"], float(row["group weight"])), []).append(measure)
    scorecard = health.Scorecard(
        "example",
        1,
        tuple(health.Group(k, w, tuple(ms)) for (k, w), ms in groups.items()),
        health.Bands(70, 40),
        0.4,
    )
    raw = [float(row["raw"] or "nan") for row in rows]
    done = health.evaluate(scorecard, np.array([raw]))
    for i, row in enumerate(rows):
        assert done.points[0, i] == pytest.approx(float(row["points"] or "nan"), nan_ok=True)
        assert scorecard.shares()[i] == pytest.approx(float(row["share"]))
        assert done.effective[0, i] == pytest.approx(float(row["effective"]))
        assert done.contributions[0, i] == pytest.approx(float(row["contribution"]))
    stored = [
        (row["measure"], None if np.isnan(x) else x, None if np.isnan(p) else float(p), float(s))
        for row, x, p, s in zip(rows, raw, done.points[0], scorecard.shares(), strict=True)
    ]
    return health.explain(float(done.value[0]), stored)


def test_the_example_score_and_what_moved_it():
    before, after = explained("before"), explained("after")
    assert (before.value, after.value) == (pytest.approx(65), pytest.approx(54))
    moved = health.what_moved(before, after)
    told = {(r["cause"], r["measure"]): float(r["amount"]) for r in table("health.md", "moved")}
    assert {(p.cause.value, p.measure): pytest.approx(p.amount) for p in moved.parts} == told


def test_the_example_weeks_lead_to_the_levels_told():
    climb, ever = ladder.Climb.start(1), False
    for row in table("ladder.md", "weeks"):
        pays = row["pays"] == "yes"
        ever = ever or pays
        answers = [np.array([ANSWERS[row[k]]], dtype=np.int8) for k in ("client", "advocate")]
        climb = ladder.step(climb, np.array([pays]), np.array([ever]), *answers, 2, 8)
        assert ladder.LEVELS[climb.level[0]] == row["level"], row["week"]
        assert bool(climb.slipping[0]) == (row["slipping"] == "yes"), row["week"]


def test_the_example_clauses_add_up_as_told():
    for row in table("ladder.md", "clauses"):
        clauses = {name: np.array([ANSWERS[row[name]]], dtype=np.int8) for name in ladder.CLAUSES}
        needs = _needs(clauses)
        assert ladder.all_of(*needs.values())[0] == ANSWERS[row["client"]]
        assert _missing(needs)[0] == row["missing"]
        assert unless_no(clauses["C5"])[0] == needs["C5"][0]
