"""Against a real HTTP server that behaves like the tracking door, on its good and bad days."""

import base64
import gzip
import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tenure.demo.push import ATTEMPTS, MOST_BYTES, MOST_MESSAGES, PushFailed, push

NOW = datetime(2026, 3, 18, 8, tzinfo=UTC)


class Door(ThreadingHTTPServer):
    """Keeps the bodies it accepts; answers with the statuses given first, then 200."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies, self.headers, self.paths, self.answers = [], [], [], []
        self.waits = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def messages(self):
        return [m for body in self.bodies for m in body["batch"]]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        status, extra = self.server.answers.pop(0) if self.server.answers else (200, {})
        if status == 200:
            plain = gzip.decompress(raw)
            self.server.bodies.append(json.loads(plain) | {"size": len(plain)})
            self.server.headers.append(dict(self.headers))
            self.server.paths.append(self.path)
        answer = b'{"success": true}' if status == 200 else b'{"code": "no", "message": "no"}'
        self.send_response(status)
        for name, value in extra.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


@pytest.fixture
def door():
    server = Door()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def few(tmp_path):
    def write(*messages):
        live = tmp_path / "live"
        live.mkdir(exist_ok=True)
        lines = [json.dumps(m, ensure_ascii=False) for m in messages]
        (live / "messages.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path

    return write


def _message(number, **more):
    return {"type": "track", "event": "x", "userId": "ü", "messageId": f"m{number}"} | more


def test_all_messages_of_a_company_arrive_in_batches_the_door_takes(door, folder):
    told = []
    done = push(door.url, "key", folder, lambda *step: told.append(step))
    lines = (folder / "live" / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    assert done.messages == len(door.messages) == len(lines)
    assert done.batches == len(door.bodies)
    assert max(len(body["batch"]) for body in door.bodies) <= MOST_MESSAGES
    assert max(body["size"] for body in door.bodies) < MOST_BYTES + 10_000
    assert told[-1] == (len(lines), len(lines))
    sent, kept = (sorted(m["messageId"] for m in door.messages), lines)
    assert sent == sorted(json.loads(line)["messageId"] for line in kept)


def test_a_second_push_sends_the_same_ids(door, folder):
    push(door.url, "key", folder)
    first = [m["messageId"] for m in door.messages]
    push(door.url, "key", folder)
    assert [m["messageId"] for m in door.messages] == first * 2


def test_the_key_travels_as_user_name_and_the_body_packed(door, few):
    push(door.url, "tk_secret", few(_message(1)))
    headers = door.headers[0]
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"tk_secret:").decode()
    assert headers["Content-Encoding"] == "gzip"
    assert door.paths == ["/v1/batch"]
    assert door.messages == [_message(1)]


def test_a_wrong_clock_sends_its_own_batch_with_its_own_time(door, few):
    push(door.url, "k", few(_message(1), _message(2, ahead=600), _message(3)), now=lambda: NOW)
    by_time = {body["sentAt"]: [m["messageId"] for m in body["batch"]] for body in door.bodies}
    assert by_time == {"2026-03-18T08:00:00Z": ["m1", "m3"], "2026-03-18T08:10:00Z": ["m2"]}
    assert not any("ahead" in m for m in door.messages)


def test_a_large_message_starts_a_new_batch_before_the_limit(door, few):
    push(door.url, "k", few(*(_message(n, properties={"x": "é" * 60_000}) for n in range(8))))
    assert len(door.messages) == 8
    assert len(door.bodies) > 1
    assert all(body["size"] < 500_000 for body in door.bodies)


def test_a_busy_door_is_tried_again_after_the_time_it_asks_for(door, few):
    door.answers = [(429, {"Retry-After": "3"}), (503, {}), (500, {})]
    waits = []
    done = push(door.url, "k", few(_message(1)), wait=waits.append)
    assert done.retries == 3
    assert waits == [3.0, 0.5, 1.0]
    assert len(door.messages) == 1


def test_a_lost_connection_is_tried_again(few):
    waits = []
    with pytest.raises(PushFailed, match="is the server running"):
        push("http://127.0.0.1:1", "k", few(_message(1)), wait=waits.append)
    assert len(waits) == ATTEMPTS


@pytest.mark.parametrize("status", [400, 401, 413])
def test_a_refusal_is_not_repeated_and_says_what_to_do(door, few, status):
    door.answers = [(status, {})]
    with pytest.raises(PushFailed, match=f"{status}.*check the key"):
        push(door.url, "k", few(_message(1)), wait=lambda _: None)
    assert not door.messages


def test_a_missing_folder_and_a_wrong_address_are_told_in_a_sentence(tmp_path, few):
    with pytest.raises(PushFailed, match="make the demo folder first"):
        push("http://127.0.0.1:1", "k", tmp_path / "none")
    with pytest.raises(PushFailed, match="write it like"):
        push("ftp://x", "k", few(_message(1)))
