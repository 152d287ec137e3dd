"""Plays that were run before Tenure: who had them, and what may be said of what they did."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from tenure.plays.effects.looks import judged_before
from tenure.plays.models import PastPlay, PlayEffect
from tenure.web.plays.effect_words import sentence
from tenure.web.templatetags.formats import number

MOST = 100
"""So many are listed, those with most accounts; a log may name something else in each row."""
BARS: dict[str, Promise] = {
    PastPlay.Bar.NOBODY_HELD_OUT: _lazy(
        "It cannot be judged: nobody was held out, so there is nothing to compare with."
    ),
    PastPlay.Bar.NOBODY_HAD_IT: _lazy("It cannot be judged: everybody was held out."),
    PastPlay.Bar.NO_CHANCE: _lazy(
        "It cannot be judged: no chance of having the play was logged for one of the arms."
    ),
}


@dataclass(frozen=True)
class Past:
    """A play of the log, with the newest look at what it is judged by."""

    row: PastPlay
    look: PlayEffect | None

    @property
    def sentence(self) -> str:
        """What may be said of it, or why nothing may be."""
        if self.row.bar:
            return str(BARS[self.row.bar])
        if self.look is None:
            return _("It was not looked at yet. The next refresh does so, if contracts are loaded.")
        return sentence(self.look)

    @property
    def left_out(self) -> str:
        """How many are counted and not compared; empty: nobody."""
        if self.row.bar or not self.row.unchanced:
            return ""
        return ngettext(
            "%(n)s account is counted and not compared, as no chance of having the play was logged "
            "for it.",
            "%(n)s accounts are counted and not compared, as no chance of having the play was "
            "logged for them.",
            self.row.unchanced,
        ) % {"n": number(self.row.unchanced)}


def past_told() -> Sequence[Past]:
    """The plays of the log as the last refresh found them, by name."""
    rows = sorted(PastPlay.objects.select_related("play"), key=lambda row: (-_size(row), row.name))
    shown = sorted(rows[:MOST], key=lambda row: row.name.casefold())
    looks = judged_before([row.play for row in shown])
    return [Past(row, looks.get(row.play_id)) for row in shown]


def past_of(key: str) -> Past | None:
    """One of them by the key of its play; None when there is none."""
    row = PastPlay.objects.filter(play__key=key).select_related("play").first()
    return Past(row, judged_before([row.play]).get(row.play_id)) if row else None


def _size(row: PastPlay) -> int:
    return row.treated + row.held_out
