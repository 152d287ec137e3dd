"""A funnel as the page shows it: steps, groups, and the accounts stuck at each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.wording import listed
from tenure.engine.adoption import Step, steps_of
from tenure.engine.retention import Interval, share_interval, stamp
from tenure.events.selectors import store_snapshot
from tenure.metrics.compile.engine import DAY_US
from tenure.metrics.questions import Limits, LiveStore, Walk, features_in_force, funnel_found
from tenure.web.adoption.choices import FunnelChoices
from tenure.web.adoption.reader import Reader, groups_of
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import number, share

Flags = NDArray[np.bool_]
LIMITS = Limits()
STUCK = 25
HOUR, MINUTE = 3_600e6, 60e6


@dataclass(frozen=True)
class Stuck:
    """Accounts that came up to a step and no further: the first few of `count`."""

    step: str
    following: str
    count: int
    accounts: tuple[tuple[int, str], ...]

    @property
    def hidden(self) -> int:
        return self.count - len(self.accounts)


@dataclass(frozen=True)
class ShownStep:
    """A step with its name, how many were lost before it, and the time it took."""

    name: str
    found: Step
    lost: int | None
    time: str


@dataclass(frozen=True)
class GroupRow:
    """A group: how many began, and the share of them that took each step."""

    name: str
    began: int
    shares: tuple[float | None, ...]
    interval: Interval | None


@dataclass(frozen=True)
class ShownFunnel:
    """Everything the page shows of a funnel."""

    steps: tuple[ShownStep, ...]
    groups: tuple[GroupRow, ...]
    stuck: tuple[Stuck, ...]
    chart: Chart
    interval: Interval | None
    waiting: int


def funnel_shown(reader: Reader, choices: FunnelChoices) -> ShownFunnel:
    """Ask the store and count."""
    walk = _walk(reader, choices)
    window, now = choices.days * DAY_US, stamp(clock.now())
    everybody = np.ones(len(walk.account), dtype=bool)
    steps = steps_of(walk.funnel, everybody, window, now)
    place, _known = reader.members.at(walk.account)
    groups = []
    for group in groups_of(reader.members, choices.group, rest=True):
        found = steps_of(walk.funnel, group.mask[place], window, now)
        if found[0].units:
            groups.append(
                GroupRow(
                    group.name,
                    found[0].units,
                    tuple(step.share for step in found),
                    share_interval(found[-1].units, found[0].units),
                )
            )
    return ShownFunnel(
        steps=tuple(_steps(choices, steps)),
        groups=tuple(groups),
        stuck=tuple(_stuck(walk, choices.steps)),
        chart=_chart(choices, steps),
        interval=share_interval(steps[-1].units, steps[0].units),
        waiting=sum(step.waiting for step in steps),
    )


def _walk(reader: Reader, choices: FunnelChoices) -> Walk:
    last = min(choices.last + timedelta(days=choices.days), clock.today())
    asked = reader.members.asked
    with LiveStore(store_snapshot(), asked, choices.first, last, LIMITS) as store:
        return funnel_found(
            store,
            features_in_force(),
            choices.steps,
            by=choices.by,
            days=choices.days,
            last=choices.last,
        )


def _steps(choices: FunnelChoices, steps: Sequence[Step]) -> list[ShownStep]:
    before = [None, *(step.units for step in steps)]
    return [
        ShownStep(name, step, None if b is None else b - step.units, time_text(step.median))
        for name, step, b in zip(choices.steps, steps, before, strict=False)
    ]


def time_text(microseconds: float | None) -> str:
    """A length of time in the unit that suits it; "" where there is none."""
    if microseconds is None:
        return ""
    if microseconds < MINUTE:
        return _("under a minute")
    if microseconds < HOUR:
        count = round(microseconds / MINUTE)
        return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": number(count)}
    if microseconds < 2 * DAY_US:
        return _("%(n)s hours") % {"n": number(microseconds / HOUR, 1)}
    return _("%(n)s days") % {"n": number(microseconds / DAY_US, 1)}


def _stuck(walk: Walk, steps: Sequence[str]) -> list[Stuck]:
    """By account: one whose people came to different steps stands at the furthest of them."""
    accounts, place = np.unique(walk.account, return_inverse=True)
    furthest = np.zeros(len(accounts), dtype=np.int64)
    np.maximum.at(furthest, place, walk.funnel.reached)
    found = []
    for k in range(1, len(steps)):
        keys = accounts[furthest == k].tolist()
        named = Account.objects.in_bulk(keys)
        rows = sorted(((a.name, a.pk) for a in named.values()), key=lambda row: row[0].lower())
        shown = tuple((pk, name) for name, pk in rows[:STUCK])
        found.append(Stuck(steps[k - 1], steps[k], len(keys), shown))
    return found


def _chart(choices: FunnelChoices, steps: Sequence[Step]) -> Chart:
    names = [f"{place + 1}. {name}" for place, name in enumerate(choices.steps)]
    told = listed(
        f"{name}: {number(step.units)} ({share(step.share)})"
        for name, step in zip(names, steps, strict=True)
    )
    people = choices.by == "people"
    return Chart(
        key="funnel",
        title=_("People at each step") if people else _("Accounts at each step"),
        kind="bar",
        labels=names,
        series=[Series(_("People") if people else _("Accounts"), [step.units for step in steps])],
        summary=told if steps[0].units else _("Nobody took the first step in this period."),
        size="short",
    )
