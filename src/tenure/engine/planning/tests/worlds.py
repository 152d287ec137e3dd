"""Weeks of large teams."""

import numpy as np

from tenure.engine.planning import Account, Manager, Play, Week

LANGUAGES = ("de", "en", "fr")


def team(accounts, managers, seed, *, pooled, hours=25.0):
    """Accounts in books or pooled, half of the managers with a skill that two of five plays ask."""
    random = np.random.default_rng(seed)
    people = [
        Manager(
            c, hours + float(random.integers(0, 10)), 45.0 + 5.0 * float(random.integers(0, 4)),
            frozenset({"commercial"}) if c % 2 else frozenset(),
            frozenset(LANGUAGES[: 1 + c % 3]),
        )
        for c in range(managers)
    ]  # fmt: skip
    skill = frozenset({"commercial"})
    plays = [
        Play(a, hours, skill if a > 2 else frozenset())
        for a, hours in enumerate((0.5, 1.0, 2.0, 3.0, 6.0))
    ]
    margin = np.exp(random.normal(8.5, 1.0, accounts))
    owner = random.integers(0, managers, accounts)
    book = [
        Account(
            i, float(margin[i]), None if random.random() < pooled else int(owner[i]),
            LANGUAGES[random.integers(0, 3)], bool(random.random() < 0.05),
        )
        for i in range(accounts)
    ]  # fmt: skip
    size = random.normal(0.02, 0.04, (accounts, 5)) * np.array([0.5, 0.8, 1.0, 1.2, 1.8])
    return Week(people, plays, book, size)
