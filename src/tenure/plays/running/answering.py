"""Whether the mails of runs were answered, and rules that ask so."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet

from tenure.core import clock
from tenure.plays.models import Outgoing
from tenure.plays.outbox.touching import mail_id
from tenure.segments.conditions import Condition, Group
from tenure.segments.fields import RUN
from tenure.timeline.models import Touchpoint
from tenure.timeline.replies import HEARD, OURS, Heard, Sent, heard_of, ids_in, ties

CHUNK = 500
NOT, POSSIBLY, SURELY = "no", "possibly", "yes"
ALWAYS, NEVER = Group("all", ()), Group("any", ())


def asks_of_run(rule: Group) -> bool:
    """Whether a rule asks something of the run itself."""
    return any(one.field.source == RUN for one in rule.conditions())


def as_of_run(rule: Group, answer: str, day: date) -> Group:
    """The rule in which whatever it asks of the run is settled by the answer to its mails."""
    return Group(rule.mode, tuple(_settled(item, answer, day) for item in rule.items))


def _settled(item: Condition | Group, answer: str, day: date) -> Condition | Group:
    if isinstance(item, Group):
        return as_of_run(item, answer, day)
    if item.field.source != RUN:
        return item
    return ALWAYS if item.operator.holds(answer, item.given, day) else NEVER


def answers_of(runs: Mapping[int, int]) -> dict[int, str]:
    """Run → whether a mail of it was answered, for runs with their accounts."""
    found = dict.fromkeys(runs, NOT)
    accounts = sorted(set(runs.values()))
    for start in range(0, len(accounts), CHUNK):
        chunk = accounts[start : start + CHUNK]
        out = list(_sent(chunk))
        mails, touches, of = _mails(chunk, out), _heard(chunk), {row.pk: row.run_id for row in out}
        for account in mails:
            for tie in ties(mails[account], touches.get(account, ())):
                run = of.get(tie.sent.key)
                if run in found and found[run] != SURELY:
                    found[run] = SURELY if tie.sure else POSSIBLY
    return found


def _sent(accounts: list[int]) -> QuerySet[Outgoing]:
    gone = (Outgoing.State.SENT, Outgoing.State.UNSURE)
    rows = Outgoing.objects.filter(account__in=accounts, kind=Outgoing.Kind.MAIL, state__in=gone)
    return rows.only("pk", "key", "account_id", "person_id", "run_id", "handed_at", "made_at")


def _mails(accounts: list[int], out: list[Outgoing]) -> dict[int, list[Sent]]:
    """Account → mails of plays and letters that are out, or may be."""
    told = _told(accounts)
    found: dict[int, list[Sent]] = defaultdict(list)
    for row in out:
        ids = {*ids_in(mail_id(row.key)), *ids_in(told.get(f"{OURS}{row.key}", ""))}
        people = frozenset(() if row.person_id is None else (row.person_id,))
        mail = Sent(row.pk, frozenset(ids), row.handed_at or row.made_at, people)
        found[row.account_id].append(mail)
    return found


def _told(accounts: list[int]) -> dict[str, str]:
    """Touch of ours → the Message-ID it went out with, whatever this installation is called now."""
    rows = Touchpoint.objects.filter(
        account__in=accounts, superseded_at__isnull=True, external_id__startswith=OURS
    )
    return dict(rows.exclude(message_id="").values_list("external_id", "message_id"))


def _heard(accounts: list[int]) -> dict[int, list[Heard]]:
    """Account → touches from it, as known now."""
    rows = Touchpoint.objects.filter(
        account__in=accounts,
        superseded_at__isnull=True,
        direction__in=HEARD,
        occurred_at__lte=clock.now(),
    )
    rows = rows.only("pk", "account_id", "in_reply_to", "occurred_at").prefetch_related("people")
    found: dict[int, list[Heard]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(heard_of(row))
    return found
