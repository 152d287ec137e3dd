"""The days of a preview, one after the other."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q

from tenure.contracts.selectors.money import family_roots
from tenure.core import clock
from tenure.core.pipeline import Report, silent
from tenure.plays.arrivals import Arrival, Facts, Looked, arrivals
from tenure.plays.arrivals.looking import RowsRead
from tenure.plays.arrivals.shape import end_of, start_of
from tenure.plays.definition.shape import BranchStep, Definition, Step, WaitStep
from tenure.plays.models import Run
from tenure.plays.preview.history import History
from tenure.plays.preview.shape import HELD_OUT, Found, Row, Totals
from tenure.plays.preview.walking import Walk
from tenure.plays.starting.arms import Arms, Entering, design_of
from tenure.plays.starting.beginning import Priorities, is_ready
from tenure.plays.starting.known import FIELDS, known_of, strata_on
from tenure.plays.starting.ledger import Ledger, Start, Waiting, turn_of
from tenure.plays.starting.meeting import asked_by
from tenure.plays.starting.peace import in_peace
from tenure.segments.conditions import Group

DAY = timedelta(days=1)
DAYS = 90


def preview(
    definition: Definition, version: int, until: date | None = None, days: int = DAYS,
    report: Report = silent,
) -> Found:  # fmt: skip
    """What a version would have done, had it been switched on at the beginning of these days.

    Nothing is written. `until`: the last day, at most today. Of what was really done before, and of
    other plays, what bears on it counts as it was.
    """
    last = min(until or clock.today(), clock.today())
    first = last - (days - 1) * DAY
    simulation = _Simulation(definition, version, first, last)
    for done in range(days):
        report(done, days)
        simulation.day(first + done * DAY)
    report(days, days)
    return simulation.found()


class _Simulation:
    def __init__(self, definition: Definition, version: int, first: date, last: date) -> None:
        self.definition, self.version = definition, version
        self.first, self.last = first, last
        self.history = History()
        self.rules, self.fields = _asked(definition)
        self.rows = RowsRead(definition.trigger, start_of(first), min(end_of(last), clock.now()))
        self.ledger, self.closing = _before(definition.key, first)
        self.walk = Walk(definition)
        self.queue: dict[int, Waiting] = {}
        self.arms: Arms | None = None
        self.counts: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.back: Counter[str] = Counter()
        self.met: Counter[date] = Counter()
        self.families = family_roots()
        # The day before is the first look, which tells nobody.
        self.looked = Looked(began=start_of(first))
        before = first - DAY
        _none, self.looked = arrivals(
            definition, self.looked, self._facts(before), end_of(before), self.rows.between
        )
        self.already = len(self.looked.met) if definition.trigger.kind == "enters" else 0

    def _facts(self, day: date) -> Facts:
        return Facts(day, self.rules, self.fields, self.history.ask)

    def day(self, day: date) -> None:
        """What the worker and the refresh do on a day."""
        until = min(end_of(day), clock.now())
        facts, peace = self._facts(day), in_peace(until)
        self._close(until)
        self._ended(self.walk.due(facts, peace))
        self._ended(self.walk.refreshed(facts))
        fresh, self.looked = arrivals(self.definition, self.looked, facts, until, self.rows.between)
        for arrival in fresh:
            self._meet(arrival, facts, peace)
        self._turn(facts, peace)
        self._ended(self.walk.due(facts, peace))

    def _close(self, until: datetime) -> None:
        """What went on before the first day comes to its real end."""
        for account in [one for one, end in self.closing.items() if end <= until]:
            self._ended([account])
            del self.closing[account]

    def _ended(self, accounts: Sequence[int]) -> None:
        for account in accounts:
            self.ledger.close(self.definition.key, account)

    def _meet(self, arrival: Arrival, facts: Facts, peace: frozenset[int]) -> None:
        definition, account, day = self.definition, arrival.account, facts.day
        self.met[day] += 1
        why = self.ledger.refused(
            definition, account, day,
            inside=facts.holds(definition.audience, account), quiet=account in peace,
        )  # fmt: skip
        if why is not None:
            self.refused[why.value] += 1
            return
        self.queue[account] = Waiting(
            run=account, play=definition.key, account=account, met=day,
            priority=definition.priority, value=0.0, limits=definition.limits,
            automatic=definition.automatic, ready=False,
        )  # fmt: skip

    def _turn(self, facts: Facts, peace: frozenset[int]) -> None:
        if not self.queue:
            return
        worth = facts.column("contract.mrr")
        queue = [
            one.as_of(
                value=float(worth.get(one.account) or 0.0),
                ready=is_ready(self.definition, facts, one.account, peace),
            )
            for one in self.queue.values()
        ]
        turn = turn_of(queue, self.ledger, facts.day)
        for gone in (*turn.start, *turn.expired):
            del self.queue[gone.account]
        self.counts["expired"] += len(turn.expired)
        self.back.update(why.value for _waiting, why in turn.back)
        held = self._held_out([one.account for one in turn.start], facts)
        for account in (one.account for one in turn.start):
            if account in held:
                self.ledger.close(self.definition.key, account)
                self.walk.rows.append(Row(facts.day, account, HELD_OUT))
            else:
                self.walk.begin(account, facts.day)
            self.counts["held_out" if account in held else "started"] += 1

    def _held_out(self, accounts: list[int], facts: Facts) -> set[int]:
        definition = self.definition
        if not accounts or not definition.share:
            return set()
        if self.arms is None:
            members = sorted(facts.members(definition.audience))
            design = design_of(definition.key, self.version, definition.share)
            self.arms = Arms(design, strata_on(facts, members))
        entering = []
        for account in accounts:
            known, family = known_of(facts, account), self.families.get(account, account)
            entering.append(Entering(account, family, known["risk_12"], known["mrr"]))
        arms = self.arms.assign(entering)
        return {account for account in accounts if arms[account].held_out}

    def found(self) -> Found:
        """What came of it."""
        walk = self.walk
        walk.stop(self.last)
        kinds = Counter(row.what for row in walk.rows)
        totals = Totals(
            already=self.already,
            met=sum(self.met.values()),
            started=self.counts["started"],
            held_out=self.counts["held_out"],
            refused=dict(self.refused),
            held_back=dict(self.back),
            expired=self.counts["expired"],
            queued=len(self.queue),
            tasks=kinds["task"],
            letters=kinds["letter"],
            mails=kinds["mail"],
            mails_most=max(walk.mails.values(), default=0),
            hours={day.isoformat(): round(hours, 4) for day, hours in sorted(walk.hours.items())},
            arrivals={day.isoformat(): count for day, count in sorted(self.met.items())},
        )
        rows = sorted(walk.rows, key=lambda row: (row.day, row.account))
        return Found(self.first, self.last, tuple(rows), totals)


def _asked(definition: Definition) -> tuple[list[Group | None], list[str]]:
    rules, fields = asked_by(definition)
    return [*rules, *_rules(definition.steps)], [*FIELDS.values(), *fields]


def _rules(steps: Sequence[Step]) -> list[Group | None]:
    found: list[Group | None] = []
    for step in steps:
        if isinstance(step, BranchStep):
            found += [step.when, *_rules(step.then), *_rules(step.otherwise)]
        elif isinstance(step, WaitStep):
            found.append(step.until)
    return found


def _before(key: str, first: date) -> tuple[Ledger, dict[int, datetime]]:
    """What the play did before the first day, and others all along; when its open runs end."""
    ledger, begins, closing = Ledger(), start_of(first), {}
    own = Run.objects.filter(play__key=key, met_at__lt=begins)
    for account, started, ended, state in own.order_by("started_at").values_list(
        "account_id", "started_at", "ended_at", "state"
    ):
        if started is not None and started < begins:
            ledger.last[key, account] = started.date()
        if state != Run.State.HELD_OUT and (ended is None or ended >= begins):
            ledger.open.add((key, account))
            closing[account] = ended or datetime.max.replace(tzinfo=begins.tzinfo)
    priorities = Priorities()
    others = Run.objects.filter(~Q(play__key=key), started_at__isnull=False)
    for other, version, account, started in others.filter(
        started_by__isnull=True, started_at__gte=begins - 7 * DAY
    ).values_list("play__key", "version", "account_id", "started_at"):
        if started is not None:
            start = Start(other, started.date(), priorities[other, version])
            ledger.starts.setdefault(account, []).append(start)
    return ledger, closing
