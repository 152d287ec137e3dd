"""Channels: who names them, what is refused, and that plays hold no secret."""

import pytest

from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.plays.models import Channel
from tenure.plays.services import channels
from tenure.plays.tests.going import user

pytestmark = pytest.mark.django_db
URL = "https://93.184.216.34/hook"


def make(actor=None, **values):
    given = {"name": "ops", "kind": "webhook", "url": URL} | values
    return channels.channel_create(actor=actor, **given)


def test_a_webhook_gets_a_secret_of_its_own_and_a_chat_none():
    hook, chat = make(), make(name="chat", kind="chat")
    assert hook.secret.startswith("whsec_")
    assert chat.secret == ""
    renewed = channels.channel_renew_secret(actor=None, channel=hook).secret
    assert renewed != make(name="second").secret
    with pytest.raises(TenureError):
        channels.channel_renew_secret(actor=None, channel=chat)
    assert "whsec_" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "}, {"name": "x" * 81}, {"name": "taken"}, {"kind": "mail"}, {"url": "ftp://x"},
        {"url": "https://u:p@x.example/"}, {"url": "http://10.0.0.1/"}, {"url": "http://localhost/"},
        {"url": "http://169.254.169.254/", "private": True}, {"url": "https://x.invalid/"},
        {"url": f"{URL}/{'x' * 500}"},
    ],
)  # fmt: skip
def test_what_makes_no_channel_is_refused_in_a_sentence(values):
    make(name="taken")
    with pytest.raises(TenureError) as refused:
        make(**values)
    assert str(refused.value).endswith(".")
    assert Channel.objects.count() == 1


def test_an_address_inside_is_for_an_administrator_to_allow():
    row = make(url="http://10.0.0.1/", private=True)
    with pytest.raises(TenureError):
        channels.channel_edit(actor=None, channel=row, url="http://10.0.0.1/", private=False)
    row.refresh_from_db()
    assert row.private


WRITES = {
    "create": lambda who, row: make(who, name="new"),
    "edit": lambda who, row: channels.channel_edit(actor=who, channel=row, url=URL, private=False),
    "secret": lambda who, row: channels.channel_renew_secret(actor=who, channel=row),
    "retire": lambda who, row: channels.channel_retire(actor=who, channel=row),
    "restore": lambda who, row: channels.channel_restore(actor=who, channel=row),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("role", [Role.LEADER, Role.CSM, Role.VIEWER])
def test_only_administrators_write_channels(write, role):
    row = make()
    before = Channel.objects.values().get()
    with pytest.raises(NotAllowed):
        WRITES[write](user("somebody", role), row)
    assert Channel.objects.values().get() == before
    WRITES[write](user("root", Role.ADMIN), row)


def test_a_retired_channel_keeps_its_name_and_comes_back():
    row = channels.channel_retire(actor=None, channel=make())
    assert row.retired_at is not None
    with pytest.raises(TenureError):
        make()
    assert channels.channel_restore(actor=None, channel=row).retired_at is None
