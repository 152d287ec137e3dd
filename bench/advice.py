"""Whom to treat and how to plan the week, on companies whose truth is known and on a public test.

`python bench/advice.py [--only known-6000 known-20000 week hillstrom] [--seeds 20]
[--no-document]`. Every part rewrites its stretch of docs/reference/advice-benchmark.md. The public
data are read from TENURE_DATA.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

for library in ("OMP", "OPENBLAS"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "advice"), str(HERE / "forecast")]

PARTS = ("known-6000", "known-20000", "week", "hillstrom")


def main() -> int:
    import advice_page
    import known_truth
    import public_test
    import team_week
    from results import Figure, Part, as_text

    options = arguments()
    runs: dict[str, Callable[[], Part]] = {
        "known-6000": lambda: known_truth.run(6_000, 0.50, options.seeds),
        "known-20000": lambda: known_truth.run(20_000, 0.68, options.seeds),
        "week": team_week.run,
        "hillstrom": public_test.run,
    }
    figures: list[Figure] = []
    for key in options.only:
        begin = time.perf_counter()
        part = runs[key]()
        print(f"\n{key} ({time.perf_counter() - begin:.0f} s)")
        print("\n".join([part.prose, *(as_text(table) for table in part.tables)]), flush=True)
        if options.document:
            advice_page.write(key, part)
        figures += part.figures
    print()
    for figure in figures:
        print(figure if figure.passed else f"{figure} MISSED")
    return int(not all(figure.passed for figure in figures))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    parser.add_argument("--seeds", type=int, default=20, help="companies of each known truth")
    parser.add_argument("--no-document", dest="document", action="store_false")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
