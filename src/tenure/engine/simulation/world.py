"""The state of the company from week to week, and what is written down on the way."""

from dataclasses import dataclass, field

import numpy as np

from tenure.engine.simulation.catalogue import Outage, PriceRise, outages, price_rises
from tenure.engine.simulation.people import People, gather
from tenure.engine.simulation.population import Population, populate
from tenure.engine.simulation.settings import Bools, Floats, Grid, Ints, Settings

ABSENT, TRIAL, FREE, PAYING, GONE = range(5)


@dataclass
class Mind:
    """What an account feels, hidden from every file. Arrays of shape (accounts,)."""

    value: Floats  # value realised, about 0…1
    trust: Floats  # in us, 0…1
    budget: Floats  # pressure on its purse, mean 0
    regret: Floats  # grows while the surplus is below its aspiration
    onboarding: Floats  # share done, 0…1
    onboarding_cap: Floats  # how far it gets when left alone
    breadth: Floats  # features in use
    share: Floats  # of the team active, smoothed
    team: Floats  # how many people it wants in the product
    integrated: Bools  # has built on us: hard to move

    @classmethod
    def at_birth(cls, population: Population) -> "Mind":
        n = len(population)
        return cls(
            value=np.full(n, 0.12),
            trust=np.full(n, 0.6),
            budget=np.zeros(n),
            regret=np.zeros(n),
            onboarding=np.zeros(n),
            onboarding_cap=population.slow_start.copy(),
            breadth=np.full(n, 1.5),
            share=np.full(n, 0.4),
            team=population.team.astype(np.float64),
            integrated=np.zeros(n, dtype=bool),
        )


@dataclass
class Period:
    """A period of unchanged terms. Days since the start; infinite where it did not happen."""

    account: int
    number: int
    tier: int
    yearly: bool
    term: int
    seats: int
    unit: float
    started: float
    renews: float
    auto_renew: bool
    is_trial: bool = False
    ended: float = np.inf
    notified: float = np.inf
    reason: str = ""

    @property
    def mrr(self) -> float:
        return round(self.unit * self.seats, 2)


@dataclass
class Book:
    """The commercial state. Arrays of shape (accounts,)."""

    status: Ints
    tier: Ints
    term_end: Floats
    leaving: Bools
    returned: Bools
    entry_index: Floats  # the list price index when the account first bought
    current: dict[int, Period] = field(default_factory=dict)
    periods: list[Period] = field(default_factory=list)
    numbers: int = 0

    @classmethod
    def empty(cls, n: int) -> "Book":
        return cls(
            status=np.full(n, ABSENT, dtype=np.int64),
            tier=np.zeros(n, dtype=np.int64),
            term_end=np.full(n, np.inf),
            leaving=np.zeros(n, dtype=bool),
            returned=np.zeros(n, dtype=bool),
            entry_index=np.ones(n),
        )


@dataclass(frozen=True)
class Decision:
    """An account made up its mind to leave: when (hidden)."""

    account: int
    day: float


@dataclass(frozen=True)
class Assignment:
    """An account met the conditions of a play and the coin fell."""

    account: int
    play: int
    day: float
    treated: bool
    propensity: float
    effect: float  # true change of the log intensity of leaving if treated
    boost: float  # true change of the log of use if treated


@dataclass(frozen=True)
class Trouble:
    """A ticket: opened on a day, answered and solved after so many hours."""

    account: int
    day: float
    reply_hours: float
    solve_hours: float
    outage: bool


@dataclass
class Record:
    """What the weeks leave behind. Lists grow by week; histories have shape (weeks, accounts)."""

    intensity: Floats
    value: Floats
    trust: Floats
    budget: Floats
    regret: Floats
    breadth: Floats
    share: Floats
    onboarding: Floats
    champion: Bools
    status: Ints
    at_risk: Bools
    alone: Bools  # without a champion while the week was weighed
    dearer: Floats  # list price over that at which the account bought, less 1
    opening: Floats  # of the urge to leave, what nothing holds back
    outside: Floats  # decisions a week that have nothing to do with us
    lacking: Ints  # furthest from its best, a place in `mind.LACKS`
    person: list[Ints] = field(default_factory=list)
    events: list[Ints] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    integrations: list[tuple[int, float]] = field(default_factory=list)
    steps: list[tuple[int, float, int]] = field(default_factory=list)

    @classmethod
    def empty(cls, weeks: int, n: int) -> "Record":
        def floats() -> Floats:
            return np.zeros((weeks, n))

        return cls(
            intensity=floats(),
            value=floats(),
            trust=floats(),
            budget=floats(),
            regret=floats(),
            breadth=floats(),
            share=floats(),
            onboarding=floats(),
            champion=np.zeros((weeks, n), dtype=bool),
            status=np.zeros((weeks, n), dtype=np.int64),
            at_risk=np.zeros((weeks, n), dtype=bool),
            alone=np.zeros((weeks, n), dtype=bool),
            dearer=floats(),
            opening=floats(),
            outside=floats(),
            lacking=np.zeros((weeks, n), dtype=np.int64),
        )


@dataclass
class World:
    """Everything the weekly steps read and change."""

    settings: Settings
    grid: Grid
    population: Population
    people: People
    outages: tuple[Outage, ...]
    rises: tuple[PriceRise, ...]
    mind: Mind
    book: Book
    record: Record
    coverage: Floats  # care by a success manager, 0…1, of each account once it pays
    play_effect: Floats  # sum of the true effects at work, log intensity
    play_boost: Floats  # sum of the true effects at work, log use

    def __len__(self) -> int:
        return len(self.population)

    @classmethod
    def at_launch(cls, settings: Settings) -> "World":
        grid = Grid.of(settings)
        population = populate(settings, grid)
        n = len(population)
        chance = settings.chance("world")
        care = np.array([0.0, 0.12, 0.5, 0.85])[population.entry_tier]
        return cls(
            settings=settings,
            grid=grid,
            population=population,
            people=gather(settings, population),
            outages=outages(grid, chance),
            rises=price_rises(grid),
            mind=Mind.at_birth(population),
            book=Book.empty(n),
            record=Record.empty(grid.weeks, n),
            coverage=np.clip(care + chance.normal(0, 0.1, n), 0, 1),
            play_effect=np.zeros(n),
            play_boost=np.zeros(n),
        )

    @property
    def using(self) -> Bools:
        """Accounts that may use the product now."""
        return (self.book.status > ABSENT) & (self.book.status < GONE)

    def champions(self, day: float) -> Bools:
        """Whether each account has a champion on a day."""
        mark = self.people.present(day) & (self.people.role == 0)
        return self.people.count(mark, len(self)) > 0
