"""Writes of scorecards, and what a change would do before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.errors import InvalidDefinition, TenureError
from tenure.core.models import DefinitionVersion, User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import definition_append
from tenure.engine.health import BANDS
from tenure.health.definitions import KIND, ScorecardDefinition, metrics_of, parse, shipped
from tenure.health.in_force import scorecards_in_force
from tenure.health.models import CurrentHealth
from tenure.health.stage.evaluate import evaluate_under
from tenure.health.stage.run import account_chunks
from tenure.metrics.selectors import bodies_current


@transaction.atomic
def scorecard_save(
    *, actor: User | None, key: str, body: dict[str, Any], note: str = ""
) -> DefinitionVersion:
    """Check a scorecard and keep it as the newest version of its key."""
    require(actor, Permission.EDIT_DEFINITIONS)
    _checked(key, body)
    return definition_append(actor=actor, kind=KIND, key=key, body=body, note=note)


@transaction.atomic
def scorecard_restore(*, actor: User | None, key: str, version: int) -> DefinitionVersion:
    """Make an old version the newest again, by appending a copy of it; 0 is the shipped one."""
    require(actor, Permission.EDIT_DEFINITIONS)
    row = DefinitionVersion.objects.filter(kind=KIND, key=key, version=version).first()
    body = row.body if row is not None else shipped().get(key) if version == 0 else None
    if body is None:
        raise TenureError(
            _("There is no version %(version)s of scorecard %(key)r to restore.")
            % {"version": version, "key": key}
        )
    return definition_append(
        actor=actor,
        kind=KIND,
        key=key,
        body=body,
        note=_("Version %(version)s restored") % {"version": version},
    )


@transaction.atomic
def scorecard_retire(*, actor: User | None, key: str) -> DefinitionVersion:
    """Take a scorecard out of force; its history stays. The last one cannot go."""
    require(actor, Permission.EDIT_DEFINITIONS)
    kept = [d for d in scorecards_in_force() if d.key != key]
    body = next((d for d in scorecards_in_force() if d.key == key), None)
    if body is None or not kept:
        raise TenureError(
            _("Scorecard %(key)r cannot be retired: it is not in force or the only one.")
            % {"key": key}
        )
    last = DefinitionVersion.objects.filter(kind=KIND, key=key).order_by("-version").first()
    return definition_append(
        actor=actor,
        kind=KIND,
        key=key,
        body=last.body if last is not None else shipped()[key],
        retired=True,
    )


def scorecards_install_defaults() -> int:
    """Store the shipped scorecards that have no version yet; how many were stored."""
    known = set(DefinitionVersion.objects.filter(kind=KIND).values_list("key", flat=True))
    fresh = [key for key in shipped() if key not in known]
    for key in fresh:
        scorecard_save(actor=None, key=key, body=shipped()[key], note="Shipped default")
    return len(fresh)


@dataclass(frozen=True)
class PreviewRow:
    """One account whose score or band a new scorecard would change. None, "": not scored."""

    account: int
    name: str
    value_now: float | None
    value_then: float | None
    band_now: str
    band_then: str


def scorecard_preview(
    *, actor: User | None, key: str, body: dict[str, Any]
) -> Sequence[PreviewRow]:
    """Whose band would change today, and by how much, if the scorecard were saved. Writes nothing.

    Accounts that change their band come first, the largest change of score before others.
    """
    require(actor, Permission.SEE_SETTINGS)
    trial = _checked(key, body)
    others = [d for d in scorecards_in_force() if d.key != key]
    in_turn = sorted([*others, trial], key=lambda d: (d.order, d.key))
    days = (clock.today(),)
    names = dict(Account.objects.values_list("pk", "name"))
    now = {
        account: (value, band)
        for account, value, band in CurrentHealth.objects.values_list("account_id", "value", "band")
    }
    rows = []
    for accounts in account_chunks(days):
        then: dict[int, tuple[float | None, str]] = {}
        alive = np.ones((len(accounts), 1), dtype=bool)
        for block in evaluate_under(in_turn, accounts, days, alive):
            done = block.evaluated
            for i, row in enumerate(block.row.tolist()):
                value = None if np.isnan(done.value[i]) else float(done.value[i])
                then[accounts[row]] = (value, BANDS[done.band[i]])
        rows += [
            PreviewRow(a, names[a], old[0], new[0], old[1], new[1])
            for a in accounts
            if (old := now.get(a, (None, ""))) != (new := then.get(a, (None, "")))
        ]
    return by_size(rows)


def by_size(rows: Sequence[PreviewRow]) -> list[PreviewRow]:
    """Those that change band first, the largest change of score before others."""
    return sorted(rows, key=lambda r: (r.band_now == r.band_then, -_size(r), r.name))


def _size(row: PreviewRow) -> float:
    return abs((row.value_then or 0.0) - (row.value_now or 0.0))


def _checked(key: str, body: dict[str, Any]) -> ScorecardDefinition:
    """The scorecard a body describes, under a fit key and on metrics that there are."""
    if not key or len(key) > 80 or not key.replace("_", "").isalnum() or key != key.lower():
        raise TenureError(
            _("%(key)r cannot be a scorecard's key; use small letters, digits and underscores.")
            % {"key": key}
        )
    definition = parse(body, key)
    unknown = sorted(set(metrics_of((definition,))) - set(bodies_current()))
    if unknown:
        raise InvalidDefinition(
            [
                _("There is no metric %(name)r; define it or use another.") % {"name": name}
                for name in unknown
            ]
        )
    return definition
