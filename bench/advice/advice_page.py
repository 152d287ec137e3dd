"""The reference page of this benchmark: each part rewrites its own stretch between markers."""

from pathlib import Path

from document import body
from results import Part

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "advice-benchmark.md"


def write(key: str, part: Part, path: Path = PAGE) -> None:
    """Replace what stands between the markers of a part.

    Raises:
        ValueError: The page has no such markers.
    """
    begin, end = (f"<!-- {word} bench-advice {key} -->" for word in ("begin", "end"))
    text = path.read_text()
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{path.name} lacks the markers of {key}.")
    before, rest = text.split(begin)
    path.write_text(f"{before}{begin}\n\n{body(part)}\n\n{end}{rest.split(end)[1]}")
