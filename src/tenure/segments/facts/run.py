"""What rules ask of a play under way, where there is none: as of one that nobody has answered.

Whoever runs plays puts the answer of each run in its place (`plays.running.answering`).
"""

from collections.abc import Mapping
from typing import Any

from tenure.accounts.models import Account
from tenure.segments.facts.moment import Moment


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """No mail is answered."""
    there = moment.of(Account.objects.filter(recorded_at__lt=moment.end), "pk")
    keys = there.values_list("pk", flat=True)
    return {"answer": dict.fromkeys(keys, "no")} if "answer" in names else {}
