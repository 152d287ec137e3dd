"""The clauses of the ladder for all accounts of one week, and what they amount to.

    client   = C1 ∧ C2 ∧ C6 ∧ ¬(C5 = no) ∧ (C3 ∨ C4)
    advocate = client ∧ A1

∧ and ∨ are Kleene's (module `answers`). ¬(C5 = no) is a crisp test: an attitude nobody has told us
of does not stand in the way, a known bad one does. All other unknowns make the formula unknown,
unless another clause says no.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.engine.ladder.answers import (
    NO,
    YES,
    Answers,
    all_of,
    answer,
    any_of,
    unless_no,
)

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

CLAUSES = ("C1", "C2", "C3", "C4", "C5", "C6", "A1")
EITHER = "C3/4"
"""The clause that is missing when either C3 or C4 would do."""


@dataclass(frozen=True)
class Rules:
    """The thresholds; the defaults are those of the shipped definition."""

    paid_months: float = 12.0
    renewals: int = 1
    monthly_paid_months: float = 12.0
    active_weeks_share: float = 0.75
    touch_days: float = 180.0
    people: float = 3.0
    seat_share: float = 0.5
    outcome_days: float = 365.0
    attitude_share: float = 1.0 / 3.0
    outlook: float = 0.9
    advocacy_days: float = 365.0
    promote_after: int = 2
    demote_after: int = 8


@dataclass(frozen=True)
class WeekInputs:
    """What was known of n accounts at the end of one week. All arrays have shape (n,).

    Numbers are nan where unknown, in months, days, shares (0-1) or counts, as named. Days count
    back from the week's end and are inf where it is known that there was none.
    """

    paid_months: Floats  # months paid so far, over all paid spells
    renewals: Floats  # completed renewals
    monthly: Flags  # on monthly terms
    active_weeks_share: Floats  # of the last 26 weeks, those with an active person
    touch_days: Floats  # since the last two-way touchpoint or answered survey
    touch_collected: Flags  # the company has touchpoints at all
    people: Floats  # active people
    seats: Floats  # seats bought; nan when the plan knows none
    key_person: Floats  # 1: an active person decides, sponsors or champions; 0: none; nan
    outcome_days: Floats  # since the last outcome achieved or confirmed
    attitude: Floats  # share of the company's accounts with a worse attitude, 0-1
    outlook: Floats  # P(still paying in 12 months)
    advocacy_days: Floats  # since the last reference, referral, review or case study


@dataclass(frozen=True)
class Weighed:
    """The answers of one week, each of shape (n,)."""

    clauses: dict[str, Answers]
    client: Answers
    advocate: Answers
    missing: NDArray[np.str_]  # the one clause that is missing to be a client, else ""
    locked_in: Flags


def weigh(inputs: WeekInputs, rules: Rules) -> Weighed:
    """Answer every clause and put the answers together."""
    clauses = {
        "C1": _length(inputs, rules),
        "C2": _living(inputs, rules),
        "C3": _breadth(inputs, rules),
        "C4": _within(inputs.outcome_days, rules.outcome_days),
        "C5": answer(inputs.attitude >= rules.attitude_share, ~np.isnan(inputs.attitude)),
        "C6": answer(inputs.outlook >= rules.outlook, ~np.isnan(inputs.outlook)),
        "A1": _within(inputs.advocacy_days, rules.advocacy_days),
    }
    needs = _needs(clauses)
    client = all_of(*needs.values())
    locked = (clauses["C1"] == YES) & (clauses["C6"] == YES) & (clauses["C5"] == NO)
    return Weighed(
        clauses=clauses,
        client=client,
        advocate=all_of(client, clauses["A1"]),
        missing=_missing(needs),
        locked_in=np.asarray(locked),
    )


def _needs(clauses: dict[str, Answers]) -> dict[str, Answers]:
    """The conjuncts of the client formula, by the clause that is missing when one is not yes."""
    return {
        "C1": clauses["C1"],
        "C2": clauses["C2"],
        EITHER: any_of(clauses["C3"], clauses["C4"]),
        "C5": unless_no(clauses["C5"]),
        "C6": clauses["C6"],
    }


def _missing(needs: dict[str, Answers]) -> NDArray[np.str_]:
    names = np.array(list(needs))
    unmet = np.stack([needs[name] != YES for name in needs])
    return np.where(unmet.sum(axis=0) == 1, names[unmet.argmax(axis=0)], "")


def _length(inputs: WeekInputs, rules: Rules) -> Answers:
    """Paid long enough, and past the first free exit: a renewal, or the months when monthly."""
    known = ~np.isnan(inputs.paid_months)
    long = inputs.paid_months >= rules.paid_months
    renewed = inputs.renewals >= rules.renewals
    past_exit = np.where(inputs.monthly, inputs.paid_months >= rules.monthly_paid_months, renewed)
    return answer(long & past_exit, known)


def _living(inputs: WeekInputs, rules: Rules) -> Answers:
    """Active often enough, and in touch both ways where touchpoints are collected."""
    active = answer(
        inputs.active_weeks_share >= rules.active_weeks_share, ~np.isnan(inputs.active_weeks_share)
    )
    touched = _within(inputs.touch_days, rules.touch_days)
    return all_of(active, np.where(inputs.touch_collected, touched, YES).astype(np.int8))


def _breadth(inputs: WeekInputs, rules: Rules) -> Answers:
    """Enough active people for the seats bought, one of them with a say."""
    seats = np.where(np.isnan(inputs.seats), np.inf, inputs.seats)
    wanted = np.minimum(rules.people, rules.seat_share * seats)
    enough = answer(inputs.people >= wanted, ~np.isnan(inputs.people))
    with_a_say = answer(inputs.key_person > 0, ~np.isnan(inputs.key_person))
    return all_of(enough, with_a_say)


def _within(days: Floats, limit: float) -> Answers:
    """Yes when it happened within the limit; no when longer ago or never; unknown when nan."""
    return answer(days <= limit, ~np.isnan(days))
