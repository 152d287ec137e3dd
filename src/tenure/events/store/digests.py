"""Message ids as 16-byte digests, and which of them a store file holds already."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tenure.events.store.place import Place

Words = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]

CACHE_BYTES = 64 * 1024 * 1024

# Without an id of its own a message is known by all it says, each part led by its length.
_DIGEST = """
WITH keyed AS (SELECT coalesce('id' || message_id, {content}) AS text FROM incoming)
SELECT md5_number_upper(text) AS high, md5_number_lower(text) AS low FROM keyed
"""
_CONTENT = ["event", "epoch_us(occurred_at)", "user_id", "anonymous_id", "account_id", "properties"]


@dataclass(frozen=True)
class Digests:
    """Digests as two parallel arrays of 64 bits."""

    high: Words
    low: Words

    def __len__(self) -> int:
        return len(self.high)

    def take(self, index: npt.NDArray[np.int64] | Mask) -> "Digests":
        """Those at some places."""
        return Digests(self.high[index], self.low[index])

    def to_arrow(self) -> pa.Array:
        """As a binary column of 16 bytes each."""
        pairs = np.empty((len(self), 2), dtype=">u8")
        pairs[:, 0], pairs[:, 1] = self.high, self.low
        fixed = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(16), len(self), [None, pa.py_buffer(pairs.tobytes())]
        )
        return fixed.cast(pa.binary())

    @classmethod
    def from_arrow(cls, column: pa.ChunkedArray) -> "Digests":
        """From the column `to_arrow` wrote."""
        fixed = column.cast(pa.binary(16)).combine_chunks()
        if isinstance(fixed, pa.ChunkedArray):
            fixed = (
                pa.concat_arrays(fixed.chunks) if fixed.num_chunks else pa.array([], pa.binary(16))
            )
        raw = np.frombuffer(fixed.buffers()[1] or b"", dtype=">u8", count=2 * len(fixed))
        words = raw.reshape(-1, 2).astype(np.uint64)
        return cls(np.ascontiguousarray(words[:, 0]), np.ascontiguousarray(words[:, 1]))


def digests_of(incoming: pa.Table) -> Digests:
    """The digest of each incoming row: of its message id, else of its content."""
    parts = [f"coalesce(length({c}::varchar) || ':' || {c}::varchar, '-')" for c in _CONTENT]
    query = _DIGEST.format(content="'of' || " + " || ".join(parts))
    with duckdb.connect(config={"threads": 2}) as connection:
        # a bar on standard output would run into what a command prints there
        connection.execute("SET enable_progress_bar_print = false")
        connection.register("incoming", incoming)
        columns = connection.execute(query).fetchnumpy()
    return Digests(np.asarray(columns["high"]), np.asarray(columns["low"]))


def first_of_each(digests: Digests) -> Mask:
    """True where a digest occurs for the first time in the batch."""
    order = np.lexsort((np.arange(len(digests)), digests.low, digests.high))
    high, low = digests.high[order], digests.low[order]
    fresh = np.ones(len(digests), dtype=bool)
    fresh[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    mask = np.empty(len(digests), dtype=bool)
    mask[order] = fresh
    return mask


def stored_in(place: Place, paths: Sequence[str], digests: Digests) -> Mask:
    """True where one of the files holds the digest."""
    found = np.zeros(len(digests), dtype=bool)
    for path in paths:
        left = np.flatnonzero(~found)
        if not len(left):
            break
        found[left] = _contains(_sorted_digests(place, path), digests.take(left))
    return found


def _contains(known: Digests, asked: Digests) -> Mask:
    at = np.searchsorted(known.high, asked.high)
    found = np.zeros(len(asked), dtype=bool)
    open_ = np.flatnonzero(at < len(known))
    # Equal upper halves lie side by side, so nearly always one step decides.
    while len(open_):
        same = known.high[at[open_]] == asked.high[open_]
        open_ = open_[same]
        hit = known.low[at[open_]] == asked.low[open_]
        found[open_[hit]] = True
        open_ = open_[~hit]
        at[open_] += 1
        open_ = open_[at[open_] < len(known)]
    return found


# Files never change under their name, so what was read once stays true (erasure keeps digests).
_cache: OrderedDict[tuple[str, str], Digests] = OrderedDict()
_lock = Lock()


def _sorted_digests(place: Place, path: str) -> Digests:
    key = (place.url, path)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    digests = Digests.from_arrow(place.read(path, ["message_id"]).column(0))
    digests = digests.take(np.argsort(digests.high))
    with _lock:
        _cache[key] = digests
        while len(_cache) > 1 and sum(len(d) for d in _cache.values()) * 16 > CACHE_BYTES:
            _cache.popitem(last=False)
    return digests
