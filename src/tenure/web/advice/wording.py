"""What plans and suggestions say, in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from tenure.advice.models import Suggestion
from tenure.core import clock
from tenure.core.wording import listed
from tenure.forecast.texts import Titles, reason_sentence
from tenure.plays.beliefs import source_told
from tenure.relationship.texts import clause_name
from tenure.web.account.standing import level_name
from tenure.web.advice.titles import Titled
from tenure.web.templatetags.formats import day_text, hours, money, number, several, share

LEFT: dict[str, Promise] = {
    "no_hours": _lazy("No hours are left: other accounts are worth more for each hour"),
    "not_worth_its_hours": _lazy("No play that fits is worth its hours"),
    "do_not_disturb": _lazy("Not to be disturbed"),
    "owner_away": _lazy("The owner has no hours in this week"),
    "language": _lazy("Nobody who may do it works in the account's language"),
    "skill": _lazy("Nobody who may do it has the skills the play asks for"),
    "too_long": _lazy("The play takes longer than anybody who may do it has left"),
    "settled": _lazy("Has its play of the week already"),
    "has_its_play": _lazy("Has its play of the week already"),
    "no_play": _lazy("No play fits it now, or it had the one that does lately"),
    "no_effect": _lazy("Of the play that fits nobody says what it does: give it a prior"),
    "no_forecast": _lazy("Pays, but has no current forecast"),
    "no_money": _lazy("Its MRR is not known, for want of a currency rate"),
}
RATES: dict[str, Promise] = {
    "stated": _lazy("as stated in the settings"),
    "costs": _lazy("from the costs of retention over the hours of the team"),
    "usual": _lazy("an assumption of the settings, as no costs are loaded"),
}
SOON = 120
MOST = 2


def why(row: Suggestion, titles: Titles) -> list[str]:
    """Why this account: what drives its risk, where it stands, when it renews."""
    told = row.why
    found = [reason_sentence(one, titles) for one in told.get("drivers", ())[:MOST]]
    if told.get("slipping"):
        level = {"level": level_name(told["level"])}
        found.append(_("Slipping from the level %(level)s.") % level)
    if told.get("missing"):
        clause = {"clause": clause_name(told["missing"])}
        found.append(_("One clause away from client: %(clause)s.") % clause)
    renews = told.get("renews_on")
    if renews and 0 <= (date.fromisoformat(renews) - clock.today()).days <= SOON:
        found.append(_("Renews on %(day)s.") % {"day": day_text(date.fromisoformat(renews))})
    return found


def at_stake(row: Suggestion) -> str:
    """The margin that may be lost, and how it is reckoned."""
    return _(
        "At stake within a year: %(stake)s, which is %(risk)s (%(low)s to %(high)s) of a year's "
        "margin of %(margin)s."
    ) % {
        "stake": money(row.at_stake),
        "risk": share(row.risk),
        "low": share(row.risk_low),
        "high": share(row.risk_high),
        "margin": money(row.stake),
    }


def worth(row: Suggestion) -> str:
    """What it is expected to keep; of an assumed effect it says so, and never that it works."""
    words = {
        "value": money(row.value),
        "low": money(row.low),
        "high": money(row.high),
        "points": number(row.effect * 100, 1),
        "source": source_told(row.source),
    }
    if row.assumed:
        return (
            _(
                "Worth %(value)s after its hours (%(low)s to %(high)s), if it raises the chance to "
                "stay by %(points)s points. That is assumed, not measured; it rests on: %(source)s."
            )
            % words
        )
    return (
        _(
            "Worth %(value)s after its hours (%(low)s to %(high)s): it raises the chance to stay "
            "by %(points)s points, as its own hold-outs tell."
        )
        % words
    )


def passed_over(row: Suggestion, names: Mapping[int, str], titles: Titled) -> str:
    """What the same hours could have done, of accounts that the reader may see."""
    found = [one for one in row.passed if one["account"] in names][:MOST]
    if not found:
        return ""
    told = [
        _("%(account)s: %(play)s (%(value)s)")
        % {
            "account": names[one["account"]],
            "play": titles(one["play"], one["version"]),
            "value": money(one["value"]),
        }
        for one in found
    ]
    return _("Passed over for it: %(others)s.") % {"others": listed(told)}


def otherwise(row: Suggestion, titles: Titled) -> str:
    """The next best play for the account."""
    one: Mapping[str, Any] = row.otherwise
    if not one or one["play"] == row.play:
        return ""
    title = titles(one["play"], one["version"])
    return _("Next best for it: %(play)s (%(value)s).") % {
        "play": title,
        "value": money(one["value"]),
    }


def left_reason(reason: str) -> str:
    """Why accounts are not in a plan."""
    return str(LEFT.get(reason, reason))


def hour_price(price: float, free: float, used: float) -> str:
    """What one more hour of somebody would be worth, in words."""
    if price > 0:
        return _("One more hour would keep about %(amount)s.") % {"amount": money(price)}
    if free - used > 1e-6:
        return ngettext(
            "%(hours)s hour is left over: no worthwhile play waits for it.",
            "%(hours)s hours are left over: no worthwhile play waits for them.",
            several(free - used),
        ) % {"hours": hours(free - used)}
    return _("One more hour would keep nothing: no worthwhile play waits.")
