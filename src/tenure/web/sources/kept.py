"""Numbers that take a pass over a whole table, kept until a load or a refresh may change them."""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from tenure.core.models import StageRun
from tenure.intake.models import Load

Value = TypeVar("Value")
SECONDS = 300


def kept(name: str, make: Callable[[], Value], seconds: int = SECONDS) -> Value:
    """What `make` gives, from the cache while no load and no stage has run since."""
    key = cache_key(name, _newest_run(), _newest_load())
    value: Value | None = cache.get(key)
    if value is None:
        value = make()
        cache.set(key, value, seconds)
    return value


def cache_key(*parts: object) -> str:
    """A key any cache takes, whatever the parts hold."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _newest_run() -> int:
    return StageRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _newest_load() -> int:
    return Load.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
