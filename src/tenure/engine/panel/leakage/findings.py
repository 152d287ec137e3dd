"""What the linter says, and the table it says it of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.calendar import Days, as_days
from tenure.engine.panel.rows import Floats, Ints

REFUSE, QUARANTINE, NOTE = "refuse", "quarantine", "note"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, with the row that proves it.

    Attributes:
        rule: "future", "late", "status", "missing", "identifier", "duplicate", "constant", "shift".
        column: Name of the column; empty when whole rows are meant.
        severity: "refuse" and "quarantine" are taken out, "note" is kept.
        sentence: What is wrong and what to do about it.
        row: Index of the proving row in the table that was linted.
        account, origin: Whose row it is, and of when.
        value: What stands there, as text.
    """

    rule: str
    column: str
    severity: str
    sentence: str
    row: int
    account: str
    origin: str
    value: str


@dataclass(frozen=True)
class Table:
    """Rows as they come from a data frame or a query, before they are numbers.

    Attributes:
        account: (n,) keys, numbers or words.
        origin: (n,) test dates.
        columns: Name to (n,) values: numbers, dates, truths or words; missing ones nan, NaT, None
            or empty.
        label: (n,) 1.0 where what is forecast came, 0.0 where not, nan where not known.
        recorded: For columns that have it, (n,) times at which the values were recorded.
    """

    account: NDArray[Any]
    origin: Days
    columns: Mapping[str, NDArray[Any]]
    label: Floats
    recorded: Mapping[str, Days] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = np.asarray(self.account).shape[0]
        object.__setattr__(self, "account", np.asarray(self.account))
        object.__setattr__(self, "origin", np.broadcast_to(as_days(self.origin), (size,)))
        object.__setattr__(self, "label", np.asarray(self.label, dtype=np.float64))
        parts = {**self.columns, "label": self.label}
        wrong = [name for name, values in parts.items() if len(values) != size]
        wrong += [name for name in self.recorded if name not in self.columns]
        if wrong:
            raise ValueError(f"These do not fit the {size} rows or the columns: {wrong}.")

    def found(
        self, rule: str, column: str, severity: str, sentence: str, row: Any, **counts: Any
    ) -> Finding:
        """A finding with its proof read from a row.

        `sentence` is one of `tenure.engine.sentences`; `counts` are the parts of it that are not
        read from the row.
        """
        at = int(row)
        account, origin = str(self.account[at]), str(self.origin[at])
        value = self.text(column, at) if column else ""
        read = {"column": column, "value": value, "account": account, "origin": origin}
        said = sentence % (read | counts)
        return Finding(rule, column, severity, said, at, account, origin, value)

    def text(self, column: str, row: Any) -> str:
        """A value as text; a time to the second, and without the time at midnight."""
        value = np.asarray(self.columns[column])[int(row)]
        if isinstance(value, np.datetime64):
            return str(value.astype("datetime64[s]")).removesuffix("T00:00:00")
        return str(value)

    @cached_property
    def account_code(self) -> Ints:
        """A number for each account, 0, 1, … in the order of the keys, (n,)."""
        return np.unique(self.account, return_inverse=True)[1].astype(np.int64)
