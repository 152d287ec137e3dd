"""Writes of the forecast definition."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.core.models import DefinitionVersion, User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import definition_append
from tenure.forecast.definitions import KEY, KIND, parse, shipped


@transaction.atomic
def forecast_definition_save(
    *, actor: User | None, body: dict[str, Any], key: str = KEY, note: str = ""
) -> DefinitionVersion:
    """Check a forecast definition and keep it as the newest version."""
    require(actor, Permission.EDIT_DEFINITIONS)
    if key != KEY:
        raise TenureError(
            _("There is one forecast definition, %(key)r; %(key2)r is not it.")
            % {"key": KEY, "key2": key}
        )
    parse(body)
    return definition_append(actor=actor, kind=KIND, key=key, body=body, note=note)


def forecasts_install_defaults() -> int:
    """Store the shipped definition unless a version is stored; how many were stored."""
    if DefinitionVersion.objects.filter(kind=KIND, key=KEY).exists():
        return 0
    forecast_definition_save(actor=None, body=shipped(), note="Shipped default")
    return 1
