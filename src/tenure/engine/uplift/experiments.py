"""What an experiment would teach, in money, before it is run.

Preposterior analysis in the normal-normal model (H. Raiffa and R. Schlaifer 1961, Applied
Statistical Decision Theory, ch. 5). Believed of a play's average effect: τ ~ N(m, v²). A test with
n₁ treated and n₀ held out measures it with variance s² = σ²/n₁ + σ²/n₀. What will be believed
afterwards is itself uncertain, with standard deviation ṽ = v² / √(v² + s²). For each later account

    EVSI = E max(0, τ̃ · stake − cost) − max(0, m · stake − cost)
         = k φ(u/k) + u Φ(u/k) − max(0, u),   u = m · stake − cost,   k = ṽ · stake.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, exp, pi, sqrt


@dataclass(frozen=True)
class Experiment:
    """A test that could be run on accounts of which nothing is known but what is believed.

    Attributes:
        name: Of the play, or the play and the segment.
        mean: m, believed effect in the unit of the outcome; `sd`: v, not negative.
        noise: σ, standard deviation of an outcome given its arm.
        treated: n₁, at least 1; `held_out`: n₀, at least 1.
        later: Accounts that the answer will be used for after the test.
        stake: Money per unit of outcome of a typical account; `cost`: money of treating one.
    """

    name: str
    mean: float
    sd: float
    noise: float
    treated: int
    held_out: int
    later: int
    stake: float
    cost: float

    def __post_init__(self) -> None:
        if min(self.treated, self.held_out) < 1 or self.later < 0:
            raise ValueError("A test needs an account in each arm, and no less than 0 later ones.")
        if min(self.sd, self.noise, self.stake, self.cost) < 0:
            raise ValueError("Deviations, stake and cost must not be negative.")


@dataclass(frozen=True)
class Teaches:
    """Expected worth of an experiment, in money.

    `information`: EVSI over all later accounts; `price`: what the test costs against doing what
    seems best now; `net`: the first less the second; `per_account`: `net` over the accounts in the
    test; `learnt`: which part of the uncertainty v² the test is expected to take away, 0-1.
    """

    experiment: Experiment
    information: float
    price: float
    net: float
    per_account: float
    learnt: float


def worth(experiment: Experiment) -> Teaches:
    """Expected worth of one experiment."""
    e = experiment
    before = e.sd**2
    sampling = e.noise**2 * (1.0 / e.treated + 1.0 / e.held_out)
    learnt = before / (before + sampling) if before > 0 else 0.0
    edge = e.mean * e.stake - e.cost
    spread = e.sd * sqrt(learnt) * e.stake
    information = e.later * expected_gain(edge, spread)
    # Whoever would have been treated anyway costs nothing to treat, and the others the reverse.
    price = e.held_out * max(edge, 0.0) + e.treated * max(-edge, 0.0)
    net = information - price
    return Teaches(e, information, price, net, net / (e.treated + e.held_out), learnt)


def expected_gain(edge: float, spread: float) -> float:
    """E max(0, U) − max(0, u) for U ~ N(`edge`, `spread`²): never negative."""
    if spread <= 0:
        return 0.0
    z = edge / spread
    density = exp(-0.5 * z * z) / sqrt(2.0 * pi)
    below = 0.5 * (1.0 + erf(-abs(z) / sqrt(2.0)))
    return max(spread * density - abs(edge) * below, 0.0)


def most_teaching(experiments: Sequence[Experiment]) -> tuple[Teaches, ...]:
    """All of them, those that are worth most per account in the test first."""
    return tuple(sorted(map(worth, experiments), key=lambda found: -found.per_account))
