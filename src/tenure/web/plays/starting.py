"""Plays that somebody could start for an account by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.plays.definition.shape import Definition as Play
from tenure.plays.models import Run
from tenure.plays.selectors import plays_running
from tenure.segments.conditions import Definition as Rule
from tenure.segments.evaluate import evaluate_all
from tenure.web.plays.words import Telling, text_of

OPEN = (Run.State.QUEUED, Run.State.ACTIVE)


@dataclass(frozen=True)
class Startable:
    """A play that is on. `fits`: the account is in its audience; `last`: when it had it last."""

    key: str
    title: str
    goal: str
    trigger: str
    audience: str
    fits: bool
    running: Run | None
    last: datetime | None


def startable(account: Account) -> list[Startable]:
    """The plays that are on: those the account is in the audience of first, then by title."""
    telling, plays = Telling(), plays_running()
    latest, shut = _latest(account), _shut_to(account, [says for _play, says in plays])
    rows = []
    for play, says in plays:
        run = latest.get(play.pk)
        rows.append(
            Startable(
                play.key, text_of(says.title), text_of(says.goal), telling.trigger(says),
                telling.audience(says), says.key not in shut,
                run if run and run.state in OPEN else None, run.started_at if run else None,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (not row.fits, row.title.casefold(), row.key))


def _shut_to(account: Account, plays: Sequence[Play]) -> set[str]:
    """Keys of the plays whose audience the account is not in; no other account is asked about."""
    asked = [(says.key, says.audience) for says in plays if says.audience is not None]
    rules = [Rule("", audience) for _key, audience in asked]
    answers = evaluate_all(rules, clock.today(), [account.pk])
    return {
        key
        for (key, _audience), found in zip(asked, answers, strict=True)
        if account.pk not in found.members
    }


def _latest(account: Account) -> Mapping[int, Run]:
    """Play → the last run of the account that started, or that is under way."""
    rows = Run.objects.filter(account=account).exclude(state=Run.State.HELD_OUT)
    return {run.play_id: run for run in rows.order_by("met_at", "pk")}
