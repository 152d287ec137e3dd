"""Which scorecard is whose: rules over what was known of an account; the first that fits wins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from tenure.accounts.history import attribute_on
from tenure.contracts.selectors.weekly import ContractDays
from tenure.health.shape import Faults, keys_only, number

Flags: TypeAlias = NDArray[np.bool_]
LIFECYCLES = ("trial", "paying", "former", "prospect", "unknown")
ATTRIBUTES = ("segment", "industry", "country", "language")
_RANGES = ("tier", "employees", "months_since_first_paid")


@dataclass(frozen=True)
class Range:
    """At least `low`, below `high`; `or_never`: an unknown value fits too."""

    low: float
    high: float
    or_never: bool = False

    def holds(self, values: NDArray[np.float64]) -> Flags:
        with np.errstate(invalid="ignore"):
            within = (values >= self.low) & (values < self.high)
        return np.asarray(within | (np.isnan(values) & self.or_never))


@dataclass(frozen=True)
class Match:
    """All conditions must hold; an empty one holds always."""

    lifecycle: frozenset[str]
    top_tier: bool | None
    ranges: tuple[tuple[str, Range], ...]
    attributes: tuple[tuple[str, frozenset[str]], ...]


def parse_match(body: object, faults: Faults) -> Match:
    """The conditions under `match`."""
    if not isinstance(body, Mapping):
        faults.append(_("match must be a mapping of conditions, as {lifecycle: [paying]}."))
        return Match(frozenset(), None, (), ())
    keys_only(body, {"lifecycle", "top_tier", *_RANGES, *ATTRIBUTES}, "match", faults)
    lifecycle = _words(body, "lifecycle", faults)
    faults += [
        _("match: %(word)r is no lifecycle; use %(names)s.")
        % {"word": word, "names": ", ".join(LIFECYCLES)}
        for word in sorted(lifecycle - set(LIFECYCLES))
    ]
    top = body.get("top_tier")
    if top not in (None, True, False):
        faults.append(_("match: top_tier must be true or false."))
    return Match(
        lifecycle=lifecycle,
        top_tier=top if isinstance(top, bool) else None,
        ranges=tuple((k, _range(body[k], k, faults)) for k in _RANGES if k in body),
        attributes=tuple((k, _words(body, k, faults)) for k in ATTRIBUTES if k in body),
    )


def _words(body: Mapping[str, Any], key: str, faults: Faults) -> frozenset[str]:
    value = body.get(key, [])
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        faults.append(_("match: %(key)s must be a list of words.") % {"key": key})
        return frozenset()
    return frozenset(value)


def _range(body: object, key: str, faults: Faults) -> Range:
    where = _("match, %(key)s") % {"key": key}
    if not isinstance(body, Mapping):
        faults.append(
            _("%(where)s must give from, below or both, as {from: 1, below: 3}.") % {"where": where}
        )
        return Range(0, 0)
    keys_only(body, {"from", "below", "or_never"}, where, faults)
    low = number(body, "from", where, faults, default=-1e12)
    high = number(body, "below", where, faults, default=1e12)
    return Range(low, high, body.get("or_never") is True)


@dataclass(frozen=True)
class Circumstances:
    """What the rules look at, (accounts, days) each."""

    contracts: ContractDays
    lifecycle: NDArray[np.str_]
    attributes: Mapping[str, NDArray[Any]]


def circumstances(
    contracts: ContractDays, matches: Sequence[Match], days: Sequence[date]
) -> Circumstances:
    """Gather what the given rules look at."""
    accounts = contracts.accounts.tolist()
    wanted = {name for match in matches for name, _ in match.attributes}
    wanted |= {name for match in matches for name, _ in match.ranges} & {"employees"}
    attributes = {name: attribute_on(name, days, accounts) for name in sorted(wanted)}
    lifecycle = np.where(
        contracts.paying,
        "paying",
        np.where(
            contracts.trial,
            "trial",
            np.where(
                contracts.ever_paid,
                "former",
                np.where(contracts.known[None, :], "prospect", "unknown"),
            ),
        ),
    )
    return Circumstances(contracts, lifecycle, attributes)


def matches(match: Match, around: Circumstances) -> Flags:
    """Where the rule fits, (accounts, days)."""
    fits = np.ones(around.lifecycle.shape, dtype=bool)
    if match.lifecycle:
        fits &= np.isin(around.lifecycle, sorted(match.lifecycle))
    if match.top_tier is not None:
        fits &= around.contracts.top_tier == match.top_tier
    for name, span in match.ranges:
        fits &= span.holds(_numbers(name, around))
    for name, words in match.attributes:
        fits &= np.isin(around.attributes[name].astype(str), sorted(words))
    return fits


def _numbers(name: str, around: Circumstances) -> NDArray[np.float64]:
    if name == "tier":
        return around.contracts.tier
    if name == "months_since_first_paid":
        return around.contracts.since_first_paid
    raw = around.attributes[name]
    return np.array([[np.nan if v is None else float(v) for v in row] for row in raw], float)
