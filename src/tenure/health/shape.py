"""Checks of the plain values in a definition; each fault is added as a sentence."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

Faults: TypeAlias = list[str]


def keys_only(body: Mapping[str, Any], known: set[str], where: str, faults: Faults) -> None:
    """Fault every key that is no part of the thing."""
    faults += [
        _("%(where)s has no part %(key)r; its parts are %(names)s.")
        % {"where": where, "key": key, "names": ", ".join(sorted(known))}
        for key in body
        if key not in known
    ]


def number(
    body: Mapping[str, Any],
    key: str,
    where: str,
    faults: Faults,
    *,
    default: float | None = None,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
) -> float:
    """A finite number within its bounds; a faulty one counts as 1 from here on."""
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12:
        faults.append(
            _("%(where)s needs a number as %(key)s; %(value)r is none.")
            % {"where": where, "key": key, "value": value}
        )
        return 1.0
    told = {"where": where, "key": key, "value": value}
    if low is not None and value < low:
        least = _("%(where)s: %(key)s must be at least %(bound)g; %(value)g is not.")
        faults.append(least % {**told, "bound": low})
    if high is not None and value > high:
        most = _("%(where)s: %(key)s must be at most %(bound)g; %(value)g is not.")
        faults.append(most % {**told, "bound": high})
    if above is not None and value <= above:
        over = _("%(where)s: %(key)s must be above %(bound)g; %(value)g is not.")
        faults.append(over % {**told, "bound": above})
    if value != value:  # noqa: PLR0124 - only nan differs from itself
        faults.append(
            _("%(where)s needs a number as %(key)s; nan is none.") % {"where": where, "key": key}
        )
        return 1.0
    return float(value)


def text(body: Mapping[str, Any], key: str, default: str) -> str:
    """A short text, or the default."""
    value = body.get(key)
    return value.strip()[:200] if isinstance(value, str) and value.strip() else default
