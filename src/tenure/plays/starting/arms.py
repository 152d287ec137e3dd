"""Who of those that start gets the play and who is held out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from tenure.engine.effects import Arrival, Assignment, Design, Strata, assign

_PURPOSE = "tenure.plays.hold_out"


@dataclass(frozen=True)
class Arm:
    """The arm of one run. `slot`: its place in the row of slots; None where the account, or one of
    its family, had its arm before, which it keeps.
    """

    stratum: str
    slot: int | None
    held_out: bool
    propensity: float


@dataclass(frozen=True)
class Entering:
    """An account that starts, with what its stratum is told by. `family`: its topmost account."""

    account: int
    family: int
    risk: float | None
    value: float | None


def design_of(key: str, version: int, share: float) -> Design:
    """How a version is assigned, by a secret made of the installation's own for this purpose."""
    secret = salted_hmac(_PURPOSE, "", algorithm="sha256").digest()
    return Design(secret, key, version, share)


class Arms:
    """The arms of one version of a play, in the order in which accounts came."""

    def __init__(
        self, design: Design, strata: Strata, earlier: Iterable[tuple[int, Assignment]] = ()
    ) -> None:
        """`earlier`: (family, assignment) of all that took a slot, in the order of their slots."""
        self.design, self.strata = design, strata
        self._done: list[Assignment] = []
        for family, done in earlier:
            self._keep(family, done)

    def _keep(self, family: int, done: Assignment) -> None:
        """Families that were two when they came and are one now keep both slots."""
        known = {one.account for one in self._done}
        name = str(family) if str(family) not in known else f"{family}+{len(self._done)}"
        self._done.append(Assignment(name, done.stratum, done.slot, done.held_out, done.propensity))

    def assign(self, entering: Sequence[Entering]) -> Mapping[int, Arm]:
        """Account → its arm. The first of a family to come decides the stratum for all of it."""
        stratum: dict[int, str] = {}
        for one in entering:
            stratum.setdefault(one.family, self.strata.of(one.risk, one.value))
        before = {done.account for done in self._done}
        asked = [Arrival(str(family), where) for family, where in stratum.items()]
        made = {done.account: done for done in assign(self.design, asked, self._done)}
        self._done += [done for name, done in made.items() if name not in before]
        taken = set(before)
        arms: dict[int, Arm] = {}
        for one in entering:
            done = made[str(one.family)]
            slot = None if done.account in taken else done.slot
            taken.add(done.account)
            arms[one.account] = Arm(done.stratum, slot, done.held_out, done.propensity)
        return arms
