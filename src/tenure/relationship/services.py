"""Writes of the ladder's definition, and what a change would do before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import DefinitionVersion, User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import definition_append
from tenure.engine.ladder import LEVELS, weigh
from tenure.engine.ladder.levels import qualifies_as
from tenure.relationship.definitions import KEY, KIND, LadderDefinition, parse, shipped
from tenure.relationship.in_force import ladder_in_force
from tenure.relationship.inputs import gather


@transaction.atomic
def ladder_save(
    *, actor: User | None, body: dict[str, Any], key: str = KEY, note: str = ""
) -> DefinitionVersion:
    """Check a ladder and keep it as the newest version."""
    require(actor, Permission.EDIT_DEFINITIONS)
    if key != KEY:
        raise TenureError(
            _("There is one ladder, %(key)r; %(key2)r cannot be saved.") % {"key": KEY, "key2": key}
        )
    parse(body)
    return definition_append(actor=actor, kind=KIND, key=key, body=body, note=note)


@transaction.atomic
def ladder_restore(*, actor: User | None, version: int) -> DefinitionVersion:
    """Make an old version the newest again, by appending a copy of it; 0 is the shipped one."""
    require(actor, Permission.EDIT_DEFINITIONS)
    row = DefinitionVersion.objects.filter(kind=KIND, key=KEY, version=version).first()
    body = row.body if row is not None else shipped() if version == 0 else None
    if body is None:
        raise TenureError(
            _("There is no version %(version)s of the ladder to restore.") % {"version": version}
        )
    note = _("Version %(version)s restored") % {"version": version}
    return definition_append(actor=actor, kind=KIND, key=KEY, body=body, note=note)


def ladders_install_defaults() -> int:
    """Store the shipped ladder unless a version is stored; how many were stored."""
    if DefinitionVersion.objects.filter(kind=KIND, key=KEY).exists():
        return 0
    ladder_save(actor=None, body=shipped(), note="Shipped default")
    return 1


@dataclass(frozen=True)
class PreviewRow:
    """One account that would qualify as another level today."""

    account: int
    name: str
    now: str
    then: str


def ladder_preview(*, actor: User | None, body: Mapping[str, Any]) -> list[PreviewRow]:
    """Who would qualify as another level today if the ladder were saved. Writes nothing.

    Levels themselves would follow after the weeks that the ladder asks for.
    """
    require(actor, Permission.SEE_SETTINGS)
    trial = parse(body)
    accounts = list(Account.objects.order_by("pk").values_list("pk", "name"))
    keys = [key for key, _ in accounts]
    if not keys:
        return []
    now, then = _qualifies(keys, ladder_in_force()), _qualifies(keys, trial)
    return [
        PreviewRow(key, name, old, new)
        for (key, name), old, new in zip(accounts, now, then, strict=True)
        if old != new
    ]


def _qualifies(accounts: list[int], definition: LadderDefinition) -> list[str]:
    gathered = gather(accounts, [clock.today()], definition)
    at = gathered.columns[0]
    weighed = weigh(gathered.week(0), definition.rules)
    contracts = gathered.contracts
    levels = qualifies_as(
        contracts.paying[:, at], contracts.ever_paid[:, at], weighed.client, weighed.advocate
    )
    names: list[str] = np.array(LEVELS)[levels].tolist()
    return names
