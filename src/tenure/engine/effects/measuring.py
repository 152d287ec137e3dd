"""What a play did to one endpoint, as known on a day: everything a page needs to word it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tenure.engine.effects.contrast import Contrast, contrast, usable
from tenure.engine.effects.entries import Bools, Endpoint, Entries, Floats, Sample, sample_on
from tenure.engine.effects.mismatch import Mismatch, mismatch
from tenure.engine.effects.sequence import mixing, p_value, reach
from tenure.engine.effects.size import needed, until_floor


@dataclass(frozen=True)
class Plan:
    """What is fixed before the first look and stays.

    Attributes:
        planned: Measured accounts at which the interval shall be narrowest, against its width at
            all other times. Any number is valid, as long as it isn't chosen by what was seen.
        level: α: the interval is that of 1 − α, at all looks together.
        floor: Measured accounts each arm must have before anything is said, at least 2.
        power: Chance at which an effect worth knowing shall be told, for `Effect.more`.
        mismatch: α of “the assignment is broken”, of all looks at both tests together.
    """

    planned: int = 500
    level: float = 0.05
    floor: int = 10
    power: float = 0.8
    mismatch: float = 0.01

    def __post_init__(self) -> None:
        if self.floor < 2:
            raise ValueError("an arm needs two accounts before anything can be said")
        if not (self.planned > 0 and 0 < self.level < 1 and 0 < self.mismatch < 1):
            raise ValueError("accounts planned are above 0, levels between 0 and 1")


class Verdict(StrEnum):
    """What may be said."""

    HELPS = "helps"
    HARMS = "harms"
    UNKNOWN = "not known yet"
    BROKEN = "assignment is broken"


@dataclass(frozen=True)
class Arm:
    """How many accounts of an arm entered, and of these, which add up to it: are too young to have
    their value (`open`), are old enough without a value (`unknown`), have one (`measured`).
    """

    entered: int
    open: int
    unknown: int
    measured: int


@dataclass(frozen=True)
class Estimate:
    """An effect (play − held out) in the unit of the endpoint.

    Attributes:
        value: The estimate; `treated` − `held_out`.
        low, high: The confidence sequence's interval today, valid at all looks together.
        error: Standard error.
        treated, held_out: The arms' means, adjusted where the estimate is.
    """

    value: float
    low: float
    high: float
    error: float
    treated: float
    held_out: float


@dataclass(frozen=True)
class Effect:
    """What a play did to one endpoint.

    Attributes:
        endpoint, plan, today: What was asked.
        treated, held_out: The arms.
        raw: Difference of the means weighted by 1/propensity; None below the floor, or where no
            value differs from another and none is 0 or 1.
        adjusted: The same, adjusted; decides the verdict. Equals `raw` without usable covariates.
        covariates: How many were used.
        reduction: 1 − V(adjusted)/V(raw), the share of accounts saved by adjusting; may be below 0.
        p: Always-valid p-value of no effect, the smallest of this look and those before; 1 below
            the floor.
        assigned: Sample-ratio test of all accounts that entered.
        measured: The same of those measured: were values lost more often in one arm?
        verdict: What may be said today.
        more: Where not known yet, about how many more accounts must be measured to tell an effect
            worth knowing, or below the floor to say anything; accounts still open come on their
            own. None: not to be told, or beyond reach.
    """

    endpoint: Endpoint
    plan: Plan
    today: float
    treated: Arm
    held_out: Arm
    raw: Estimate | None
    adjusted: Estimate | None
    covariates: int
    reduction: float | None
    p: float
    assigned: Mismatch
    measured: Mismatch
    verdict: Verdict
    more: int | None

    @property
    def seen(self) -> "Seen":
        """What the next look carries on."""
        return Seen(self.p, self.assigned.p, self.measured.p)

    @property
    def negligible(self) -> bool:
        """Whether no effect worth knowing is left within the interval, in either direction."""
        worth = self.endpoint.worth
        if worth is None or self.adjusted is None or self.verdict is Verdict.BROKEN:
            return False
        return -worth < self.adjusted.low and self.adjusted.high < worth


@dataclass(frozen=True)
class Seen:
    """What looks so far found and later ones carry on: the smallest p-values, as in `Effect`."""

    p: float = 1.0
    assigned: float = 1.0
    measured: float = 1.0


@dataclass(frozen=True)
class _Found:
    """Both contrasts of n measured accounts, and the number of covariates used."""

    raw: Contrast
    adjusted: Contrast
    covariates: int
    n: int

    @property
    def reduction(self) -> float:
        return 1.0 - float(self.adjusted.variance / self.raw.variance)


def effect_on(
    entries: Entries,
    endpoint: Endpoint,
    plan: Plan,
    today: float,
    earlier: Seen | None = None,
) -> Effect:
    """The effect of a play on an endpoint, by intention to treat, as known on a day.

    Args:
        entries: All entries of the play's version; those after `today` are not looked at.
        endpoint: What is compared.
        plan: The same at every look.
        today: The day, on the scale of `entries.entered`.
        earlier: What the look before saw; a mismatch once found stays.

    Raises:
        ValueError: See `sample_on`.
    """
    sample = sample_on(entries, endpoint, today)
    rows = sample.measured
    before = earlier or Seen()
    assigned = mismatch(sample.held_out, sample.propensity, before.assigned)
    measured = mismatch(sample.held_out[rows], sample.propensity[rows], before.measured)
    found = _found(sample, endpoint, plan)
    adjusted = _estimate(found.adjusted, found.n, plan) if found else None
    broken = min(assigned.p, measured.p) <= plan.mismatch / 2
    verdict = Verdict.BROKEN if broken else _verdict(adjusted, endpoint)
    return Effect(
        endpoint=endpoint,
        plan=plan,
        today=today,
        treated=_arm(sample, ~sample.held_out),
        held_out=_arm(sample, sample.held_out),
        raw=_estimate(found.raw, found.n, plan) if found else None,
        adjusted=adjusted,
        covariates=found.covariates if found else 0,
        reduction=found.reduction if found else None,
        p=min(before.p, _p(found, plan)),
        assigned=assigned,
        measured=measured,
        verdict=verdict,
        more=_more(found, sample, endpoint, plan) if verdict is Verdict.UNKNOWN else None,
    )


def history(
    entries: Entries, endpoint: Endpoint, plan: Plan, days: Sequence[float]
) -> tuple[Effect, ...]:
    """The effect as it was known on each of some rising days."""
    looks: list[Effect] = []
    for day in days:
        looks.append(effect_on(entries, endpoint, plan, day, looks[-1].seen if looks else None))
    return tuple(looks)


def _arm(sample: Sample, arm: Bools) -> Arm:
    entered, closed = int(arm.sum()), int((arm & sample.closed).sum())
    measured = int((arm & sample.measured).sum())
    return Arm(entered, entered - closed, closed - measured, measured)


def _found(sample: Sample, endpoint: Endpoint, plan: Plan) -> _Found | None:
    """Both contrasts; None where nothing can be said."""
    rows = sample.measured
    held, value, propensity = sample.held_out[rows], sample.value[rows], sample.propensity[rows]
    if min(held.sum(), (~held).sum()) < plan.floor:
        return None
    weight = 1.0 / np.where(held, 1.0 - propensity, propensity)
    chosen = usable(sample.covariates[rows], held)
    least = _least(value, held) if endpoint.binary else 0.0
    if least == 0.0 and not _varies(value, held):
        return None
    raw = contrast(value, held, weight, chosen[:, :0], least)
    adjusted = contrast(value, held, weight, chosen, least)
    if not adjusted.variance > 1e-12 * raw.variance:  # covariates that say all leave no variance
        return _Found(raw, raw, 0, len(value))
    return _Found(raw, adjusted, chosen.shape[1], len(value))


def _varies(value: Floats, held: Bools) -> bool:
    """Whether values differ within an arm, so that there is anything to judge a difference by."""
    small = 1e-12 * float(np.abs(value).max())
    return max(float(np.ptp(value[arm])) for arm in (held, ~held)) > small


def _least(value: Floats, held: Bools) -> float:
    """Of a share that was always 0 or always 1 in each arm so far, the variance with one more
    account of either kind, in all or, where the arms differ, in each.

    Source: A. Agresti and B. Caffo (2000), The American Statistician 54(4), 280-288.
    """
    if _varies(value, held):
        return 0.0
    parts = [value] if np.ptp(value) == 0 else [value[held], value[~held]]
    shares = [(float(part.sum()) + 1.0) / (len(part) + 2.0) for part in parts]
    return sum(
        len(part) * share * (1.0 - share) for part, share in zip(parts, shares, strict=True)
    ) / len(value)


def _estimate(made: Contrast, n: int, plan: Plan) -> Estimate:
    r = mixing(plan.planned, plan.level)
    half = float(reach(made.variance, made.freedom, n, r, plan.level))
    value = float(made.value)
    return Estimate(
        value=value,
        low=value - half,
        high=value + half,
        error=float(np.sqrt(made.variance)),
        treated=float(made.treated),
        held_out=float(made.held_out),
    )


def _p(found: _Found | None, plan: Plan) -> float:
    if found is None:
        return 1.0
    made, r = found.adjusted, mixing(plan.planned, plan.level)
    return float(p_value(made.value, made.variance, made.freedom, found.n, r))


def _verdict(adjusted: Estimate | None, endpoint: Endpoint) -> Verdict:
    if adjusted is None or adjusted.low <= 0 <= adjusted.high:
        return Verdict.UNKNOWN
    return Verdict.HELPS if (adjusted.value > 0) == endpoint.more_is_better else Verdict.HARMS


def _more(found: _Found | None, sample: Sample, endpoint: Endpoint, plan: Plan) -> int | None:
    held = int((sample.measured & sample.held_out).sum())
    treated = int(sample.measured.sum()) - held
    if min(held, treated) < plan.floor:
        if not len(sample.propensity):
            return None
        share = float(1.0 - sample.propensity.mean())
        return until_floor(treated, held, share, plan.floor)
    if found is None or endpoint.worth is None:
        return None
    made, r = found.adjusted, mixing(plan.planned, plan.level)
    total = needed(
        float(made.variance), float(made.freedom), found.n,
        endpoint.worth, r, plan.level, plan.power,
    )  # fmt: skip
    return None if total is None else max(total - found.n, 0)
