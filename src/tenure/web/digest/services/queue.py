"""What falls due becomes a row and a task; rows of workers that ended come back."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from tenure.core import clock
from tenure.core.mail.setup import is_ready
from tenure.core.models import User
from tenure.web.digest.choices import all_chosen
from tenure.web.digest.periods import ends, period_due
from tenure.web.models import DigestSend

LEASE = timedelta(minutes=15)
"""A worker that has not told an end of a digest for so long has ended itself."""
KEPT = timedelta(days=90)
State = DigestSend.State


def digests_queue() -> int:
    """Ask for every digest that is due; how many. Any number of workers may do so at once."""
    if not is_ready():
        return 0
    _recover()
    _make_due()
    _give_up()
    now = clock.now()
    DigestSend.objects.filter(made_at__lt=now - KEPT).delete()
    due = DigestSend.objects.filter(state=State.WAITING, try_at__lte=now)
    return sum(_ask(key) for key in due.order_by("try_at", "pk").values_list("pk", flat=True))


def _make_due() -> None:
    """One row for each user, kind and period; the database refuses a second one."""
    wanted = [(user, c.kind, p) for user, c in all_chosen() if (p := period_due(c)) is not None]
    since = min((period for _user, _kind, period in wanted), default=None)
    if since is None:
        return
    there: set[tuple[int, str, date]] = set(
        DigestSend.objects.filter(period__gte=since).values_list("user_id", "kind", "period")
    )
    now = clock.now()
    rows = [_row(u, k, p) for u, k, p in wanted if (u.pk, k.value, p) not in there]
    for row in rows:
        row.made_at = row.try_at = now
    DigestSend.objects.bulk_create(rows, ignore_conflicts=True)


def _row(user: User, kind: str, period: date) -> DigestSend:
    return DigestSend(user=user, kind=kind, period=period)


def _ask(key: int) -> bool:
    """Queue a task for a row, unless another worker just did; a task that gets lost is repeated."""
    from tenure.web.digest.tasks import digest_send

    now = clock.now()
    with transaction.atomic():
        mine = DigestSend.objects.filter(pk=key, state=State.WAITING, try_at__lte=now).update(
            try_at=now + LEASE
        )
        if mine:
            digest_send.enqueue(key)
    return bool(mine)


def _recover() -> None:
    """Rows whose worker ended: not handed over yet, they wait again; else nobody can know."""
    now = clock.now()
    left = DigestSend.objects.filter(state=State.SENDING, claimed_at__lt=now - LEASE)
    left.filter(handed_at=None).update(state=State.WAITING, try_at=now)
    left.filter(handed_at__lt=now - LEASE).update(state=State.UNSURE, ended_at=now)


def _give_up() -> None:
    now = clock.now()
    waiting = DigestSend.objects.filter(state=State.WAITING)
    over = [
        Q(kind=kind, period=period)
        for kind, period in waiting.values_list("kind", "period").distinct()
        if ends(kind, period) <= now
    ]
    for one in over:
        waiting.filter(one).update(state=State.FAILED, ended_at=now)
