"""The queue of all plays: who starts today, in which arm, and who waits on."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeAlias

from django.db import transaction
from django.utils.translation import gettext_noop

from tenure.contracts.selectors.money import family_roots
from tenure.core.errors import InvalidDefinition
from tenure.engine.effects import Assignment, Strata
from tenure.plays.arrivals import Facts
from tenure.plays.definition.shape import Definition
from tenure.plays.models import Play, PlayCount, PlayStrata, Run
from tenure.plays.selectors.definitions import definition_of
from tenure.plays.services.runs import run_begin
from tenure.plays.starting.arms import Arm, Arms, Entering, design_of
from tenure.plays.starting.counts import counts_add
from tenure.plays.starting.known import known_of, strata_on
from tenure.plays.starting.ledger import APART, Ledger, Start, Turn, Waiting, turn_of

What = PlayCount.What
Running: TypeAlias = Mapping[int, tuple[Play, Definition]]
"""Key of a play's row → the play and what its running version says."""
PATIENCE = gettext_noop("It waited too long to start.")
SWITCHED_OFF = gettext_noop("The play was switched off before it started.")


@transaction.atomic
def queue_turn(
    running: Running, facts: Facts, at: datetime, peace: Collection[int]
) -> dict[int, Counter[What]]:
    """Start whoever may start, under the lock of every play; what was counted, by play."""
    rows = {row.pk: row for row in Play.objects.select_for_update().order_by("pk")}
    plays = {pk: pair for pk, pair in running.items() if rows[pk].running == pair[0].running}
    queued = {run.pk: run for run in Run.objects.filter(state=Run.State.QUEUED).order_by("pk")}
    off = [run for run in queued.values() if rows[run.play_id].running is None]
    _expire(off, at, SWITCHED_OFF)
    queue = [
        _waiting(run, plays[run.play_id][1], facts, peace)
        for run in queued.values()
        if run.play_id in plays
    ]
    turn = turn_of(queue, ledger_of_day(at), at.date())
    _expire([queued[one.run] for one in turn.expired], at, PATIENCE)
    counts: dict[int, Counter[What]] = defaultdict(Counter)
    for run in [*off, *(queued[one.run] for one in turn.expired)]:
        counts[run.play_id][What.EXPIRED] += 1
    for pk, (_play, definition) in sorted(plays.items()):
        starting = [queued[one.run] for one in turn.start if queued[one.run].play_id == pk]
        counts[pk] += _start(rows[pk], definition, starting, facts, at)
        counts[pk] += _back(rows[pk], turn, queued, at.date())
    for pk, found in counts.items():
        counts_add(rows[pk], at.date(), found)
    return counts


def _waiting(run: Run, definition: Definition, facts: Facts, peace: Collection[int]) -> Waiting:
    account = run.account_id
    return Waiting(
        run=run.pk,
        play=definition.key,
        account=account,
        met=run.met_at.date(),
        priority=definition.priority,
        value=float(facts.column("contract.mrr").get(account) or 0.0),
        limits=definition.limits,
        automatic=definition.automatic,
        ready=is_ready(definition, facts, account, peace),
        asked_by=run.because.get("play", "") if run.because.get("kind") == "play" else "",
    )


def is_ready(definition: Definition, facts: Facts, account: int, peace: Collection[int]) -> bool:
    """Whether an account that arrived may start now."""
    leaves = definition.leave is not None and facts.holds(definition.leave, account)
    return facts.holds(definition.audience, account) and not leaves and account not in peace


def ledger_of_day(at: datetime) -> Ledger:
    """The automatic starts of the last days, as far as they bear on those of a day."""
    ledger, day, priorities = Ledger(), at.date(), Priorities()
    since = at - timedelta(days=APART)
    rows = Run.objects.filter(started_at__gt=since, started_by__isnull=True)
    for key, version, account, started in rows.order_by("started_at", "pk").values_list(
        "play__key", "version", "account_id", "started_at"
    ):
        if started is None:
            continue
        start = Start(key, started.date(), priorities[key, version])
        ledger.starts.setdefault(account, []).append(start)
        if start.day == day:
            ledger.day_counts[key, day] += 1
    return ledger


class Priorities(dict[tuple[str, int], int]):
    """Of a play's key and a version the priority it has, read once for each that is asked for.

    The middle where the version cannot be read any more.
    """

    def __missing__(self, version: tuple[str, int]) -> int:
        try:
            self[version] = definition_of(*version).priority
        except InvalidDefinition:
            self[version] = Definition.priority
        return self[version]


def _expire(runs: Iterable[Run], at: datetime, why: str) -> None:
    keys = [run.pk for run in runs]
    Run.objects.filter(pk__in=keys).update(
        state=Run.State.EXPIRED, ended_at=at, ended_why=why, wake_at=None
    )


def _start(
    play: Play, definition: Definition, runs: Sequence[Run], facts: Facts, at: datetime
) -> Counter[What]:
    counts: Counter[What] = Counter()
    version = play.running
    if not runs or version is None:
        return counts
    known = {run.pk: known_of(facts, run.account_id) for run in runs}
    arms: Mapping[int, Arm] = {}
    if definition.share > 0:
        entering = _entering(runs, known)
        arms = arms_of(play, version, definition, facts, at).assign(entering)
    for run in runs:
        run.version, run.known = version, known[run.pk]
        arm = arms.get(run.account_id)
        if arm is not None:
            run.stratum, run.slot = arm.stratum, arm.slot
            run.held_out, run.propensity = arm.held_out, arm.propensity
        counts[What.HELD_OUT if run.held_out else What.STARTED] += 1
        _begin(run, at)
    return counts


def _begin(run: Run, at: datetime) -> None:
    """Set a run going, or aside for good; it is stepped in a transaction of its own."""
    if run.held_out:
        run.state, run.started_at, run.wake_at = Run.State.HELD_OUT, at, None
    run.save()
    if not run.held_out:
        run_begin(run, at)


def _entering(
    runs: Sequence[Run], known: Mapping[int, Mapping[str, float | None]]
) -> list[Entering]:
    roots = family_roots()
    return [
        Entering(
            account=run.account_id,
            family=roots.get(run.account_id, run.account_id),
            risk=known[run.pk]["risk_12"],
            value=known[run.pk]["mrr"],
        )
        for run in runs
    ]


def arms_of(play: Play, version: int, definition: Definition, facts: Facts, at: datetime) -> Arms:
    """The arms so far: whoever has one in this version keeps it for good, in no new slot."""
    roots = family_roots()
    earlier = Run.objects.filter(play=play, version=version, slot__isnull=False)
    told = [
        (
            roots.get(account, account),
            Assignment(str(account), stratum, slot or 0, bool(held_out), propensity or 0.0),
        )
        for account, stratum, slot, held_out, propensity in earlier.order_by(
            "started_at", "pk"
        ).values_list("account_id", "stratum", "slot", "held_out", "propensity")
    ]
    strata = _strata(play, version, definition, facts, at)
    return Arms(design_of(play.key, version, definition.share), strata, told)


def _strata(play: Play, version: int, definition: Definition, facts: Facts, at: datetime) -> Strata:
    """Cut once, among those who may come, when the first account of the version is drawn."""
    row = PlayStrata.objects.filter(play=play, version=version).first()
    if row is None:
        cut = strata_on(facts, sorted(facts.members(definition.audience)))
        row = PlayStrata.objects.create(
            play=play, version=version, risk=list(cut.risk), value=list(cut.value), made_at=at
        )
    return Strata(tuple(row.risk), tuple(row.value))


def _back(play: Play, turn: Turn, queued: Mapping[int, Run], day: date) -> Counter[What]:
    """Who was held back, each run once a day for the same reason."""
    kept = play.looked.get("held", {})
    held = kept if kept.get("day") == day.isoformat() else {"day": day.isoformat()}
    counts: Counter[What] = Counter()
    for waiting, why in turn.back:
        told = held.get(why.value, [])
        if queued[waiting.run].play_id == play.pk and waiting.run not in told:
            held = held | {why.value: [*told, waiting.run]}
            counts[why] += 1
    if counts:
        play.looked = play.looked | {"held": held}
        play.save(update_fields=["looked"])
    return counts
