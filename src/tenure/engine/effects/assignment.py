"""Who gets a play and who is held out: by a keyed hash, in blocks, within strata.

Each stratum has its own row of slots, filled in the order in which accounts arrive. Slots come in
blocks of B = ⌊1/share + ½⌋ or 2B, which of them by the hash; of a block of b slots ⌊share·b⌋ are
held out, one more with the chance share·b − ⌊share·b⌋, and which ones the hash says. So each slot
is held out with the chance `share`, whatever comes before the block, and after any number of
arrivals the count of a stratum is within a few accounts of its share. Without the secret the next
arm is a guess; blocks of two lengths make it rarely more than that also for those who count the
arms they see, though the last slots of a block can at times be told by what is left of it.

Source: permuted blocks of random length as in J. P. Matts and J. M. Lachin (1988), "Properties of
permuted-block randomization in clinical trials", Controlled Clinical Trials 9(4), 327-344.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

_FRACTION = 2**53


@dataclass(frozen=True)
class Design:
    """How one version of a play is assigned.

    Attributes:
        secret: At least 16 bytes that no reader of assignments knows.
        play: The play's key.
        version: Its version; another version is another draw.
        share: Share held out, above 0 and at most ½; another share needs another version.
    """

    secret: bytes
    play: str
    version: int
    share: float = 0.1

    def __post_init__(self) -> None:
        if len(self.secret) < 16:
            raise ValueError("the secret needs at least 16 bytes")
        if not 0 < self.share <= 0.5:
            raise ValueError("the share held out must be above 0 and at most one half")

    def draw(self, *about: str | int) -> float:
        """A number in [0, 1) that only the secret, the play's version and `about` decide."""
        text = json.dumps([self.play, self.version, *about]).encode()
        digest = hmac.digest(self.secret, text, "sha256")
        return (int.from_bytes(digest[:8], "big") >> 11) / _FRACTION


@dataclass(frozen=True)
class Arrival:
    """An account that meets a play's conditions, and its stratum on that day.

    Where effects would spill over between accounts (a parent and its children), give the family's
    key as `account`, so that all of it is in one arm.
    """

    account: str
    stratum: str


@dataclass(frozen=True)
class Assignment:
    """An account's arm, kept for good.

    Attributes:
        slot: Its place within the stratum, from 0; no two accounts share one.
        propensity: The chance of getting the play that was its own, 1 − share.
    """

    account: str
    stratum: str
    slot: int
    held_out: bool
    propensity: float


def assign(
    design: Design, arrivals: Sequence[Arrival], earlier: Iterable[Assignment] = ()
) -> tuple[Assignment, ...]:
    """The arm of each account that arrives; whoever had one before keeps it.

    Accounts that arrive together take slots in the order of a hash of their key, so the order of
    `arrivals` says nothing. Two processes must not assign one play version at the same time: the
    caller holds a lock, or a unique (play, version, stratum, slot).

    Args:
        design: The play version's design.
        arrivals: Accounts of one moment; the same account may come twice.
        earlier: All assignments of this play version so far.

    Returns:
        One assignment for each account, in the order in which it first stands in `arrivals`.

    Raises:
        ValueError: If an account arrives in two strata at once.
    """
    known = {done.account: done for done in earlier}
    following: dict[str, int] = {}
    for done in known.values():
        following[done.stratum] = max(following.get(done.stratum, 0), done.slot + 1)
    waiting: dict[str, str] = {}
    for arrival in arrivals:
        if waiting.setdefault(arrival.account, arrival.stratum) != arrival.stratum:
            raise ValueError("an account is in one stratum at a time")
    fresh: dict[str, list[str]] = {}
    for account in sorted(waiting.keys() - known.keys(), key=lambda a: (design.draw("a", a), a)):
        fresh.setdefault(waiting[account], []).append(account)
    for stratum, accounts in fresh.items():
        start = following.get(stratum, 0)
        arms = islice(_arms(design, stratum, start), len(accounts))
        for slot, (account, held) in enumerate(zip(accounts, arms, strict=True), start):
            known[account] = Assignment(account, stratum, slot, held, 1.0 - design.share)
    return tuple(known[account] for account in waiting)


def altered(design: Design, assignments: Iterable[Assignment]) -> tuple[Assignment, ...]:
    """Those whose arm or propensity isn't what the design says of their slot, or share a slot.

    Nobody, where assignments were kept as they were made.
    """
    found: list[Assignment] = []
    strata: dict[str, list[Assignment]] = {}
    for assignment in assignments:
        strata.setdefault(assignment.stratum, []).append(assignment)
    for stratum, members in strata.items():
        arms = list(islice(_arms(design, stratum, 0), max(m.slot for m in members) + 1))
        seen: set[int] = set()
        for member in members:
            right = member.slot >= 0 and member.slot not in seen
            right = right and arms[member.slot] == member.held_out
            if not right or abs(member.propensity - (1.0 - design.share)) > 1e-9:
                found.append(member)
            seen.add(member.slot)
    return tuple(found)


def _arms(design: Design, stratum: str, start: int) -> Iterator[bool]:
    """Whether each slot is held out, from `start` on without an end."""
    shortest, block, begin = int(1.0 / design.share + 0.5), 0, 0
    while True:
        length = shortest * (1 if design.draw("l", stratum, block) < 0.5 else 2)
        if begin + length > start:
            yield from _block(design, stratum, block, length)[max(start - begin, 0) :]
        begin, block = begin + length, block + 1


def _block(design: Design, stratum: str, block: int, length: int) -> list[bool]:
    expected = design.share * length + 1e-9  # 0.1 · 10 is one account, not a hair less
    count = int(expected) + (design.draw("c", stratum, block) < expected - int(expected) - 1e-9)
    order = sorted(range(length), key=lambda place: design.draw("s", stratum, block, place))
    chosen = set(order[:count])
    return [place in chosen for place in range(length)]
