"""Maximum likelihood by EM from several starts, with the order of the states kept throughout."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from tenure.engine.hmm.emissions import Emissions, initial
from tenure.engine.hmm.model import Model
from tenure.engine.hmm.moves import Moves, habit, improved, log_posterior, sticky
from tenure.engine.hmm.packing import Packed, pack
from tenure.engine.hmm.recursions import Expected, expected
from tenure.engine.hmm.sequences import Floats, Sequences


@dataclass(frozen=True)
class Settings:
    """How to fit.

    Attributes:
        restarts: Starts that are tried; each runs `trial` iterations, the best goes on (small EM:
            C. Biernacki, G. Celeux and G. Govaert 2003, Computational Statistics & Data Analysis
            41, 561-575).
        trial: Iterations of a trial.
        iterations: Most iterations in all.
        tolerance: Stop when an iteration gains less than this per row.
        ridge: Weight of the normal prior on effects per standard deviation of an input.
        habit: Accounts' moves that the prior on each state's moves is worth, mostly staying.
        seed: Of the starts.
    """

    restarts: int = 5
    trial: int = 8
    iterations: int = 200
    tolerance: float = 1e-6
    ridge: float = 1.0
    habit: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Fitted:
    """A model and how it was reached.

    Attributes:
        model: The model.
        trace: Objective before each iteration and at the end: ln L plus the log prior of moves and
            start. It never falls.
        log_likelihood: ln L at the end, without the prior.
        converged: Whether it stopped before `iterations`.
    """

    model: Model
    trace: tuple[float, ...]
    log_likelihood: float
    converged: bool


@dataclass(frozen=True)
class _Point:
    start: Floats
    moves: Moves
    emissions: Emissions


@dataclass(frozen=True)
class _Run:
    point: _Point
    found: Expected
    trace: tuple[float, ...]


@dataclass(frozen=True)
class _Problem:
    """The rows, with inputs per standard deviation, and one more input vector for the prior."""

    packed: Packed
    scale: Floats
    inputs: Floats
    settings: Settings

    def expected(self, point: _Point) -> tuple[Expected, float]:
        log_moves = point.moves.log_matrix(self.inputs)
        seen = point.emissions.log_density(self.packed.values)
        found = expected(np.log(point.start), log_moves, seen, self.packed)
        prior = np.zeros_like(log_moves)
        prior[-1] = self._habit(point.start.size)
        worth = log_posterior(point.moves, self.inputs, prior, self.settings.ridge)
        worth += float(np.log(point.start).sum() / point.start.size)
        return found, float(found.log_likelihood.sum()) + worth

    def maximised(self, point: _Point, found: Expected) -> _Point:
        states = point.start.size
        first = found.state[: self.packed.alive[0]].sum(axis=0) + 1.0 / states
        counts = found.moves.copy()
        counts[-1] += self._habit(states)
        return _Point(
            first / first.sum(),
            improved(point.moves, self.inputs, counts, self.settings.ridge),
            point.emissions.maximised(self.packed.values, found.state),
        )

    def _habit(self, states: int) -> Floats:
        return self.settings.habit * habit(states)


def fit(data: Sequences, states: int, settings: Settings | None = None) -> Fitted:
    """The K-state model of greatest likelihood, under a weak prior on moves.

    The states are ordered by the mean of the first measure. Accounts without an observation, of a
    single step, or all alike are no error: what they do not tell stays at its start.

    Raises:
        ValueError: There is no account, or `states` is below 1.
    """
    how = settings or Settings()
    if states < 1 or not len(data):
        raise ValueError("a model needs a state and an account")
    problem = _problem(data, how)
    draw = np.random.default_rng(how.seed)
    starts = [_start(problem, data, states, draw, first=k == 0) for k in range(_tries(states, how))]
    trials = [_run(problem, point, min(how.trial, how.iterations)) for point in starts]
    best = max(trials, key=lambda trial: trial.trace[-1])
    left = how.iterations - len(best.trace) + 1
    rest = _run(problem, best.point, left)
    scaled = rest.point.moves
    moves = Moves(scaled.cut, scaled.effect / problem.scale)
    return Fitted(
        model=Model(rest.point.start, moves, rest.point.emissions, data.input_names),
        trace=best.trace[:-1] + rest.trace,
        log_likelihood=float(rest.found.log_likelihood.sum()),
        converged=len(rest.trace) <= left,
    )


def _tries(states: int, how: Settings) -> int:
    return 1 if states == 1 else max(1, how.restarts)


def _problem(data: Sequences, how: Settings) -> _Problem:
    packed = pack(data)
    used = packed.inputs[packed.which[packed.step > 0]]
    spread = used.std(axis=0) if len(used) else np.ones(packed.inputs.shape[1])
    scale = np.where(spread > 0, spread, 1.0)
    scaled = np.vstack([packed.inputs / scale, np.zeros_like(scale)])
    return _Problem(_with_prior_row(packed), scale, scaled, how)


def _with_prior_row(packed: Packed) -> Packed:
    """An input vector of zeros that no row has, for the prior to weigh on."""
    inputs = np.vstack([packed.inputs, np.zeros(packed.inputs.shape[1])])
    return replace(packed, inputs=inputs)


def _run(problem: _Problem, point: _Point, iterations: int) -> _Run:
    """EM until it gains next to nothing, or for so many iterations."""
    found, worth = problem.expected(point)
    trace = [worth]
    enough = problem.settings.tolerance * max(len(problem.packed.which), 1)
    for _ in range(iterations):
        point = problem.maximised(point, found)
        found, worth = problem.expected(point)
        trace.append(worth)
        if trace[-1] - trace[-2] < enough:
            break
    return _Run(point, found, tuple(trace))


def _start(
    problem: _Problem, data: Sequences, states: int, draw: Generator, *, first: bool
) -> _Point:
    """States guessed by equal shares of a score: the first measure, or a random mix of them all.

    In a mix each measure counts with the sign of its correlation with the first.
    """
    values = problem.packed.values
    known = ~np.isnan(values)
    number = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values - np.where(known, values, 0.0).sum(axis=0) / number, 0.0)
    spread = np.sqrt(np.square(centred).sum(axis=0) / number)
    scores = centred / np.where(spread > 0, spread, 1.0)
    sign = np.where(scores.T @ scores[:, 0] < 0, -1.0, 1.0)
    mix = draw.dirichlet(np.ones(values.shape[1]))
    if first:
        mix = np.eye(values.shape[1])[0]
    score = scores @ (mix * sign)
    rank = np.empty(len(score), np.int64)
    rank[np.argsort(score, kind="stable")] = np.arange(len(score))
    guess = np.eye(states)[rank * states // len(score)]
    stay = 0.9 if first else float(draw.uniform(0.7, 0.98))
    return _Point(
        np.full(states, 1.0 / states),
        sticky(states, problem.inputs.shape[1], stay),
        initial(data.measures, values, 0.9 * guess + 0.1 / states),
    )
