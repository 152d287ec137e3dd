"""Two refreshes at once look once, count once, and pass no limit; nothing is in two arms."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.plays.models import PlayCount, Run
from tenure.plays.starting.stage import plays_refresh
from tenure.plays.tests.arriving import START, account, climbs, day, look, moves, play

pytestmark = pytest.mark.django_db(transaction=True)
# SQLite's database of the tests is in memory, where two cannot write one after the other.
AT_ONCE = 3 if "TENURE_TEST_POSTGRES" in os.environ else 1
ACCOUNTS = 30


def stage(moment):
    """The stage in a thread of its own."""
    try:
        with clock.at(moment):
            plays_refresh(Refresh(clock.today()))
    finally:
        connections.close_all()


def test_stages_at_the_same_time_start_as_many_as_one_would():
    with clock.at(START):
        rows = [account(f"a{n:02}") for n in range(ACCOUNTS)]
        play("by-level", {"on": "level", "to": "client"}, hold_out=0.5, limits={"day": 10})
        play("by-rule", hold_out=0.5, limits={"day": 7}, priority=60)
        look()
    with clock.at(day(1)):
        for row in rows:
            climbs(row, "client")
            moves(row, "DE")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(stage, [day(1)] * AT_ONCE))
    counts = dict(PlayCount.objects.filter(what="met").values_list("play__key", "count"))
    assert counts == {"by-level": ACCOUNTS, "by-rule": ACCOUNTS}
    assert Run.objects.count() == 2 * ACCOUNTS
    begun = Run.objects.exclude(state="queued")
    assert Counter(begun.values_list("play__key", flat=True)) == {"by-level": 10, "by-rule": 7}
    slots = list(begun.values_list("play", "stratum", "slot"))
    assert len(set(slots)) == len(slots) == 17
    assert not {None} & {slot for _play, _stratum, slot in slots}
    twice = Counter(begun.values_list("account", flat=True))
    assert max(twice.values()) == 1  # the other play waits for seven days
