"""The Ladder's look ahead: who is likely to become a client, and the monthly moves."""

from datetime import date

import pytest
from django.core.cache import cache

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.models import StageRun
from tenure.core.roles import Role
from tenure.relationship.models import Level, MonthlyMoves, Standing
from tenure.relationship.selectors import CohortConversion
from tenure.relationship.selectors.cohorts import Share
from tenure.web.ladder.cohorts import cohort_chart, cohort_rows
from tenure.web.ladder.outlook import outlook
from tenure.web.tests.factories import utc
from tenure.web.tests.foresight import prediction_make
from tenure.web.tests.test_ladder_page import stand

pytestmark = pytest.mark.django_db
TRIPLE = [0.5, 0.4, 0.6]


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def hopeful(name, chances, **given):
    """A customer with a forecast of becoming a client."""
    account = stand(name, **given)
    Standing.objects.filter(account=account).update(
        client_chances=chances, client_within_year=chances[-1]
    )
    return account


def moves_make(segment="", accounts=12, **values):
    """A fit in which customers become clients; nobody ever fell back from advocate."""
    counts = [[0] * 5 for _ in range(5)]
    counts[1] = [0, 90, 8, 0, 2]
    counts[2] = [0, 1, 40, 0, 0]
    chances = [[[n / (sum(row) or 1), 0.0, 0.3 if n else 0.0] for n in row] for row in counts]
    given = {
        "as_of": clock.today(), "segment": segment, "horizon": 60, "accounts": accounts,
        "steps": 141, "counts": counts, "chances": chances,
        "client_within_year": [TRIPLE] * 5, "client_months": [[20.0, 15.0, 25.0]] * 5,
        "client_share": [[m / 100, m / 200, m / 50] for m in range(61)],
        "value": [[9000.0, 7000.0, 11000.0]] * 5, "computed_at": clock.now(),
    }  # fmt: skip
    return MonthlyMoves.objects.create(**{**given, **values})


def test_expected_new_clients_are_the_sum_of_the_accounts_chances(sign_in):
    hopeful("One", [0.1, 0.2, 0.3, 0.4])
    hopeful("Two", [0.2, 0.5, 0.5, 0.8])
    stand("Never forecast")
    stand("Client", Level.CLIENT)
    answer = sign_in(Role.LEADER).get("/ladder")
    found = answer.context["outlook"]
    assert [q.expected for q in found.quarters] == pytest.approx([0.3, 0.4, 0.1, 0.4])
    assert found.year.expected == pytest.approx(1.2)
    # Σp(1−p) = 0.24 + 0.16, its root times 1.645 is 1.04.
    assert (found.year.low, found.year.high) == (0, 2)
    assert (found.customers, found.forecast) == (3, 2)
    assert [(row.name, row.chance) for row in answer.context["likely"]] == [
        ("Two", 0.8), ("One", 0.4),
    ]  # fmt: skip


def test_a_likely_client_stands_with_the_interval_of_its_forecast(sign_in):
    with_one, without = (hopeful(name, [0.1, 0.2, 0.3, 0.4]) for name in ("One", "Two"))
    prediction_make(with_one)
    answer = sign_in(Role.LEADER).get("/ladder")
    found = {row.pk: (row.low, row.high) for row in answer.context["likely"]}
    assert found == {with_one.pk: (0.12, 0.4), without.pk: (None, None)}
    assert "to 40\N{NO-BREAK SPACE}%" in answer.content.decode()


def test_quarters_are_named_from_the_running_month_on():
    hopeful("One", [0.1, 0.2, 0.3, 0.4])
    with clock.at(utc(2026, 11, 5)):
        found = outlook(Account.objects.all())
    assert [q.name for q in found.quarters] == [
        "Nov 2026 to Feb 2027", "Feb 2027 to May 2027", "May 2027 to Aug 2027",
        "Aug 2027 to Nov 2027",
    ]  # fmt: skip


def test_a_success_manager_sees_and_counts_the_own_customers_only(sign_in, users):
    hopeful("Mine", [0.1, 0.2, 0.3, 0.4], owner=users[Role.CSM])
    hopeful("Theirs", [0.9, 0.9, 0.9, 0.9], owner=users[Role.LEADER])
    answer = sign_in(Role.CSM).get("/ladder")
    assert answer.context["outlook"].year.expected == pytest.approx(0.4)
    assert "Theirs" not in answer.content.decode()


def test_without_a_forecast_or_moves_the_cards_are_not_there(sign_in):
    stand("One")
    text = sign_in(Role.LEADER).get("/ladder").content.decode()
    assert "Likely to become clients" not in text
    assert "From month to month" not in text


def test_moves_show_chances_with_intervals_and_what_follows(sign_in):
    stand("One")
    moves_make()
    answer = sign_in(Role.LEADER).get("/ladder")
    text = answer.content.decode()
    rows = answer.context["moves"].rows
    assert [row.level for row in rows] == ["customer", "client"]
    assert rows[0].cells[2].chance.value == pytest.approx(0.08)
    assert not rows[0].cells[3].possible
    assert "over all 12 accounts of the company" in text
    assert "€9,000" in text
    assert "fitted to 141 account-months" in text


def test_the_moves_of_a_segment_are_shown_when_it_has_its_own(sign_in):
    stand("One", segment="Small & quick")
    stand("Two", segment="Tiny")
    moves_make()
    moves_make(segment="Small & quick", accounts=5)
    client = sign_in(Role.LEADER)
    text = client.get("/ladder", {"segment": "Small & quick"}).content.decode()
    assert "in Small &amp; quick: 5 accounts" in text
    assert client.get("/ladder?segment=Tiny").context["moves"].segment == ""


def test_the_newest_fit_is_shown_and_one_that_saw_nothing_is_not(sign_in):
    stand("One")
    moves_make(accounts=3)
    moves_make(accounts=4)
    assert sign_in(Role.LEADER).get("/ladder").context["moves"].accounts == 4
    moves_make(steps=0)
    assert sign_in(Role.LEADER).get("/ladder").context["moves"] is None


def test_kept_expectations_follow_the_next_refresh(sign_in):
    account = hopeful("One", [0.1, 0.2, 0.3, 0.4])
    client = sign_in(Role.LEADER)
    assert client.get("/ladder").context["outlook"].year.expected == pytest.approx(0.4)
    Standing.objects.filter(account=account).update(client_chances=[0.2, 0.4, 0.6, 0.8])
    StageRun.objects.create(stage="relationship", started_at=clock.now(), outcome="done")
    assert client.get("/ladder").context["outlook"].year.expected == pytest.approx(0.8)


def test_cohorts_are_put_beside_the_moves_counted_from_the_middle_of_their_quarter():
    shares = [[m / 100, m / 200, m / 50] for m in range(13)]
    expected = Share(0.5, 0.4, 0.6)
    old, young = (
        CohortConversion(day, 10, 8, 6, 4, expected, expected)
        for day in (date(2024, 7, 1), date(2025, 10, 1))
    )
    with clock.at(utc(2026, 7, 20)):
        newest, oldest = cohort_rows([old, young], shares)
    # The fourth quarter of 2025 has its middle in November: eight months before July 2026.
    assert newest.moved.value == pytest.approx(0.08)
    assert oldest.moved is None
    names = [series.name for series in cohort_chart([newest, oldest]).series]
    assert names[-1] == "Clients expected of the monthly moves"
    assert len(cohort_chart([oldest]).series) == 3
