"""The worked example in docs/explanation/money.md, computed anew from its own tables."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tenure.engine.money import Period, effective_end, movements, waterfall
from tenure.engine.money.tests.books import EUR, at

PAGE = Path(__file__).parents[5] / "docs" / "explanation" / "money.md"
START, END = at("2024-01-01"), at("2025-01-01")


def table(name: str) -> list[dict[str, str]]:
    lines = PAGE.read_text(encoding="utf-8").split(f"<!-- table: {name} -->\n")[1].split("\n\n")[0]
    header, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines()
    ]
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def periods() -> list[Period]:
    rows = table("periods")
    names = [row["account"] for row in table("movements")]
    found = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        follows = following is not None and following["subscription"] == row["subscription"]
        found.append(
            Period(
                subscription=row["subscription"],
                account=names.index(row["account"]),
                plan=["basic", "pro", "archive"].index(row["plan"]),
                tier=1,
                mrr=Decimal(row["mrr"]),
                currency="EUR",
                started=at(row["started"]),
                ended=effective_end(
                    at(row["ended"]) if row["ended"] else None,
                    at(following["started"]) if follows else None,
                ),
                seats=int(row["seats"]) if row["seats"] else None,
                is_trial=row["trial"] == "yes",
            )
        )
    return found


def test_the_movements_of_the_page_are_those_of_its_periods(periods):
    names = [row["account"] for row in table("movements")]
    told = [
        {
            "account": names[m.account],
            "start": f"{m.before.normalize():f}",
            "end": f"{m.after.normalize():f}",
            "movement": str(m.kind),
            "amount": f"{m.amount.normalize():f}",
            "causes": ", ".join(f"{cause} {part.normalize():+f}" for cause, part in m.causes),
        }
        for m in movements(periods, START, END, EUR)
    ]
    assert told == table("movements")


@pytest.mark.parametrize("row", table("figures"), ids=lambda row: row["figure"])
def test_each_figure_of_the_page_is_that_of_its_periods(periods, row):
    found = getattr(waterfall(periods, START, END, EUR), row["figure"])
    written = row["value"]
    if written.endswith("%"):
        assert f"{found * 100:.1f} %" == written
    else:
        assert round(found, 2) == Decimal(written)


SUMS = [row for row in table("figures") if row["how"] and " of " not in row["how"]]


@pytest.mark.parametrize("row", SUMS, ids=lambda row: row["figure"])
def test_the_sums_written_beside_the_figures_are_right(periods, row):
    found = getattr(waterfall(periods, START, END, EUR), row["figure"])
    assert re.fullmatch(r"[-+()/ \d]+", written := row["how"].replace("−", "-"))
    assert eval(written) == pytest.approx(float(found))
