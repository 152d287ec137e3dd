"""Tenure's forecasts beside those most people would make, on public data and at a large size.

`python bench/forecast.py [--only telco crm6 …] [--no-document]`. Every part runs all forecasts on
the same folds, in one run, with paired bootstrap intervals of the differences, and rewrites its
stretch of docs/reference/forecast-benchmark.md. Data are read from TENURE_DATA.
"""

import argparse
import importlib
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
sys.path.insert(0, str(Path(__file__).resolve().parent / "forecast"))

PARTS = {
    "telco": "telco_churn",
    "telco-survival": "telco_survival",
    "crm6": "crm6",
    "ravenstack": "ravenstack",
    "cohorts": "cohorts",
    "cdnow": "cdnow",
    "demo": "demo_company",
    "planted": "planted",
    "few": "few",
    "size": "size",
}


def main() -> int:
    import document
    from results import Figure, Part, as_text

    options = arguments()
    figures: list[Figure] = []
    for key in options.only:
        begin = time.perf_counter()
        part: Part = importlib.import_module(PARTS[key]).run()
        print(f"\n{key} ({time.perf_counter() - begin:.0f} s)")
        print("\n".join([part.prose, *(as_text(table) for table in part.tables)]), flush=True)
        if options.document:
            document.write(key, part)
        figures += part.figures
    print()
    for figure in figures:
        print(figure if figure.passed else f"{figure} MISSED")
    return int(not all(figure.passed for figure in figures))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    parser.add_argument("--no-document", dest="document", action="store_false")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
