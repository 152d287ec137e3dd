"""A child process that does not outlive the `tenure up` which started it."""

import os
import signal
import threading
import time

PARENT = "TENURE_SUPERVISOR"


def end_with_parent() -> None:
    """If a supervisor started this process, end with it, even if it is killed outright."""
    expected = os.environ.pop(PARENT, "")
    if expected:
        watcher = threading.Thread(target=_watch, args=(int(expected),), daemon=True)
        watcher.start()


def _watch(expected: int) -> None:
    while os.getppid() == expected:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
