"""Renewals, revenue and worth: the parts add up, and more risk never means more money."""

import numpy as np
import pytest

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.forecast import selectors
from tenure.forecast.definitions import parse
from tenure.forecast.services import forecast_predict
from tenure.forecast.services.value import LONGEST, Growth, lifetime_value
from tenure.forecast.tests.company import company, train
from tenure.health.tests.world import TODAY

DEFINITION = parse({"margin": 1.0, "discount_yearly": 0.0})


def test_an_account_that_never_leaves_is_worth_its_mrr_of_all_months():
    flat = np.ones((1, 12))
    assert lifetime_value(np.array([10.0]), flat, flat, DEFINITION)[0] == 10.0 * LONGEST


def test_with_a_steady_rate_the_worth_is_the_geometric_sum():
    q = 0.9
    curve = q ** np.arange(1, 25)[None, :]
    found = lifetime_value(np.array([1.0]), curve, np.ones_like(curve), DEFINITION)[0]
    assert found == pytest.approx(q * (1 - q**LONGEST) / (1 - q), rel=1e-9)


def test_discounting_and_leaving_make_it_less():
    low, high = np.full((1, 12), 0.5), np.full((1, 12), 0.9)
    ones, mrr = np.ones((1, 12)), np.array([10.0])
    cheaper = parse({"margin": 1.0, "discount_yearly": 0.2})
    assert lifetime_value(mrr, low, ones, DEFINITION) < lifetime_value(mrr, high, ones, DEFINITION)
    assert lifetime_value(mrr, high, ones, cheaper) < lifetime_value(mrr, high, ones, DEFINITION)
    assert np.isnan(lifetime_value(np.array([np.nan]), low, ones, DEFINITION)[0])


def test_sizes_of_movements_are_shares():
    growth = Growth.of([0.8, 1.5, 1.0, 2.0])
    assert growth.cuts == (0.2,)
    assert growth.raises == (0.5, 1.0)
    assert len(Growth.of([1.0 + i / 1000 for i in range(1, 1000)]).raises) == 200


@pytest.mark.django_db
def test_the_book_holds_every_renewal_and_its_scenarios_are_in_order():
    owners = company(stay=10, leave=6, monthly=False)
    run = train(replays=0)
    with clock.at(TODAY):
        forecast_predict(run=run)
        book = selectors.renewal_book(Account.objects.all(), quarters=3)
        few = selectors.renewal_book(Account.objects.filter(pk=owners[0].pk), quarters=3)
    # Ten yearly subscriptions of 100 renew on 1 January 2026.
    assert [line.month for line in book.lines] == [6] * 10
    assert book.due == pytest.approx(1000.0)
    assert book.downside <= book.expected <= book.upside <= book.due
    expected = sum(line.renews * 100 for line in book.lines)
    assert book.expected == pytest.approx(expected, rel=1e-3)
    assert book.unknown == 0
    assert len(few.lines) == 1


@pytest.mark.django_db
def test_similar_accounts_are_others_with_their_fate():
    owners = company(stay=14, leave=14)
    run = train(replays=0)
    with clock.at(TODAY):
        forecast_predict(run=run)
        found = selectors.similar_accounts(owners[0])
        riskiest = selectors.predictions_of(Account.objects.all())
    assert found
    assert owners[0].pk not in {one.account for one in found}
    assert len({one.account for one in found}) == len(found)
    assert all(one.followed >= 12 for one in found)
    assert [one.stay for one in riskiest] == sorted(one.stay for one in riskiest)
    assert len(riskiest) == 14
