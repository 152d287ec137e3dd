"""The demo company as tables of facts for a panel: only what its files show, dated as known."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.engine import panel as panels
from tenure.engine.simulation.company import Company, hand_out
from tenure.engine.simulation.history import run
from tenure.engine.simulation.settings import Grid, Settings
from tenure.engine.simulation.world import World

Floats = NDArray[np.float64]
Facts = tuple[NDArray[Any], str, NDArray[Any], Floats]
WEEK = np.timedelta64(7, "D")
# Which planted driver shows in which measures.
MEASURES = {
    "onboarding": ("onboarding_steps",),
    "no_champion": ("champions",),
    "trust": ("tickets", "reply_hours", "csat", "nps", "sentiment"),
    "price": ("seat_price",),
    "budget": ("payment_delay",),
    "low_use": ("events", "people", "features"),
}
# Drivers with no planted trouble behind them: what any account has, and its months ahead. Whoever
# built integrations is held back whatever the trouble is.
ORDINARY = {
    "integrations": ("integrations",),
    "seats": ("seats",),
    "contract": ("term_months",),
    "renewal": ("renews", "since_renewal", "renewals", "notice", "auto_renews"),
    "tenure": ("tenure_months",),
    "season": ("calendar_month",),
}
# What is as it is, then what befalls an account, how it begins, what it does and what it says.
ORDER = (*ORDINARY, "price", "budget", "no_champion", "onboarding", "low_use", "trust")
COUNTED = {"onboarding_steps": "onboarding_step_completed", "integrations": "integration_connected"}


@dataclass(frozen=True)
class Cirrus:
    """A company that was lived through: its hidden world and the panel of its files."""

    world: World
    company: Company
    panel: panels.Panel


def make(accounts: int, months: int, seed: int, end: date, horizons: int, first: date) -> Cirrus:
    """Simulate and read it as a panel with monthly origins from `first` on."""
    world = run(Settings(accounts=accounts, months=months, seed=seed, end=end))
    company = hand_out(world)
    frames = {name: table.to_pandas() for name, table in company.tables.items()}
    facts = [*_weekly(company, frames), *_values(frames)]
    names = sorted({name for _, name, _, _ in facts})
    when = np.concatenate([at.astype("datetime64[s]") for _, _, at, _ in facts])
    observations = panels.Observations(
        account=np.concatenate([account for account, _, _, _ in facts]),
        name=np.concatenate([np.full(at.size, names.index(name)) for _, name, at, _ in facts]),
        occurred=when,
        recorded=when,
        value=np.concatenate([value for _, _, _, value in facts]),
        names=tuple(names),
    )
    grid = panels.Grid(first=first, last=end, as_of=end, horizons=horizons)
    built = panels.build(
        _spells(frames), grid, observations=observations, terms=_terms(frames),
        causes=(panels.CHURN,),
    )  # fmt: skip
    return Cirrus(world, company, built)


def groups(names: tuple[str, ...]) -> dict[str, list[str]]:
    """Features by the planted driver that shows in them, or the ordinary one."""
    return {
        driver: [name for name in names if name.split(".")[0] in measures]
        for driver, measures in (MEASURES | ORDINARY).items()
    }


def number(ids: Any) -> NDArray[np.int64]:
    """The number of each account, from 0, of its id."""
    return np.array([int(text.split("-")[1]) - 1 for text in ids], dtype=np.int64)


def _times(column: Any) -> NDArray[np.datetime64]:
    found = pd.to_datetime(column, utc=True).dt.tz_localize(None)
    return np.asarray(found.to_numpy().astype("datetime64[s]"))


def _paid(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = frames["subscriptions"]
    rows = rows[(rows["plan_id"] != "free") & ~rows["is_trial"]].copy()
    for name in ("started_at", "ended_at", "renews_at", "cancel_notified_at"):
        rows[name] = _times(rows[name])
    return rows.assign(number=number(rows["account_id"]), money=rows["mrr"].astype(float))


def _spells(frames: dict[str, pd.DataFrame]) -> panels.Spells:
    """From the first paid day to the notice (churn), or to an end without one (another cause)."""
    chains = _paid(frames).groupby("id")
    began, told = chains["started_at"].min(), chains["cancel_notified_at"].min()
    open_ended = chains["ended_at"].apply(lambda ends: ends.isna().any())
    ended = told.fillna(chains["ended_at"].max().mask(open_ended)).to_numpy()
    cause = np.where(told.isna(), "another", panels.CHURN)
    return panels.Spells(chains["number"].first().to_numpy(), began.to_numpy(), ended, ended, cause)


def _terms(frames: dict[str, pd.DataFrame]) -> panels.Terms:
    rows = _paid(frames)
    return panels.Terms(
        account=rows["number"],
        known_from=rows["started_at"].to_numpy(),
        renews=rows["renews_at"].to_numpy(),
        months=rows["term_months"].astype(float),
        automatic=rows["auto_renew"].astype(float),
        notice_effect=np.full(len(rows), np.datetime64("NaT")),
    )


def _values(frames: dict[str, pd.DataFrame]) -> Iterator[Facts]:
    """Single values at the time each was known."""
    paid = _paid(frames)
    start = paid["started_at"].to_numpy()
    for name, value in (
        ("seats", paid["seats"]), ("seat_price", paid["money"] / paid["seats"]),
        ("term_months", paid["term_months"]),
    ):  # fmt: skip
        yield paid["number"].to_numpy(), name, start, value.to_numpy().astype(float)
    answers = frames["survey_answers"]
    for kind in ("nps", "csat"):
        yield _known(answers[answers["kind"] == kind], kind, "answered_at", "score")
    yield _known(frames["touchpoints"], "sentiment", "occurred_at", "sentiment")
    yield _lasted(frames["tickets"], "reply_hours", "opened_at", "first_reply_at")
    yield _lasted(frames["invoices"], "payment_delay", "due_at", "paid_at")
    members = frames["memberships"]
    members = members[members["role"] == "champion"]
    changes = [members[["account_id", "since"]], members[["account_id", "until"]].dropna()]
    moves = pd.concat(
        [part.set_axis(["account_id", "at"], axis=1).assign(by=by)
         for part, by in zip(changes, (1, -1), strict=True)]
    ).sort_values("at")  # fmt: skip
    moves["count"] = moves.groupby("account_id")["by"].cumsum()
    yield _known(moves, "champions", "at", "count")


def _known(rows: pd.DataFrame, name: str, at: str, value: str) -> Facts:
    kept = rows[rows[value].notna() & rows[at].notna()]
    return number(kept["account_id"]), name, _times(kept[at]), kept[value].to_numpy().astype(float)


def _lasted(rows: pd.DataFrame, name: str, begin: str, end: str) -> Facts:
    """Hours from one time to another, known at the second."""
    kept = rows[rows[end].notna()]
    until = _times(kept[end])
    hours = (until - _times(kept[begin])) / np.timedelta64(3600, "s")
    return number(kept["account_id"]), name, until, hours


def _weekly(company: Company, frames: dict[str, pd.DataFrame]) -> Iterator[Facts]:
    """Counts by week, known when it is over; 0 from the week the account was made on."""
    accounts, weeks = company.settings.accounts, company.grid.weeks
    counts = {name: np.zeros((accounts, weeks)) for name in ("events", "people", "features")}
    counts |= {name: np.zeros((accounts, weeks)) for name in COUNTED}
    for sent in company.events():
        _add(counts, sent.table, sent.received, company.grid)
    for name in COUNTED:
        counts[name] = np.cumsum(counts[name], axis=1)
    opened = frames["tickets"]
    week = (_times(opened["opened_at"]) - company.grid.start.astype("datetime64[s]")) // WEEK
    counts["tickets"] = np.zeros((accounts, weeks))
    np.add.at(counts["tickets"], (number(opened["account_id"]), week.astype(np.int64)), 1.0)
    made = _times(frames["accounts"]["created_at"]).astype("datetime64[D]")
    ends = company.grid.start + np.arange(1, weeks + 1) * WEEK - np.timedelta64(1, "D")
    account, at = np.nonzero(ends[None, :] >= made[:, None])
    for name, table in counts.items():
        yield account, name, ends[at], table[account, at]


def _add(counts: dict[str, Floats], table: Any, received: Floats, grid: Grid) -> None:
    """Events that were received in the week they happened in; later ones were not known then."""
    frame = table.select(["event", "timestamp", "user_id", "account_id"]).to_pandas()
    start = grid.start.astype("datetime64[s]")
    frame["week"] = (frame["timestamp"].dt.tz_localize(None).to_numpy() - start) // WEEK
    in_time = frame["week"].to_numpy() == np.floor(received / 7.0)
    frame = frame[in_time & frame["account_id"].notna().to_numpy()]
    frame["account"] = number(frame["account_id"])
    index = ["account", "week"]
    many = {
        "events": frame.groupby(index).size(),
        "people": frame.groupby(index)["user_id"].nunique(),
        "features": frame.groupby(index)["event"].nunique(),
        **{n: frame[frame["event"] == word].groupby(index).size() for n, word in COUNTED.items()},
    }
    for name, found in many.items():
        at = found.index.to_frame().to_numpy().astype(np.int64)
        counts[name][at[:, 0], at[:, 1]] += found.to_numpy()
