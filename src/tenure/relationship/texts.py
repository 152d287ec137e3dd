"""What clauses are called, and a plain sentence for the evidence behind an answer."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

NAMES = {
    "C1": _("Length of time"),
    "C2": _("Living relationship"),
    "C3": _("Breadth"),
    "C4": _("Outcome"),
    "C3/4": _("Breadth or outcome"),
    "C5": _("Attitude"),
    "C6": _("Outlook"),
    "A1": _("Advocacy"),
    "client": _("Client"),
}
ANSWERS = {"yes": _("yes"), "no": _("no"), "unknown": _("unknown")}
Evidence = Mapping[str, Any]


def clause_name(clause: str) -> str:
    """The name of a clause."""
    return str(NAMES.get(clause, clause))


def answer_name(answer: str) -> str:
    """yes, no or unknown in the reader's language."""
    return str(ANSWERS.get(answer, answer))


def clause_sentence(
    clause: str, evidence: Evidence, written: Callable[[date], str] = date.isoformat
) -> str:
    """One sentence that says what the answer rests on; `written`: how the reader writes a day."""
    if evidence.get("as_of"):
        evidence = {**evidence, "day": written(date.fromisoformat(evidence["as_of"]))}
    tell = _SENTENCES.get(clause)
    return tell(evidence) if tell is not None else ""


def _length(e: Evidence) -> str:
    if e.get("paid_months") is None:
        return gettext("Nothing is known of what was paid.")
    months = ngettext("Paid for %(n)d month", "Paid for %(n)d months", e["paid_months"])
    paid = months % {"n": e["paid_months"]}
    if e.get("monthly"):
        return gettext("%(paid)s, on monthly terms.") % {"paid": paid}
    renewals = ngettext("%(n)d completed renewal", "%(n)d completed renewals", e["renewals"])
    return gettext("%(paid)s, %(renewals)s.") % {
        "paid": paid,
        "renewals": renewals % {"n": e["renewals"]},
    }


def _living(e: Evidence) -> str:
    if e.get("active_share") is None:
        active = gettext("Use is unknown")
    else:
        active = gettext("Active in %(share)d %% of the last 26 weeks") % {
            "share": round(e["active_share"] * 100)
        }
    if not e.get("touch_collected"):
        return gettext("%(active)s; touchpoints aren't collected.") % {"active": active}
    if e.get("touch_days") is None:
        return gettext("%(active)s; no two-way contact of late.") % {"active": active}
    days = ngettext("%(n)d day ago", "%(n)d days ago", e["touch_days"]) % {"n": e["touch_days"]}
    return gettext("%(active)s; last two-way contact %(days)s.") % {"active": active, "days": days}


def _breadth(e: Evidence) -> str:
    if e.get("people") is None:
        people = gettext("Active people are unknown")
    else:
        people = ngettext("%(n)d active person", "%(n)d active people", e["people"])
        people %= {"n": e["people"]}
    if e.get("seats") is not None:
        seats = ngettext("%(n)d seat", "%(n)d seats", e["seats"]) % {"n": e["seats"]}
        people = gettext("%(people)s on %(seats)s") % {"people": people, "seats": seats}
    says = {
        1: gettext("%(people)s, one of them with a say."),
        0: gettext("%(people)s, none of them with a say."),
    }
    unknown = gettext("%(people)s; nobody's role is known.")
    return says.get(e.get("key_person", -1), unknown) % {"people": people}


def _outcome(e: Evidence) -> str:
    if e.get("days") is None:
        return gettext("No outcome is known to have been achieved.")
    days = ngettext("%(n)d day ago", "%(n)d days ago", e["days"]) % {"n": e["days"]}
    return gettext("The last outcome was achieved or confirmed %(days)s.") % {"days": days}


def _attitude(e: Evidence) -> str:
    if e.get("share") is None:
        return gettext("Too few answers to tell.")
    answers = ngettext("%(n)d answer", "%(n)d answers", e["answers"]) % {"n": e["answers"]}
    return gettext("Better than %(share)d %% of accounts, on %(answers)s.") % {
        "share": round(e["share"] * 100),
        "answers": answers,
    }


def _outlook(e: Evidence) -> str:
    if e.get("notice"):
        return gettext("Notice to leave was given.")
    if e.get("chance") is None:
        return gettext("Too few customers were seen to tell.")
    chances = {name: round(e[name] * 100) for name in ("chance", "low", "high")}
    return _outlook_from(bool(e.get("forecast")), "day" in e) % {**chances, "day": e.get("day")}


def _outlook_from(forecast: bool, dated: bool) -> str:
    """The sentence with what the outlook rests on; the day was not always kept."""
    if forecast and dated:
        return gettext(
            "Still paying in 12 months with %(chance)d %% (%(low)d to %(high)d %%), "
            "from the forecast of %(day)s."
        )
    if forecast:
        return gettext(
            "Still paying in 12 months with %(chance)d %% (%(low)d to %(high)d %%), "
            "from the forecast."
        )
    if dated:
        return gettext(
            "Still paying in 12 months with %(chance)d %% (%(low)d to %(high)d %%), "
            "from retention curves of %(day)s."
        )
    return gettext(
        "Still paying in 12 months with %(chance)d %% (%(low)d to %(high)d %%), "
        "from retention curves."
    )


def _advocacy(e: Evidence) -> str:
    if e.get("days") is None:
        return gettext("No reference, referral, review or case study was seen.")
    days = ngettext("%(n)d day ago", "%(n)d days ago", e["days"]) % {"n": e["days"]}
    return gettext("Last recommended us %(days)s.") % {"days": days}


_SENTENCES: dict[str, Callable[[Evidence], str]] = {
    "C1": _length,
    "C2": _living,
    "C3": _breadth,
    "C4": _outcome,
    "C5": _attitude,
    "C6": _outlook,
    "A1": _advocacy,
}
