"""Checks of the plain values in a definition; each fault is added as a sentence."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Faults: TypeAlias = list[str]


def keys_only(body: Mapping[str, Any], known: set[str], where: str, faults: Faults) -> None:
    """Fault every key that is no part of the thing."""
    faults += [
        f"{where} has no part {key!r}; its parts are {', '.join(sorted(known))}."
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
        faults.append(f"{where} needs a number as {key}; {value!r} is none.")
        return 1.0
    bounds = [
        ("at least", low, low is not None and value < low),
        ("at most", high, high is not None and value > high),
        ("above", above, above is not None and value <= above),
    ]
    faults += [
        f"{where}: {key} must be {w} {b:g}; {value:g} is not." for w, b, bad in bounds if bad
    ]
    if value != value:  # noqa: PLR0124 - only nan differs from itself
        faults.append(f"{where} needs a number as {key}; nan is none.")
        return 1.0
    return float(value)


def text(body: Mapping[str, Any], key: str, default: str) -> str:
    """A short text, or the default."""
    value = body.get(key)
    return value.strip()[:200] if isinstance(value, str) and value.strip() else default
