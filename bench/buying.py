"""BG/NBD and Pareto/NBD on the CDNOW tenth sample: 39 weeks to fit, 39 weeks to score.

Reads cdnow/CDNOW_sample.txt under TENURE_DATA (default: ../shared/data beside the checkout).
Bounds: the published log-likelihoods (Fader, Hardie and Lee 2005, table 2), the better model's
error on single customers, and the processor time of a fit.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np

from tenure.engine import buying

ROOT = Path(os.environ.get("TENURE_DATA", Path(__file__).parents[2] / "shared" / "data"))
SPLIT, LAST = np.datetime64("1997-09-30"), np.datetime64("1998-06-30")
PUBLISHED = {"BG/NBD": -9582.4, "Pareto/NBD": -9595.0}


def main() -> int:
    lines = (ROOT / "cdnow" / "CDNOW_sample.txt").read_text().split("\n")
    rows = [line.split() for line in lines if line.strip()]
    who = np.array([int(row[1]) for row in rows])
    dates = [f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}" for row in rows]
    days = np.array(dates, dtype="datetime64[D]")
    customers = buying.summary(who, days, SPLIT)
    later = buying.purchases_after(customers.customer, who, days, SPLIT, LAST)
    good, best = True, (np.inf, 0.0, np.inf)
    for form in (buying.BG_NBD, buying.PARETO_NBD):
        began = time.process_time()
        fitted = buying.fit(form, customers)
        took = time.process_time() - began
        ahead = fitted.expected_given(customers, 39.0).value
        error = float(np.sqrt(np.square(ahead - later).mean()))
        together = float(np.corrcoef(ahead, later)[0, 1])
        off = float(ahead.sum() / later.sum() - 1.0)
        shown = ", ".join(
            f"{name} {value:.3f} ± {wide:.3f}"
            for name, value, wide in zip(form.parameters, fitted.params, fitted.errors, strict=True)
        )
        print(f"{form.name}: {shown}; ln L {fitted.log_likelihood:.1f}; fit {took:.2f} s")
        print(f"  hold-out: RMSE {error:.4f}, correlation {together:.4f}, total {off:+.2%}")
        good &= abs(fitted.log_likelihood - PUBLISHED[form.name]) < 0.1 and took < 1.0
        best = min(best, (error, together, abs(off)))
    good &= best[0] <= 1.605 and best[1] >= 0.628 and best[2] <= 0.12
    print("within the bounds" if good else "OUT OF BOUNDS")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
