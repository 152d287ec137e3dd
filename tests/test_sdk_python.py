"""The official Python SDKs of Segment, RudderStack and PostHog, unchanged but for their host."""

import pytest
from posthog import Posthog
from rudderstack.analytics.client import Client as Rudder
from segment.analytics.client import Client as Segment

from tests.door import taken

pytestmark = pytest.mark.once


@pytest.fixture(params=["batched", "sync"])
def sync(request, live):
    yield request.param == "sync"
    taken(live)


def fail(error, items):
    raise AssertionError(f"{error}: {items}")


def segment_like(client):
    client.identify("u1", {"email": "ann@x.com"}, anonymous_id="a1")
    client.group("u1", "acme", {"name": "Acme"})
    client.track("u1", "report opened", {"plan": "team"}, context={"groupId": "acme"})
    client.page("u1", "Docs", "Home", {"url": "/"})
    client.screen("u1", "Docs", "Start")
    client.alias("a1", "u1")
    for number in range(250):
        client.track("u1", "exported", {"number": number})


def check_segment_like(live):
    found = taken(live)
    assert found.rejects == []
    messages = found.messages
    first = {m.event or m.kind: m for m in reversed(messages)}
    assert (first["identify"].traits, first["identify"].anonymous_id) == (
        {"email": "ann@x.com"},
        "a1",
    )
    assert (first["group"].account_id, first["group"].traits) == ("acme", {"name": "Acme"})
    assert first["report opened"].account_id == "acme"
    assert first["report opened"].properties == {"plan": "team"}
    assert first["page"].properties == {"url": "/", "category": "Docs", "name": "Home"}
    assert first["screen"].properties["name"] == "Start"
    assert (first["alias"].previous_id, first["alias"].user_id) == ("a1", "u1")
    exported = [m.properties["number"] for m in messages if m.event == "exported"]
    assert sorted(exported) == list(range(250))
    assert len({m.message_id for m in messages}) == len(messages) == 256
    for m in messages:
        assert abs((m.received_at - m.occurred_at).total_seconds()) < 120


@pytest.mark.parametrize("gzip", [True, False])
def test_segment(live, sync, gzip):
    client = Segment(live.key, host=live.host, gzip=gzip, sync_mode=sync, on_error=fail)
    segment_like(client)
    if not sync:
        client.shutdown()
    check_segment_like(live)


@pytest.mark.parametrize("gzip", [True, False])
def test_rudderstack(live, sync, gzip):
    client = Rudder(live.key, host=live.host, gzip=gzip, sync_mode=sync, on_error=fail)
    segment_like(client)
    if not sync:
        client.shutdown()
    check_segment_like(live)


@pytest.mark.parametrize("gzip", [True, False])
def test_posthog(live, sync, gzip):
    client = Posthog(live.key, host=live.host, gzip=gzip, sync_mode=sync, on_error=fail)
    client.capture(
        "report opened",
        distinct_id="u1",
        properties={"plan": "team"},
        groups={"company": "acme"},
        uuid="00000000-0000-4000-8000-000000000001",
    )
    client.set(distinct_id="u1", properties={"email": "ann@x.com"})
    client.group_identify("company", "acme", {"name": "Acme"})
    client.alias("a1", "u1")
    client.capture("nobody in particular")
    for number in range(250):
        client.capture("exported", distinct_id="u1", properties={"number": number})
    assert client.get_all_flags("u1") == {}
    client.shutdown()
    found = taken(live)
    assert found.rejects == []
    first = {m.event or m.kind: m for m in reversed(found.messages)}
    opened = first["report opened"]
    assert (opened.user_id, opened.account_id) == ("u1", "acme")
    assert opened.message_id == "00000000-0000-4000-8000-000000000001"
    assert first["identify"].traits == {"email": "ann@x.com"}
    assert (first["group"].account_id, first["group"].traits) == ("acme", {"name": "Acme"})
    assert (first["alias"].previous_id, first["alias"].user_id) == ("a1", "u1")
    assert first["nobody in particular"].user_id is None
    exported = [m.properties["number"] for m in found.messages if m.event == "exported"]
    assert sorted(exported) == list(range(250))
