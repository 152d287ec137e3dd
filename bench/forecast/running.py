"""A benchmark of parts from the command line: what each found, then every figure and its bar."""

import argparse
import time
from collections.abc import Callable, Iterable, Mapping

from document import Page
from results import Figure, Part, as_text


def arguments(description: str | None, parts: Iterable[str]) -> argparse.ArgumentParser:
    """Which parts are run and whether the page is rewritten; a command may ask for more."""
    names = list(parts)
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="PART")
    parser.add_argument("--no-document", dest="document", action="store_false")
    return parser


def run(runs: Mapping[str, Callable[[], Part]], options: argparse.Namespace, page: Page) -> int:
    """Run the parts that were asked for; 1 when a bar was missed."""
    figures: list[Figure] = []
    for key in options.only:
        begin = time.perf_counter()
        part = runs[key]()
        print(f"\n{key} ({time.perf_counter() - begin:.0f} s)")
        print("\n".join([part.prose, *(as_text(table) for table in part.tables)]), flush=True)
        if options.document:
            page.write(key, part)
        figures += part.figures
    print()
    for figure in figures:
        print(figure if figure.passed else f"{figure} MISSED")
    return int(not all(figure.passed for figure in figures))
