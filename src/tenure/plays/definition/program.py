"""A play's steps in running order: branches become jumps, so one number says where a run is."""

from collections.abc import Iterable
from dataclasses import dataclass

from tenure.plays.definition.shape import BranchStep, Definition, Step


@dataclass(frozen=True)
class Line:
    """A step with the numbers of the lines that follow.

    `after`: where it goes on; `otherwise`: where a branch goes on when its rule does not hold.
    A number equal to the count of lines is the end. `place`: how readers count it, as "2.1".
    """

    step: Step
    place: str
    after: int
    otherwise: int


def program(definition: Definition) -> tuple[Line, ...]:
    """Every step once, in the order in which it is written; the same for one version for ever."""
    lines: list[Line] = []
    _put(lines, definition.steps, "", _size(definition.steps))
    return tuple(lines)


def _put(lines: list[Line], steps: Iterable[Step], above: str, following: int) -> None:
    """Append steps that are followed by the line `following`."""
    steps = tuple(steps)
    for number, step in enumerate(steps, start=1):
        here, place = len(lines), f"{above}{number}"
        after = here + _size((step,)) if number < len(steps) else following
        if not isinstance(step, BranchStep):
            lines.append(Line(step, place, after, after))
            continue
        then = here + 1 if step.then else after
        other = here + 1 + _size(step.then) if step.otherwise else after
        lines.append(Line(step, place, then, other))
        _put(lines, step.then, f"{place}.", after)
        _put(lines, step.otherwise, f"{place}b.", after)


def _size(steps: Iterable[Step]) -> int:
    return sum(
        1 + _size(step.then) + _size(step.otherwise) if isinstance(step, BranchStep) else 1
        for step in steps
    )
