"""From plain tables to a panel, point in time."""

from collections.abc import Mapping, Sequence

import numpy as np

from tenure.engine.panel.ahead import AHEAD, ahead_of
from tenure.engine.panel.calendar import months_between
from tenure.engine.panel.observed import Recipe, names_of, observed
from tenure.engine.panel.outcomes import followed_of, months_to, months_to_churn
from tenure.engine.panel.risk import Rows, at_risk
from tenure.engine.panel.rows import CHURN, CLIENT, CONTRACTION, EXPANSION, Floats, Panel
from tenure.engine.panel.tables import Arrivals, Grid, Observations, Spells, Terms

_ALWAYS = ("tenure_months", "calendar_month")


def build(
    spells: Spells,
    grid: Grid,
    *,
    observations: Observations | None = None,
    arrivals: Arrivals | None = None,
    terms: Terms | None = None,
    causes: Sequence[str] | None = None,
    recipes: Mapping[str, Recipe] | None = None,
    default: Recipe | None = None,
) -> Panel:
    """The panel of a grid: a row for each account at risk on each origin.

    Features and `ahead` of a row hold only what had occurred and been recorded by the end of its
    origin, so facts that come later never change them. Labels use what had been recorded by the
    grid's `as_of`. Rows are sorted by account and origin; months count from `origin + gap`.

    Args:
        spells: Times at risk.
        grid: Origins, the day of the tables, horizons, blind gap, reporting delay.
        observations: Measured values. Each name gives the columns of its recipe.
        arrivals: Contractions, expansions, becoming a client.
        terms: Contract terms; without them the panel has no `ahead` columns.
        causes: What may come, "churn" first. When None: churn and, of contraction, expansion and
            client, those that `arrivals` has.
        recipes: What to make of single names.
        default: What to make of all other names; `Recipe()` when None.

    Returns:
        A panel with the features `tenure_months` (months of 30.4375 days since the spell began),
        `calendar_month` (1-12, of the origin) and those of the observations. `months` and
        `followed` may exceed `grid.horizons`.

    Raises:
        ValueError: Spells overlap or end before they begin, or `causes` does not start with churn.
    """
    rows = at_risk(spells, grid)
    named = _causes(causes, arrivals)
    followed = followed_of(rows, grid)
    months = np.zeros((rows.account.size, len(named)), dtype=np.int64)
    months[:, 0] = months_to_churn(rows, followed)
    if arrivals is not None and len(named) > 1:
        months[:, 1:] = months_to(arrivals, named[1:], rows, followed, grid)
    features, names = _features(rows, observations, recipes or {}, default or Recipe())
    size = (rows.account.size, grid.horizons)
    ahead = np.empty((*size, 0)) if terms is None else ahead_of(terms, rows, grid.horizons)
    return Panel(
        account=rows.account,
        origin=rows.origin,
        features=features,
        names=names,
        causes=named,
        months=months,
        followed=followed,
        ahead=ahead,
        ahead_names=() if terms is None else AHEAD,
    )


def _causes(causes: Sequence[str] | None, arrivals: Arrivals | None) -> tuple[str, ...]:
    if causes is None:
        seen = set() if arrivals is None else set(arrivals.cause.tolist())
        return (CHURN, *(c for c in (CONTRACTION, EXPANSION, CLIENT) if c in seen))
    if not causes or causes[0] != CHURN or len(set(causes)) < len(causes):
        raise ValueError('Causes start with "churn" and name each thing once.')
    return tuple(causes)


def _features(
    rows: Rows,
    observations: Observations | None,
    recipes: Mapping[str, Recipe],
    default: Recipe,
) -> tuple[Floats, tuple[str, ...]]:
    names = (
        _ALWAYS if observations is None else (*_ALWAYS, *names_of(observations, recipes, default))
    )
    features = np.empty((rows.account.size, len(names)), order="F")
    features[:, 0] = months_between(rows.began, rows.origin)
    features[:, 1] = rows.origin.astype("datetime64[M]").astype(np.int64) % 12 + 1
    if observations is not None:
        for at, column in enumerate(observed(observations, rows, recipes, default), len(_ALWAYS)):
            features[:, at] = column
    return features, names
