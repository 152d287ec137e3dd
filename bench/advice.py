"""Whom to treat and how to plan the week, on companies whose truth is known and on a public test.

`python bench/advice.py [--only known-6000 known-20000 week hillstrom] [--seeds 20]
[--no-document]`. Every part rewrites its stretch of docs/reference/advice-benchmark.md. The public
data are read from TENURE_DATA.
"""

import os
import sys
from functools import partial
from pathlib import Path

for library in ("OMP", "OPENBLAS"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "advice"), str(HERE / "forecast")]

PARTS = ("known-6000", "known-20000", "week", "hillstrom")


def main() -> int:
    import known_truth
    import public_test
    import team_week
    from document import Page
    from running import arguments, run

    parser = arguments(__doc__, PARTS)
    parser.add_argument("--seeds", type=int, default=20, help="companies of each known truth")
    options = parser.parse_args()
    runs = {
        "known-6000": partial(known_truth.run, 6_000, 0.50, options.seeds),
        "known-20000": partial(known_truth.run, 20_000, 0.68, options.seeds),
        "week": team_week.run,
        "hillstrom": public_test.run,
    }
    return run(runs, options, Page("bench-advice"))


if __name__ == "__main__":
    sys.exit(main())
