"""What strangers send: the door answers with a sentence or takes it, and never falls over."""

import gzip
import json
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.events.inbox import RejectedEvent
from tenure.intake.tests.sending import batch, to_posthog, to_segment, track
from tenure.intake.tracking.answers import Refused
from tenure.intake.tracking.body import LARGEST_BATCH, inflated

pytestmark = pytest.mark.once

EVENT = b'{"type":"track","event":"e","userId":"u","properties":%s}'


def properties_of(raw):
    return to_segment("batch", b'{"batch":[' + EVENT % raw + b"]}").only.properties


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (b'{"a":NaN}', {"a": None}),
        (b'{"a":-Infinity}', {"a": None}),
        (b'{"a":1e999}', {"a": None}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'{"a":"x\\u0000y"}', {"a": "x\ufffdy"}),
        (b'{"a\\u0000":1}', {"a\ufffd": 1}),
        (b'{"a":9223372036854775807}', {"a": 9223372036854775807}),
        (b'{"a":123456789012345678901234567890}', {"a": 1.2345678901234568e29}),
        (b'{"a":1' + b"0" * 5000 + b"}", {"a": None}),
    ],
)
def test_json_that_cannot_be_stored_is_mended(raw, kept):
    assert properties_of(raw) == kept


def test_half_a_character_is_replaced():
    (text,) = properties_of(b'{"a":"\\ud800"}').values()
    assert set(text) == {"\ufffd"}


def test_text_of_every_script_survives():
    assert batch(track(properties={"a": "顾客 🎉 ñ"})).only.properties == {"a": "顾客 🎉 ñ"}


def test_ids_lose_their_nul():
    assert batch(track(userId="a\x00b")).only.user_id == "a\ufffdb"


@pytest.mark.parametrize("bomb", [b"[" * 200_000, b'{"a":' * 80_000, EVENT % (b"[" * 90_000)])
def test_bottomless_json_is_refused(bomb):
    for take in (to_segment, to_posthog):
        with pytest.raises(Refused):
            take("batch", bomb)
    with pytest.raises(Refused):
        to_segment("batch", b'{"batch":[' + bomb + b"]}")


def test_deep_but_closed_json_is_refused_or_taken_never_an_accident():
    for depth in (100, 500, 900, 990, 1100, 3000):
        body = b'{"batch":[' + EVENT % (b"[" * depth + b"]" * depth) + b"]}"
        with suppress(Refused):
            outcome = to_segment("batch", body)
            assert outcome.n_events + len(outcome.rejects) == 1


def test_bytes_that_are_not_utf8_are_refused():
    for raw in (b'{"a":"\xff"}', b'{"\xc3\x28":1}'):
        with pytest.raises(Refused):
            properties_of(raw)


def test_a_byte_order_mark_is_forgiven():
    assert to_segment("batch", b"\xef\xbb\xbf" + json.dumps({"batch": [track()]}).encode()).only


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    "type event userId anonymousId groupId previousId messageId timestamp properties traits "
    "context sentAt distinct_id uuid offset $set name"
)
FIELDS = st.sampled_from(NAMES.split())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(FIELDS, JSON, max_size=5) | JSON, max_size=4), JSON)
def test_every_event_is_either_kept_or_rejected(events, sent):
    for take, name in ((to_segment, "sentAt"), (to_posthog, "sent_at")):
        body = json.dumps({"batch": events, name: sent}).encode()
        outcome = take("batch", body)
        assert outcome.n_events + len(outcome.rejects) == len(events)
        assert all(isinstance(reject, RejectedEvent) for reject in outcome.rejects)
        for message in outcome.messages:
            assert "\x00" not in f"{message.user_id}{message.event}{message.message_id}"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_refused(noise):
    for take in (to_segment, to_posthog):
        with suppress(Refused):
            assert take("batch", noise).n_events == 0


def test_gzip_is_known_by_its_bytes_whatever_the_headers_say():
    assert inflated(gzip.compress(b'{"a":1}'), b"") == b'{"a":1}'
    assert inflated(b'{"a":1}', b"gzip") == b'{"a":1}'
    assert inflated(zlib.compress(b'{"a":1}'), b"deflate") == b'{"a":1}'


def test_a_decompression_bomb_is_refused_before_it_unfolds():
    bomb = gzip.compress(b"0" * 100_000_000)
    with pytest.raises(Refused) as refused:
        inflated(bomb, b"gzip")
    assert refused.value.status == 413


# Without its time, so that every worker collects the same tests.
CUT_SHORT = gzip.compress(b"x" * 1000, mtime=0)[:-12]


@pytest.mark.parametrize("broken", [b"\x1f\x8bnot gzip", CUT_SHORT])
def test_broken_gzip_is_refused(broken):
    with pytest.raises(Refused) as refused:
        inflated(broken, b"gzip")
    assert refused.value.status == 400


def test_the_limit_itself_is_allowed():
    assert len(inflated(b" " * LARGEST_BATCH, b"")) == LARGEST_BATCH
    with pytest.raises(Refused):
        inflated(b" " * (LARGEST_BATCH + 1), b"")


@pytest.mark.parametrize(
    "form", [b"data=eyJhIjoxfQ==", b"data=eyJhIjoxfQ%3D%3D&ver=1", b'data={"a":1}']
)
def test_a_form_with_base64_is_read(form):
    assert inflated(form, b"") == b'{"a":1}'
