"""Two cohorts of a subscription, seven years seen and five held out (Fader and Hardie 2007)."""

import numpy as np
from results import Figure, Part, Table, at_most

from tenure.engine import bdw, sbg

# Per cent of 1,000 customers still there after years 0-7: Fader and Hardie (2007), table 1.
SEEN = {
    "Regular": (100.0, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1),
    "High End": (100.0, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1),
}
PAPER = {"Regular": (0.704, 1.182), "High End": (0.668, 3.806)}
AFTER = {"High End": (46.8, 44.5, 42.7, 40.9, 39.4)}
YEARS = np.arange(8, 13)
COLUMNS = ("", "α", "β", "c", "ln L", "AIC", "MAE years 8–12, points")


def run() -> Part:
    rows, figures = [], []
    for cohort, shares in SEEN.items():
        found = bdw.choose(sbg.Exposure.of_survivors(np.array(shares) * 10.0))
        after = AFTER.get(cohort)
        for name, model in (("sBG", found.plain), ("BdW", found.aged)):
            chosen = " (chosen)" if model is found.chosen else ""
            rows.append((f"{cohort}, {name}{chosen}", *_line(model, after, name == "BdW")))
        figures.append(_paper(cohort, found.plain))
        if after is not None:
            aged = found.chosen is found.aged
            word = "BdW" if aged else "sBG"
            figures.append(Figure("HIGH END CHOSEN BY LIKELIHOOD", word, "BdW", aged))
            figures.append(at_most("HIGH END MAE", _mae(found.chosen, after), 0.53, 3, " points"))
    prose = (
        "Years 0–7 of 1,000 customers each are fitted by maximum likelihood, the model chosen by "
        "AIC on those years alone, and years 8–12 of High End forecast: "
        f"{', '.join(f'{share}' for share in AFTER['High End'])} per cent stayed."
    )
    return Part(prose, (Table("Cohort models", COLUMNS, tuple(rows)),), tuple(figures))


def _mae(model: bdw.Fitted, after: tuple[float, ...]) -> float:
    return float(np.abs(100.0 * model.survival(YEARS) - np.array(after)).mean())


def _line(model: bdw.Fitted, after: tuple[float, ...] | None, free: bool) -> tuple[str, ...]:
    aic = 2.0 * (2 + free) - 2.0 * model.log_likelihood
    numbers = (f"{model.alpha:.3f}", f"{model.beta:.3f}", f"{model.shape:.3f}")
    fit = (f"{model.log_likelihood:.1f}", f"{aic:.1f}")
    return (*numbers, *fit, f"{_mae(model, after):.3f}" if after else "–")


def _paper(cohort: str, model: bdw.Fitted) -> Figure:
    alpha, beta = PAPER[cohort]
    off = max(abs(model.alpha - alpha), abs(model.beta - beta))
    return at_most(f"SBG {cohort.upper()} OFF THE PAPER'S PARAMETERS", off, 0.001)
