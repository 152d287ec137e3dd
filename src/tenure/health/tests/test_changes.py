"""Whose health changed since a day: the set-based read says what the one account's read says."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.health.models import CurrentHealth, Score
from tenure.health.selectors import health_changes, movements_of, score_of, what_moved
from tenure.health.selectors.changes import scores_then

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
DAY = date(2026, 3, 3)


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


def account(name="acme"):
    return Account.objects.create(external_id=name, name=name, recorded_at=NOW - timedelta(400))


def band_of(value):
    return (
        "unknown" if value is None else "good" if value >= 70 else "fair" if value >= 40 else "poor"
    )


def score(of, value, as_of, made=None, current=False):
    parts = [["a", value, value, 0.5], ["b", value, value, 0.5]]
    row = Score.objects.create(
        account=of, as_of=as_of, value=value, band=band_of(value), coverage=1.0, scorecard="x",
        scorecard_version=0, measures=parts,
        computed_at=made or datetime(as_of.year, as_of.month, as_of.day, 6, tzinfo=UTC),
    )  # fmt: skip
    if current:
        CurrentHealth.objects.create(
            account=of, score=row, value=value, band=row.band, coverage=1.0, as_of=as_of
        )
    return row


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (80, 70.5, False), (80, 70, True), (71, 69, True), (30, 39, False), (60, 60, False),
        (80, None, True), (None, 80, False), (20, 30, True),
    ],
)  # fmt: skip
def test_a_change_is_told_from_ten_points_on_or_into_another_band(before, after, told):
    acme = account()
    score(acme, before, DAY)
    score(acme, after, NOW.date(), current=True)
    assert bool(health_changes(Account.objects.all(), DAY)) is told


def test_what_was_known_on_a_day_is_the_same_as_for_one_account():
    dice = random.Random(7)
    for number in range(25):
        one = account(f"a{number}")
        for _ in range(dice.randrange(7)):
            as_of = DAY - timedelta(days=dice.randrange(-1, 20))
            made = datetime.combine(as_of, datetime.min.time(), UTC) + timedelta(hours=6)
            made += timedelta(days=dice.choice((0, 0, 0, 5)))
            score(one, float(dice.randrange(100)), as_of, made)
    then = scores_then(Account.objects.all(), DAY)
    end = datetime(2026, 3, 4, tzinfo=UTC)
    for one in Account.objects.all():
        rows = Score.objects.filter(account=one, as_of__lte=DAY, as_of__gt=DAY - timedelta(14))
        by_then = rows.filter(computed_at__lt=end).order_by("as_of", "pk").last()
        oracle = by_then or score_of(one, DAY)
        assert (then[one.pk].key if one.pk in then else None) == (oracle.pk if oracle else None)


def test_a_refresh_that_came_late_is_news_of_the_day_it_came():
    acme = account()
    score(acme, 80, DAY - timedelta(days=3))
    late = score(acme, 40, DAY, made=NOW)
    CurrentHealth.objects.create(
        account=acme, score=late, value=40, band="fair", coverage=1.0, as_of=DAY
    )
    (change,) = health_changes(Account.objects.all(), DAY)
    assert (change.before.value, change.after.value, change.points) == (80, 40, -40)


def test_what_moved_many_is_what_moved_each():
    pairs, each = [], []
    for number in range(6):
        one = account(f"a{number}")
        pairs.append((score(one, 70 - number, DAY).pk, score(one, 40 + number, NOW.date()).pk))
        each.append(what_moved(one, DAY, NOW.date()))
    found = movements_of(pairs)
    assert [found[pair].parts for pair in pairs] == [one.parts for one in each]
    assert all(abs(sum(p.amount for p in m.parts) - m.change) < 1e-9 for m in found.values())


def test_the_number_of_queries_does_not_grow_with_accounts(django_assert_num_queries):
    def pairs(count):
        made = []
        for _ in range(count):
            one = account(f"b{Account.objects.count()}")
            made.append((score(one, 80, DAY).pk, score(one, 40, NOW.date(), current=True).pk))
        return made

    few, many = pairs(1), pairs(20)
    with django_assert_num_queries(2):
        assert len(health_changes(Account.objects.all(), DAY)) == 21
    movements_of(few)
    with django_assert_num_queries(2):
        movements_of(many)
