"""Which user ids are one person, and under which id that person goes."""

from collections import defaultdict
from collections.abc import Iterable


def components(edges: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Groups of ids tied by aliases (old id, new id), each with the id the person goes by.

    That id is one nothing was aliased onwards from; of several, and in a circle, the smallest.
    """
    neighbours: dict[str, set[str]] = defaultdict(set)
    renamed: set[str] = set()
    for old, new in edges:
        neighbours[old].add(new)
        neighbours[new].add(old)
        renamed.add(old)
    seen: set[str] = set()
    groups = []
    for start in sorted(neighbours):
        if start not in seen:
            members = sorted(_reachable(start, neighbours))
            seen.update(members)
            final = [member for member in members if member not in renamed]
            groups.append(((final or members)[0], members))
    return groups


def _reachable(start: str, neighbours: dict[str, set[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = neighbours[waiting.pop()] - found
        found |= fresh
        waiting.extend(fresh)
    return found
