"""What of the network a channel may reach, and that nothing else is ever connected to."""

import socket

import pytest

from tenure.core.errors import TenureError
from tenure.plays.outbox import posting
from tenure.plays.outbox.posting import Broken, Unreached, post
from tenure.plays.outbox.reach import (
    Forbidden,
    NotFound,
    Target,
    may_reach,
    parts_of,
    target_of,
)
from tenure.plays.tests.receiver import receiver

__all__ = ["receiver"]
pytestmark = pytest.mark.once
INSIDE = [
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "100.64.0.1", "::1", "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
    "::10.0.0.1", "2002:a00:1::", "64:ff9b::10.0.0.1", "192.0.2.1", "198.18.0.1", "2001:db8::1",
    "fec0::1",
]  # fmt: skip
NEVER = [
    "0.0.0.0", "::", "169.254.169.254", "169.254.1.1", "fe80::1", "fe80::1%eth0", "224.0.0.1",
    "239.1.2.3", "ff02::1", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "64:ff9b:1::1",
    "192.88.99.1", "100::1", "nonsense", "", "168.63.129.16", "fd20:ce::254",
]  # fmt: skip
OUTSIDE = ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "172.32.0.1"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_reached_only_where_an_administrator_allowed_it(address):
    assert not may_reach(address, private=False)
    assert may_reach(address, private=True)


@pytest.mark.parametrize("address", NEVER)
def test_what_tells_secrets_of_machines_or_is_no_machine_is_never_reached(address):
    assert not may_reach(address, private=False)
    assert not may_reach(address, private=True)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is_reached(address):
    assert may_reach(address, private=False)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/", "file:///etc/passwd", "gopher://x.example", "x.example", "", "http://",
        "http:///x", "https://user:pass@x.example/", "https://user@x.example", "http://x.example:0/",
        "http://x.example:99999/", "http://x.example/a b", "http://x.example/\r\nX: y",
        "http://bücher.example/", "http://x.example\\@y.example/", "http://[::1", "javascript:1",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_of_the_web_is_refused(url):
    with pytest.raises(TenureError):
        parts_of(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost:8000/", "http://2130706433/", "http://0x7f.1/",
        "http://0177.0.0.1/", "http://127.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/", "http://0/",
    ],
)  # fmt: skip
def test_no_way_of_writing_an_address_leads_inside(url):
    with pytest.raises(Forbidden):
        target_of(url, private=False)


def test_a_name_that_is_nowhere_may_be_somewhere_later():
    with pytest.raises(NotFound):
        target_of("https://nothing.invalid/", private=False)


def test_a_target_keeps_its_path_and_port_and_is_where_the_name_was_when_it_was_looked_at():
    target = target_of("http://localhost:8123/a/b?c=d#e", private=True)
    assert (target.secure, target.host, target.port) == (False, "localhost", 8123)
    assert target.path == "/a/b?c=d"
    assert set(target.addresses) <= {"127.0.0.1", "::1"}


def at(receiver, host="hooks.example", **more):
    """A name that does not exist, at the address where the receiver listens."""
    return Target(False, host, receiver.port, "/hook", ("127.0.0.1",), **more)


def test_the_connection_goes_to_the_address_that_was_looked_at_whatever_the_name_says(receiver):
    assert post(at(receiver), b"{}", {}).status == 204
    _path, headers, _body = receiver.taken[0]
    assert headers["Host"] == f"hooks.example:{receiver.port}"


def test_no_proxy_of_the_environment_is_used(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(at(receiver), b"{}", {}).status == 204


def test_a_redirect_is_an_answer_and_is_not_followed(receiver):
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    assert post(at(receiver), b"{}", {}).status == 302
    assert len(receiver.taken) == 1


def test_an_answer_that_dribbles_in_does_not_hold_the_worker(receiver, monkeypatch):
    monkeypatch.setattr(posting, "ENTIRE", 0.4)
    receiver.dribble = 0.1
    with pytest.raises(Broken):
        post(at(receiver), b"{}", {})


def test_where_nobody_listens_nothing_was_handed_over():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unreached):
        post(Target(False, "x.example", port, "/", ("127.0.0.1",)), b"{}", {})


def test_a_certificate_must_be_that_of_the_name(receiver):
    target = Target(True, "hooks.example", receiver.port, "/", ("127.0.0.1",))
    with pytest.raises(Unreached):
        post(target, b"{}", {})
    assert not receiver.taken
