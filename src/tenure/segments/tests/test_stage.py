"""The refresh: who belongs today, who entered and left, and the weeks before a segment was made."""

from datetime import timedelta

from tenure.accounts.models import Account, AttributeChange
from tenure.core import clock, pipeline
from tenure.segments.models import Belonging, Segment, SegmentVersion
from tenure.segments.selectors import members, members_of, movements_of, weeks_of
from tenure.segments.services import segment_create, segment_retire
from tenure.segments.tests.world import TODAY, account, one, rule, score, when

NL = rule(one("account.country", "one_of", ["NL"]), title="Dutch")


def refresh(after=0):
    with clock.at(TODAY + timedelta(days=after)):
        return pipeline.run(only=["segments"])[0].detail


def test_a_change_of_an_account_is_an_entry_dated_by_the_refresh():
    acme = account("acme", country="BE")
    segment = segment_create(actor=None, body=NL)
    Segment.objects.update(reckoned_from=TODAY.date())
    Account.objects.update(country="NL")
    assert refresh(after=3)["entered"] == 1
    row = Belonging.objects.get()
    assert (row.account, row.entered_on) == (acme, TODAY.date() + timedelta(days=3))
    assert (row.entered_cause, row.entered_version) == ("change", 1)
    assert refresh(after=3) | {"reckoned": 0} == {
        "segments": 1, "entered": 0, "left": 0, "reckoned": 0, "broken": [],
    }  # fmt: skip
    assert members_of(segment) == set(members(segment)) == {acme.pk}


def test_the_weeks_before_are_reckoned_once_from_what_was_known_then():
    acme, birch = account("acme", country="NL"), account("birch", country="NL")
    account("cedar", country="NL", since="2025-07-14")
    AttributeChange.objects.create(
        account=birch, field="country", old="BE", new="NL", recorded_at=when("2025-06-11")
    )
    segment = segment_create(actor=None, body=NL)
    assert refresh()["reckoned"] == 3
    segment.refresh_from_db()
    everybody = Account.objects.all()
    assert segment.reckoned_from == clock.today() - timedelta(days=3 + 25 * 7)
    told = [(m.name, str(m.on), m.reckoned) for m in movements_of(segment, everybody)]
    assert told == [("Cedar", "2025-07-16", True), ("Birch", "2025-06-15", True)]
    weeks = weeks_of(segment, everybody)
    assert [week.size for week in weeks[-6:]] == [2, 2, 2, 2, 2, 3]
    assert weeks[-7].size == 1
    assert acme.pk in members_of(segment, segment.reckoned_from)
    assert refresh()["reckoned"] == 0


def test_health_that_fell_brings_an_account_in_and_out_again():
    acme = account("acme")
    body = rule(one("health.score", "fell", 10, weeks=4), title="Fell")
    score(acme, 80, days=28)
    score(acme, 60)
    segment = segment_create(actor=None, body=body)
    assert members_of(segment) == {acme.pk}
    score(acme, 79)
    assert refresh(after=1)["left"] == 1
    assert members_of(segment) == set()


def test_a_segment_whose_text_was_broken_keeps_its_members_and_stops_no_other():
    acme = account("acme", country="NL")
    broken, whole = (segment_create(actor=None, body=NL) for _ in range(2))
    SegmentVersion.objects.filter(segment=broken).update(body={"title": "x"})
    assert refresh()["broken"] == [broken.pk]
    assert members_of(broken) == members_of(whole) == {acme.pk}


def test_retired_segments_are_left_alone():
    account("acme", country="NL")
    segment = segment_create(actor=None, body=NL)
    segment_retire(actor=None, segment=segment)
    assert refresh()["segments"] == 0
    assert Segment.objects.get().retired_at is not None


def test_a_refresh_asks_a_fixed_number_of_questions(django_assert_max_num_queries):
    for i in range(30):
        account(f"a{i}", country="NL")
    segment_create(
        actor=None,
        body=rule(
            one("account.country", "known"),
            one("account.owner", "unknown"),
            one("contract.mrr", "known"),
            one("contract.currency", "unknown"),
            one("health.score", "fell", 5, weeks=4),
            one("health.band", "known"),
            one("level.level", "known"),
            one("forecast.churn_3", "known"),
            one("people.champion", "known"),
            one("contact.last", "known"),
            one("metric.active_people", "known"),
            one("metric.events", "known"),
            mode="any",
        ),
    )
    Segment.objects.update(reckoned_from=TODAY.date())
    with django_assert_max_num_queries(45):
        refresh()
