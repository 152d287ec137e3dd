"""How the suite is shared between workers: what is dear to set up is set up by one of them.

A unit is what one worker does from end to end: all tests that share a browser and its company, all
that share a running server, else the tests of one file. Long units come first, so that no worker
ends long after the other.
"""

from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadScopeScheduling

# Where paths begin → the unit they belong to.
TOGETHER = {
    "tests/browser/": "browser",
    "tests/test_door.py": "live",
    "tests/test_sdk_": "live",
    "tests/test_demo.py": "live",
    "src/tenure/engine/simulation/": "simulation",
    "src/tenure/demo/": "demo",
}
LONG = ("spark", "crash")


def unit(nodeid: str) -> str:
    """The unit of a test."""
    path = nodeid.partition("::")[0]
    return next((name for begin, name in TOGETHER.items() if path.startswith(begin)), path)


def long_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """First the browser, then what is marked as long, then what crosses rooms, then the rooms."""

    def place(item: pytest.Item) -> int:
        if unit(item.nodeid) == "browser":
            return 0
        if any(item.get_closest_marker(name) for name in LONG):
            return 1
        return 2 if item.nodeid.startswith("tests/") else 3

    return sorted(items, key=place)


class Units(LoadScopeScheduling):
    """Hands out whole units, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)
