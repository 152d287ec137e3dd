"""One play looks at its trigger: arrivals are counted, and refused or queued."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from tenure.plays.arrivals import Facts, arrivals
from tenure.plays.arrivals.looking import RowsRead, rule_of, since_of
from tenure.plays.definition.shape import Definition
from tenure.plays.models import Play, PlayCount, Run
from tenure.plays.starting.counts import counts_add
from tenure.plays.starting.ledger import Ledger
from tenure.plays.starting.looked import looked_keep, looked_of
from tenure.segments.conditions import Group

What = PlayCount.What
OPEN = (Run.State.QUEUED, Run.State.ACTIVE)


def play_look(
    play: Play, definition: Definition, facts: Facts, until: datetime, peace: Collection[int]
) -> Counter[What]:
    """Look once, up to a moment; what was counted. What takes long is read before the lock."""
    rules, fields = asked_by(definition)
    facts.read(rules, fields)
    rows = RowsRead(definition.trigger, since_of(looked_of(play, definition), until), until)
    return _look(play, definition, facts, until, peace, rows)


@transaction.atomic
def _look(
    play: Play, definition: Definition, facts: Facts, until: datetime, peace: Collection[int],
    rows: RowsRead,
) -> Counter[What]:  # fmt: skip
    """All of it is one transaction under the play's lock: a look that is interrupted has not been,
    and of two at the same time the second goes on where the first ended.
    """
    row = Play.objects.select_for_update().get(pk=play.pk)
    counts: Counter[What] = Counter()
    looked = looked_of(row, definition)
    over = looked.until is not None and looked.until >= until
    version = row.running
    if version is None or version != play.running or over or looked.began > until:
        return counts
    fresh, after = arrivals(definition, looked, facts, until, rows.between)
    ledger = ledger_of(row, [one.account for one in fresh])
    queued = []
    for arrival in fresh:
        counts[What.MET] += 1
        why = ledger.refused(
            definition, arrival.account, until.date(),
            inside=facts.holds(definition.audience, arrival.account),
            quiet=arrival.account in peace,
        )  # fmt: skip
        if why is not None:
            counts[why] += 1
            continue
        queued.append(
            Run(
                play=row, version=version, account_id=arrival.account, because=arrival.because,
                met_at=until,
            )
        )  # fmt: skip
    Run.objects.bulk_create(queued)
    looked_keep(row, definition, after, until)
    counts_add(row, until.date(), counts)
    return counts


def asked_by(definition: Definition) -> tuple[list[Group | None], list[str]]:
    """The rules and the fields that a play asks for a look, and for who is ready to start."""
    dated = [definition.trigger.field] if definition.trigger.kind == "date" else []
    rules = [definition.audience, definition.leave]
    ruled = definition.trigger.kind in {"enters", "leaves"}
    return [*rules, *([rule_of(definition)] if ruled else [])], dated


def ledger_of(play: Play, accounts: Collection[int]) -> Ledger:
    """What one play did to some accounts, whoever started it."""
    if not accounts:
        return Ledger()
    wanted = set(accounts)
    rows = Run.objects.filter(play=play)
    ledger = Ledger()
    for account in rows.filter(state__in=OPEN).values_list("account_id", flat=True):
        ledger.open.add((play.key, account))
    last = rows.filter(started_at__isnull=False).values_list("account_id")
    for account, at in last.annotate(last=Max("started_at")).order_by():
        if account in wanted and at is not None:
            ledger.last[play.key, account] = at.date()
    return ledger
