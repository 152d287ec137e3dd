"""Channels: named addresses outside, which plays use without knowing address or secret."""

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.plays.models import Channel
from tenure.plays.outbox.reach import Forbidden, NotFound, parts_of, target_of
from tenure.plays.outbox.webhooks import secret_make

NAME, URL = 80, 500


@transaction.atomic
def channel_create(
    *, actor: User | None, name: str, kind: str, url: str, private: bool = False
) -> Channel:
    """Name an address. A webhook gets a secret, which its receiver needs to check signatures.

    Raises:
        NotAllowed: the actor may not manage keys.
        TenureError: a name that is taken or empty, an address that is none or must not be reached.
    """
    require(actor, Permission.MANAGE_KEYS)
    if kind not in Channel.Kind.values:
        raise TenureError(_("Choose what the channel is for: webhooks or chat messages."))
    row = Channel.objects.create(
        name=_name(name),
        kind=kind,
        url=_url(url, private=private),
        secret=secret_make() if kind == Channel.Kind.WEBHOOK else "",
        private=private,
        created_at=clock.now(),
        created_by=actor,
    )
    return _told(row, actor, "channel.create")


@transaction.atomic
def channel_edit(*, actor: User | None, channel: Channel, url: str, private: bool) -> Channel:
    """Change where a channel leads; plays keep naming it."""
    require(actor, Permission.MANAGE_KEYS)
    channel.url, channel.private = _url(url, private=private), private
    channel.save(update_fields=["url", "private"])
    return _told(channel, actor, "channel.edit")


@transaction.atomic
def channel_renew_secret(*, actor: User | None, channel: Channel) -> Channel:
    """Give a webhook a new secret; the old one signs nothing any more."""
    require(actor, Permission.MANAGE_KEYS)
    if channel.kind != Channel.Kind.WEBHOOK:
        raise TenureError(_("Only webhooks are signed."))
    channel.secret = secret_make()
    channel.save(update_fields=["secret"])
    return _told(channel, actor, "channel.secret")


@transaction.atomic
def channel_retire(*, actor: User | None, channel: Channel) -> Channel:
    """Take a channel out of use. Its name stays taken, so that no play sends elsewhere by it."""
    require(actor, Permission.MANAGE_KEYS)
    if channel.retired_at is None:
        channel.retired_at = clock.now()
        channel.save(update_fields=["retired_at"])
        _told(channel, actor, "channel.retire")
    return channel


@transaction.atomic
def channel_restore(*, actor: User | None, channel: Channel) -> Channel:
    """Put a channel back into use."""
    require(actor, Permission.MANAGE_KEYS)
    if channel.retired_at is not None:
        channel.retired_at = None
        channel.save(update_fields=["retired_at"])
        _told(channel, actor, "channel.restore")
    return channel


def _name(text: str) -> str:
    name = " ".join(text.replace("\x00", "").split())
    if not name or len(name) > NAME:
        raise TenureError(_("Give the channel a name of at most %(n)d characters.") % {"n": NAME})
    if Channel.objects.filter(name=name).exists():
        raise TenureError(_("There is a channel with this name; choose another one."))
    return name


def _url(text: str, *, private: bool) -> str:
    url = text.strip()
    if len(url) > URL:
        raise TenureError(_("An address has at most %(n)d characters.") % {"n": URL})
    parts_of(url)
    try:
        target_of(url, private=private)
    except Forbidden as error:
        if private:
            raise
        said = _("%(why)s An administrator can allow it by ticking private.") % {"why": error}
        raise TenureError(said) from error
    except NotFound as error:
        said = _("This address is not found: %(why)s.") % {"why": error}
        raise TenureError(said) from error
    return url


def _told(row: Channel, actor: User | None, action: str) -> Channel:
    detail = {"name": row.name, "kind": row.kind, "private": row.private}
    audit(actor=actor, action=action, subject=row, detail=detail)
    return row
