"""Writes of users, roles, keys, definitions and rates; each checks permission and is audited."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import (
    AuditEntry,
    CurrencyRate,
    DefinitionVersion,
    RoleGrant,
    ServiceKey,
    User,
)
from tenure.core.roles import Permission, Role
from tenure.core.selectors import require


def audit(
    *, actor: User | None, action: str, subject: object, detail: dict[str, Any] | None = None
) -> AuditEntry:
    """Write the audit row of one action. `subject`: a model instance, or a plain name."""
    key = getattr(subject, "pk", None)
    return AuditEntry.objects.create(
        at=clock.now(),
        actor=actor,
        action=action,
        subject_type="" if key is None else type(subject).__name__,
        subject_id=str(subject if key is None else key)[:200],
        detail=detail or {},
    )


@transaction.atomic
def user_create(
    *,
    actor: User | None,
    email: str,
    role: Role,
    name: str = "",
    password: str | None = None,
    language: str = "en",
) -> User:
    """Make a user with a role. Without a password nobody can sign in as them yet."""
    require(actor, Permission.MANAGE_USERS)
    address = email.strip().lower()
    if "@" not in address:
        raise TenureError(
            _("%(email)r is not an e-mail address; give one like name@company.com.")
            % {"email": email}
        )
    if User.objects.filter(email__iexact=address).exists():
        raise TenureError(
            _("There is a user %(address)s already; change their role instead.")
            % {"address": address}
        )
    user = User(email=address, name=name.strip(), language=language, created_at=clock.now())
    user.set_password(password)
    user.save()
    RoleGrant.objects.create(user=user, role=role, since=clock.now())
    audit(actor=actor, action="user.create", subject=user, detail={"email": address, "role": role})
    return user


@transaction.atomic
def user_set_role(*, actor: User | None, user: User, role: Role) -> None:
    """End the user's current role and start another; the last administrator stays one."""
    require(actor, Permission.MANAGE_USERS)
    _keep_an_admin(user, still_admin=role == Role.ADMIN)
    now = clock.now()
    RoleGrant.objects.filter(user=user, until__isnull=True).update(until=now)
    RoleGrant.objects.create(user=user, role=role, since=now)
    audit(actor=actor, action="user.set_role", subject=user, detail={"role": role})


@transaction.atomic
def user_set_active(*, actor: User | None, user: User, active: bool) -> None:
    """Let a user sign in, or stop them; their history stays."""
    require(actor, Permission.MANAGE_USERS)
    _keep_an_admin(user, still_admin=active)
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit(actor=actor, action="user.set_active", subject=user, detail={"active": active})


@transaction.atomic
def user_set_password(*, actor: User | None, user: User, password: str) -> None:
    """Give a user a new password."""
    require(actor, Permission.MANAGE_USERS)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit(actor=actor, action="user.set_password", subject=user)


def _keep_an_admin(user: User, *, still_admin: bool) -> None:
    others = RoleGrant.objects.filter(
        role=Role.ADMIN, until__isnull=True, user__is_active=True
    ).exclude(user=user)
    if not still_admin and not others.exists() and user.is_active:
        current = RoleGrant.objects.filter(user=user, until__isnull=True, role=Role.ADMIN)
        if current.exists():
            raise TenureError(
                _("%(user)s is the only administrator; make somebody else one before this.")
                % {"user": user}
            )


def key_digest(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def key_create(*, actor: User | None, name: str, scope: str) -> tuple[ServiceKey, str]:
    """Make a key; returns its row and the key itself, which is not kept anywhere."""
    require(actor, Permission.MANAGE_KEYS)
    if scope not in ServiceKey.Scope.values:
        raise TenureError(
            _("%(scope)r is no scope; use one of %(names)s.")
            % {"scope": scope, "names": ", ".join(ServiceKey.Scope.values)}
        )
    key = f"tn_{secrets.token_urlsafe(30)}"
    row = ServiceKey.objects.create(
        name=name.strip() or scope,
        scope=scope,
        prefix=key[:9],
        digest=key_digest(key),
        created_at=clock.now(),
        created_by=actor,
    )
    audit(actor=actor, action="key.create", subject=row, detail={"name": row.name, "scope": scope})
    return row, key


@transaction.atomic
def key_revoke(*, actor: User | None, key: ServiceKey) -> None:
    """Stop a key from working."""
    require(actor, Permission.MANAGE_KEYS)
    key.revoked_at = clock.now()
    key.save(update_fields=["revoked_at"])
    audit(actor=actor, action="key.revoke", subject=key, detail={"name": key.name})


def keys_mark_used(*, ids: Collection[int], at: datetime) -> None:
    """Note when keys were last used. No audit row: nobody acted, and it happens every minute."""
    ServiceKey.objects.filter(id__in=ids).update(last_used_at=at)


@transaction.atomic
def definition_append(
    *,
    actor: User | None,
    kind: str,
    key: str,
    body: dict[str, Any],
    note: str = "",
    retired: bool = False,
) -> DefinitionVersion:
    """Append a version of a definition. The room that owns the kind has validated `body`."""
    require(actor, Permission.EDIT_DEFINITIONS)
    last = (
        DefinitionVersion.objects.select_for_update()
        .filter(kind=kind, key=key)
        .order_by("-version")
        .first()
    )
    if last is not None and last.body == body and last.retired == retired:
        return last
    row = DefinitionVersion.objects.create(
        kind=kind,
        key=key,
        version=1 if last is None else last.version + 1,
        body=body,
        retired=retired,
        note=note,
        created_at=clock.now(),
        created_by=actor,
    )
    audit(
        actor=actor,
        action="definition.append",
        subject=row,
        detail={"kind": kind, "key": key, "version": row.version},
    )
    return row


@transaction.atomic
def currency_rate_set(*, actor: User | None, currency: str, day: date, rate: Decimal) -> None:
    """Set what one unit of a currency is worth in the reporting currency from a day on."""
    require(actor, Permission.EDIT_DEFINITIONS)
    code = currency.strip().upper()
    if len(code) != 3 or not code.isalpha():
        raise TenureError(
            _("%(currency)r is no ISO 4217 currency code; use three letters, as USD.")
            % {"currency": currency}
        )
    if rate <= 0:
        raise TenureError(_("A rate must be above zero; %(rate)s is not.") % {"rate": rate})
    now = clock.now()
    current = CurrencyRate.objects.filter(currency=code, day=day, superseded_at__isnull=True)
    if current.filter(rate=rate).exists():
        return
    current.update(superseded_at=now)
    row = CurrencyRate.objects.create(currency=code, day=day, rate=rate, recorded_at=now)
    audit(actor=actor, action="currency_rate.set", subject=row, detail={"currency": code})
