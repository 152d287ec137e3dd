"""What winning and keeping accounts costs, against what they bring."""

from dataclasses import dataclass
from decimal import Decimal

from tenure.engine.money.waterfall import Waterfall


@dataclass(frozen=True, slots=True)
class Economics:
    """Unit economics of a window. Money in the reporting currency; None: not enough to tell.

    Attributes:
        cac: Acquisition spend per new account.
        retention_cost: Retention spend per account paying at the start.
        monthly_churn: Share of MRR lost a month, 1 - GRR^(1/months).
        ltv: MRR per account at the end x margin / monthly churn; None when nothing was lost,
            because a lifetime without an end isn't a number.
        ltv_to_cac: ltv / cac.
        payback_months: Months until a new account's margin has paid its acquisition.
    """

    cac: Decimal | None
    retention_cost: Decimal | None
    monthly_churn: Decimal | None
    ltv: Decimal | None
    ltv_to_cac: Decimal | None
    payback_months: Decimal | None


def economics(
    window: Waterfall,
    months: int,
    acquisition: Decimal | None,
    retention: Decimal | None,
    margin: Decimal = Decimal(1),
) -> Economics:
    """Unit economics from a window's waterfall and its spend.

    Args:
        window: Waterfall over `months` whole months.
        months: Length of the window, above zero.
        acquisition: Spend of the window on winning accounts; None when unknown.
        retention: Spend of the window on keeping them; None when unknown.
        margin: Gross margin as a share of MRR; 1 takes revenue itself for value.
    """
    cac = _per(acquisition, Decimal(window.new_accounts))
    churn = None if window.grr is None else 1 - max(window.grr, Decimal(0)) ** (Decimal(1) / months)
    arpa = _per(window.mrr_end, Decimal(window.accounts_end))
    ltv = None if arpa is None else _per(arpa * margin, churn)
    won = _per(window.new, Decimal(window.new_accounts))
    return Economics(
        cac=cac,
        retention_cost=_per(retention, Decimal(window.accounts_start)),
        monthly_churn=churn,
        ltv=ltv,
        ltv_to_cac=_per(ltv, cac),
        payback_months=_per(cac, None if won is None else won * margin),
    )


def _per(amount: Decimal | None, base: Decimal | None) -> Decimal | None:
    return None if amount is None or not base else amount / base
