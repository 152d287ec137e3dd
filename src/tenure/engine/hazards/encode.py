"""Plain tables of numbers and words as the numbers of a panel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.rows import Floats


@dataclass(frozen=True)
class Encoding:
    """How columns become features. `words`: column → the values that have a feature of their own.

    Columns that are not in `words` are numbers, listed in `numbers`.
    """

    columns: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features: the column's, or "column = value"."""
        out: list[str] = []
        for column in self.columns:
            values = self.words.get(column)
            out += [column] if values is None else [f"{column} = {value}" for value in values]
        return tuple(out)

    def features(self, table: Any) -> Floats:
        """(n, p) of another table with the same columns.

        A value that was not seen before is 0 in all features of its column; an absent one is nan
        in all of them.
        """
        parts: list[Floats] = []
        for column in self.columns:
            values = _column(table, column)
            words = self.words.get(column)
            if words is None:
                parts.append(_numbers(values)[:, None])
                continue
            texts = _texts(values)
            absent = np.array([text is None for text in texts], dtype=bool)
            hits = np.array([[text == word for word in words] for text in texts], dtype=float)
            hits = hits.reshape(len(texts), len(words))
            parts.append(np.where(absent[:, None], np.nan, hits))
        return np.concatenate(parts, axis=1) if parts else np.zeros((0, 0))


def encode(table: Any, *, most: int = 30) -> tuple[Floats, tuple[str, ...], Encoding]:
    """Features, their names and the encoding to use on later tables.

    Args:
        table: A pyarrow table, a pandas frame, or a mapping of names to columns of numbers, truths
            or words; None and nan are absent values.
        most: A column of words gets a feature for each of its most frequent values, at most so
            many; of two values only the later one in the alphabet, which says all.
    """
    columns = tuple(_names(table))
    words: dict[str, tuple[str, ...]] = {}
    for column in columns:
        values = _column(table, column)
        if _is_numeric(values):
            continue
        words[column] = _frequent([text for text in _texts(values) if text is not None], most)
    encoding = Encoding(columns, words)
    return encoding.features(table), encoding.names, encoding


def _frequent(texts: list[str], most: int) -> tuple[str, ...]:
    values, counts = np.unique(np.array(texts, dtype=object), return_counts=True)
    if values.size == 2:
        return (str(values[1]),)
    order = np.lexsort((values.astype(str), -counts))[:most]
    return tuple(sorted(str(values[i]) for i in order))


def _names(table: Any) -> Iterable[str]:
    names = getattr(table, "column_names", None)
    return [str(name) for name in (names if names is not None else table.keys())]


def _column(table: Any, name: str) -> NDArray[Any]:
    column = table[name]
    if hasattr(column, "to_pylist"):
        column = column.to_pylist()
    array = np.asarray(column)
    return array if array.dtype.kind in "biuf" else np.asarray(column, dtype=object)


def _is_numeric(values: NDArray[Any]) -> bool:
    known = [v for v in values.tolist() if v is not None and v == v]  # noqa: PLR0124 - nan
    return all(isinstance(v, int | float | bool) for v in known)


def _numbers(values: NDArray[Any]) -> Floats:
    if values.dtype.kind in "biuf":
        return values.astype(float)
    return np.array([_number(v) for v in values.tolist()], dtype=float)


def _number(value: Any) -> float:
    try:
        return float(value) if value is not None else float("nan")
    except (TypeError, ValueError):
        return float("nan")


def _texts(values: NDArray[Any]) -> list[str | None]:
    return [None if v is None or v != v else str(v) for v in values.tolist()]  # noqa: PLR0124
