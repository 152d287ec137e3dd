"""Plays that were run before Tenure: what the log says of each, and the arms that can be judged."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tenure.contracts.models import SubscriptionPeriod
from tenure.contracts.selectors.money import family_roots
from tenure.core import clock
from tenure.engine.effects import Verdict
from tenure.plays.definition.reading import KEY
from tenure.plays.effects.arms import Arms
from tenure.plays.effects.before import known_before
from tenure.plays.effects.looks import judged_before
from tenure.plays.effects.outcomes import Floats, Started
from tenure.plays.models import PastPlay, Play
from tenure.timeline.models import PlayRecord

Bar = PastPlay.Bar
LONGEST = 80


@dataclass(frozen=True)
class Logged:
    """The first entry of every account into one past play, in the order of time.

    Attributes:
        propensity: (n,) the chance of getting the play; nan where none between 0 and 1 was logged.
        newest: Key of the newest record.
    """

    name: str
    started: tuple[Started, ...]
    held_out: NDArray[np.bool_]
    propensity: Floats
    newest: int

    @property
    def chanced(self) -> NDArray[np.bool_]:
        """(n,) whether it can be compared: without its chance an entry says nothing."""
        return np.isfinite(self.propensity)

    @property
    def bar(self) -> str:
        """Why nothing can be said of the play; empty: both arms can be compared."""
        if not self.held_out.any():
            return Bar.NOBODY_HELD_OUT
        if self.held_out.all():
            return Bar.NOBODY_HAD_IT
        held = self.held_out[self.chanced]
        return "" if held.any() and not held.all() else Bar.NO_CHANCE


def plays_logged(name: str | None = None) -> Iterator[Logged]:
    """What the log says now of every past play, or of one, by name."""
    rows = PlayRecord.objects.filter(superseded_at=None, assigned_at__lte=clock.now())
    rows = rows if name is None else rows.filter(play=name)
    wanted = ("play", "account_id", "assigned_at", "arm", "propensity", "pk")
    ordered = rows.order_by("play", "assigned_at", "pk").values_list(*wanted)
    for play, entries in groupby(ordered.iterator(), key=lambda row: row[0]):
        first: dict[int, tuple[Started, bool, float]] = {}
        newest = 0
        for _play, account, at, arm, chance, pk in entries:
            newest = max(newest, pk)
            held = arm == PlayRecord.Arm.HELD_OUT
            first.setdefault(account, (Started(account, at.date()), held, _chance(chance)))
        started, arms, chances = zip(*first.values(), strict=True)
        yield Logged(play, started, np.array(arms), np.array(chances), newest)


def _chance(value: float | None) -> float:
    return value if value is not None and 0 < value < 1 else np.nan


def arms_before(log: Logged) -> Arms:
    """The entries whose chance was logged, by intention to treat."""
    rows = np.flatnonzero(log.chanced)
    started = tuple(log.started[i] for i in rows)
    held, propensity = log.held_out[rows], log.propensity[rows]
    return Arms(
        started=started,
        family=_families(started, held, propensity),
        held_out=held.astype(float),
        propensity=propensity,
        known=known_before(started),
    )


def arms_learnt(play: Play) -> Arms | None:
    """The arms of what was run before Tenure under a play's key.

    None where there is nothing of it, where it cannot be judged, or where no look found the arms to
    be as large as the chances of the log lead to expect.
    """
    row = PastPlay.objects.filter(play=play, bar="").first()
    look = judged_before([play]).get(play.pk)
    if row is None or look is None or look.verdict == Verdict.BROKEN:
        return None
    log = next(plays_logged(row.name), None)
    return arms_before(log) if log is not None and not log.bar else None


def _families(started: tuple[Started, ...], held: NDArray[np.bool_], propensity: Floats) -> Floats:
    """Families where each of them is in one arm with one chance, else the accounts themselves.

    Where one family is in both arms, accounts were drawn one by one, and joining only those that
    happen to agree would leave too few held out.
    """
    roots = family_roots()
    family = [roots.get(one.account, one.account) for one in started]
    drawn: dict[int, tuple[bool, float]] = {}
    for root, arm in zip(family, zip(held.tolist(), propensity.tolist(), strict=True), strict=True):
        if drawn.setdefault(root, arm) != arm:
            return np.array([one.account for one in started], dtype=float)
    return np.array(family, dtype=float)


def past_due(since: date) -> list[tuple[PastPlay, Logged]]:
    """Keep what the log says of every past play, and give those that are to be looked at.

    These are all that can be judged and had an account enter since a day, and older ones of which
    a record came after the last look. Before any contract came there is nothing to read.
    """
    found, names = [], set()
    readable = SubscriptionPeriod.objects.exists()
    for log in plays_logged():
        row = _kept(log)
        names.add(row.pk)
        fresh = row.covered is None or row.covered < log.newest or log.started[-1].day >= since
        if readable and fresh and not log.bar:
            found.append((row, log))
    gone = [pk for pk in PastPlay.objects.values_list("pk", flat=True) if pk not in names]
    PastPlay.objects.filter(pk__in=gone).delete()
    return found


def _kept(log: Logged) -> PastPlay:
    row = PastPlay.objects.filter(name=log.name).select_related("play").first()
    row = row or PastPlay(play=_play(log.name), name=log.name)
    row.held_out = int(log.held_out.sum())
    row.treated = len(log.started) - row.held_out
    row.unchanced = int((~log.chanced).sum())
    row.bar = log.bar
    row.first_on, row.last_on = log.started[0].day, log.started[-1].day
    row.save()
    return row


def _play(name: str) -> Play:
    """The play of a name; two names never share one."""
    key = key_of(name)
    if PastPlay.objects.filter(play__key=key).exists():
        key = _marked(key, name)
    return Play.objects.get_or_create(key=key)[0]


def key_of(name: str) -> str:
    """A valid key for a name: itself, if it is one, else its words in small letters.

    Where letters are lost that way, what the name was is kept as a digest.
    """
    if KEY.fullmatch(name):
        return name
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    key = re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")
    lost = any(c.isalnum() and not c.isascii() for c in bare)
    return _marked(key, name) if lost or not key or len(key) > LONGEST else key


def _marked(key: str, name: str) -> str:
    digest = sha256(name.encode()).hexdigest()[:12]
    return f"{key[: LONGEST - 13]}_{digest}".strip("_")
