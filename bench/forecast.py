"""Tenure's forecasts beside those most people would make, on public data and at a large size.

`python bench/forecast.py [--only telco crm6 …] [--no-document]`. Every part runs all forecasts on
the same folds, in one run, with paired bootstrap intervals of the differences, and rewrites its
stretch of docs/reference/forecast-benchmark.md. Data are read from TENURE_DATA.
"""

import importlib
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from results import Part

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
    from document import Page
    from running import arguments, run

    def part(module: str) -> "Part":
        return importlib.import_module(module).run()  # type: ignore[no-any-return]

    runs = {key: partial(part, module) for key, module in PARTS.items()}
    return run(runs, arguments(__doc__, PARTS).parse_args(), Page("bench-forecast"))


if __name__ == "__main__":
    sys.exit(main())
