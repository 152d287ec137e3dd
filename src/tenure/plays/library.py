"""The plays that come with Tenure."""

from functools import cache
from pathlib import Path
from typing import Any

from tenure.core.definition_text import body_read
from tenure.plays.definition.writing import LONGEST

FOLDER = Path(__file__).parent / "defaults"


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """Key → body of each; the key is the file's name."""
    return {
        path.stem: body_read(path.read_text(encoding="utf-8"), LONGEST)
        for path in sorted(FOLDER.glob("*.yaml"))
    }
