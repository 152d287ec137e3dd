"""The people of each account: a pool from which the team grows, with roles and leavings."""

from dataclasses import dataclass, field

import numpy as np

from tenure.engine.simulation.population import Population
from tenure.engine.simulation.settings import Floats, Ints, Settings

CHAMPION, DECISION_MAKER, SPONSOR, ADMIN, USER = range(5)
ROLES = ("champion", "decision_maker", "sponsor", "admin", "user")
# Events a week at full value and habit, by role.
PACE = np.array([12.6, 3.9, 2.0, 8.2, 8.6])
NEVER = np.inf


@dataclass(frozen=True)
class RoleChange:
    """A person takes a role on a day (the first one when they join)."""

    person: int
    role: int
    day: float


@dataclass
class People:
    """The pool of possible people. Arrays have shape (people,) but `first` and `size` (accounts,).

    `joined` and `left` are days since the start, infinite for never. Mutable: the simulation lets
    people join, change role and leave.
    """

    account: Ints
    first: Ints
    size: Ints
    role: Ints
    pace: Floats
    joined: Floats
    left: Floats
    habit: Floats
    changes: list[RoleChange] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.account)

    def join(self, person: int, day: float) -> None:
        self.joined[person] = day
        self.changes.append(RoleChange(person, int(self.role[person]), day))

    def promote(self, person: int, role: int, day: float) -> None:
        self.role[person] = role
        self.changes.append(RoleChange(person, role, day))

    def present(self, day: float) -> np.ndarray:
        """Whether each person is in the team on a day."""
        return (self.joined <= day) & (self.left > day)

    def count(self, which: np.ndarray, accounts: int) -> Ints:
        """How many of the marked people each account has."""
        return np.bincount(self.account[which], minlength=accounts)


def gather(settings: Settings, population: Population) -> People:
    """Draw the pool: about 2.2 times the first team, so that it can grow and renew itself."""
    chance = settings.chance("people")
    size = np.ceil(population.team * 2.2).astype(np.int64) + 3
    first = np.concatenate([[0], np.cumsum(size)[:-1]]).astype(np.int64)
    account = np.repeat(np.arange(len(population)), size)
    order = np.arange(len(account)) - first[account]
    role = _roles(chance, order, population.segment[account])
    return People(
        account=account,
        first=first,
        size=size,
        role=role,
        pace=PACE[role] * np.exp(chance.normal(-0.1, 0.5, len(account))),
        joined=np.full(len(account), NEVER),
        left=np.full(len(account), NEVER),
        habit=np.full(len(account), 0.25),
    )


def _roles(chance: np.random.Generator, order: Ints, segment: Ints) -> Ints:
    """The first of a team is mostly a champion; then a decision maker, an admin, a sponsor."""
    role = np.full(len(order), USER, dtype=np.int64)
    drawn = chance.random(len(order))
    role[(order == 0)] = CHAMPION
    role[(order == 0) & (drawn < 0.16)] = ADMIN
    role[(order == 1)] = DECISION_MAKER
    role[(order == 2) & (drawn < 0.5)] = ADMIN
    role[(order == 4) & (segment > 0) & (drawn < 0.6)] = SPONSOR
    later = (order > 5) & (drawn < 0.04)
    role[later] = DECISION_MAKER
    return role
