import json
from collections import Counter

import pytest

from tenure.demo.tests.conftest import SETTINGS


@pytest.fixture(scope="module")
def messages(folder):
    lines = (folder / "live" / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_message_is_of_segments_protocol(messages):
    assert {m["type"] for m in messages} == {"track", "identify", "group"}
    for m in messages:
        assert m["messageId"]
        assert m.get("userId") or m.get("anonymousId")
        assert (m["type"] == "track") == ("event" in m)
        assert (m["type"] == "group") == ("groupId" in m)


def test_all_but_the_late_ones_are_of_the_last_days(messages):
    times = sorted(m["timestamp"] for m in messages if not m["messageId"].startswith("drawer"))
    assert times[0] > "2026-02"
    assert times[-1] < SETTINGS.end.isoformat() + "T03"


def test_some_arrive_weeks_late(messages):
    late = [m for m in messages if m["messageId"].startswith("drawer")]
    assert len(late) == 40
    assert max(m["timestamp"] for m in late) < "2026-03-01"
    position = [n for n, m in enumerate(messages) if m["messageId"].startswith("drawer")]
    assert min(position) > len(messages) // 2


def test_some_are_sent_twice(messages):
    seen = Counter(m["messageId"] for m in messages)
    assert 0 < sum(count > 1 for count in seen.values()) < len(messages) / 50


def test_visitors_are_anonymous_before_they_are_known(messages):
    for visitor in range(6):
        token = f"anon-walk-in-{visitor}"
        mine = [m for m in messages if m.get("anonymousId") == token]
        kinds = [m["type"] for m in mine]
        assert kinds == ["track"] * 4 + ["identify"]
        assert all("userId" not in m for m in mine[:-1])
        assert mine[-1]["userId"] == f"usr-walk-in-{visitor}"


def test_one_account_is_told_of_only_here_and_one_never(messages, folder):
    accounts = (folder / "accounts.csv").read_text(encoding="utf-8")
    assert "acc-walk-in" not in accounts
    grouped = {m["groupId"] for m in messages if m["type"] == "group"}
    tracked = {m.get("context", {}).get("groupId") for m in messages if m["type"] == "track"}
    assert "acc-walk-in" in grouped
    assert "acc-unheard-of" in tracked - grouped


def test_whoever_joined_in_these_days_is_introduced(messages, folder):
    people = (folder / "people.csv").read_text(encoding="utf-8")
    introduced = {m["userId"] for m in messages if m["type"] == "identify"}
    known = {user for user in introduced if user in people}
    assert known
    assert {m["userId"] for m in messages if m["type"] == "group"} >= known


def test_a_clock_that_is_wrong_is_marked_for_the_push_alone(messages):
    for m in messages:
        assert "ahead" not in m or isinstance(m["ahead"], int)
    tracked = {m["messageId"] for m in messages if m["type"] == "track"}
    assert len(tracked) > 100
