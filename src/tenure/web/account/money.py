"""Contract, MRR history and invoices of an account, as known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.accounts.models import Account
from tenure.contracts.models import Invoice, Plan
from tenure.contracts.selectors import changes_of, mrr_history, periods_as_known, state_of
from tenure.engine.money import AccountState, Cause, Period
from tenure.web.account.known import Known
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import day_text, money, month_text

MONTHS = 36
CAUSES = {
    Cause.START: gettext_lazy("first subscription"),
    Cause.TRIAL: gettext_lazy("trial"),
    Cause.RETURN: gettext_lazy("came back"),
    Cause.PLAN: gettext_lazy("plan"),
    Cause.SEATS: gettext_lazy("seats"),
    Cause.PRICE: gettext_lazy("price"),
    Cause.PRODUCT: gettext_lazy("another product"),
    Cause.CURRENCY: gettext_lazy("currency"),
    Cause.END: gettext_lazy("end"),
}


@dataclass(frozen=True)
class ContractThen:
    """The contract at the point in time, with the name of its plan."""

    state: AccountState
    plan: Plan | None


def contract_then(account: Account, known: Known) -> ContractThen:
    """The account's contract as it stood and was known then."""
    state = state_of(account, known.moment, known.known_at)
    plan = Plan.objects.filter(pk=state.plan).first() if state.plan else None
    return ContractThen(state, plan)


def mrr_chart(account: Account, known: Known) -> Chart:
    """MRR at the end of each month up to the point in time, as steps."""
    steps = [(at, mrr) for at, mrr in mrr_history(account, known.known_at) if at <= known.moment]
    ends = _month_ends(known.moment, steps[0][0] if steps else known.moment)
    values = [_at(steps, end) for end in ends]
    now = values[-1] if values else None
    summary = (
        _("MRR was %(now)s on %(day)s.") % {"now": money(now), "day": day_text(known.day)}
        if steps
        else _("No subscription was known.")
    )
    return Chart(
        key="mrr", title=_("MRR"), summary=summary, kind="step", size="normal",
        labels=[month_text(end) for end in ends] if steps else (),
        series=[Series(_("MRR"), _floats(values))] if steps else (),
    )  # fmt: skip


def _floats(values: list[Decimal | None]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def _month_ends(moment: datetime, first: datetime) -> list[datetime]:
    """The last moment of each month from `first` to `moment`, at most MONTHS, `moment` last."""
    ends = [moment]
    while len(ends) < MONTHS and ends[-1] > first:
        ends.append(
            ends[-1].replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            - timedelta(microseconds=1)
        )
    return ends[::-1]


def _at(steps: list[tuple[datetime, Decimal | None]], moment: datetime) -> Decimal | None:
    value: Decimal | None = Decimal(0)
    for at, mrr in steps:
        if at > moment:
            break
        value = mrr
    return value


@dataclass(frozen=True)
class MoneyChange:
    """One change of terms, with its cause."""

    at: datetime
    subscription: str
    cause: str
    amount: Decimal


def money_changes(account: Account, known: Known) -> list[MoneyChange]:
    """Changes of the account's terms by then, newest first."""
    return [
        MoneyChange(c.at, c.subscription, str(CAUSES.get(c.cause, c.cause)), c.amount)
        for c in reversed(changes_of(account, known.known_at))
        if c.at <= known.moment
    ]


@dataclass(frozen=True)
class PeriodRow:
    """A period of unchanged terms, with the name of its plan."""

    period: Period
    plan: str
    running: bool


def periods_then(account: Account, known: Known) -> list[PeriodRow]:
    """The account's subscription periods as known, newest first."""
    periods = periods_as_known(known.known_at, [account.pk])
    plans = dict(Plan.objects.filter(pk__in={p.plan for p in periods}).values_list("pk", "name"))
    rows = [
        PeriodRow(p, plans.get(p.plan, ""), _runs(p, known.moment))
        for p in periods
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.period.started, row.period.subscription), reverse=True)


def _runs(period: Period, moment: datetime) -> bool:
    return period.started <= moment and (period.ended is None or period.ended > moment)


@dataclass(frozen=True)
class InvoiceThen:
    """An invoice as known. `late_days`: days paid, or open, after it was due; None: not due."""

    invoice: Invoice
    paid_at: datetime | None
    late_days: int | None

    @property
    def open(self) -> bool:
        return self.paid_at is None


def invoices_then(account: Account, known: Known, limit: int = 60) -> list[InvoiceThen]:
    """The account's newest invoices as known."""
    rows = known.facts(Invoice.objects.filter(account=account)).order_by("-issued_at", "-pk")
    return [_invoice(row, known) for row in rows[:limit]]


def _invoice(row: Invoice, known: Known) -> InvoiceThen:
    paid = known.by_then(row.paid_at)
    late = None
    if row.due_at is not None and (paid is not None or row.due_at < known.moment):
        late = max(0, ((paid or known.moment) - row.due_at).days)
    return InvoiceThen(row, paid, late)
