"""What became of an attempt to send."""

from dataclasses import dataclass

from tenure.plays.models import Outgoing

State = Outgoing.State


@dataclass(frozen=True)
class Outcome:
    """The state after an attempt; one to be repeated is waiting again. `reason`, for people."""

    state: State
    reason: str = ""
