"""Rectangles of accounts × weeks: what is left of one when another is laid over it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """Accounts `account_from`…`account_to` in weeks `first`…`last`, all included."""

    account_from: int
    account_to: int
    first: int
    last: int

    @property
    def empty(self) -> bool:
        """Whether nothing is in it."""
        return self.account_from > self.account_to or self.first > self.last

    def meet(self, other: "Box") -> "Box":
        """What both hold."""
        return Box(
            max(self.account_from, other.account_from),
            min(self.account_to, other.account_to),
            max(self.first, other.first),
            min(self.last, other.last),
        )

    def without(self, other: "Box") -> list["Box"]:
        """What is left of this one, as boxes that do not overlap."""
        cut = self.meet(other)
        if cut.empty:
            return [self]
        left = [
            Box(self.account_from, cut.account_from - 1, self.first, self.last),
            Box(cut.account_to + 1, self.account_to, self.first, self.last),
            Box(cut.account_from, cut.account_to, self.first, cut.first - 1),
            Box(cut.account_from, cut.account_to, cut.last + 1, self.last),
        ]
        return [box for box in left if not box.empty]
