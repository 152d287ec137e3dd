"""Who climbed, fell, began to slip or came near since a day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.relationship.models import Evaluation, Standing
from tenure.relationship.selectors import standing_changes, standing_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
DAY = date(2026, 3, 3)


def stood(of, as_of, level="customer", slipping=False, missing="", current=False):
    row = Evaluation.objects.create(
        account=of, as_of=as_of, qualifies_as=level, level=level, slipping=slipping,
        missing_clause=missing, definition_version=1,
        computed_at=datetime(as_of.year, as_of.month, as_of.day, 6, tzinfo=UTC),
    )  # fmt: skip
    if current:
        Standing.objects.create(
            account=of, evaluation=row, level=level, since=as_of, slipping=slipping,
            missing_clause=missing, as_of=as_of,
        )  # fmt: skip
    return row


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


@pytest.mark.parametrize(
    ("before", "after", "climbed", "slips", "near"),
    [
        (("customer",), ("client",), 1, False, False),
        (("client",), ("customer",), -1, False, False),
        (("client",), ("client", True), 0, True, False),
        (("client", True), ("client", True), None, None, None),
        (("customer",), ("customer", False, "C2"), 0, False, True),
        (("customer", False, "C3"), ("customer", False, "C2"), None, None, None),
        (("client",), ("former",), -3, False, False),
        (("customer",), ("customer",), None, None, None),
    ],
)
def test_a_change_of_standing_is_told_as_what_it_is(before, after, climbed, slips, near):
    acme = Account.objects.create(external_id="a", name="a", recorded_at=NOW)
    stood(acme, DAY - timedelta(days=2), *before)
    row = stood(acme, NOW.date(), *after, current=True)
    found = standing_changes(Account.objects.all(), DAY)
    if climbed is None:
        assert not found
        return
    (one,) = found
    assert (one.climbed, one.began_slipping, one.came_near) == (climbed, slips, near)
    assert one.evaluation == row.pk
    assert one.before.level == standing_of(acme, DAY).level


def test_an_account_that_was_not_evaluated_by_then_has_not_changed(django_assert_num_queries):
    for number in range(12):
        one = Account.objects.create(external_id=f"{number}", name="a", recorded_at=NOW)
        stood(one, NOW.date(), "client", current=True)
        if number % 2:
            stood(one, DAY - timedelta(days=3), "customer")
    with django_assert_num_queries(2):
        assert len(standing_changes(Account.objects.all(), DAY)) == 6
