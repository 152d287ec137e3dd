"""What a model of buying is made of: four parameters and the formulas that use them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Params = tuple[float, float, float, float]


@dataclass(frozen=True)
class Form:
    """A model's name, its parameters' names, and its formulas.

    All times are in the periods of the `Summary`; x, t_x, T are (n,) arrays.

    Attributes:
        name: As in the literature.
        parameters: The names of the four parameters, all above zero.
        timed: Whether each parameter is a time (grows with the unit) or a plain number.
        log_likelihood: (params, x, t_x, T) → (n,).
        graded: (params, x, t_x, T) → it, (n,), and its derivatives by the parameters' logarithms,
            (n, 4).
        alive: (params, x, t_x, T) → (n,), the chance to be a customer still at T.
        expected: (params, t) → expected purchases of a new customer in (0, t].
        expected_given: (params, x, t_x, T, t) → (n,), those in (T, T + t] given the past.
    """

    name: str
    parameters: tuple[str, str, str, str]
    timed: tuple[bool, bool, bool, bool]
    log_likelihood: Callable[[Params, Floats, Floats, Floats], Floats]
    graded: Callable[[Params, Floats, Floats, Floats], tuple[Floats, Floats]]
    alive: Callable[[Params, Floats, Floats, Floats], Floats]
    expected: Callable[[Params, Floats], Floats]
    expected_given: Callable[[Params, Floats, Floats, Floats, Floats], Floats]
