"""History: intervals never overlap, and who belongs today are the open ones, whatever happens."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.examples import examples

from tenure.core import clock
from tenure.segments.membership import belongings_set, history_reckon
from tenure.segments.models import Belonging, Cause, Segment
from tenure.segments.selectors import members_of, movements_of, weeks_of
from tenure.segments.tests.world import TODAY, account

ACCOUNTS = 4
SETS = st.sets(st.integers(0, ACCOUNTS - 1))
STEPS = st.lists(
    st.tuples(st.integers(-2, 9), SETS, st.sampled_from(["change", "edit"])), max_size=9
)


def intervals(segment):
    rows = Belonging.objects.filter(segment=segment).order_by("account", "entered_on", "left_on")
    found = {}
    for row in rows:
        found.setdefault(row.account_id, []).append((row.entered_on, row.left_on))
    return found


def assert_apart(segment):
    for own in intervals(segment).values():
        closed = sorted((a, b) for a, b in own if b is not None)
        still = [a for a, b in own if b is None]
        assert len(still) <= 1
        ends = closed + [(a, None) for a in still]
        for (_a, left), (entered, _b) in pairwise(ends):
            assert left <= entered


class Histories(TestCase):
    @settings(max_examples=examples(60), deadline=None)
    @given(start=SETS, before=st.lists(SETS, max_size=5), steps=STEPS, reckon_at=st.integers(0, 9))
    def test_whatever_happens_intervals_stay_apart_and_the_open_ones_are_the_members(
        self, start, before, steps, reckon_at
    ):
        with clock.at(TODAY):
            keys = [account(f"a{i}").pk for i in range(ACCOUNTS)]
            segment = Segment.objects.create(title="x", version=1, created_at=TODAY)
        today = TODAY.date()
        days = [today - timedelta(weeks=len(before) - i) for i in range(len(before))]
        found = [[keys[i] for i in one] for one in before]

        def put(members, on, cause):
            moment = TODAY + (on - TODAY.date())
            with clock.at(moment):
                chosen = {keys[i] for i in members}
                belongings_set(segment=segment, members=chosen, on=on, cause=Cause(cause))
                assert members_of(segment) == chosen
            assert_apart(segment)

        put(start, today, "start")
        for at, (ahead, members, cause) in enumerate(steps):
            if at == reckon_at:
                history_reckon(segment=segment, days=days, found=found)
                assert_apart(segment)
            today += timedelta(days=ahead)
            put(members, today, cause)
        history_reckon(segment=segment, days=days, found=found)
        assert_apart(segment)
        with clock.at(TODAY):
            for day, members in zip(days, found, strict=True):
                assert members_of(segment, day) == set(members)


def segment_with(*sets):
    """A segment whose members are the given ones, day after day."""
    segment = Segment.objects.create(title="x", version=1, created_at=TODAY)
    for at, members in enumerate(sets):
        with clock.at(TODAY + timedelta(days=at)):
            belongings_set(
                segment=segment, members=[a.pk for a in members], on=clock.today(),
                cause=Cause.CHANGE if at else Cause.START,
            )  # fmt: skip
    return segment


def test_who_belonged_on_a_past_day_is_kept():
    acme, birch = account("acme"), account("birch")
    segment = segment_with([acme], [acme, birch], [birch])
    day = TODAY.date()
    assert members_of(segment, day) == {acme.pk}
    assert members_of(segment, day + timedelta(days=1)) == {acme.pk, birch.pk}
    assert members_of(segment, day + timedelta(days=2)) == {birch.pk}
    assert members_of(segment, day - timedelta(days=1)) == set()


def test_movements_and_weeks_count_what_happened_but_not_the_start():
    acme, birch = account("acme"), account("birch")
    segment = segment_with([acme], [acme, birch], [birch])
    everybody = type(acme).objects.all()
    with clock.at(TODAY + timedelta(days=2)):
        told = [(m.name, m.entered, m.cause) for m in movements_of(segment, everybody)]
        assert told == [("Acme", False, "change"), ("Birch", True, "change")]
        week = weeks_of(segment, everybody)[-1]
        assert (week.entered, week.left, week.size) == (1, 1, 1)
        own = type(acme).objects.filter(pk=birch.pk)
        assert [m.name for m in movements_of(segment, own)] == ["Birch"]
        assert weeks_of(segment, own)[-1].left == 0


def test_members_worked_out_by_an_older_version_are_not_written():
    acme = account("acme")
    segment = segment_with([])
    stale = Segment.objects.get(pk=segment.pk)
    Segment.objects.update(version=2)
    assert belongings_set(
        segment=stale, members=[acme.pk], on=TODAY.date(), cause=Cause.CHANGE
    ) == (0, 0)
    assert members_of(segment) == set()
