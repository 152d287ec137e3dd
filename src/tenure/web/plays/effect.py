"""What plays did, in one sentence each and in a table, or that nobody knows yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.plays.effects.arms import crossed
from tenure.plays.effects.endpoints import DAYS, HISTORY, JUDGED, NAMES
from tenure.plays.effects.looks import judged_now, looks_now, looks_over_time, versions_seen
from tenure.plays.models import Play, PlayEffect
from tenure.web.plays.effect_words import amount, interval, name_of, sentence
from tenure.web.plays.few import counted, is_few
from tenure.web.plots import Plot, Point, Trace
from tenure.web.templatetags.formats import number

TONES = {
    "helps": "good",
    "harms": "poor",
    "not known yet": "unknown",
    "assignment is broken": "poor",
}


@dataclass(frozen=True)
class Row:
    """One endpoint after so many days: the adjusted effect beside the raw one, and who stands
    behind it.
    """

    look: PlayEffect
    knows: bool = True

    @property
    def few(self) -> bool:
        """Whether so few are held out that what they did is not for this reader."""
        return is_few(int(self.look.held_out[3]), self.knows)

    @property
    def name(self) -> str:
        return name_of(self.look.endpoint)

    @property
    def judged(self) -> bool:
        return (self.look.endpoint, self.look.days) == JUDGED

    @property
    def effect(self) -> str:
        return amount(self.look, self.look.adjusted[0]) if self._adjusted else ""

    @property
    def interval(self) -> str:
        return interval(self.look, self.look.adjusted) if self._adjusted else ""

    @property
    def raw(self) -> str:
        return amount(self.look, self.look.raw[0]) if self._raw else ""

    @property
    def raw_interval(self) -> str:
        return interval(self.look, self.look.raw) if self._raw else ""

    @property
    def _adjusted(self) -> bool:
        return bool(self.look.adjusted) and not self.few

    @property
    def _raw(self) -> bool:
        return bool(self.look.raw) and not self.few

    @property
    def treated(self) -> int:
        return int(self.look.treated[3])

    @property
    def held_out(self) -> str:
        return counted(int(self.look.held_out[3]), self.knows)

    @property
    def verdict(self) -> str:
        return {
            "helps": _("helps"),
            "harms": _("harms"),
            "assignment is broken": _("cannot be judged"),
        }.get(
            self.look.verdict,
            _("no difference worth knowing") if self.look.negligible else _("not known yet"),
        )

    @property
    def tone(self) -> str:
        return TONES.get(self.look.verdict, "unknown")


@dataclass(frozen=True)
class Sheet:
    """All that is known of what a version of a play did.

    `crossed`: accounts held out that were started by hand; told to who may know the arms.
    """

    version: int
    versions: Sequence[int]
    sentence: str
    judged: PlayEffect
    rows: Sequence[Row]
    over_time: Plot
    knows: bool = True
    crossed: int = 0

    @property
    def drawn(self) -> bool:
        """Whether there is more than one look to draw a line through."""
        return not self.few and sum(len(trace.points) for trace in self.over_time.traces) > 1

    @property
    def few(self) -> bool:
        """Whether what the play is judged by is not for this reader, as too few are held out."""
        return Row(self.judged, self.knows).few

    @property
    def held_out(self) -> str:
        """How many of those held out were measured."""
        return Row(self.judged, self.knows).held_out

    @property
    def saved(self) -> float | None:
        """Share of accounts that adjusting saves; None where nothing was adjusted or saved."""
        look = self.judged
        if self.few:
            return None
        return look.reduction if look.covariates and (look.reduction or 0) > 0 else None


def effects_told(*, knows: bool = True) -> dict[str, str]:
    """Key of a play → its effect in a sentence, of those that were ever looked at."""
    plays = list(Play.objects.all())
    looks = judged_now(plays)
    return {play.key: sentence(looks[play.pk], knows=knows) for play in plays if play.pk in looks}


def effect_sheet(
    play: Play | None, version: int | None = None, *, knows: bool = True
) -> Sheet | None:
    """What is known of a version (the newest that was looked at); None before any look.

    `knows`: the reader may know who is held out.
    """
    versions = versions_seen(play) if play else []
    if play is None or not versions:
        return None
    return _sheet(play, version if version in versions else versions[0], versions, knows)


def effect_before(play: Play) -> Sheet | None:
    """What is known of a play as it was run before Tenure; None before any look."""
    return _sheet(play, HISTORY, [], True) if looks_now(play, HISTORY) else None


def _sheet(play: Play, chosen: int, versions: Sequence[int], knows: bool) -> Sheet:
    looks = looks_now(play, chosen)
    judged = looks[JUDGED]
    rows = [
        Row(looks[name, days], knows) for name in NAMES for days in DAYS if (name, days) in looks
    ]
    rows.sort(key=lambda row: not row.judged)
    return Sheet(
        chosen, versions, sentence(judged, knows=knows), judged, rows,
        _over_time(looks_over_time(play, chosen, *JUDGED)), knows,
        crossed(play, chosen) if knows else 0,
    )  # fmt: skip


def _over_time(looks: Sequence[PlayEffect]) -> Plot:
    told = [look for look in looks if look.adjusted]
    points = [
        Point(
            float(look.treated[3] + look.held_out[3]),
            *(100.0 * value for value in look.adjusted[:3]),
        )
        for look in told
    ]
    title = _("As it was known, account by account")
    return Plot(
        key="effect",
        title=title,
        summary=_summary(told),
        across=_("accounts measured"),
        up=_("more of 100 accounts kept"),
        traces=[Trace(_("difference with its interval"), points, "accent", line=True)],
        unit="",
        decimals=1,
        note=_("The interval holds at all looks together, so looking every day is harmless."),
    )


def _summary(told: Sequence[PlayEffect]) -> str:
    if not told:
        return _("Too few accounts were measured yet to draw anything.")
    first, last = told[0], told[-1]
    said = ngettext(
        "%(n)s look: the difference in retention after 90 days was %(first)s at first and is "
        "%(last)s now.",
        "%(n)s looks: the difference in retention after 90 days was %(first)s at first and is "
        "%(last)s now.",
        len(told),
    )
    return said % {
        "n": number(len(told)),
        "first": amount(first, first.adjusted[0]),
        "last": amount(last, last.adjusted[0]),
    }
