"""From a purchase log to frequency, recency and age."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import buying
from tenure.engine.buying import Summary

DAYS = np.array(
    ["1997-01-01", "1997-01-18", "1997-01-18", "1997-08-02", "1997-01-01", "1997-12-12"],
    dtype="datetime64[D]",
)
WHO = np.array(["ann", "ann", "ann", "ann", "bob", "cleo"])
END = np.datetime64("1997-09-30")


def test_the_first_customer_of_cdnow_reads_as_published():
    """Fader and Hardie's summary of customer 1: x = 2, t_x = 30.43, T = 38.86 weeks."""
    told = buying.summary(WHO, DAYS, END)
    assert told.customer.tolist() == ["ann", "bob"]
    assert told.frequency.tolist() == [2, 0]
    assert told.recency == pytest.approx([30.43, 0], abs=0.005)
    assert told.age == pytest.approx([38.86, 38.86], abs=0.005)


def test_later_purchases_are_counted_by_day_for_the_customers_asked_for():
    later = buying.purchases_after(
        ["cleo", "ann", "dora"], WHO, DAYS, np.datetime64("1997-01-18"), np.datetime64("1998-01-01")
    )
    assert later.tolist() == [1, 1, 0]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), max_size=40), st.integers(0, 40))
def test_the_summary_says_what_counting_by_hand_says(purchases, end):
    who = np.array([one for one, _ in purchases], dtype=np.int64)
    days = np.array([day for _, day in purchases], dtype=float)
    told = buying.summary(who, days, end, period=2.0)
    by_hand = {}
    for one, day in purchases:
        if day <= end:
            by_hand.setdefault(one, set()).add(day)
    assert told.customer.tolist() == sorted(by_hand)
    for at, one in enumerate(told.customer):
        first, last = min(by_hand[one]), max(by_hand[one])
        assert told.frequency[at] == len(by_hand[one]) - 1
        assert told.recency[at] == (last - first) / 2
        assert told.age[at] == (end - first) / 2


@pytest.mark.parametrize(
    ("frequency", "recency", "age"),
    [([1.0], [0.0], [3.0]), ([0.0], [2.0], [3.0]), ([1.0], [4.0], [3.0]), ([-1.0], [0.0], [1.0])],
)
def test_a_past_that_cannot_be_is_refused(frequency, recency, age):
    with pytest.raises(ValueError):
        Summary(np.arange(1), *(np.array(v) for v in (frequency, recency, age)))


def test_a_purchase_without_a_day_is_refused():
    with pytest.raises(ValueError, match="day"):
        buying.summary([1], [np.nan], 3.0)
    with pytest.raises(ValueError, match="day"):
        buying.summary([1], np.array(["NaT"], dtype="datetime64[D]"), END)
