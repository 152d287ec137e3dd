"""Findings in a sentence each; the names they need are read at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.accounts.models import Person, PersonRole
from tenure.core import clock
from tenure.core.wording import listed
from tenure.forecast.models import Call
from tenure.health.models import Band
from tenure.health.selectors import Movement, movements_of
from tenure.plays.models import Task
from tenure.relationship.models import Evaluation
from tenure.relationship.texts import clause_name, clause_sentence
from tenure.timeline.models import SurveyAnswer, Ticket
from tenure.web.account.standing import level_name
from tenure.web.templatetags.formats import day_text, exact_money, money, number, share, signed
from tenure.web.today.findings import Finding

Facts = Mapping[str, Any]
PARTS = 2
LONG = 160
NEEDED = ("C1", "C2", "C6", "C5")


@dataclass(frozen=True)
class Read:
    """Rows that sentences name, by key."""

    people: Mapping[int, str]
    tickets: Mapping[int, str]
    answers: Mapping[int, str]
    tasks: Mapping[int, Task]
    clauses: Mapping[int, Mapping[str, Any]]
    moved: Mapping[tuple[int, int], Movement]


def read_for(findings: Iterable[Finding]) -> Read:
    """Everything the sentences of some findings need, in a fixed number of queries."""
    wanted: dict[str, list[Any]] = {}
    pairs = []
    for one in findings:
        for name in ("person", "row", "task"):
            if name in one.facts:
                wanted.setdefault(f"{one.kind}.{name}", []).append(one.facts[name])
        if one.kind == "health":
            pairs.append((one.facts["rows"][0], one.facts["rows"][1]))
    people = wanted.get("left.person", []) + wanted.get("quiet.person", [])
    rows = [key for kind in ("level", "slipping", "near") for key in wanted.get(f"{kind}.row", [])]
    found = Person.objects.filter(pk__in=people, erased_at__isnull=True) if people else ()
    tickets = Ticket.objects.filter(pk__in=wanted.get("ticket.row", []))
    answers = SurveyAnswer.objects.filter(pk__in=wanted.get("answer.row", []))
    evaluations = Evaluation.objects.filter(pk__in=rows)
    return Read(
        people={person.pk: str(person) for person in found},
        tickets=dict(tickets.values_list("pk", "subject")),
        answers=dict(answers.values_list("pk", "comment")),
        tasks=Task.objects.select_related("owner").in_bulk(wanted.get("task.task", [])),
        clauses=dict(evaluations.values_list("pk", "clauses")),
        moved=movements_of(pairs),
    )


def sentence(finding: Finding, read: Read) -> str:
    """Why the finding is there."""
    return _SENTENCES[finding.kind](finding.facts, read)


def note(finding: Finding, read: Read) -> str:
    """What the sentence rests on, in a smaller line; "" where it says all."""
    tell = _NOTES.get(finding.kind)
    return tell(finding.facts, read) if tell else ""


def _day(text: str | None) -> str:
    return day_text(date.fromisoformat(text)) if text else ""


def _task(facts: Facts, read: Read) -> str:
    task = read.tasks.get(facts["task"])
    return task.title if task else _("A task that is gone")


def _task_due(facts: Facts, read: Read) -> str:
    late = (clock.today() - date.fromisoformat(facts["day"])).days
    if late <= 0:
        return _("Due today.")
    said = ngettext("Due %(day)s, %(n)d day overdue.", "Due %(day)s, %(n)d days overdue.", late)
    return said % {"day": _day(facts["day"]), "n": late}


def _renewal(facts: Facts, read: Read) -> str:
    left = (date.fromisoformat(facts["day"]) - clock.today()).days
    if left <= 0:
        return _("Renews today.")
    said = ngettext("Renews in %(n)d day, on %(day)s.", "Renews in %(n)d days, on %(day)s.", left)
    return said % {"n": left, "day": _day(facts["day"])}


def _renewal_why(facts: Facts, read: Read) -> str:
    told = []
    if facts["notice"]:
        told.append(_("Notice to leave was given."))
    if facts["call"]:
        call = str(Call(facts["call"]).label)
        told.append(_("The call on it: %(call)s.") % {"call": call})
    else:
        told.append(_("Nobody has made a call on it yet."))
    if facts["mrr"] is not None:
        told.append(_("%(amount)s of MRR are up.") % {"amount": money(facts["mrr"])})
    if facts["renew"] is not None:
        told.append(_("Likely to renew: %(chance)s.") % {"chance": share(facts["renew"])})
    return " ".join(told)


def _level(facts: Facts, read: Read) -> str:
    words = {"old": level_name(facts["before"]), "new": level_name(facts["after"])}
    return _("Level went from %(old)s to %(new)s.") % words


def _failing(facts: Facts, read: Read) -> str:
    """The clauses that are not fulfilled, with their evidence."""
    clauses = read.clauses.get(facts["row"], {})
    told = [
        _("%(clause)s: %(evidence)s")
        % {"clause": clause_name(key), "evidence": _evidence(key, clauses)}
        for key in NEEDED
        if key in clauses and clauses[key][0] == "no"
    ]
    return " ".join(told[:PARTS])


def _slipping(facts: Facts, read: Read) -> str:
    return _("Began to slip from the level %(level)s: not all of its clauses hold any more.") % {
        "level": level_name(facts["after"])
    }


def _near(facts: Facts, read: Read) -> str:
    missing = clause_name(facts["missing"])
    return _("One clause away from client: %(clause)s.") % {"clause": missing}


def _near_why(facts: Facts, read: Read) -> str:
    clauses = read.clauses.get(facts["row"], {})
    keys = ("C3", "C4") if facts["missing"] == "C3/4" else (facts["missing"],)
    return " ".join(_evidence(key, clauses) for key in keys if key in clauses)


def _evidence(clause: str, clauses: Mapping[str, Any]) -> str:
    return clause_sentence(clause, clauses[clause][1] or {}, day_text)


def _health(facts: Facts, read: Read) -> str:
    old, new = facts["old"], facts["new"]
    words = {
        "old": number(old),
        "new": number(new),
        "points": signed(None if old is None or new is None else new - old),
        "old_band": Band(facts["old_band"]).label,
        "new_band": Band(facts["new_band"]).label,
    }
    if new is None:
        return _("Health is not known any more: too few of its measures are; it was %(old)s.") % (
            words
        )
    if old is None:
        return _("Health is known again: %(new)s, %(new_band)s.") % words
    if facts["old_band"] != facts["new_band"]:
        fell = _("Health fell from %(old)s to %(new)s, from %(old_band)s to %(new_band)s.")
        rose = _("Health rose from %(old)s to %(new)s, from %(old_band)s to %(new_band)s.")
    else:
        fell = _("Health fell from %(old)s to %(new)s (%(points)s points).")
        rose = _("Health rose from %(old)s to %(new)s (%(points)s points).")
    return (rose if new > old else fell) % words


def _health_why(facts: Facts, read: Read) -> str:
    """What moved it most, with the points of each; the rest is on the page it leads to."""
    moved = read.moved.get((facts["rows"][0], facts["rows"][1]))
    if moved is None or not moved.parts:
        return ""
    by_measure: dict[str, float] = {}
    titles = {}
    for part in moved.parts:
        by_measure[part.measure] = by_measure.get(part.measure, 0.0) + part.amount
        titles[part.measure] = part.title
    most = sorted(by_measure.items(), key=lambda pair: -abs(pair[1]))[:PARTS]
    told = [f"{titles[measure]} {signed(amount)}" for measure, amount in most if round(amount)]
    return _("Moved most by: %(parts)s.") % {"parts": listed(told)} if told else ""


def _risk(facts: Facts, read: Read) -> str:
    words = {name: share(facts[name]) for name in ("old", "new", "line")}
    if facts["new"] > facts["old"]:
        said = _("Risk of churn within a year rose from %(old)s to %(new)s, over %(line)s.")
    else:
        said = _("Risk of churn within a year fell from %(old)s to %(new)s, under %(line)s.")
    return said % words


def _risk_why(facts: Facts, read: Read) -> str:
    if not facts["retrained"]:
        return ""
    return _("The model was trained anew in between; the account itself may be the same.")


def _person(facts: Facts, read: Read) -> dict[str, str]:
    role = facts["role"]
    label = str(PersonRole(role).label) if role in PersonRole.values else role
    name = read.people.get(facts["person"], _("somebody"))
    return {"who": name, "role": label, "day": _day(facts["day"])}


def _left(facts: Facts, read: Read) -> str:
    return _("%(who)s (%(role)s) left on %(day)s.") % _person(facts, read)


def _quiet(facts: Facts, read: Read) -> str:
    return _("%(who)s (%(role)s) has gone quiet: last heard from on %(day)s.") % _person(
        facts, read
    )


def _payment(facts: Facts, read: Read) -> str:
    words = {
        "amount": exact_money(Decimal(facts["amount"]), facts["currency"]),
        "day": _day(facts["day"]),
    }
    if facts["failed"]:
        return _("A payment of %(amount)s failed.") % words
    return _("An invoice of %(amount)s was due on %(day)s and is not paid.") % words


def _answer(facts: Facts, read: Read) -> str:
    words = {"score": number(facts["score"]), "day": _day(facts["day"])}
    return _("A detractor: NPS answer %(score)s on %(day)s.") % words


def _answer_why(facts: Facts, read: Read) -> str:
    return _short(read.answers.get(facts["row"], ""))


def _ticket(facts: Facts, read: Read) -> str:
    words = {"priority": facts["priority"], "day": _day(facts["day"])}
    return _("A ticket of priority %(priority)s is open since %(day)s.") % words


def _ticket_why(facts: Facts, read: Read) -> str:
    return _short(read.tickets.get(facts["row"], ""))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONG else f"{words[: LONG - 1]}…"


_SENTENCES: dict[str, Callable[[Facts, Read], str]] = {
    "task": _task,
    "renewal": _renewal,
    "level": _level,
    "slipping": _slipping,
    "near": _near,
    "health": _health,
    "risk": _risk,
    "left": _left,
    "quiet": _quiet,
    "payment": _payment,
    "answer": _answer,
    "ticket": _ticket,
}
_NOTES: dict[str, Callable[[Facts, Read], str]] = {
    "task": _task_due,
    "renewal": _renewal_why,
    "level": _failing,
    "slipping": _failing,
    "near": _near_why,
    "health": _health_why,
    "risk": _risk_why,
    "answer": _answer_why,
    "ticket": _ticket_why,
}
