"""Writes of the page Team: a rebalancing is applied whole, and can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.accounts.models import Account, OwnerAssignment
from tenure.accounts.rows import OwnerRow
from tenure.accounts.services import owner_assign
from tenure.core.errors import TenureError
from tenure.core.models import AuditEntry, User
from tenure.core.roles import Permission
from tenure.core.selectors import may, require
from tenure.core.services import audit
from tenure.web.whole import wholes

APPLIED, UNDONE = "books.rebalance", "books.rebalance_undo"
MOST = 2000


@dataclass(frozen=True)
class Wanted:
    """A move asked for, by keys. `source` None: the account is nobody's."""

    account: int
    source: int | None
    target: int


@dataclass(frozen=True)
class Past:
    """A rebalancing that was applied. `undone`: it was taken back."""

    entry: AuditEntry
    accounts: int
    undone: bool

    @property
    def at(self) -> datetime:
        return self.entry.at


def wanted_read(tokens: Sequence[str]) -> list[Wanted]:
    """Moves as a form names them; nonsense is left out."""
    found = []
    for token in tokens[:MOST]:
        parts = wholes(token.split(":"))
        if len(parts) == token.count(":") + 1 == 3:
            account, source, target = parts
            found.append(Wanted(account, source or None, target))
    return found


@transaction.atomic
def books_rebalance(*, actor: User, moves: Sequence[Wanted]) -> AuditEntry:
    """Hand over accounts to several success managers at once, all of them or none."""
    require(actor, Permission.PLAN_TEAM)
    if not moves:
        raise TenureError(_("Tick at least one move first."))
    if len({move.account for move in moves}) < len(moves):
        raise TenureError(_("An account can go to one success manager only."))
    names, owners = _accounts(moves), _owners([move.account for move in moves])
    users = User.objects.in_bulk({move.target for move in moves})
    for move in moves:
        if move.account not in names or owners.get(move.account) != move.source:
            raise TenureError(_("The books have changed meanwhile; look at the new proposal."))
        target = users.get(move.target)
        if target is None or not may(target, Permission.WORK_ACCOUNTS):
            raise TenureError(_("Choose an owner who works accounts: a viewer owns none."))
    _assign([(names[move.account], users[move.target].email) for move in moves])
    detail = [[names[m.account], m.account, m.source, m.target] for m in moves]
    return audit(actor=actor, action=APPLIED, subject="books", detail={"moves": detail})


@transaction.atomic
def books_rebalance_undo(*, actor: User, entry_id: int) -> tuple[int, int]:
    """Give back what a rebalancing moved; returns how many were, and how many had gone on since.

    An account that has another owner by now is left with that one.
    """
    require(actor, Permission.PLAN_TEAM)
    entry = AuditEntry.objects.select_for_update().filter(pk=entry_id, action=APPLIED).first()
    if entry is None:
        raise TenureError(_("There is no such rebalancing to undo."))
    if _undone([entry]):
        raise TenureError(_("This rebalancing has been undone already."))
    moves = [Wanted(account, source, target) for _n, account, source, target in _moves(entry)]
    names, owners = _accounts(moves), _owners([move.account for move in moves])
    still = [m for m in moves if m.account in names and owners.get(m.account) == m.target]
    emails = dict(User.objects.values_list("pk", "email"))
    _assign([(names[m.account], emails.get(m.source or 0, "")) for m in still])
    given = [[names[m.account], m.account, m.target, m.source] for m in still]
    audit(actor=actor, action=UNDONE, subject="books", detail={"of": entry.pk, "moves": given})
    return len(still), len(moves) - len(still)


def rebalancings(most: int = 5) -> list[Past]:
    """Those applied last, newest first."""
    entries = AuditEntry.objects.filter(action=APPLIED).select_related("actor").order_by("-pk")
    newest = list(entries[:most])
    undone = _undone(newest)
    return [Past(entry, len(_moves(entry)), entry.pk in undone) for entry in newest]


def _undone(entries: Sequence[AuditEntry]) -> set[int]:
    keys = [entry.pk for entry in entries]
    rows = AuditEntry.objects.filter(action=UNDONE, detail__of__in=keys)
    return {detail["of"] for detail in rows.values_list("detail", flat=True)}


def _moves(entry: AuditEntry) -> list[Any]:
    found: list[Any] = entry.detail["moves"]
    return found


def _accounts(moves: Sequence[Wanted]) -> dict[int, str]:
    rows = Account.objects.filter(pk__in=[move.account for move in moves])
    return dict(rows.values_list("pk", "external_id"))


def _owners(accounts: Sequence[int]) -> dict[int, int]:
    """Account → its owner; the rows are locked, so that nobody hands them over meanwhile."""
    rows = OwnerAssignment.objects.select_for_update().filter(
        account__in=accounts, until__isnull=True
    )
    return dict(rows.values_list("account_id", "owner_id"))


def _assign(rows: Sequence[tuple[str, str]]) -> None:
    done = owner_assign(rows=[OwnerRow(account_id=name, csm_email=email) for name, email in rows])
    if done.rejected:
        raise TenureError(_("Not every account could be handed over, so none was."))
