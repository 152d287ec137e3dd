"""Settings of channels: for administrators alone; a secret is shown once."""

import pytest

from tenure.core.roles import Role
from tenure.plays.models import Channel

pytestmark = pytest.mark.django_db
URL = "/settings/channels"
PRIVATE = "http://127.0.0.1:9/hook"


@pytest.fixture
def admin(users, sign_in):
    return sign_in(Role.ADMIN)


def text(answer):
    return answer.content.decode()


def made(admin, **given):
    sent = {"name": "Room", "kind": "webhook", "url": PRIVATE, "private": "on", **given}
    return admin.post(URL, sent)


def test_a_secret_is_shown_where_it_is_made_and_never_again(admin):
    answer = made(admin)
    secret = Channel.objects.get().secret
    assert secret in text(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    pk = Channel.objects.get().pk
    for url in (URL, f"{URL}/{pk}"):
        assert secret not in text(admin.get(url))
    again = admin.post(f"{URL}/{pk}/secret")
    newer = Channel.objects.get().secret
    assert newer != secret
    assert newer in text(again)
    assert again.headers["Cache-Control"] == "no-store"


def test_a_chat_has_no_secret(admin):
    assert "is made" in text(made(admin, kind="chat"))
    row = Channel.objects.get()
    assert row.secret == ""
    assert "Make a new secret" not in text(admin.get(f"{URL}/{row.pk}"))
    assert admin.post(f"{URL}/{row.pk}/secret").status_code == 422


def test_a_private_address_needs_its_tick_and_nonsense_is_refused(admin):
    answer = admin.post(URL, {"name": "Room", "kind": "webhook", "url": PRIVATE})
    assert answer.status_code == 422
    for url in ("file:///etc/passwd", "javascript:alert(1)", "", "x" * 600):
        assert made(admin, url=url).status_code == 422, url
    assert not Channel.objects.exists()
    made(admin)
    assert "There is a channel with this name" in text(made(admin))


def test_where_a_channel_leads_is_changed_and_it_goes_out_of_use_and_back(admin):
    made(admin)
    row = Channel.objects.get()
    admin.post(f"{URL}/{row.pk}", {"url": PRIVATE + "2", "private": "on"})
    row.refresh_from_db()
    assert row.url == PRIVATE + "2"
    admin.post(f"{URL}/{row.pk}/retire")
    row.refresh_from_db()
    assert row.retired_at
    admin.post(f"{URL}/{row.pk}/retire", {"again": "yes"})
    row.refresh_from_db()
    assert row.retired_at is None


def test_only_administrators_open_them(admin, sign_in):
    made(admin)
    pk = Channel.objects.get().pk
    for role in (Role.LEADER, Role.CSM, Role.VIEWER):
        client = sign_in(role)
        assert client.get(URL).status_code == 403
        assert client.get(f"{URL}/{pk}").status_code == 403
        for url in (URL, f"{URL}/{pk}", f"{URL}/{pk}/secret", f"{URL}/{pk}/retire"):
            assert client.post(url).status_code == 403
    assert "Channels" not in text(sign_in(Role.LEADER).get("/settings/metrics"))
