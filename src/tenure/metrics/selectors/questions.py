"""Reads of kept questions and of the use of features."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from tenure.core.models import User
from tenure.metrics.arrays import unpacked
from tenure.metrics.models import FeatureUse, QuestionVersion, SavedQuestion

Ints = NDArray[np.int64]


def questions_of(user: User) -> QuerySet[SavedQuestion]:
    """The questions a user may open: their own and those that are shared, by name."""
    mine = SavedQuestion.objects.filter(retired_at__isnull=True)
    return mine.filter(Q(owner=user) | Q(shared=True)).select_related("owner").order_by("name")


def question_asked(question: SavedQuestion) -> QuestionVersion:
    """What a kept question asks now."""
    return question.versions.order_by("-version")[0]


@dataclass(frozen=True)
class FeatureBook:
    """The use of features by account in four weeks and the four before them.

    Rows are (account, feature) pairs; all arrays have shape (n,), accounts ascending. `feature`
    is a place in `features`.
    """

    as_of: datetime
    title: str
    features: tuple[str, ...]
    left_out: int
    events: tuple[str, ...]
    properties: tuple[str, ...]
    first: date | None
    account: Ints
    feature: Ints
    uses: Ints
    people: Ints
    uses_before: Ints
    people_before: Ints


def feature_book() -> FeatureBook | None:
    """The newest book; None before the first refresh."""
    # The whole row at once: a refresh may replace it at any time.
    row = FeatureUse.objects.order_by("-pk").first()
    if row is None:
        return None
    cells, words = unpacked(row.cells), row.vocabulary
    first = words.get("first")
    return FeatureBook(
        as_of=row.as_of,
        title=row.title,
        features=tuple(row.features),
        left_out=row.left_out,
        events=tuple(words.get("events", ())),
        properties=tuple(words.get("properties", ())),
        first=date.fromisoformat(first) if first else None,
        **cells,
    )


@dataclass(frozen=True)
class Activity:
    """The weeks or months each account was seen in: keys, bits, and the first of the periods."""

    as_of: datetime
    account: Ints
    bits: Ints
    first: int


def activity_kept(grain: str) -> Activity | None:
    """Of any feature, as of the newest refresh; None before it."""
    row = FeatureUse.objects.order_by("-pk").first()
    if row is None or row.seen is None:
        return None
    columns = unpacked(row.seen)
    first = int(row.vocabulary[f"first_{grain}"])
    return Activity(row.as_of, columns["account"], columns[grain], first)
