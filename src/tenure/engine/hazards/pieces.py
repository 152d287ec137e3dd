"""A large matrix in pieces, so that nobody needs a copy of most of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.rows import Floats

_AT_ONCE = 4096


@dataclass(frozen=True)
class Pieces:
    """(m, p) as the views (m₁, p), (m₂, p), … of consecutive rows of one matrix."""

    views: tuple[Floats, ...]

    @property
    def columns(self) -> int:
        """The number of columns, p."""
        return int(self.views[0].shape[1])

    def times(self, beta: Floats) -> Floats:
        """X β, (m,)."""
        return np.concatenate([view @ beta for view in self.views])

    def turned(self, values: Floats) -> Floats:
        """Xᵀ v of (m,), (p,)."""
        out = np.zeros(self.columns)
        for view, part in self._beside(values):
            out += view.T @ part
        return out

    def squares(self, weight: Floats) -> Floats:
        """Σ w x² of each column, (p,)."""
        out = np.zeros(self.columns)
        for view, part in self._beside(weight):
            for first in range(0, part.size, _AT_ONCE):
                some = slice(first, first + _AT_ONCE)
                out += part[some] @ np.square(view[some])
        return out

    def gram(self, root: Floats) -> Floats:
        """Xᵀ W X with W = root², (p, p), in single precision but for the sum over the pieces."""
        out = np.zeros((self.columns, self.columns))
        room = np.empty((_AT_ONCE, self.columns), dtype=np.float32)
        for view, part in self._beside(root):
            for first in range(0, part.size, _AT_ONCE):
                some = slice(first, first + _AT_ONCE)
                here = room[: part[some].size]
                np.multiply(view[some], part[some, None], out=here, casting="same_kind")
                out += here.T @ here
        return out

    def _beside(self, values: Floats) -> Iterator[tuple[Floats, Floats]]:
        ends = np.cumsum([view.shape[0] for view in self.views])
        return zip(self.views, np.split(values, ends[:-1]), strict=True)


def whole(matrix: Floats) -> Pieces:
    """All of a matrix."""
    return Pieces((matrix,))


def some(matrix: Floats, rows: NDArray[np.bool_]) -> Pieces:
    """The rows (m,) of a matrix; few pieces if they stand together."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], rows, [False]])))
    return Pieces(tuple(matrix[begin:end] for begin, end in edges.reshape(-1, 2)))
