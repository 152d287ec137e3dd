"""The boosting library, asked for only when it is needed."""

import os
from typing import Any

from tenure.engine.sentences import NO_BOOSTING


class NoBoosting(RuntimeError):
    """LightGBM cannot be used on this machine; the message says in one sentence why."""


def lightgbm() -> Any:
    """The LightGBM module.

    Threads that wait do so asleep: awake, two of them on cores that others use too can take twenty
    times as long.

    Raises:
        NoBoosting: It is not installed, or the system library libgomp is missing.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import lightgbm as library
    except (OSError, ImportError) as error:
        raise NoBoosting(NO_BOOSTING % {"error": error}) from error
    return library
