"""Effects in words: how much, between what, and in one sentence what may be said."""

from collections.abc import Callable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from tenure.engine.effects import Verdict
from tenure.plays.effects.endpoints import HEALTH, MRR, RETENTION, USAGE
from tenure.plays.models import PlayEffect
from tenure.web.plays.few import counted, is_few
from tenure.web.templatetags.formats import money, number, signed

NAMES: dict[str, Promise] = {
    RETENTION: _lazy("Accounts kept"),
    MRR: _lazy("MRR"),
    HEALTH: _lazy("Health score"),
    USAGE: _lazy("Active people"),
}


def name_of(endpoint: str) -> str:
    """What an endpoint is called."""
    return str(NAMES[endpoint])


def amount(look: PlayEffect, value: float) -> str:
    """A difference with its sign and its unit."""
    return _WRITTEN[look.endpoint](value)


def _of_hundred(value: float) -> str:
    return _("%(n)s of 100") % {"n": signed(100 * value, 1)}


def _money(value: float) -> str:
    written = money(abs(value))
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{written}"


def _points(value: float) -> str:
    return _("%(n)s points") % {"n": signed(value, 1)}


def _people(value: float) -> str:
    return signed(value, 1)


_WRITTEN: dict[str, Callable[[float], str]] = {
    RETENTION: _of_hundred,
    MRR: _money,
    HEALTH: _points,
    USAGE: _people,
}


def interval(look: PlayEffect, estimate: Sequence[float]) -> str:
    """From where to where, with the unit."""
    return _("%(low)s to %(high)s") % {
        "low": amount(look, estimate[1]),
        "high": amount(look, estimate[2]),
    }


def sentence(look: PlayEffect, *, knows: bool = True) -> str:
    """What may be said of a play by a look at who still pays, and nothing more than that.

    `knows`: the reader may know who is held out.
    """
    if look.verdict == Verdict.BROKEN:
        return _broken(look, knows)
    if not look.adjusted or is_few(int(look.held_out[3]), knows):
        return " ".join(filter(None, (_too_few(look, knows), _more(look))))
    value, low, high = (100 * part for part in look.adjusted[:3])
    said = _pattern(look) % {
        "days": look.days,
        "n": number(abs(value), 1),
        "low": signed(low, 1),
        "high": signed(high, 1),
    }
    known = look.verdict != Verdict.UNKNOWN or look.negligible
    return said if known else " ".join(filter(None, (said, _more(look))))


def _pattern(look: PlayEffect) -> str:
    if look.verdict == Verdict.HELPS:
        return _(
            "Of 100 accounts that it is meant for, %(n)s more still pay after %(days)d days "
            "because of it (95 %% interval %(low)s to %(high)s)."
        )
    if look.verdict == Verdict.HARMS:
        return _(
            "Of 100 accounts that it is meant for, %(n)s fewer still pay after %(days)d days "
            "because of it (95 %% interval %(low)s to %(high)s)."
        )
    if look.negligible:
        return _(
            "It makes no difference worth knowing to who still pays after %(days)d days: "
            "between %(low)s and %(high)s of 100 accounts."
        )
    return _(
        "Nobody knows yet whether it keeps accounts: after %(days)d days the difference lies "
        "between %(low)s and %(high)s of 100 accounts."
    )


def _too_few(look: PlayEffect, knows: bool) -> str:
    started, held = int(look.treated[0]), int(look.held_out[0])
    return _(
        "Nobody knows yet whether it keeps accounts: %(started)s started, %(held)s held out."
    ) % {"started": number(started), "held": counted(held, knows)}


def _more(look: PlayEffect) -> str:
    if look.more is None:
        return ""
    if not look.more:
        return _("The accounts that have started should be enough once they are old enough.")
    return ngettext(
        "It needs about %(n)s more account.", "It needs about %(n)s more accounts.", look.more
    ) % {"n": number(look.more)}


def _broken(look: PlayEffect, knows: bool) -> str:
    if look.measured_p < look.assigned_p:
        return _(
            "It cannot be judged: values are missing more often in one arm than in the other, "
            "which chance does not explain. Look for accounts that were deleted or not computed."
        )
    return _(
        "It cannot be judged: %(held)s accounts are held out where the lot leads to expect "
        "about %(expected)s. Something interferes with the assignment."
    ) % {"held": counted(int(look.held_out[0]), knows), "expected": number(look.expected)}
