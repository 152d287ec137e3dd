"""Reads of the event store and of identity."""

from tenure.events.models import StoreFile
from tenure.events.store.place import current
from tenure.events.store.snapshot import Snapshot, SnapshotFile


def store_snapshot() -> Snapshot:
    """The live files now. Take it once; what happens to the store later does not disturb it."""
    rows = StoreFile.objects.filter(retired_at__isnull=True).order_by("month", "pk")
    files = tuple(
        SnapshotFile(*row)
        for row in rows.values_list(
            "path", "month", "rows", "account_min", "account_max", "occurred_min", "occurred_max"
        )
    )
    return Snapshot(current().url, files)
