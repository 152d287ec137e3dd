"""Segment's protocol, call by call; RudderStack's is the same."""

from datetime import UTC, datetime, timedelta

import pytest

from tenure.intake.tests.sending import RECEIVED, batch, to_segment, track
from tenure.intake.tracking.answers import Refused

pytestmark = pytest.mark.once


def test_track_keeps_event_user_time_and_properties():
    message = to_segment(
        "track",
        {
            "event": "report opened",
            "userId": "u1",
            "messageId": "m1",
            "timestamp": "2026-03-02T09:59:00Z",
            "properties": {"plan": "team"},
        },
    ).only
    assert (message.kind, message.event, message.user_id) == ("track", "report opened", "u1")
    assert message.message_id == "m1"
    assert message.occurred_at == datetime(2026, 3, 2, 9, 59, tzinfo=UTC)
    assert message.properties == {"plan": "team"}


def test_identify_keeps_traits_and_both_ids():
    message = to_segment(
        "identify", {"userId": "u1", "anonymousId": "a1", "traits": {"email": "ann@x.com"}}
    ).only
    assert (message.kind, message.user_id, message.anonymous_id) == ("identify", "u1", "a1")
    assert message.traits == {"email": "ann@x.com"}


def test_traits_may_stand_in_the_context_as_rudderstack_sends_them():
    context = {"traits": {"plan": "free", "name": "Ann"}}
    event = {"type": "identify", "userId": "u1", "context": context, "traits": {"plan": "team"}}
    assert batch(event).only.traits == {"plan": "team", "name": "Ann"}


def test_group_names_the_account():
    message = to_segment(
        "group", {"userId": "u1", "groupId": "acme", "traits": {"name": "Acme"}}
    ).only
    assert (message.kind, message.account_id, message.user_id) == ("group", "acme", "u1")
    assert message.traits == {"name": "Acme"}


def test_group_without_a_user_still_tells_of_the_account():
    assert to_segment("group", {"groupId": "acme"}).only.user_id is None


@pytest.mark.parametrize("call", ["page", "screen"])
def test_page_and_screen_become_tracks_with_their_name_among_the_properties(call):
    message = to_segment(
        call, {"userId": "u1", "name": "Home", "category": "Docs", "properties": {"url": "/"}}
    ).only
    assert (message.kind, message.event) == ("track", call)
    assert message.properties == {"url": "/", "name": "Home", "category": "Docs"}


def test_alias_joins_two_ids():
    message = to_segment("alias", {"previousId": "a1", "userId": "u1"}).only
    assert (message.kind, message.previous_id, message.user_id) == ("alias", "a1", "u1")


def test_batch_takes_all_kinds_in_order():
    outcome = batch(
        track(), {"type": "identify", "userId": "u1"}, {"type": "group", "groupId": "g"}
    )
    assert [m.kind for m in outcome.messages] == ["track", "identify", "group"]
    assert outcome.rejects == ()


def test_a_sound_batch_is_kept_as_it_came():
    body = b'{"batch":[{"type":"track","event":"a","userId":"u1","properties":{"x":1.50}}]}'
    assert to_segment("batch", body).payload == body


def test_the_body_may_hold_the_key():
    assert batch(track(), writeKey="k1").key == "k1"
    assert to_segment("track", {"event": "a", "userId": "u", "writeKey": "k2"}).key == "k2"


@pytest.mark.parametrize(
    "fields",
    [
        {"properties": {"account_id": "acme"}},
        {"context": {"groupId": "acme"}},
        {"context": {"groupId": "other"}, "properties": {"account_id": "acme"}},
        {"userId": None, "properties": {"account_id": "acme"}},
    ],
)
def test_the_account_is_a_property_or_the_group_of_the_context(fields):
    assert batch(track(**fields)).only.account_id == "acme"


def test_the_context_of_a_batch_holds_for_its_events():
    assert batch(track(), context={"groupId": "acme"}).only.account_id == "acme"


def test_numbers_as_ids_are_text():
    outcome = batch(track(userId=42), track(userId=0))
    assert [m.user_id for m in outcome.messages] == ["42", "0"]


def test_original_timestamp_stands_in_for_timestamp():
    message = batch(track(originalTimestamp="2026-03-02T09:00:00+00:00")).only
    assert message.occurred_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_clock_that_is_an_hour_slow_is_corrected():
    message = batch(track(timestamp="2026-03-02T08:30:00Z"), sentAt="2026-03-02T09:00:00Z").only
    assert message.occurred_at == RECEIVED - timedelta(minutes=30)


def test_a_clock_that_is_a_day_fast_is_corrected():
    message = batch(track(timestamp="2026-03-03T09:59:00Z"), sentAt="2026-03-03T10:00:00Z").only
    assert message.occurred_at == RECEIVED - timedelta(minutes=1)


def test_a_second_of_network_is_no_skew_so_a_resend_has_the_same_time():
    sent = [f"2026-03-02T09:59:{second}Z" for second in ("58", "59.5")]
    times = {
        batch(track(timestamp="2026-03-02T09:00:00Z"), sentAt=s).only.occurred_at for s in sent
    }
    assert times == {datetime(2026, 3, 2, 9, tzinfo=UTC)}


def test_an_import_is_history_whose_times_stand():
    message = to_segment(
        "import",
        {"batch": [track(timestamp="2025-01-01T00:00:00Z")], "sentAt": "2026-01-01T00:00:00Z"},
    ).only
    assert message.occurred_at == datetime(2025, 1, 1, tzinfo=UTC)


def test_nothing_happens_after_its_receipt():
    assert batch(track(timestamp="2030-01-01T00:00:00Z")).only.occurred_at == RECEIVED


def test_an_event_without_a_time_happened_at_its_receipt():
    assert batch(track()).only.occurred_at == RECEIVED


@pytest.mark.parametrize(
    "given", ["2026-03-02", "20260302T000000Z", " 2026-03-02T00:00:00 ", 1772409600, 1772409600000]
)
def test_times_are_read_kindly(given):
    assert batch(track(timestamp=given)).only.occurred_at == datetime(2026, 3, 2, tzinfo=UTC)


def test_events_without_an_id_get_one_that_reading_again_repeats():
    first, second = batch(track(), track()).messages
    assert first.message_id != second.message_id
    assert batch(track(), track()).messages[0].message_id == first.message_id


@pytest.mark.parametrize(
    ("event", "column"),
    [
        (track(event=None), "event"),
        (track(event=""), "event"),
        (track(event="x" * 201), "event"),
        ({"type": "track", "userId": "u"}, "event"),
        (track(userId=None), "userId"),
        (track(userId=""), "userId"),
        (track(userId="x" * 301), "userId"),
        (track(userId=1.5), "userId"),
        (track(userId=True), "userId"),
        (track(userId=["u"]), "userId"),
        (track(messageId="x" * 301), "messageId"),
        (track(timestamp="yesterday"), "timestamp"),
        (track(timestamp="0001-01-01T00:00:00Z"), "timestamp"),
        (track(timestamp=1e300), "timestamp"),
        (track(timestamp={"a": 1}), "timestamp"),
        ({"type": "nonsense", "userId": "u"}, "type"),
        ({"userId": "u", "event": "e"}, "type"),
        ({"type": "group", "userId": "u"}, "groupId"),
        ({"type": "alias", "userId": "u"}, "previousId"),
        ({"type": "identify", "traits": {}}, "userId"),
        (track(properties={"text": "x" * 33_000}), ""),
        (track(unknown="x" * 33_000), ""),
        (None, ""),
        (3, ""),
        ([], ""),
    ],
)
def test_an_invalid_event_is_rejected_with_its_reason_and_the_others_are_kept(event, column):
    outcome = batch(track(messageId="a"), event, track(messageId="b"))
    assert [m.message_id for m in outcome.messages] == ["a", "b"]
    assert (outcome.fault.index, outcome.fault.column) == (1, column)
    assert outcome.fault.reason.endswith(".")
    assert len(outcome.fault.value) <= 200


def test_a_large_batch_of_small_events_is_taken_whole():
    events = [track(messageId=str(n), properties={"text": "x" * 2000}) for n in range(200)]
    assert batch(*events).n_events == 200


def test_a_flood_of_invalid_events_is_summed_up():
    outcome = to_segment("batch", b'{"batch":[' + b"1," * 5000 + b"1]}")
    assert len(outcome.rejects) == 100
    assert "4901 more" in outcome.rejects[-1].reason


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[]", b"3", b"{}", b'{"batch":3}', b'{"batch":null}', b"\xff\xfe"]
)
def test_a_body_that_is_no_batch_is_refused(body):
    with pytest.raises(Refused) as refused:
        to_segment("batch", body)
    assert refused.value.status == 400


def test_properties_that_are_no_object_are_kept_under_value():
    assert batch(track(properties=[1, 2])).only.properties == {"value": [1, 2]}
    assert batch(track(properties=None)).only.properties == {}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"type": "track", "userId": "u"}, "The field is missing."),
        (track(userId="x" * 301), "It is longer than 300 characters."),
        (track(event=""), "It is empty."),
        ({"type": "nonsense"}, "This is none of the kinds there are."),
        (track(userId=True), "It must be int | str | null, and it is bool."),
        (track(timestamp="soon"), "This is not a time; use ISO 8601."),
    ],
)
def test_the_reason_is_a_sentence_a_sender_understands(event, reason):
    assert batch(event).fault.reason == reason
