"""The refresh stage `features`: features by account, and what may be asked for, in one row."""

from datetime import UTC, date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.pipeline import Refresh, Stage
from tenure.events.selectors import freshness, store_snapshot
from tenure.metrics.arrays import packed
from tenure.metrics.compile.span import day_index
from tenure.metrics.models import FeatureUse
from tenure.metrics.questions.features import Features, features_in_force
from tenure.metrics.questions.live import Asked, Limits, LiveStore, store_mark
from tenure.metrics.questions.walks import first_period, seen_found

Ints = NDArray[np.int64]
DAYS = 28
GRAINS = ("month", "week")
ACCOUNTS = 2_000
MOST_FEATURES = 300
MOST_NAMES = 500
MOST_PROPERTIES = 60
SAMPLE = 20_000
COLUMNS = ("account", "feature", "uses", "people", "uses_before", "people_before")
# Nobody waits for a refresh; each part of it has its own range of accounts.
LIMITS = Limits(seconds=600.0, memory="256MB")


def features_refresh(refresh: Refresh) -> dict[str, Any]:
    """Make the book anew unless neither the events, the definition nor the day have changed."""
    features, today = features_in_force(), clock.today()
    marks = {
        "day": today.isoformat(),
        "store": repr(store_mark()),
        "features": repr(features),
        "accounts": Account.objects.count(),
        "keeps": [*COLUMNS, *GRAINS],
    }
    kept = FeatureUse.objects.order_by("-pk").values("marks").first()
    if kept is not None and kept["marks"] == marks and refresh.since is None:
        return {"changed": False}
    cells, names, left_out = _cells(features, today, refresh)
    seen, firsts = _seen(features, today)
    words = _vocabulary(today) | firsts
    _write(cells, seen, names, left_out, words, marks, features.title)
    return {"changed": True, "features": len(names), "cells": len(cells["account"])}


def _cells(
    features: Features, today: date, refresh: Refresh
) -> tuple[dict[str, Ints], list[str], int]:
    """One row for each account and feature it used in eight weeks, account by account."""
    snapshot, first = store_snapshot(), today - timedelta(days=2 * DAYS - 1)
    ranges = _ranges()
    parts: list[dict[str, Any]] = []
    for number, keys in enumerate(ranges):
        refresh.report(number, len(ranges) + 1)
        with LiveStore(snapshot, Asked.alone(keys), first, today, LIMITS) as store:
            parts.append(store.columns(_sql(features, today), features.values))
    return _numbered(parts)


def _seen(features: Features, today: date) -> tuple[dict[str, Ints], dict[str, int]]:
    """The weeks and months in which each account was seen, and the first of each that is known."""
    oldest = freshness().oldest_event_at
    begin = oldest.astimezone(UTC).date() if oldest else today
    firsts = {f"first_{grain}": first_period(grain, begin, today) for grain in GRAINS}
    parts = []
    for keys in _ranges():
        with LiveStore(store_snapshot(), Asked.alone(keys), begin, today, LIMITS) as store:
            found = [
                seen_found(
                    store, features, "", by="accounts", grain=grain, first=firsts[f"first_{grain}"]
                )
                for grain in GRAINS
            ]
        parts.append([found[0].units, *(one.bits for one in found)])
    columns = [np.concatenate(some) for some in zip(*parts, strict=True)]
    columns = columns or [np.empty(0, dtype=np.int64)] * (len(GRAINS) + 1)
    return dict(zip(("account", *GRAINS), columns, strict=True)), firsts


def _ranges() -> list[Ints]:
    """The accounts in ranges of so many."""
    keys = np.fromiter(
        Account.objects.order_by("pk").values_list("pk", flat=True).iterator(), dtype=np.int64
    )
    return [keys[start : start + ACCOUNTS] for start in range(0, len(keys), ACCOUNTS)]


def _sql(features: Features, today: date) -> str:
    begin = day_index(today) - DAYS + 1
    return f"""
        SELECT account_id AS account, feature AS name, sum(uses)::BIGINT AS uses,
          count(*) FILTER (uses > 0 AND person_id <> 0) AS people,
          sum(before)::BIGINT AS uses_before,
          count(*) FILTER (before > 0 AND person_id <> 0) AS people_before
        FROM (
          SELECT account_id, feature, person_id, count(*) FILTER (day >= {begin}) AS uses,
            count(*) FILTER (day < {begin}) AS before
          FROM (
            SELECT account_id, person_id, day, {features.name} AS feature FROM asked_events
            WHERE {features.where}
          ) WHERE feature IS NOT NULL GROUP BY ALL
        ) GROUP BY ALL ORDER BY account_id, feature
    """  # noqa: S608 - made of constants; values are parameters


def _numbered(parts: list[dict[str, Any]]) -> tuple[dict[str, Ints], list[str], int]:
    """The cells with features as numbers, the most used first; the rarest are left out."""
    columns = {
        name: np.concatenate([np.asarray(part[name]) for part in parts] or [np.empty(0, np.int64)])
        for name in (*COLUMNS[:1], "name", *COLUMNS[2:])
    }
    names, place = np.unique(columns.pop("name").astype(str), return_inverse=True)
    used = np.bincount(place, minlength=len(names))
    order = np.lexsort((names, -used))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    columns["feature"] = rank[place] if len(names) else np.empty(0, dtype=np.int64)
    kept = columns["feature"] < MOST_FEATURES
    cells = {name: columns[name][kept].astype(np.int64) for name in COLUMNS}
    return cells, names[order][:MOST_FEATURES].tolist(), max(len(names) - MOST_FEATURES, 0)


def _vocabulary(today: date) -> dict[str, Any]:
    """Events of the last year and properties of the newest events, for lists to choose from."""
    snapshot, ends = store_snapshot(), freshness()
    if ends.oldest_event_at is None:
        return {"events": [], "properties": [], "first": None}
    keys = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    with LiveStore(
        snapshot, Asked.alone(keys), today - timedelta(days=365), today, LIMITS
    ) as store:
        events = store.rows(
            "SELECT event FROM asked_events GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT $n",
            {"n": MOST_NAMES},
        )
        properties = store.rows(
            """
            SELECT name FROM (
              SELECT unnest(json_keys(properties)) AS name FROM (
                SELECT properties FROM asked_events
                WHERE json_valid(properties) AND json_type(properties) = 'OBJECT'
                ORDER BY us DESC LIMIT $sample
              )
            ) WHERE regexp_full_match(name, '[$A-Za-z0-9_ -]{1,80}')
            GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT $n
            """,
            {"n": MOST_PROPERTIES, "sample": SAMPLE},
        )
    return {
        "events": [name for (name,) in events],
        "properties": [name for (name,) in properties],
        "first": ends.oldest_event_at.date().isoformat(),
    }


@transaction.atomic
def _write(
    cells: dict[str, Ints],
    seen: dict[str, Ints],
    names: list[str],
    left_out: int,
    words: dict[str, Any],
    marks: dict[str, Any],
    title: str,
) -> None:
    older = list(FeatureUse.objects.values_list("pk", flat=True))
    FeatureUse.objects.create(
        as_of=clock.now(),
        title=title,
        features=names,
        left_out=left_out,
        cells=packed(cells),
        seen=packed(seen),
        vocabulary=words,
        marks=marks,
    )
    FeatureUse.objects.filter(pk__in=older).delete()


STAGE = Stage("features", features_refresh, after=("events", "metrics"))
