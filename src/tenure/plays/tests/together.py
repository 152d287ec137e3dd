"""Two people who do something at the same moment."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

from tenure.core.errors import TenureError

# SQLite's database of the tests is in memory, where two cannot write one after the other.
WORKERS = 2 if "TENURE_TEST_POSTGRES" in os.environ else 1


def at_once(*acts):
    """Each of some acts at the same moment; how many were refused."""
    ready = Barrier(WORKERS)

    def one(act):
        try:
            ready.wait(10)
            act()
        except TenureError:
            return 1
        finally:
            if WORKERS > 1:
                connections.close_all()
        return 0

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(one, acts)) if WORKERS > 1 else sum(map(one, acts))
