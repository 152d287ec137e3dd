"""In which account somebody worked at a time: a step function per person, looked up for arrays."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Step = tuple[int, int]
"""(microseconds since 1970 from which on, account; 0 for none)."""

ALWAYS = -(2**62)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


@dataclass(frozen=True)
class GroupFact:
    """Somebody worked in an account at a time. `name` settles two accounts at one time."""

    at: int
    account: int
    name: str


@dataclass(frozen=True)
class MembershipSpan:
    """Somebody belongs to an account from `since` (incl.) until `until` (excl.), if limited."""

    account: int
    since: int | None
    until: int | None


def steps_of_groups(facts: Iterable[GroupFact]) -> list[Step]:
    """The account of the latest fact; before the first fact, the first one's."""
    ordered = sorted(facts, key=lambda fact: (fact.at, fact.name))
    by_time: dict[int, int] = {}
    for fact in ordered:
        by_time.setdefault(fact.at, fact.account)
    steps = list(by_time.items())
    return [(ALWAYS, steps[0][1]), *steps] if steps else []


def steps_of_memberships(spans: Iterable[MembershipSpan]) -> list[Step]:
    """The only account; among several, the only one whose membership covers the time."""
    known = list(spans)
    accounts = {span.account for span in known}
    if len(accounts) <= 1:
        return [(ALWAYS, account) for account in accounts]
    bounds = {ALWAYS}
    for span in known:
        bounds |= {edge for edge in (span.since, span.until) if edge is not None}
    return [(at, _only_account(known, at)) for at in sorted(bounds)]


def _only_account(spans: list[MembershipSpan], at: int) -> int:
    covering = {
        span.account
        for span in spans
        if (span.since is None or span.since <= at) and (span.until is None or at < span.until)
    }
    return covering.pop() if len(covering) == 1 else 0


class Timelines:
    """Step functions by owner, flattened so that a million look-ups are one binary search."""

    def __init__(self, steps: Mapping[int, list[Step]]) -> None:
        """`steps`: for each owner's key its steps in order of time, the first at `ALWAYS`."""
        owners = sorted(owner for owner, own in steps.items() if own)
        flat = [(at, account) for owner in owners for at, account in steps[owner]]
        self._owners: Ints = np.array(owners, dtype=np.int64)
        lengths = [len(steps[owner]) for owner in owners]
        rank = np.repeat(np.arange(len(owners), dtype=np.int64), lengths)
        at = np.array([at for at, _ in flat], dtype=np.int64)
        self._accounts: Ints = np.array([account for _, account in flat], dtype=np.int64)
        # Times become their rank among all steps' times, so (owner, time) fits one number.
        self._times = np.unique(at)
        self._keys = self._key(rank, np.searchsorted(self._times, at, side="right"))

    def _key(self, rank: Ints, time_rank: Ints) -> Ints:
        return rank * (len(self._times) + 1) + time_rank

    def accounts_at(self, owners: Ints, occurred: Ints) -> Ints:
        """The account of each owner at each time; 0 where there is none."""
        result = np.zeros(len(owners), dtype=np.int64)
        if not len(self._owners):
            return result
        rank = np.minimum(np.searchsorted(self._owners, owners), len(self._owners) - 1)
        known = self._owners[rank] == owners
        time_rank = np.searchsorted(self._times, occurred[known], side="right")
        at = np.searchsorted(self._keys, self._key(rank[known], time_rank), side="right") - 1
        result[known] = self._accounts[at]
        return result


def timelines(
    groups: Mapping[int, list[GroupFact]], memberships: Mapping[int, list[MembershipSpan]]
) -> Timelines:
    """What messages said goes before what files said; each by the owner's key."""
    steps: dict[int, list[Step]] = defaultdict(list)
    for owner, spans in memberships.items():
        steps[owner] = steps_of_memberships(spans)
    for owner, facts in groups.items():
        steps[owner] = steps_of_groups(facts)
    return Timelines(steps)
