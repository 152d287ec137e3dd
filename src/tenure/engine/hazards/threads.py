"""Linear algebra on one thread: repeatable to the last bit, and no contest for shared cores."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def one_thread(call: Callable[P, R]) -> Callable[P, R]:
    """Run a function with the linear algebra library held to one thread.

    Sums over several threads are added up in an order that depends on the machine.
    """

    @wraps(call)
    def held(*args: P.args, **kwargs: P.kwargs) -> R:
        with threadpool_limits(limits=1, user_api="blas"):
            return call(*args, **kwargs)

    return held


def side_by_side(call: Callable[[T], R], parts: Sequence[T], threads: int = 2) -> list[R]:
    """The answers for parts that know nothing of one another, in their order."""
    if len(parts) < 2:
        return [call(part) for part in parts]
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        return list(pool.map(call, parts))
