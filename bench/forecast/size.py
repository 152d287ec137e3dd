"""A large company: 500,000 account-months to learn from, 50,000 accounts to score with reasons.

Runs in a process of its own, on two threads, so that its memory can be told.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from results import Part, Table, at_most

from tenure.engine.panel import CHURN, CONTRACTION, EXPANSION, Panel

Floats = NDArray[np.float64]
ROWS, SCORED, ORIGINS, FEATURES, HORIZON = 500_000, 50_000, 20, 40, 12
CAUSES = (CHURN, CONTRACTION, EXPANSION)


def run() -> Part:
    done = subprocess.run([sys.executable, __file__], check=True, stdout=subprocess.PIPE)
    found = json.loads(done.stdout.splitlines()[-1])
    rows = tuple((name, f"{value:,.1f}") for name, value in found.items())
    prose = (
        f"{ROWS:,} rows of {ROWS // ORIGINS:,} accounts over {ORIGINS} months, {FEATURES} features "
        f"of which a tenth matter, {HORIZON} months ahead, {len(CAUSES)} causes "
        f"({', '.join(CAUSES)}); reasons of churn for {SCORED:,} accounts."
    )
    return Part(
        prose,
        (Table("Time and memory", ("", ""), rows),),
        (
            at_most("SIZE FIT", found["fit, s"], 60.0, 1, " s"),
            at_most("SIZE SCORE", found["score with reasons, s"], 5.0, 1, " s"),
            at_most("SIZE MEMORY", found["peak memory, MB"] / 1024, 3.0, 2, " GB"),
        ),
    )


def company(rows: int, seed: int) -> Panel:
    """Accounts whose monthly hazards hang on a few of many features, some values missing."""
    random = np.random.default_rng(seed)
    accounts = rows // ORIGINS
    account = np.repeat(np.arange(accounts), ORIGINS)
    origin = np.tile(np.arange(ORIGINS), accounts)
    lasting = random.normal(size=(accounts, FEATURES))[account]
    features = 0.8 * lasting + 0.6 * random.normal(size=(rows, FEATURES))
    pull = {
        CHURN: -4.5 + 0.8 * features[:, 0] - 0.5 * np.abs(features[:, 1]) + 0.4 * features[:, 2],
        CONTRACTION: -5.0 + 0.6 * features[:, 3] + 0.3 * features[:, 0],
        EXPANSION: -4.0 - 0.6 * features[:, 0] + 0.5 * features[:, 2],
    }
    months = np.column_stack([_month(pull[cause], random) for cause in CAUSES])
    followed = np.minimum(ORIGINS + 4 - origin, HORIZON)
    months = np.where(months <= followed[:, None], months, 0)
    gone = (months[:, :1] > 0) & (months > months[:, :1])
    features[random.random(features.shape) < 0.05] = np.nan
    ahead = (origin[:, None] + account[:, None] + np.arange(HORIZON)) % 12 == 0
    return Panel(
        account=account,
        origin=(np.datetime64("2023-01", "M") + origin).astype("datetime64[D]"),
        features=features,
        names=tuple(f"measure_{at}" for at in range(FEATURES)),
        causes=CAUSES,
        months=np.where(gone, 0, months),
        followed=followed,
        ahead=ahead[:, :, None].astype(float),
        ahead_names=("renews",),
    )


def _month(log_odds: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    return random.geometric(1.0 / (1.0 + np.exp(-log_odds))).astype(np.int64)


def measure() -> dict[str, float]:
    from tenure.engine.hazards import Settings, fit

    train, new = company(ROWS, 1), company(SCORED * ORIGINS, 2)
    new = new.take(np.arange(0, len(new), ORIGINS))
    begin, used = time.perf_counter(), time.process_time()
    fitted = fit(train, Settings(seed=0, threads=2))
    fit_seconds, fit_used = time.perf_counter() - begin, time.process_time() - used
    begin, used = time.perf_counter(), time.process_time()
    fitted.predict(new)
    fitted.drivers(new, horizon=HORIZON, cause=CHURN)
    score_seconds, score_used = time.perf_counter() - begin, time.process_time() - used
    status = Path("/proc/self/status").read_text()
    memory = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return {
        "fit, s": fit_seconds,
        "fit, processor seconds": fit_used,
        "score with reasons, s": score_seconds,
        "score with reasons, processor seconds": score_used,
        "peak memory, MB": memory,
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
