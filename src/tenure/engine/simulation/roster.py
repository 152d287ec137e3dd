"""Accounts, people, memberships as others see them, and the success managers with their books."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.engine.simulation import catalogue, words
from tenure.engine.simulation.people import CHAMPION, ROLES
from tenure.engine.simulation.settings import Ints
from tenure.engine.simulation.tables import account_id, iso, person_id, table
from tenure.engine.simulation.world import World

HOST = "cirrus.example"


@dataclass(frozen=True)
class Manager:
    """A success manager: languages spoken, the highest tier cared for, share of the time left."""

    name: str
    email: str
    languages: tuple[str, ...]
    senior: bool
    until: float = np.inf


def _manager(name: str, languages: str, senior: bool, until: float = np.inf) -> Manager:
    email = ".".join(words.slug(part, "x") for part in name.split(" ", 1)) + f"@{HOST}"
    return Manager(name, email, tuple(languages.split()), senior, until)


MANAGERS = (
    _manager("Jürgen Weiß", "de en", True),
    _manager("Änne Köhler", "de", True),
    _manager("Matthias Böhm", "de en", False),
    _manager("Lena Schäfer", "de", False),
    _manager("Sanne de Vries", "nl en", True),
    _manager("Joris van 't Hoff", "nl", False),
    _manager("Giulia D'Amico", "it en", True),
    _manager("Niccolò Lo Russo", "it", False),
    _manager("Siobhán O'Connor", "en", True),
    _manager("Ethan Patel", "en", False),
    _manager("Grace Nguyen", "en", False),
    _manager("Wei Zhang 张伟", "zh en", True),
    _manager("Björn Krüger", "de", False, until=0.62),  # left; his book was handed on
)


@dataclass(frozen=True)
class Books:
    """Which manager (index, -1 none) an account had at first and has now, and when it changed."""

    first: Ints
    now: Ints
    handed: float

    def of(self, account: int, day: float) -> int:
        """The manager of an account on a day, or -1."""
        return int((self.first if day < self.handed else self.now)[account])


def books(world: World) -> Books:
    """Give each account that ever paid beyond the lowest tier a manager of its language.

    Of the lowest tier every third account has one: pooled service, as it mostly goes.
    """
    n = len(world)
    first, load = np.full(n, -1, dtype=np.int64), np.zeros(len(MANAGERS))
    top = np.zeros(n, dtype=np.int64)
    for period in world.book.periods:
        top[period.account] = max(top[period.account], period.tier)
    for account in np.flatnonzero((top > 1) | ((top == 1) & (np.arange(n) % 3 == 0))):
        first[account] = _lightest(world, int(account), int(top[account]), load, leavers=True)
        load[first[account]] += (0, 1, 3, 7)[top[account]]
    now = first.copy()
    gone = [m for m, manager in enumerate(MANAGERS) if np.isfinite(manager.until)]
    for account in np.flatnonzero(np.isin(first, gone)):
        now[account] = _lightest(world, int(account), int(top[account]), load, leavers=False)
        load[now[account]] += (0, 1, 3, 7)[top[account]]
    return Books(first, now, MANAGERS[gone[0]].until * world.grid.end)


def _lightest(world: World, account: int, tier: int, load: np.ndarray, *, leavers: bool) -> int:
    language = world.population.language(account)
    able = [
        m
        for m, manager in enumerate(MANAGERS)
        if language in manager.languages and (leavers or not np.isfinite(manager.until))
    ]
    fit = [m for m in able if MANAGERS[m].senior == (tier == catalogue.TOP)] or able
    return min(fit, key=lambda m: float(load[m]))


def accounts(world: World, books: Books) -> pa.Table:
    """The accounts as the billing system and the CRM know them today."""
    p = world.population
    rows = []
    for i in range(len(p)):
        country = catalogue.COUNTRIES[p.country[i]]
        manager = int(books.now[i])
        language = "zh-Hans" if country.language == "zh" else country.language
        rows.append(
            (
                account_id(i), p.names[i], p.domains[i],
                account_id(int(p.parent[i])) if p.parent[i] >= 0 else None,
                catalogue.INDUSTRIES[p.industry[i]], country.code, language,
                int(p.employees[i]), catalogue.SEGMENTS[p.segment[i]],
                MANAGERS[manager].email if manager >= 0 else None,
                iso(world.grid, float(p.created[i])),
                ("eu", "us", "ap")[country.region], catalogue.CHANNELS[p.channel[i]],
            )
        )  # fmt: skip
    return table("accounts", rows)


def identities(world: World) -> Ints:
    """Which human each member is, as an index of the person whose id they bear.

    Mostly themselves; but champions who leave turn up at other accounts, and consultants work in
    several at once.
    """
    chance = world.settings.chance("identities")
    people, population = world.people, world.population
    same = np.arange(len(people))
    language = np.array([c.language for c in catalogue.COUNTRIES])[population.country]
    joined = np.flatnonzero(people.joined < world.grid.end - 30)
    taken = np.zeros(len(people), dtype=bool)
    moved = joined[(people.left[joined] < world.grid.end) & (people.role[joined] == CHAMPION)]
    consultants = joined[chance.random(len(joined)) < 0.008]
    for source, copies in [(int(s), 1) for s in moved[chance.random(len(moved)) < 0.4]] + [
        (int(s), int(chance.integers(1, 4))) for s in consultants
    ]:
        if taken[source]:
            continue
        home = people.account[source]
        after = people.left[source] if np.isfinite(people.left[source]) else 0
        able = joined[
            (people.joined[joined] > after)
            & (language[people.account[joined]] == language[home])
            & (people.account[joined] != home)
            & ~taken[joined]
        ]
        for target in chance.permutation(able)[:copies]:
            same[target] = source
            taken[target] = taken[source] = True
    return same


def people(world: World, same: Ints) -> pa.Table:
    """Every human who was ever in a team, once."""
    chance = world.settings.chance("faces")
    rows = []
    for person in np.flatnonzero((world.people.joined < world.grid.end) & (same == _own(same))):
        language = world.population.language(int(world.people.account[person]))
        rows.append(_face(world, int(person), language, chance))
    return table("people", rows)


def _own(same: Ints) -> Ints:
    return np.arange(len(same))


def _face(
    world: World, person: int, language: str, chance: np.random.Generator
) -> tuple[object, ...]:
    account = int(world.people.account[person])
    first = str(chance.choice(words.FIRST[language].split()))
    last = str(chance.choice(words.LAST[language].split())).replace("_", " ")
    name = f"{last}{first}" if language == "zh" else f"{first} {last.replace('-', ' ')}"
    role = int(world.people.role[person])
    since = float(world.people.joined[person])
    place = f"{words.slug(first, 'u')}.{words.slug(last, f'p{person}')}"
    consent = since + 0.01 if chance.random() < 0.72 else np.inf
    phone = f"+{chance.integers(30, 50)} 555 {chance.integers(100000, 999999)}"
    return (
        person_id(person),
        f"{place}{person % 97}@{world.population.domains[account]}",
        name + (" " if chance.random() < 0.01 else ""),
        _title(language, role, chance),
        ROLES[role],
        "zh-Hans" if language == "zh" else language,
        phone if chance.random() < 0.35 else None,
        iso(world.grid, consent),
        iso(world.grid, since),
    )


def _title(language: str, role: int, chance: np.random.Generator) -> str | None:
    titles: Sequence[str] = words.TITLES[language].split("|")
    if role in (1, 2):
        return titles[role]
    return str(chance.choice([titles[0], *titles[3:]])) if chance.random() < 0.8 else None


def memberships(world: World, same: Ints) -> pa.Table:
    """Who was in which account's team in which role from when until when."""
    people, grid = world.people, world.grid
    spans: dict[int, list[tuple[int, float]]] = {}
    for change in people.changes:
        if change.day < grid.end:
            spans.setdefault(change.person, []).append((change.role, change.day))
    rows = []
    for person, roles in sorted(spans.items()):
        ends = [day for _, day in roles[1:]] + [float(people.left[person])]
        for (role, since), until in zip(roles, ends, strict=True):
            rows.append(
                (
                    person_id(int(same[person])),
                    account_id(int(people.account[person])),
                    ROLES[role],
                    iso(grid, since),
                    iso(grid, until),
                )
            )
    return table("memberships", rows)
