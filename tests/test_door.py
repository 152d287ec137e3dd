"""The tracking door through a real server: answers, keys, limits, and what is on disk after 200."""

import gzip
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.door import taken
from tests.installation import Installation

EVENT = {"event": "report opened", "userId": "u1"}


@pytest.fixture
def post(live):
    with requests.Session() as session:

        def send(path, body, key=live.key, **given):
            text = body if isinstance(body, bytes) else json.dumps(body).encode()
            auth = (key, "") if key else None
            return session.post(live.host + path, data=text, auth=auth, timeout=30, **given)

        yield send
    taken(live)


def test_success_is_exactly_this(post):
    answer = post("/v1/track", EVENT)
    assert (answer.status_code, answer.content) == (200, b'{"success": true}')


def test_after_the_answer_the_event_is_on_disk(post, live):
    post("/v1/track", {**EVENT, "messageId": "m1"})
    (message,) = taken(live).messages
    assert (message.message_id, message.event) == ("m1", "report opened")


@pytest.mark.parametrize("call", ["identify", "group", "track", "page", "screen", "alias"])
def test_every_call_has_its_address(post, call):
    body = {**EVENT, "groupId": "g", "previousId": "p"}
    assert post(f"/v1/{call}", body).status_code == 200
    assert post(f"/v1/{call}/", body).status_code == 200


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/import"])
def test_batches_are_taken(post, path):
    assert post(path, {"batch": [{**EVENT, "type": "track"}]}).status_code == 200
    assert post(path, {"batch": []}).status_code == 200


@pytest.mark.parametrize("path", ["/batch/", "/batch", "/capture/", "/e/?ip=1", "/i/v0/e/"])
def test_posthog_has_its_addresses(post, live, path):
    body = {"api_key": live.key, "event": "opened", "distinct_id": "u1"}
    assert post(path, body, key=None).status_code == 200


def test_the_key_may_come_as_user_name_bearer_or_in_the_body(post, live):
    assert post("/v1/track", EVENT).status_code == 200
    bearer = {"Authorization": f"Bearer {live.key}"}
    assert post("/v1/track", EVENT, key=None, headers=bearer).status_code == 200
    assert post("/v1/track", {**EVENT, "writeKey": live.key}, key=None).status_code == 200


def test_the_key_itself_is_not_kept(post, live):
    post("/v1/batch", {"batch": [{**EVENT, "type": "track"}], "writeKey": live.key})
    (row,) = taken(live).rows
    assert live.key.encode() not in row.payload


@pytest.mark.parametrize("header", ["", "Basic !", "Other x"])
def test_without_a_good_key_nothing_is_taken(post, live, header):
    headers = {"Authorization": header}
    for answer in (
        post("/v1/track", EVENT, key="tn_wrong"),
        post("/v1/track", EVENT, key=None, headers=headers),
        post("/batch/", {"api_key": 3, "batch": []}, key=None),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_key")
    assert taken(live).messages == []


KEYS = """
from tenure.core.services import key_create
for scope in ("track", "read"):
    row, key = key_create(actor=None, name="x", scope=scope)
    print(row.pk, key)
"""
REVOKE = """
from tenure.core.models import ServiceKey
from tenure.core.services import key_revoke
key_revoke(actor=None, key=ServiceKey.objects.get(pk={pk}))
"""


def test_a_new_key_works_at_once_in_its_scope_and_a_revoked_one_stops_within_seconds(post, live):
    pk, key, _pk, other = live.python(KEYS).split()
    assert post("/v1/track", EVENT, key=key).status_code == 200
    assert post("/v1/track", EVENT, key=other).status_code == 401
    live.python(REVOKE.format(pk=pk))
    until = time.monotonic() + 5
    while post("/v1/track", EVENT, key=key).status_code == 200:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert post("/v1/track", EVENT, key=key).status_code == 401


def test_the_content_type_is_ignored(post):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert post("/v1/track", EVENT, headers=form).status_code == 200


def test_gzip_is_accepted_by_header_and_by_query(post, live):
    packed = gzip.compress(json.dumps(EVENT).encode())
    assert post("/v1/track", packed, headers={"Content-Encoding": "gzip"}).status_code == 200
    event = json.dumps({"api_key": live.key, "event": "e", "distinct_id": "u"}).encode()
    assert post("/e/?compression=gzip", gzip.compress(event), key=None).status_code == 200


@pytest.mark.parametrize(
    "body", [b"x" * 600_000, gzip.compress(b" " * 50_000_000, mtime=0), b" " * 5_000_000]
)
def test_a_body_over_the_limit_is_refused(post, body):
    answer = post("/v1/batch", body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_nonsense_is_refused_with_a_sentence(post):
    answer = post("/v1/track", b"nonsense")
    assert answer.status_code == 400
    assert answer.json().keys() == {"code", "message"}


def test_a_single_invalid_event_is_an_error_and_on_record(post, live):
    answer = post("/v1/track", {"userId": "u1"})
    assert (answer.status_code, "event" in answer.json()["message"]) == (400, True)
    (reject,) = taken(live).rejects
    assert (reject.call, reject.column) == ("track", "event")


def test_a_batch_keeps_its_valid_events_and_records_the_others(post, live):
    body = {"batch": [{**EVENT, "type": "track"}, {"type": "track", "userId": "u1"}]}
    assert post("/v1/batch", body).status_code == 200
    found = taken(live)
    assert (len(found.messages), len(found.rejects)) == (1, 1)


def test_other_addresses_and_methods_say_so(live):
    for path in ("/v1/nonsense", "/v1", "/v1/track/x"):
        assert requests.post(live.host + path, timeout=30).json()["code"] == "not_found"
    answer = requests.get(live.host + "/v1/track", timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_browser_on_another_site_may_send(live, post):
    asked = requests.options(
        live.host + "/v1/track",
        headers={"Origin": "https://x.com", "Access-Control-Request-Headers": "authorization"},
        timeout=30,
    )
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert asked.headers["Access-Control-Allow-Headers"] == "authorization"
    assert post("/v1/track", EVENT).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/flags/?v=2", "/decide/?v=3", "/array/key/config"])
def test_posthog_libraries_that_ask_for_flags_get_none(live, path):
    answer = requests.post(live.host + path, data="{}", timeout=30)
    assert (answer.status_code, answer.json()["featureFlags"]) == (200, {})


def test_the_pages_are_still_there(live):
    assert requests.get(live.host + "/", timeout=30, allow_redirects=False).status_code < 400


def test_many_senders_at_once_all_arrive(post, live):
    def send(number):
        events = [{**EVENT, "type": "track", "messageId": f"{number}-{i}"} for i in range(20)]
        return post("/v1/batch", {"batch": events}).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(send, range(100))) == {200}
    assert len({m.message_id for m in taken(live).messages}) == 2000


def test_a_full_inbox_asks_the_sender_to_wait(tmp_path):
    installation = Installation.create(tmp_path, TENURE_INBOX_LIMIT="10")
    try:
        installation.serve()
        until = time.monotonic() + 20
        while True:
            answer = requests.post(
                f"{installation.host}/v1/track", json=EVENT, auth=(installation.key, ""), timeout=30
            )
            if answer.status_code != 200 or time.monotonic() > until:
                break
        assert (answer.status_code, answer.json()["code"]) == (429, "slow_down")
        assert int(answer.headers["Retry-After"]) > 0
        assert len(taken(installation).messages) >= 10
        while (
            requests.post(
                f"{installation.host}/v1/track", json=EVENT, auth=(installation.key, ""), timeout=30
            ).status_code
            == 429
        ):
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        installation.close()


def test_stopping_the_server_loses_nothing_it_acknowledged(tmp_path):
    installation = Installation.create(tmp_path)
    try:
        server = installation.serve()
        for number in range(20):
            body = {**EVENT, "messageId": str(number)}
            requests.post(
                f"{installation.host}/v1/track", json=body, auth=(installation.key, ""), timeout=30
            )
        installation.end(server)
        assert len(taken(installation).messages) == 20
    finally:
        installation.close()
