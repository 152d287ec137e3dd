"""Which touch answers which mail, told of both on the timeline."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.timeline.models import Touchpoint
from tenure.timeline.replies import HEARD, OURS, Sent, heard_of, ids_in, people_of, ties
from tenure.web.account.known import Known
from tenure.web.templatetags.formats import day_text


def facts(rows: list[Any], account: Account, known: Known) -> Mapping[int, tuple[str, ...]]:
    """Touch → sentences on what it answers, and on what answered it; of some touches."""
    shown, touches = {row.pk for row in rows}, _touches(account, known)
    if not shown or not touches.exclude(message_id="").exists():
        return {}
    by_key = {row.pk: row for row in touches}
    found: dict[int, list[str]] = defaultdict(list)
    heard = [heard_of(row) for row in by_key.values() if row.direction in HEARD]
    for tie in ties(_sent(by_key.values()), heard):
        mail, answer = by_key[tie.sent.key], by_key[tie.heard.key]
        if answer.pk in shown:
            found[answer.pk].append(_answers(mail, sure=tie.sure))
        if mail.pk in shown:
            found[mail.pk].append(_answered(answer, sure=tie.sure))
    return {key: tuple(dict.fromkeys(said)) for key, said in found.items()}


def _touches(account: Account, known: Known) -> QuerySet[Touchpoint]:
    """Those that can answer or be answered; bodies stay where they are."""
    rows = known.facts(
        Touchpoint.objects.filter(account=account, occurred_at__lte=known.moment)
    ).filter(~Q(message_id="") | Q(direction__in=HEARD))
    rows = rows.only("external_id", "direction", "occurred_at", "subject", "kind",
                     "message_id", "in_reply_to")  # fmt: skip
    return rows.prefetch_related("people").order_by("pk")


def _sent(touches: Iterable[Touchpoint]) -> list[Sent]:
    return [
        Sent(row.pk, frozenset(ids_in(row.message_id)), row.occurred_at, people_of(row),
             row.external_id.startswith(OURS))
        for row in touches if row.message_id and row.direction not in HEARD
    ]  # fmt: skip


def _answers(mail: Touchpoint, *, sure: bool) -> str:
    said = {
        "subject": mail.subject or mail.get_kind_display(),
        "day": day_text(mail.occurred_at.date()),
    }
    if sure:
        return _("answers “%(subject)s” of %(day)s") % said
    return _("possibly an answer to “%(subject)s” of %(day)s") % said


def _answered(answer: Touchpoint, *, sure: bool) -> str:
    day = {"day": day_text(answer.occurred_at.date())}
    return _("answered on %(day)s") % day if sure else _("possibly answered on %(day)s") % day
