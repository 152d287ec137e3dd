"""What a load did, as its callers and the command line tell it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from tenure.core.errors import TenureError

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (table, bytes read, bytes in all) as a load advances."""


def silent(table: str, done: int, total: int) -> None:
    """A progress that goes nowhere."""


class LoadRefused(TenureError):
    """Nothing was written; `problems` has a sentence for each fault of the files."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def kept_message(error: BaseException) -> str:
    """What is kept of an error for a person to read, a line each where it says several things."""
    if isinstance(error, LoadRefused):
        return "\n".join(error.problems)
    return (
        str(error) if isinstance(error, TenureError) else f"{type(error).__name__}: {error}"[:2000]
    )


@dataclass(frozen=True)
class TableReport:
    """Rows of one table. A row kept without one of its cells counts as loaded (or unchanged),
    its cell as rejected. `rejected_file`: where the rejects are, "" when there are none.
    """

    table: str
    file: str
    loaded: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejected_file: str = ""


@dataclass(frozen=True)
class LoadReport:
    """One load. `ignored`: files of the folder that are no table; `findings`: open afterwards."""

    load_id: int
    source: str
    outcome: str
    tables: tuple[TableReport, ...]
    ignored: tuple[str, ...] = ()
    findings: int = 0
    seconds: float = 0.0

    @property
    def rejected(self) -> int:
        """Rejects of all tables."""
        return sum(table.rejected for table in self.tables)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON keeps it."""
        return asdict(self)
