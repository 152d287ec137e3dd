"""Accounts under accounts: every sum of a parent is its subtree's, nothing counted twice."""

from collections.abc import Iterable, Mapping
from decimal import Decimal


def roots(parents: Mapping[int, int | None]) -> dict[int, int]:
    """The topmost ancestor of each account.

    Args:
        parents: Account key to its parent's, None for none. A parent that isn't a key is taken
            for a root. A circle (which data may hold) has its smallest key as its root.
    """
    found: dict[int, int] = {}
    for account in parents:
        path: dict[int, None] = {}
        current = account
        while current not in found and current not in path:
            path[current] = None
            parent = parents.get(current)
            if parent is None:
                found[current] = current
                break
            current = parent
        else:
            if current not in found:
                found[current] = min(_circle(path, current))
        top = found[current]
        for member in path:
            found[member] = top
    return {account: found[account] for account in parents}


def _circle(path: Iterable[int], entry: int) -> list[int]:
    """The part of a path that runs from `entry` back to it."""
    members = list(path)
    return members[members.index(entry) :]


def acyclic(parents: Mapping[int, int | None]) -> dict[int, int | None]:
    """The same parents with every circle cut open above its smallest key."""
    tops = roots(parents)
    return {account: None if tops[account] == account else p for account, p in parents.items()}


def roll_up(values: Mapping[int, Decimal], parents: Mapping[int, int | None]) -> dict[int, Decimal]:
    """For each account, its own value and those of all accounts below it.

    The roll-ups of all roots together equal the sum of `values`.
    """
    above = acyclic(parents)
    totals: dict[int, Decimal] = dict.fromkeys(above, Decimal(0))
    for account, value in values.items():
        current: int | None = account
        while current is not None:
            totals[current] = totals.get(current, Decimal(0)) + value
            current = above.get(current)
    return totals


def subtree(account: int, parents: Mapping[int, int | None]) -> set[int]:
    """The account and all accounts below it."""
    children: dict[int, list[int]] = {}
    for child, parent in acyclic(parents).items():
        if parent is not None:
            children.setdefault(parent, []).append(child)
    found, waiting = set(), [account]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += children.get(current, [])
    return found
