"""Linear algebra on one thread: repeatable to the last bit, and no contest for shared cores."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

P = ParamSpec("P")
R = TypeVar("R")


def one_thread(call: Callable[P, R]) -> Callable[P, R]:
    """Run a function with the linear algebra library held to one thread.

    Sums over several threads are added up in an order that depends on the machine.
    """

    @wraps(call)
    def held(*args: P.args, **kwargs: P.kwargs) -> R:
        with threadpool_limits(limits=1, user_api="blas"):
            return call(*args, **kwargs)

    return held
