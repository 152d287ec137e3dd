"""Three-valued logic over arrays: yes, no and unknown (Kleene's strong logic).

Answers are small integers ordered no < unknown < yes, so "and" is the minimum, "or" the maximum:
a no makes a conjunction no whatever the unknowns may turn out to be, and a yes a disjunction yes.

Source: S. C. Kleene (1952), Introduction to Metamathematics, §64.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Answers: TypeAlias = NDArray[np.int8]

NO, UNKNOWN, YES = np.int8(-1), np.int8(0), np.int8(1)


def answer(holds: ArrayLike, known: ArrayLike) -> Answers:
    """Yes or no where `known`, else unknown. Both boolean, broadcast against each other."""
    said = np.where(np.asarray(holds, dtype=bool), YES, NO)
    return np.where(np.asarray(known, dtype=bool), said, UNKNOWN).astype(np.int8)


def all_of(*answers: Answers) -> Answers:
    """Yes when all are yes, no when one is no, else unknown."""
    return np.asarray(np.minimum.reduce(answers), dtype=np.int8)


def any_of(*answers: Answers) -> Answers:
    """Yes when one is yes, no when all are no, else unknown."""
    return np.asarray(np.maximum.reduce(answers), dtype=np.int8)


def unless_no(answers: Answers) -> Answers:
    """¬(x = no): a crisp test that only a no fails, so an unknown lets pass."""
    return np.where(answers == NO, NO, YES).astype(np.int8)
