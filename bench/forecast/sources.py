"""Where the public data sets are: the folder TENURE_DATA, or shared/data beside the checkout."""

import os
from pathlib import Path
from typing import Any

import pandas as pd

HERE = Path(__file__).resolve()


def folder() -> Path:
    """The folder of the data sets; each has a folder of its own in it.

    Raises:
        SystemExit: It is not there.
    """
    beside = HERE.parents[3] / "shared" / "data"
    found = Path(os.environ.get("TENURE_DATA", beside))
    if not found.is_dir():
        raise SystemExit(f"No data in {found}: set TENURE_DATA to the folder of the data sets.")
    return found


def table(name: str, **options: Any) -> Any:
    """One file of a data set as a data frame, by its path in the folder."""
    path = folder() / name
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, **options)


def telco() -> Any:
    """The Telco customers, one row each, without their ids; charges as numbers."""
    found = table("telco/Telco-Customer-Churn.csv").drop(columns="customerID")
    found["TotalCharges"] = pd.to_numeric(found["TotalCharges"], errors="coerce")
    return found
