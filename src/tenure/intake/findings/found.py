"""What a check is and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from tenure.intake.models import Finding


@dataclass(frozen=True)
class Found:
    """A contradiction of one account (or of none in particular), counted.

    `params` go into the sentence. `what` tells several findings of one account apart.
    """

    account: int | None
    count: int
    params: dict[str, Any] = field(default_factory=dict)
    what: str = ""


@dataclass(frozen=True)
class Check:
    """`sentence` speaks of %(count)s and the check's own params."""

    code: str
    severity: Finding.Severity
    table: str
    sentence: str | Promise
    run: Callable[[], Iterable[Found]] = field(repr=False)
