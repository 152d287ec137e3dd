"""Steps that set something of the account: its owner, or a field of its own."""

from tenure.accounts.rows import AccountRow, OwnerRow
from tenure.accounts.services import account_upsert_many, owner_assign
from tenure.core.facts import Written
from tenure.core.services import audit
from tenure.plays.definition.shape import SetStep
from tenure.plays.running.steps.shape import Did, Visit, skipped


def put(visit: Visit, step: SetStep) -> Did:
    """Set the owner or the field, by the ways in which loads do."""
    if step.what != "owner":
        return _told(visit, step.what, step.value, _field(visit, step))
    keeper = visit.turn.doers.keeper(step.value, visit.account)
    if keeper is None:
        return skipped("no_owner")
    row = OwnerRow(visit.account.external_id, keeper.email)
    return _told(visit, "owner", keeper.email, owner_assign(rows=[row], at=visit.now))


def _field(visit: Visit, step: SetStep) -> Written:
    account = visit.account
    row = AccountRow(account.external_id, account.name, custom={step.what: step.value})
    return account_upsert_many(rows=[row], given=["custom"], at=visit.now)


def _told(visit: Visit, what: str, value: str, done: Written) -> Did:
    if done.rejected:
        return skipped(done.rejected[0].reason)
    detail = {"field": what, "value": value, "changed": bool(done.changed)}
    if done.changed:
        visit.turn.holding.wrote(visit.account.pk)
        told = {"play": visit.definition.key, "run": visit.run.pk, **detail}
        audit(actor=None, action="play.set", subject=visit.account, detail=told)
    return Did(detail=detail)
