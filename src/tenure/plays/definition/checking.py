"""What a play says of other things: plays it starts, channels, users; whether they are there."""

from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may
from tenure.plays.definition.program import program
from tenure.plays.definition.shape import (
    Definition,
    LetterStep,
    MailStep,
    SendStep,
    SetStep,
    StartStep,
    Step,
    TaskStep,
    Words,
)
from tenure.plays.merging import places
from tenure.plays.models import Channel
from tenure.plays.selectors.definitions import plays_known, plays_running


def steps_of(definition: Definition) -> Iterator[tuple[str, Step]]:
    """Every step with its place, as "2.1"."""
    return ((line.place, line.step) for line in program(definition))


def faults_of_starts(definition: Definition) -> list[str]:
    """A sentence for each play it starts that is not there, or that would start it again."""
    if not _starts(definition):
        return []
    newest = [known.definition for known in plays_known() if known.definition is not None]
    there = {definition.key, *(one.key for one in newest)}
    faults = [
        _("Step %(place)s: there is no play %(key)s; use the key of one there is.")
        % {"place": place, "key": repr(key)}
        for place, key in _starts(definition)
        if key not in there
    ]
    return faults or _circles(definition, newest)


def _starts(definition: Definition) -> list[tuple[str, str]]:
    """The plays it starts, each with the place of its step."""
    steps = steps_of(definition)
    return [(place, step.play) for place, step in steps if isinstance(step, StartStep)]


def _circles(definition: Definition, others: Iterable[Definition]) -> list[str]:
    """A sentence for each step by which plays, as they say themselves, start each other."""
    starts = {one.key: [key for _place, key in _starts(one)] for one in (*others, definition)}
    faults = []
    for place, key in _starts(definition):
        if circle := _way(starts, key, definition.key):
            said = _("Step %(place)s: the plays would start each other in a circle: %(way)s.")
            faults.append(said % {"place": place, "way": " → ".join([definition.key, *circle])})
    return faults


def _way(starts: Mapping[str, list[str]], first: str, last: str) -> list[str]:
    """The shortest way from one play to another by what each starts; empty: there is none."""
    ways, seen = [[first]], {first}
    for way in ways:
        if way[-1] == last:
            return way
        for key in starts.get(way[-1], []):
            if key not in seen:
                seen.add(key)
                ways.append([*way, key])
    return []


def faults_to_run(definition: Definition) -> list[str]:
    """A sentence for each channel, user and setting that it needs and that is not there now.

    Also for each circle among the versions that are on, which may not be the newest ones.
    """
    steps = list(steps_of(definition))
    channels = dict(Channel.objects.filter(retired_at__isnull=True).values_list("name", "kind"))
    faults = _circles(definition, [said for _play, said in plays_running()])
    for place, step in steps:
        if isinstance(step, SendStep) and channels.get(step.channel) != step.kind:
            said = _(
                "Step %(place)s: there is no channel %(name)s of the kind “%(kind)s”; "
                "add it in the settings, or name another."
            )
            kind = Channel.Kind(step.kind).label
            faults.append(said % {"place": place, "name": repr(step.channel), "kind": kind})
    for place, address in [(place, who) for place, step in steps for who in _people(step)]:
        user = User.objects.filter(email__iexact=address, is_active=True).first()
        if user is None or not may(user, Permission.WORK_ACCOUNTS):
            said = _("Step %(place)s: %(address)s is no user who works accounts; name another.")
            faults.append(said % {"place": place, "address": address})
    if not settings.COMPANY:
        said = _("Step %(place)s writes the name of your company; set TENURE_COMPANY.")
        named = [place for place, step in steps if "company.name" in places_in(step)]
        faults += [said % {"place": place} for place in named]
    return faults


def places_in(step: Step) -> set[str]:
    """The places that the texts of a step name, in any language."""
    return {place for words in _texts(step) for text in words.values() for place in places(text)}


def _texts(step: Step) -> Iterator[Words]:
    if isinstance(step, TaskStep):
        yield from (step.title, step.note, *step.checklist)
    elif isinstance(step, MailStep):
        yield from (step.subject, step.body)
    elif isinstance(step, LetterStep):
        yield from (step.title, step.body)
    elif isinstance(step, SendStep):
        yield step.text


def _people(step: Step) -> list[str]:
    who = step.who if isinstance(step, TaskStep | LetterStep) else ""
    who = step.value if isinstance(step, SetStep) and step.what == "owner" else who
    return [who] if "@" in who else []
