"""The reference page of a benchmark: each part rewrites its own stretch between markers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from results import Part, as_markdown

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@dataclass(frozen=True)
class Page:
    """The page of a command, `bench-…`."""

    command: str

    def write(self, key: str, part: Part) -> None:
        """Replace what stands between the markers of a part.

        Raises:
            ValueError: The page has no such markers.
        """
        path = REFERENCE / f"{self.command.removeprefix('bench-')}-benchmark.md"
        begin, end = (f"<!-- {word} {self.command} {key} -->" for word in ("begin", "end"))
        text = path.read_text()
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"{path.name} lacks the markers of {key}.")
        before, rest = text.split(begin)
        after = rest.split(end)[1]
        path.write_text(f"{before}{begin}\n\n{body(part)}\n\n{end}{after}")


def body(part: Part) -> str:
    blocks: Sequence[str] = (part.prose, *(as_markdown(table) for table in part.tables))
    verdict = {True: "met", False: "**missed**"}
    rows = [
        f"| {figure.name} | {figure.shown} | {figure.bar} | {verdict[figure.passed]} |"
        for figure in part.figures
    ]
    figures = "\n".join(["| figure | measured | bar | |", "| --- | --: | --: | --- |", *rows])
    return "\n\n".join([*blocks, figures] if rows else blocks)
