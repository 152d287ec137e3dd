"""The churn definition in force, and writes of it."""

from typing import Any

from django.utils.translation import gettext as _

from tenure.contracts import definitions
from tenure.core.errors import InvalidDefinition
from tenure.core.models import DefinitionVersion, User
from tenure.core.selectors import definition_current
from tenure.core.services import definition_append
from tenure.engine.money import ChurnRule

KEY = "default"


def churn_rule() -> ChurnRule:
    """The rule in force: the newest stored version, else the shipped one."""
    stored = definition_current(definitions.KIND, KEY)
    return definitions.parse(stored.body if stored else definitions.shipped()[KEY])


def churn_save(
    *, actor: User | None, key: str = KEY, body: dict[str, Any], note: str = ""
) -> DefinitionVersion:
    """Check and store a new version of the churn definition."""
    if key != KEY:
        raise InvalidDefinition(
            [
                _("There is one churn definition, %(key)r; %(key2)r is not it.")
                % {"key": KEY, "key2": key}
            ]
        )
    definitions.parse(body)
    return definition_append(actor=actor, kind=definitions.KIND, key=key, body=body, note=note)


def churns_install_defaults() -> int:
    """Store the shipped definition where none is stored; returns how many were stored."""
    missing = {
        key: body
        for key, body in definitions.shipped().items()
        if not DefinitionVersion.objects.filter(kind=definitions.KIND, key=key).exists()
    }
    for key, body in missing.items():
        definition_append(actor=None, kind=definitions.KIND, key=key, body=body, note="shipped")
    return len(missing)
