"""PostHog's protocol: batches, single captures, and what its special events mean."""

from datetime import UTC, datetime, timedelta

import pytest

from tenure.intake.tests.sending import RECEIVED, capture, captures, to_posthog
from tenure.intake.tracking.answers import Refused

pytestmark = pytest.mark.once


def test_a_batch_keeps_event_user_uuid_and_time():
    message = captures(capture(uuid="m1", timestamp="2026-03-02T09:00:00+00:00")).only
    assert (message.kind, message.event, message.user_id) == ("track", "report opened", "u1")
    assert message.message_id == "m1"
    assert message.occurred_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_single_capture_carries_its_own_key():
    outcome = to_posthog("capture", {"api_key": "k1", **capture()})
    assert (outcome.key, outcome.only.user_id) == ("k1", "u1")


def test_a_browser_sends_a_bare_list_with_key_and_user_among_the_properties():
    event = {"event": "opened", "properties": {"token": "k1", "distinct_id": "u1"}}
    outcome = to_posthog("capture", [event])
    assert (outcome.key, outcome.only.user_id) == ("k1", "u1")


def test_offset_counts_back_from_the_receipt():
    message = captures(capture(offset=1500)).only
    assert message.occurred_at == RECEIVED - timedelta(seconds=1.5)


def test_sent_at_corrects_a_wrong_clock_but_not_a_migration():
    event = capture(timestamp="2026-03-02T07:00:00Z")
    sent = "2026-03-02T08:00:00Z"
    assert captures(event, sent_at=sent).only.occurred_at == RECEIVED - timedelta(hours=1)
    kept = captures(event, sent_at=sent, historical_migration=True).only
    assert kept.occurred_at == datetime(2026, 3, 2, 7, tzinfo=UTC)


def test_identify_links_the_anonymous_id_and_merges_the_traits():
    message = captures(
        {
            "event": "$identify",
            "distinct_id": "u1",
            "properties": {"$anon_distinct_id": "a1", "$set": {"name": "Ann"}},
            "$set_once": {"name": "A", "plan": "team"},
        }
    ).only
    assert (message.kind, message.user_id, message.anonymous_id) == ("identify", "u1", "a1")
    assert message.traits == {"name": "Ann", "plan": "team"}


def test_set_is_an_identify():
    message = captures({"event": "$set", "distinct_id": "u1", "$set": {"a": 1}}).only
    assert (message.kind, message.traits) == ("identify", {"a": 1})


def test_create_alias_joins_two_ids():
    message = captures(
        {
            "event": "$create_alias",
            "distinct_id": "old",
            "properties": {"distinct_id": "old", "alias": "new"},
        }
    ).only
    assert (message.kind, message.previous_id, message.user_id) == ("alias", "old", "new")


def test_groupidentify_tells_of_the_account_and_of_nobody():
    message = captures(
        {
            "event": "$groupidentify",
            "distinct_id": "$company_acme",
            "properties": {
                "$group_type": "company",
                "$group_key": "acme",
                "$group_set": {"name": "Acme"},
            },
        }
    ).only
    assert (message.kind, message.account_id, message.user_id) == ("group", "acme", None)
    assert message.traits == {"name": "Acme"}


def test_a_group_that_is_no_account_stays_an_event():
    message = captures(
        {
            "event": "$groupidentify",
            "distinct_id": "x",
            "properties": {"$group_type": "project", "$group_key": "p1"},
        }
    ).only
    assert (message.kind, message.account_id) == ("track", None)


@pytest.mark.parametrize(
    ("groups", "account"),
    [
        ({"company": "acme"}, "acme"),
        ({"project": "p1", "Organization": "acme"}, "acme"),
        ({"instance": "i1"}, "i1"),
        ({"instance": "i1", "project": "p1"}, None),
        ({"company": 7}, "7"),
        ({"company": ["x"]}, None),
        ("acme", None),
    ],
)
def test_the_account_is_the_group_that_means_one(groups, account):
    assert captures(capture(properties={"$groups": groups})).only.account_id == account


@pytest.mark.parametrize(
    "properties",
    [{"$is_identified": False}, {"$process_person_profile": False}, {"$device_id": "u1"}],
)
def test_a_device_is_anonymous(properties):
    message = captures(capture(properties=properties)).only
    assert (message.user_id, message.anonymous_id) == (None, "u1")


@pytest.mark.parametrize(("sent", "kept"), [("$pageview", "page"), ("$screen", "screen")])
def test_page_views_have_the_name_they_have_everywhere(sent, kept):
    assert captures(capture(event=sent)).only.event == kept


@pytest.mark.parametrize(
    ("event", "column"),
    [
        (capture(event=""), "event"),
        (capture(distinct_id=None), "distinct_id"),
        (capture(distinct_id="x" * 301), "distinct_id"),
        (capture(distinct_id=None, properties={"distinct_id": "x" * 301}), "distinct_id"),
        (capture(timestamp="soon"), "timestamp"),
        (capture(properties={"x": "y" * 33_000}), ""),
        ("text", ""),
    ],
)
def test_an_invalid_event_is_rejected_and_the_others_are_kept(event, column):
    outcome = captures(capture(uuid="a"), event)
    assert outcome.only.message_id == "a"
    assert (outcome.fault.index, outcome.fault.column) == (1, column)


@pytest.mark.parametrize("body", [b"", b"3", b'{"batch":{}}'])
def test_a_body_that_holds_no_events_is_refused(body):
    with pytest.raises(Refused):
        to_posthog("batch", body)
