"""What sets a play off, whom it is for and what it never exceeds, in sentences."""

from collections.abc import Callable, Iterator
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tenure.accounts.models import PersonRole
from tenure.core.wording import listed
from tenure.health.models import Band
from tenure.plays.beliefs import source_told
from tenure.plays.definition.shape import Definition, Limits, Trigger, Words, words_in
from tenure.relationship.models import Level
from tenure.segments.conditions import Group
from tenure.segments.fields import fixed_or_open
from tenure.segments.selectors import fields_of_plays
from tenure.segments.sentences import named, rule_words
from tenure.timeline.models import SurveyAnswer
from tenure.web.plays.choices import ANYBODY
from tenure.web.plays.draft import Fields
from tenure.web.templatetags.formats import number, plain, share, signed


def text_of(words: Words) -> str:
    """A text in the reader's language."""
    return words_in(words, get_language() or "en")


class Telling:
    """Says rules with fields as they are called now; asks for those once, when it has to."""

    def __init__(self, known: Fields | None = None) -> None:
        self._known = known

    @property
    def known(self) -> Fields:
        """The fields there are now."""
        if self._known is None:
            self._known = fields_of_plays()
        return self._known

    def rule(self, rule: Group) -> str:
        """A rule, as "Health is poor and MRR is at least 500"."""
        return rule_words(named(rule, self.known))

    def trigger(self, definition: Definition) -> str:
        """What sets it off, as a sentence."""
        return _TRIGGERS[definition.trigger.kind](self, definition.trigger)

    def audience(self, definition: Definition) -> str:
        """Which accounts may have it."""
        if definition.audience is None:
            return _("All accounts.")
        return _("Accounts where %(rule)s.") % {"rule": self.rule(definition.audience)}

    def leave(self, definition: Definition) -> str:
        """When it ends early; empty: never."""
        if definition.leave is None:
            return ""
        return _("It ends early when %(rule)s.") % {"rule": self.rule(definition.leave)}


def _enters(telling: Telling, trigger: Trigger) -> str:
    if trigger.rule is None:
        return _("An account comes into the audience.")
    said = {"rule": telling.rule(trigger.rule)}
    return _("An account comes to meet this: %(rule)s.") % said


def _leaves(telling: Telling, trigger: Trigger) -> str:
    if trigger.rule is None:
        return _("An account is no longer in the audience.")
    said = {"rule": telling.rule(trigger.rule)}
    return _("An account no longer meets this: %(rule)s.") % said


def _event(_telling: Telling, trigger: Trigger) -> str:
    return _("Somebody of the account does “%(event)s” in the product.") % {"event": trigger.event}


def _date(telling: Telling, trigger: Trigger) -> str:
    field = telling.known.get(trigger.field) or fixed_or_open(trigger.field)
    days = abs(trigger.days)
    said = {"n": number(days), "date": field.title if field else trigger.field}
    if trigger.days == 0:
        return _("On the day of “%(date)s”.") % said
    if trigger.days < 0:
        sentence = ngettext("%(n)s day before “%(date)s”.", "%(n)s days before “%(date)s”.", days)
    else:
        sentence = ngettext("%(n)s day after “%(date)s”.", "%(n)s days after “%(date)s”.", days)
    return sentence % said


def _level(_telling: Telling, trigger: Trigger) -> str:
    said = {"to": _label(Level, trigger.to), "origin": _label(Level, trigger.origin)}
    if trigger.origin:
        return _("The level of the account goes from “%(origin)s” to “%(to)s”.") % said
    return _("The account reaches the level “%(to)s”.") % said


def _health(_telling: Telling, trigger: Trigger) -> str:
    said = {"to": _label(Band, trigger.to), "origin": _label(Band, trigger.origin)}
    if trigger.origin:
        return _("Health goes from “%(origin)s” to “%(to)s”.") % said
    return _("Health becomes “%(to)s”.") % said


def _risk(_telling: Telling, trigger: Trigger) -> str:
    sentence = ngettext(
        "The chance to leave within %(n)s month rises above %(share)s.",
        "The chance to leave within %(n)s months rises above %(share)s.",
        trigger.months,
    )
    return sentence % {"n": number(trigger.months), "share": _percent(trigger.above)}


def _answer(_telling: Telling, trigger: Trigger) -> str:
    said = {
        "survey": _label(SurveyAnswer.Kind, trigger.survey),
        "a": f"{trigger.lowest:g}", "b": f"{trigger.highest:g}",
    }  # fmt: skip
    return _("An answer to %(survey)s from %(a)s to %(b)s comes in.") % said


def _manual(_telling: Telling, _trigger: Trigger) -> str:
    return _("A person, or the plan of the week, starts it.")


_TRIGGERS: dict[str, Callable[[Telling, Trigger], str]] = {
    "enters": _enters,
    "leaves": _leaves,
    "event": _event,
    "date": _date,
    "level": _level,
    "health": _health,
    "risk": _risk,
    "answer": _answer,
    "manual": _manual,
}


def _label(kind: type[Level | Band | SurveyAnswer.Kind], value: str) -> str:
    return str(kind(value).label) if value in kind.values else value


def who_words(who: str) -> str:
    """Who is to do something: a word that stands for somebody, or an address."""
    return str(ANYBODY.get(who, who))


@cache
def _roles() -> dict[str, str | Promise]:
    return dict(PersonRole.choices)


def roles_words(roles: tuple[str, ...]) -> str:
    """Roles of people, one after another."""
    return listed(str(_roles().get(role, role)) for role in roles)


def limits_words(definition: Definition) -> Iterator[str]:
    """What the play keeps to, a sentence each."""
    if definition.trigger.kind != "manual":
        yield (
            _("It starts by itself.")
            if definition.automatic
            else _("It is suggested, and a person starts it.")
        )
    yield from _held_out(definition)
    yield from _numbers(definition.limits)
    yield _quiet(definition)
    yield _("Its priority is %(n)s of 100.") % {"n": number(definition.priority)}
    yield from _asked_of_people(definition)


def _numbers(limits: Limits) -> Iterator[str]:
    yield _again(limits.again)
    yield ngettext(
        "At most %(n)s account starts on one day.",
        "At most %(n)s accounts start on one day.",
        limits.day,
    ) % {"n": number(limits.day)}
    yield ngettext(
        "Between two mails of plays to one person there is at least %(n)s day.",
        "Between two mails of plays to one person there are at least %(n)s days.",
        limits.person,
    ) % {"n": number(limits.person)}
    yield ngettext(
        "An account that cannot start within %(n)s day is let go.",
        "An account that cannot start within %(n)s days is let go.",
        limits.patience,
    ) % {"n": number(limits.patience)}


def _asked_of_people(definition: Definition) -> Iterator[str]:
    if definition.hours:
        yield ngettext(
            "Along its longest way it takes %(hours)s hour of work.",
            "Along its longest way it takes %(hours)s hours of work.",
            hours_counted(definition.hours),
        ) % {"hours": hours_text(definition.hours)}
    if definition.skills:
        said = {"skills": listed(sorted(definition.skills))}
        yield _("Whoever plays it needs: %(skills)s.") % said
    if definition.prior is not None:
        prior = definition.prior
        said = {"mean": signed(prior.mean * 100, 1), "sd": plain(prior.sd * 100)}
        said["source"] = source_told(prior.source)
        yield (
            _("Assumed, not measured: %(mean)s points of twelve-month retention, give or take "
              "%(sd)s (%(source)s).")
            % said
        )  # fmt: skip


def _held_out(definition: Definition) -> Iterator[str]:
    if definition.share:
        said = {"share": _percent(definition.share)}
        yield _("%(share)s of the accounts are held out at random, to show what it does.") % said
    else:
        yield _("Nobody is held out, so what it does cannot be measured.")


def hours_text(hours: float) -> str:
    """Hours with as many decimals as they have, two at most."""
    decimals = next((n for n in (0, 1) if abs(hours - round(hours, n)) < 1e-6), 2)
    return number(hours, decimals)


def hours_counted(hours: float) -> int:
    """The number whose plural goes with some hours: one hour is one, half an hour is not."""
    return 1 if hours_text(hours) == "1" else 2


def _percent(value: float) -> str:
    """A share with a decimal only where it has one."""
    return share(value, 0 if abs(value * 100 - round(value * 100)) < 1e-6 else 1)


def _again(days: int) -> str:
    if not days:
        return _("An account may have it again at once.")
    sentence = ngettext(
        "An account has it again after %(n)s day at the earliest.",
        "An account has it again after %(n)s days at the earliest.",
        days,
    )
    return sentence % {"n": number(days)}


def _quiet(definition: Definition) -> str:
    quiet = definition.quiet
    said = {"a": f"{quiet.start}:00", "b": f"{quiet.end}:00"}
    if quiet.start == quiet.end:
        return (
            _("Nothing is sent on weekends.")
            if quiet.weekends
            else _("It sends at any time of the day and week.")
        )
    if quiet.weekends:
        return _("Nothing is sent from %(a)s to %(b)s, nor on weekends.") % said
    return _("Nothing is sent from %(a)s to %(b)s.") % said
