"""Monthly moves between levels: what is counted, when a row is appended, what it says."""

from datetime import date
from decimal import Decimal

import pytest

from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.engine.states import CLIENT, CUSTOMER, FORMER, STATES
from tenure.health.tests.world import TODAY, account, refresh, when
from tenure.relationship.models import Evaluation, LevelChange, MonthlyMoves, Standing
from tenure.relationship.selectors.moves import monthly_moves
from tenure.relationship.stage.moves import HORIZON, moves_refresh

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 7, 16)


def goes(owner, *steps):
    """Changes of level as ("2025-01-05", "customer")."""
    old = ""
    for day, new in steps:
        LevelChange.objects.create(
            account=owner, as_of=day, old=old, new=new, recorded_at=when(day)
        )
        old = new


def company():
    """Three accounts seen at the starts of February to July 2025."""
    one, two = account("one", segment="A"), account("two", segment="A")
    three = account("three", segment="B")
    goes(one, ("2025-01-05", "customer"), ("2025-03-20", "client"))
    goes(two, ("2025-01-12", "customer"), ("2025-05-02", "former"))
    goes(three, ("2025-04-06", "client"))
    return one, two, three


def test_moves_are_counted_from_month_start_to_month_start():
    company()
    with clock.at(TODAY):
        moves_refresh(AS_OF)
    row = monthly_moves()
    # One: customer in February and March, client from April on. Two: customer until May, former in
    # June. Three: client from May on. Counted by hand over February to July.
    seen = {
        (STATES[i], STATES[j]): n for i, to in enumerate(row.counts) for j, n in enumerate(to) if n
    }
    assert seen == {
        ("customer", "customer"): 1 + 3,
        ("customer", "client"): 1,
        ("customer", "former"): 1,
        ("client", "client"): 3 + 2,
        ("former", "former"): 1,
    }
    assert (row.accounts, row.steps, row.horizon) == (3, 12, HORIZON)


def test_the_segments_add_up_to_all_accounts():
    company()
    moves_refresh(AS_OF)
    whole, a, b = (monthly_moves(name) for name in ("", "A", "B"))
    for i in range(5):
        assert whole.counts[i] == [x + y for x, y in zip(a.counts[i], b.counts[i], strict=True)]
    assert (a.accounts, b.accounts) == (2, 1)
    assert monthly_moves("no such segment") is None


def test_chances_are_shares_within_their_intervals_and_clients_are_clients():
    company()
    moves_refresh(AS_OF)
    row = monthly_moves("B")
    for level in row.chances:
        assert sum(mean for mean, _low, _high in level) == pytest.approx(1.0, abs=1e-3)
        assert all(0 <= low <= mean <= high <= 1 or mean < 0.01 for mean, low, high in level)
    assert row.client_within_year[CLIENT] == [1.0, 1.0, 1.0]
    mean, low, high = row.client_within_year[CUSTOMER]
    assert 0 < low < mean < high < 1
    assert 1 <= row.client_months[CLIENT][1] <= row.client_months[CLIENT][2] <= HORIZON
    share = row.client_share
    assert share[0] == [0.0, 0.0, 0.0]
    assert share[1][0] == pytest.approx(
        row.chances[CUSTOMER][CLIENT][0] + row.chances[CUSTOMER][3][0], abs=1e-3
    )
    assert len(share) == HORIZON + 1


def test_value_needs_an_mrr_and_counts_only_the_margin_of_those_who_pay():
    one, _two, three = company()
    moves_refresh(AS_OF)
    assert monthly_moves().value == []
    for owner, level, mrr in ((one, "client", 1000), (three, "client", 3000)):
        ContractState.objects.create(account=owner, as_of=clock.now(), mrr=Decimal(mrr))
        evaluation = Evaluation.objects.create(
            account=owner, as_of=AS_OF, qualifies_as=level, level=level, definition_version=1,
            computed_at=clock.now(),
        )  # fmt: skip
        Standing.objects.create(
            account=owner, evaluation=evaluation, level=level, since=AS_OF, as_of=AS_OF
        )
    moves_refresh(AS_OF)
    value = monthly_moves().value
    # At most the margin of 75 % of 2,000 a month, discounted at 10 % a year, for five years.
    yearly, step = 0.75 * 2000, 1.1 ** (-1 / 12)
    most = yearly * (1 - step**HORIZON) / (1 - step)
    assert 0 < value[CLIENT][1] < value[CLIENT][0] < value[CLIENT][2] <= most
    assert value[FORMER][0] < value[CLIENT][0]


def test_a_row_is_appended_only_when_something_has_changed():
    one, *_rest = company()
    assert moves_refresh(AS_OF) == 3
    assert moves_refresh(AS_OF) == 0
    goes(one, ("2025-06-01", "advocate"))
    assert moves_refresh(AS_OF) == 3
    assert MonthlyMoves.objects.filter(segment="").count() == 2


def test_the_refresh_of_the_ladder_keeps_them():
    account("idle", since="2025-01-01")
    refresh("relationship")
    row = monthly_moves()
    assert row.as_of == TODAY.date()
    assert row.counts[0][0] == row.steps > 0


def test_nobody_on_any_level_is_no_fault():
    account("new")
    assert moves_refresh(AS_OF) == 1
    assert monthly_moves().steps == 0
