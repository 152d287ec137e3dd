"""The tables of docs/explanation/effects.md, computed anew."""

import re
from pathlib import Path

import numpy as np

from tenure.engine.effects import Plan, boundary, mixing, needed

PAGE = Path(__file__).resolve().parents[5] / "docs" / "explanation" / "effects.md"


def table(name):
    found = re.search(rf"<!-- table: {name} -->\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"))
    return [
        [cell.strip() for cell in row.strip("|").split("|")] for row in found[1].splitlines()[2:]
    ]


def test_the_reach_of_the_interval_is_as_told():
    plan = Plan()
    for accounts, told in table("reach"):
        found = boundary(int(accounts), mixing(plan.planned, plan.level), plan.level)
        assert f"{float(found):.1f}" == told


def test_so_many_accounts_are_needed_as_told():
    plan, n = Plan(), 1000
    for worth, *told in table("needed"):
        for share, accounts in zip((0.1, 0.5), told, strict=True):
            arms = np.array([share, 1 - share]) * n
            variance = 0.9 * 0.1 / arms
            freedom = variance.sum() ** 2 / (variance**2 / (arms - 1)).sum()
            found = needed(
                float(variance.sum()), float(freedom), n, int(worth.split()[0]) / 100,
                mixing(plan.planned), plan.level, plan.power,
            )  # fmt: skip
            assert found == int(accounts)
