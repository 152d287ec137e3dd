"""Companies whose accounts are known to be helped or harmed by contact, and by how much.

The past was logged by a policy that contacted those at risk and large ones more often, with known
chances. Rankers learn from it and are then followed on new accounts of the same kind, where the
truth says what each keeps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from results import Figure, Part, Table, at_least, at_most, counted

from tenure.engine.uplift import PlayLog, Uplift, fit, play_log, treated_share

Floats = NDArray[np.float64]
FEATURES, NEW, SHARE, COST = 10, 50_000, 0.15, 200.0
COLUMNS = ("", "share of the oracle's kept ARR", "treated who are harmed", "part treated")


@dataclass(frozen=True)
class Company:
    """A log, and of the same rows the true effect of contact on the chance to stay, (n,)."""

    log: PlayLog
    effect: Floats

    @property
    def net(self) -> Floats:
        """(n,) ARR that contact keeps, less its cost."""
        return np.asarray(self.effect * self.log.stake - self.log.cost)


def company(accounts: int, random: np.random.Generator) -> Company:
    """Accounts with ten features, five of which matter; about four in ten are harmed."""
    x = random.normal(size=(accounts, FEATURES))
    arr = np.exp(9.0 + 0.9 * random.normal(size=accounts) + 0.3 * x[:, 4])
    calm = 1.3 - 0.8 * x[:, 0] + 0.5 * np.minimum(x[:, 1], 1.0) + 0.4 * x[:, 2] * (x[:, 0] > 0)
    pull = 0.25 + 0.8 * np.tanh(1.5 * x[:, 3]) + 0.5 * (x[:, 0] > 0.3) - 0.6 * (x[:, 1] > 0.8)
    stays, stays_with = (1.0 / (1.0 + np.exp(-odds)) for odds in (calm, calm + pull))
    size = (np.log(arr) - 9.0) / 0.9
    chance = np.clip(1.0 / (1.0 + np.exp(0.8 - 0.7 * x[:, 0] - 0.4 * size)), 0.05, 0.9)
    treated = random.random(accounts) < chance
    kept = random.random(accounts) < np.where(treated, stays_with, stays)
    x[random.random(x.shape) < 0.03] = np.nan
    log = play_log(
        np.arange(accounts), x, [f"measure {k}" for k in range(FEATURES)], treated, kept, stake=arr,
        cost=COST, propensity=chance, segment=np.searchsorted([8.5, 9.5], np.log(arr)),
    )  # fmt: skip
    return Company(log, np.asarray(stays_with - stays))


@dataclass(frozen=True)
class Run:
    """Of one company: ranker → (share of the oracle, harmed, part treated); chosen; cover."""

    rows: dict[str, tuple[float, float, float]]
    chosen: str
    covered: bool


def follow(accounts: int, seed: int) -> Run:
    """Learn from one company and follow every ranker on new accounts."""
    random = np.random.default_rng(20_000 + seed)
    past, new = company(accounts, random), company(NEW, random)
    fitted = fit(past.log, SHARE)
    log, places = new.log, round(SHARE * NEW)
    oracle = treated_share(np.where(new.net > 0, new.net, -np.inf), places)
    best = float(oracle @ new.net)
    estimate = fitted.estimate(log.features, log.stake, log.cost, log.segment)
    scores = {"Tenure": estimate.rank} | _alone(fitted, log) | _without(fitted, log, random)
    rows, truth = {}, 0.0
    for name, score in scores.items():
        part = treated_share(score, places)
        kept, treated = float(part @ new.net), float(part.sum())
        truth = kept if name == "Tenure" else truth
        harmed = float(part @ (new.effect < 0)) / treated if treated else 0.0
        rows[name] = (kept / best, harmed, treated / NEW)
    value = fitted.report.choice.value
    scaled = truth * accounts / NEW
    return Run(rows, fitted.report.choice.name, value.low <= scaled <= value.high)


def _alone(fitted: Uplift, log: PlayLog) -> dict[str, Floats]:
    """Learners as they are, treating whoever they expect to be worth it."""
    effects = fitted.taught.at(log.features, log.segment)
    found = {}
    for name, effect in zip(effects.names, effects.mean, strict=True):
        if name[0] in "STD" and "," in name:
            net = effect * log.stake - log.cost
            found[f"{name}, alone"] = np.where(net > 0, net, -np.inf)
    return found


def _without(fitted: Uplift, log: PlayLog, random: np.random.Generator) -> dict[str, Floats]:
    """Rankings that know no effect, by the same forecast of loss."""
    means = fitted.arms.means.values()
    risk = 1.0 - np.mean([untreated(log.features) for untreated, _ in means], axis=0)
    return {
        "risk × ARR": risk * log.stake,
        "highest risk first": risk,
        "random": random.random(len(log)),
    }


def run(accounts: int, bar: float, seeds: int) -> Part:
    told = counted(range(seeds), f"{accounts} accounts", seeds)
    runs = [follow(accounts, seed) for seed in told]
    rows, means = [], {}
    for name in runs[0].rows:
        each = np.array([one.rows[name] for one in runs])
        share, harmed, treated = each.mean(axis=0)
        low, high = each[:, 0].min(), each[:, 0].max()
        rows.append(
            (name, f"{share:.2f} ({low:.2f} … {high:.2f})", f"{harmed:.1%}", f"{treated:.1%}")
        )
        means[name] = (share, harmed)
    covered = [one.covered for one in runs]
    chosen = sorted({one.chosen for one in runs})
    times = ", ".join(f"{name} {sum(one.chosen == name for one in runs)}×" for name in chosen)
    many = "one company" if seeds == 1 else f"{seeds} companies"
    prose = (
        f"{accounts:,} accounts in the log of {many}; followed on {NEW:,} new accounts, of which "
        f"{SHARE:.0%} can be treated at {COST:.0f} each. Shares are means, with the lowest and the "
        f"highest; all is net of costs. Chosen: {times}."
    )
    share, harmed = means["Tenure"]
    word = f"{accounts:,} ACCOUNTS"
    figures: list[Figure] = [
        at_least(f"{word}, SHARE OF THE ORACLE", share, bar, 3),
        at_most(f"{word}, HARMED", 100.0 * harmed, 5.0, 2, " %"),
    ]
    if seeds >= 20:
        figures.append(at_least(f"{word}, INTERVALS THAT HOLD", float(np.mean(covered)), 0.9, 2))
    rows.append(("intervals of the policy's value that hold", f"{sum(covered)} of {seeds}", "", ""))
    return Part(prose, (Table(f"{accounts:,} accounts", COLUMNS, tuple(rows)),), tuple(figures))
