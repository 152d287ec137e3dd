"""Which ranker to go by: the one whose treated are worth most, judged on accounts it did not see.

Every candidate is learnt without a fold and judged on it, so each one's value is honest by itself.
The best of many looks better than it is, though; its interval is therefore one that holds for all
candidates at once, and so for whichever is chosen (R. Berk, L. Brown, A. Buja, K. Zhang and
L. Zhao 2013, Valid post-selection inference, Annals of Statistics 41(2), 802-837).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.folds import by_account
from tenure.engine.uplift.effects import TOGETHER, Effects, Taught, teach, told_of
from tenure.engine.uplift.log import Floats, Ints, PlayLog
from tenure.engine.uplift.nuisance import CrossArms, Nuisance, cross_arms
from tenure.engine.uplift.policy import (
    NEVER,
    Calibration,
    Value,
    calibrate,
    cautious,
    gains,
    shares,
    total,
)
from tenure.engine.uplift.stacking import Stack, fit_stack

RISK, RISK_VALUE, NOBODY, RANDOM = "highest risk", "risk × value", "nobody", "random"
HELPED = "risk × value of those helped"
COMPARED = (RISK_VALUE, RISK, RANDOM)
"""Never chosen, for they would treat whom it harms; shown for what they are worth."""


@dataclass(frozen=True)
class Candidate:
    """A ranker's cross-fitted worth: money on all rows of the log, beyond treating nobody.

    `behind`: how far it is behind the one that is preferred, with its standard error.
    """

    name: str
    value: Value
    treated: float
    behind: float
    behind_sd: float


@dataclass(frozen=True)
class Choice:
    """What was chosen, and how it fared.

    Attributes:
        name: The ranker.
        candidates: All of them, the most worth first.
        value: Of the chosen, with an interval that holds for all candidates at once.
        calibrations: (C,) of learnt effects by name, from cross-fitted ones.
        effect: (n,) cross-fitted effects of the chosen, or of the preferred where it is
            none of them.
        stack: Of the learners with the outlook, from all rows; None without learners.
        part: (n,) part of each row that the chosen treats, learnt without its fold.
        scores: (n,) doubly robust scores.
    """

    name: str
    candidates: tuple[Candidate, ...]
    value: Value
    calibrations: dict[str, Calibration]
    effect: Floats
    stack: Stack | None
    part: Floats
    scores: Floats


@dataclass(frozen=True)
class CrossFit:
    """Folds (n,), nuisances without a row's fold, and effects by learners that did not see it."""

    fold: Ints
    arms: CrossArms
    nuisance: Nuisance
    effects: Effects


def cross_fit(
    log: PlayLog,
    bases: Sequence[str],
    parts: int,
    seed: int,
    prior: tuple[float, float] | None = None,
) -> CrossFit:
    """Learn every candidate without each fold; nothing at any remove has seen what it answers."""
    fold = by_account(log.account, log.treated, parts, seed)
    arms = cross_arms(log, fold, bases or ("ridge",), seed)
    found: list[tuple[Ints, Effects]] = []
    for part in np.unique(fold):
        seen, unseen = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        known = arms.own(log, int(part)).take(seen)
        taught = teach(log.take(seen), known, bases, seed, prior)
        found.append((unseen, taught.at(log.features[unseen], log.segment[unseen])))
    names = found[0][1].names
    mean, spread = np.zeros((len(names), len(log))), np.zeros((len(names), len(log)))
    for rows, effects in found:
        mean[:, rows], spread[:, rows] = effects.mean, effects.spread
    return CrossFit(fold, arms, arms.own(log), Effects(names, mean, spread))


def teach_all(
    log: PlayLog,
    fit: CrossFit,
    bases: Sequence[str],
    seed: int,
    prior: tuple[float, float] | None = None,
) -> Taught:
    """The learners of all rows, for accounts to come."""
    return teach(log, fit.nuisance, bases, seed, prior)


def choose(log: PlayLog, fit: CrossFit, share: float, caution: float, seed: int) -> Choice:
    """Compare all rankers at a budget of `share` of the rows.

    The learners with the outlook (segments where there are no learners) are preferred until another
    is ahead by more than luck among so many: the best of a dozen noisy values is mostly that.
    Nobody is treated where the chosen is worth nothing. Rankers that know no effect can only be
    chosen among those whose effect has a lower part that is worth its cost.
    """
    scores = fit.nuisance.scores(log)
    effects, stack = _stacked(fit, scores)
    names, part = _parts(log, fit, effects, scores, share, caution, seed)
    money = np.stack([gains(log, scores, row) for row in part])
    first = names.index(effects.preferred())
    at = _best(money, log.account, names, first, seed)
    own = effects.names.index(names[at]) if names[at] in effects.names else first
    return Choice(
        name=names[at],
        candidates=_table(names, money, part, log.account, first),
        value=total(money[at], log.account, _wide(money, log.account, seed)),
        calibrations={
            name: calibrate(row, scores)
            for name, row in zip(effects.names, effects.mean, strict=True)
        },
        effect=effects.mean[own],
        stack=stack,
        part=part[at],
        scores=scores,
    )


def plain_scores(name: str, log: PlayLog, untreated: Floats, seed: int) -> Floats:
    """(n,) scores of the rankers that know no effect; `untreated`: expected outcomes, (n,)."""
    risk = 1.0 - untreated if log.risk is None else log.risk
    if name == RISK:
        return np.asarray(risk)
    if name == RISK_VALUE:
        return np.asarray(risk * log.stake)
    if name == RANDOM:
        return np.random.default_rng(seed + 29).random(len(log))
    return np.full(len(log), NEVER)


def _stacked(fit: CrossFit, scores: Floats) -> tuple[Effects, Stack | None]:
    """Cross-fitted effects with the stack's, its slopes for a fold from the others; that of all.

    Of a fold's own outcomes its slopes hold only what others' learners took from them.
    """
    effects = fit.effects
    if TOGETHER not in effects.names:
        return effects, None
    outcomes = (fit.nuisance.untreated, fit.nuisance.treated)
    told = told_of(effects, outcomes)
    whole = fit_stack(told, scores)
    out = effects.stacked(whole, outcomes)
    for fold in np.unique(fit.fold):
        inside = fit.fold == fold
        stack = fit_stack(told[~inside], scores[~inside])
        out.mean[0, inside] = stack.effect(told[inside])
        swing = effects.spread[effects.names.index(TOGETHER), inside]
        out.spread[0, inside] = stack.spread(told[inside], swing)
    return out, whole


def _parts(
    log: PlayLog,
    fit: CrossFit,
    effects: Effects,
    scores: Floats,
    share: float,
    caution: float,
    seed: int,
) -> tuple[list[str], Floats]:
    """Names and treated parts (C, n) of all candidates.

    Effects of a fold are calibrated on the other folds, and those that know no effect go by the
    untreated outcome that is expected by models without the fold.
    """
    ranked = np.zeros((len(effects.names), len(log)))
    for at, (mean, spread) in enumerate(zip(effects.mean, effects.spread, strict=True)):
        for fold in np.unique(fit.fold):
            inside = fit.fold == fold
            level = calibrate(mean[~inside], scores[~inside])
            wide = np.hypot(level.slope * spread[inside], level.sd)
            ranked[at, inside] = cautious(
                level(mean[inside]), wide, log.stake[inside], log.cost[inside], caution
            )
    plain = (*COMPARED, NOBODY)
    scored = {name: plain_scores(name, log, fit.nuisance.untreated, seed) for name in plain}
    first = effects.names.index(effects.preferred())
    helped = np.where(np.isfinite(ranked[first]), scored[RISK_VALUE], NEVER)
    rows = [*ranked, helped, *scored.values()]
    names = [*effects.names, HELPED, *plain]
    return names, np.stack([shares(row, fit.fold, share) for row in rows])


def _best(money: Floats, account: Ints, names: Sequence[str], first: int, seed: int) -> int:
    """The candidate to go by from its gains (C, n)."""
    never = (*COMPARED, NOBODY)
    open_to = [at for at, name in enumerate(names) if at != first and name not in never]
    more = money[open_to] - money[first]
    far = _wide(more, account, seed)
    best, ahead = first, 0.0
    for at, row in zip(open_to, more, strict=True):
        lead = total(row, account)
        if lead.value > max(far * lead.sd, ahead):
            best, ahead = at, lead.value
    return best if float(money[best].sum()) > 0 else list(names).index(NOBODY)


def _wide(money: Floats, account: Ints, seed: int, draws: int = 500) -> float:
    """Standard errors that hold 95 % of the largest error among all candidates (C, n).

    By the multiplier bootstrap (V. Chernozhukov, D. Chetverikov and K. Kato 2013, Annals of
    Statistics 41(6), 2786-2819), with the rows of an account together; at least 1.96.
    """
    _, at = np.unique(account, return_inverse=True)
    own = np.stack([np.bincount(at, row) for row in money])
    off = own - own.mean(axis=1, keepdims=True)
    size = np.sqrt(np.square(off).sum(axis=1))
    off = off[size > 0] / size[size > 0, None]
    if not off.size:
        return 1.96
    lots = np.random.default_rng(seed + 31).normal(size=(off.shape[1], draws))
    return max(1.96, float(np.quantile(np.abs(off @ lots).max(axis=0), 0.95)))


def _table(
    names: Sequence[str], money: Floats, part: Floats, account: Ints, first: int
) -> tuple[Candidate, ...]:
    rows = []
    for name, own, treated in zip(names, money, part, strict=True):
        behind = total(money[first] - own, account)
        rows.append(
            Candidate(name, total(own, account), float(treated.sum()), behind.value, behind.sd)
        )
    return tuple(sorted(rows, key=lambda row: -row.value.value))
