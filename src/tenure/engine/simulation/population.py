"""The accounts that ever sign up: who they are, and what nobody outside can see of them."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.simulation import catalogue, words
from tenure.engine.simulation.settings import Bools, Floats, Grid, Ints, Settings, choose


@dataclass(frozen=True)
class Population:
    """Accounts in order of sign-up; every array has shape (accounts,).

    Seen from outside: names, industry, country, segment (indices into the catalogue), employees,
    channel, parent (index or -1), created (days since the start).
    Hidden: `fit` of product and need (0…1), `aspiration` (surplus below which regret grows),
    `price_pain` (lost surplus per 100 % dearer), `slow_start` (cap of its onboarding when left
    alone), `start_speed`, `team` (people at first), `growth` (drift of its team a week),
    `payer_delay` (days late), `careless` (chance that a payment fails), `entrenched` (wants to
    build integrations, hence is hard to move), `replaces` (finds a new champion), `entry_tier`.
    """

    names: tuple[str, ...]
    domains: tuple[str, ...]
    industry: Ints
    country: Ints
    segment: Ints
    employees: Ints
    channel: Ints
    parent: Ints
    created: Floats
    fit: Floats
    aspiration: Floats
    price_pain: Floats
    slow_start: Floats
    start_speed: Floats
    team: Ints
    growth: Floats
    payer_delay: Floats
    careless: Floats
    entrenched: Bools
    replaces: Bools
    entry_tier: Ints

    def __len__(self) -> int:
        return len(self.names)

    def language(self, account: int) -> str:
        return catalogue.COUNTRIES[self.country[account]].language

    @property
    def currency(self) -> Ints:
        """Index into the catalogue's currencies by account."""
        return np.array([c.currency for c in catalogue.COUNTRIES], dtype=np.int64)[self.country]

    @property
    def region(self) -> Ints:
        """Outage region by account."""
        return np.array([c.region for c in catalogue.COUNTRIES], dtype=np.int64)[self.country]


def populate(settings: Settings, grid: Grid) -> Population:
    """Draw the accounts of a company."""
    chance = settings.chance("population")
    n = settings.accounts
    segment = choose(chance, (52, 32, 16), n)
    country = choose(chance, [c.weight for c in catalogue.COUNTRIES], n)
    industry = choose(chance, catalogue.INDUSTRY_WEIGHTS, n)
    names = _names(chance, country, industry)
    hidden = _hidden(chance, segment, industry)
    return Population(
        names=names,
        domains=_domains(names),
        industry=industry,
        country=country,
        segment=segment,
        employees=_employees(chance, segment),
        channel=choose(chance, (26, 22, 14, 10, 12, 16), n),
        parent=_parents(chance, segment, country),
        created=_arrivals(chance, grid, n),
        **hidden,
    )


def _arrivals(chance: np.random.Generator, grid: Grid, n: int) -> Floats:
    """A waiting list let in at launch, then a slowly growing stream; mostly in working hours."""
    waiting = round(n * 0.16)
    share = np.sqrt(chance.uniform(0.35, 1.0, n - waiting))
    low = np.sqrt(0.35)
    later = 30 + (share - low) / (1 - low) * (grid.end - 32)
    day = np.floor(np.concatenate([chance.uniform(0, min(40, grid.end / 4), waiting), later]))
    day = np.where((day % 7 >= 5) & (chance.random(n) < 0.8), day - 2, day)
    return np.sort(np.maximum(day, 0) + chance.uniform(7, 18, n) / 24)


def _employees(chance: np.random.Generator, segment: Ints) -> Ints:
    centre = np.array([14.0, 160.0, 1800.0])[segment]
    low, high = np.array([2, 51, 501])[segment], np.array([50, 500, 90_000])[segment]
    drawn = centre * np.exp(chance.normal(0, 0.8, len(segment)))
    return np.asarray(np.clip(drawn, low, high), dtype=np.int64)


def _hidden(chance: np.random.Generator, segment: Ints, industry: Ints) -> dict[str, np.ndarray]:
    n = len(segment)
    tilt = np.array([0.0, 0.9, 2.2])[segment]
    stalls = chance.random(n) < np.array([0.34, 0.26, 0.2])[segment]
    low = np.where(stalls, chance.uniform(0.2, 0.5, n), 1.0)
    size = np.array([2.4, 5.5, 10.0])[segment] * np.exp(chance.normal(0, 0.45, n))
    tier_weights = np.array([[0.86, 0.14, 0.0], [0.22, 0.66, 0.12], [0.0, 0.34, 0.66]])
    tier_steps = np.cumsum(tier_weights[segment], axis=1)
    return {
        "fit": chance.beta(4.6 + tilt, 2.1, n),
        "aspiration": chance.normal(0.325, 0.07, n),
        "price_pain": chance.gamma(2.0, np.array([0.32, 0.18, 0.08])[segment]),
        "slow_start": low,
        "start_speed": np.where(stalls, 0.05, 0.16) * np.exp(chance.normal(0, 0.3, n)),
        "team": np.clip(np.round(size), 1, 45).astype(np.int64),
        "growth": chance.normal(0.0015, 0.0035, n) + 0.001 * (segment == 2),
        "payer_delay": np.maximum(chance.normal(np.array([-6, -3, 1])[segment], 5.0), -12.0)
        + 8.0 * (industry == catalogue.PUBLIC),
        "careless": np.where(chance.random(n) < 0.12, 0.12, 0.008),
        "entrenched": chance.random(n) < np.array([0.1, 0.3, 0.55])[segment],
        "replaces": chance.random(n) < 0.6,
        "entry_tier": 1 + (chance.random(n)[:, None] > tier_steps[:, :2]).sum(axis=1),
    }


def _parents(chance: np.random.Generator, segment: Ints, country: Ints) -> Ints:
    """About one account in fifteen is a subsidiary of a larger one, half of them abroad."""
    parent = np.full(len(segment), -1, dtype=np.int64)
    heads = np.flatnonzero(segment == 2)
    children = np.flatnonzero((segment < 2) & (chance.random(len(segment)) < 0.075))
    if not len(heads):
        return parent
    for child in children:
        near = heads[country[heads] == country[child]]
        pool = near if len(near) and chance.random() < 0.5 else heads
        parent[child] = pool[chance.integers(len(pool))]
    return parent


def _names(chance: np.random.Generator, country: Ints, industry: Ints) -> tuple[str, ...]:
    taken: set[str] = set()
    names = [
        _name(chance, catalogue.COUNTRIES[c], int(i), taken)
        for c, i in zip(country, industry, strict=True)
    ]
    spoken = [catalogue.COUNTRIES[c].language for c in country]
    for hostile, language in words.HOSTILE:
        free = [i for i, s in enumerate(spoken) if s == language and names[i] in taken]
        if free:
            place = free[int(chance.integers(len(free)))]
            taken.discard(names[place])
            names[place] = hostile
    strange = {hostile for hostile, _ in words.HOSTILE}
    return tuple(name if name in strange else _smudged(chance, name) for name in names)


def _name(
    chance: np.random.Generator, country: catalogue.Country, industry: int, taken: set[str]
) -> str:
    """A company's name that none has yet."""
    language = country.language
    cores = words.CORES[language].split()
    legal = words.LEGAL[country.code].split("|")
    trade = words.TRADES[language].split("|")[industry]
    core, second = (str(chance.choice(cores)) for _ in range(2))
    ending = str(chance.choice(legal))
    if language == "zh":
        name = f"{chance.choice(words.LEAD['zh'].split())}{core}{trade}{ending}"
        longer = f"{core}{second}（{trade}）{ending}"
    else:
        name = f"{core} {trade} {ending}"
        longer = f"{core} & {second} {trade} {ending}"
    for attempt in (name, longer):
        if attempt not in taken:
            taken.add(attempt)
            return attempt
    numbered = f"{longer} {len(taken)}"
    taken.add(numbered)
    return numbered


def _smudged(chance: np.random.Generator, name: str) -> str:
    """Now and then a name with the marks of hurried typing."""
    slip = chance.random()
    if slip < 0.02:
        return name + " "
    if slip < 0.035:
        return name.upper()
    if slip < 0.05:
        return name.replace(" ", "  ", 1)
    return name


def _domains(names: tuple[str, ...]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    domains = []
    for i, name in enumerate(names):
        stem = words.slug(name, f"firma-{i}")
        seen[stem] = seen.get(stem, 0) + 1
        domains.append(f"{stem}{seen[stem] if seen[stem] > 1 else ''}.example")
    return tuple(domains)
