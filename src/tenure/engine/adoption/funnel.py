"""Who goes through steps in order, within a window that begins with the first of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
STEP_BITS = 3
NONE = -1


@dataclass(frozen=True)
class Funnel:
    """How far each of U units (accounts or people) came in K steps.

    Attributes:
        unit: Keys of those that took the first step, ascending. Shape (U,).
        reached: The furthest step, 1 to K. Shape (U,).
        started: Microseconds of the newest first step that still may lead on: what the window is
            counted from for those on their way. Shape (U,).
        gaps: Microseconds from each step to the next, -1 where it was not taken. Shape (U, K - 1).
    """

    unit: Ints
    reached: Ints
    started: Ints
    gaps: Ints


@dataclass(frozen=True)
class Step:
    """One step over some units.

    Attributes:
        units: How many took it.
        share: Of those that took the first one; None without any.
        kept: Of those that took the one before; None without any.
        median: Microseconds from the step before, over those that took this one.
        waiting: Of those that came no further, how many still have time.
    """

    units: int
    share: float | None
    kept: float | None
    median: float | None
    waiting: int


def funnel(
    unit: Ints, at: Ints, step: Ints, steps: int, window: int, again: Sequence[bool]
) -> Funnel:
    """Walk through all events of the steps at once.

    A unit takes step k with an event that is not before one with which it took step k - 1, and at
    most `window` after the first step of that walk. Every first step may begin a walk, the
    furthest walk counts, and of equally far ones the earliest; each step is led back to the newest
    step before it.

    Args:
        unit: Keys at least 0. Shape (n,), in any order; an event that is two steps stands twice.
        at: Microseconds at least 0. Shape (n,).
        step: 0 to steps - 1. Shape (n,).
        steps: 1 to 8.
        window: Microseconds.
        again: For each step whether its event is the one of the step before: then it has to be
            later, so that no event counts for both.
    """
    if not len(unit):
        empty = np.empty(0, dtype=np.int64)
        return Funnel(empty, empty, empty, np.empty((0, steps - 1), dtype=np.int64))
    unit, at, step = _sorted(unit, at, step)
    places = np.arange(len(unit))
    fresh = np.r_[True, unit[1:] != unit[:-1]]
    begin = np.maximum.accumulate(np.where(fresh, places, 0))
    moment = np.maximum.accumulate(np.where(fresh | np.r_[True, at[1:] != at[:-1]], places, 0))
    start = np.where(step == 0, at, NONE)
    came_from = np.full(len(unit), NONE)
    for k in range(1, steps):
        taken = (step == k - 1) & (start >= 0)
        last = np.maximum.accumulate(np.where(taken, places, NONE))
        # Rows at the same moment stand in the order of steps; equal events have to be later.
        here = np.flatnonzero(step == k)
        before = moment[here] - 1 if again[k] else here - 1
        source = np.where(before >= 0, last[before], NONE)
        known = (source >= begin[here]) & (source >= 0)
        known &= at[here] - start[source] <= window
        start[here[known]], came_from[here[known]] = start[source[known]], source[known]
    return _furthest(unit, at, step, start, came_from, fresh, steps)


def _sorted(unit: Ints, at: Ints, step: Ints) -> tuple[Ints, Ints, Ints]:
    """By unit, time and step: packed into one number where they fit, which sorts much faster."""
    first = int(at.min())
    bits = int(at.max() - first).bit_length()
    if int(unit.max()).bit_length() + bits + STEP_BITS > 63:
        order = np.lexsort((step, at, unit))
        return unit[order], at[order], step[order]
    packed = (((unit << bits) | (at - first)) << STEP_BITS) | step
    packed.sort()
    stamp = (packed >> STEP_BITS) & ((1 << bits) - 1)
    return packed >> (STEP_BITS + bits), stamp + first, packed & ((1 << STEP_BITS) - 1)


def _furthest(
    unit: Ints, at: Ints, step: Ints, start: Ints, came_from: Ints, fresh: Flags, steps: int
) -> Funnel:
    """The furthest walk of each unit, led back step by step."""
    heads = np.flatnonzero(fresh)
    # Steps that were not taken count for nothing.
    depth = np.where(start >= 0, step + 1, 0)
    reached = np.maximum.reduceat(depth, heads)
    newest = np.maximum.reduceat(start, heads)
    owner = np.cumsum(fresh) - 1
    furthest = np.flatnonzero((depth == reached[owner]) & (depth > 0))
    some = reached > 0
    first = np.full(len(heads), NONE)
    # Written backwards, so that the earliest stays.
    first[owner[furthest[::-1]]] = furthest[::-1]
    gaps = np.full((len(heads), max(steps - 1, 0)), NONE)
    row = first.copy()
    for k in range(steps - 1, 0, -1):
        on = np.flatnonzero((row >= 0) & (step[row] == k))
        source = came_from[row[on]]
        gaps[on, k - 1] = at[row[on]] - at[source]
        row[on] = source
    return Funnel(unit[heads][some], reached[some], newest[some], gaps[some])


def steps_of(walked: Funnel, chosen: Flags, window: int, now: int) -> list[Step]:
    """The steps over some of the units.

    Args:
        walked: What `funnel` gave, shape (U,).
        chosen: Which units count. Shape (U,).
        window: Microseconds, as given there.
        now: Microseconds: a unit that began less than `window` before still has time.
    """
    reached, gaps = walked.reached[chosen], walked.gaps[chosen]
    open_ = walked.started[chosen] + window >= now
    count = [int((reached > k).sum()) for k in range(gaps.shape[1] + 1)]
    found = []
    for k, units in enumerate(count):
        times = gaps[reached > k, k - 1] if k else np.empty(0)
        found.append(
            Step(
                units=units,
                share=units / count[0] if count[0] else None,
                kept=(units / count[k - 1] if count[k - 1] else None) if k else None,
                median=float(np.median(times)) if len(times) else None,
                waiting=int((open_ & (reached == k + 1)).sum()) if k < len(count) - 1 else 0,
            )
        )
    return found
