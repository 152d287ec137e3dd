"""Recurring revenue: MRR, movements and their causes, retention, renewals, unit economics."""

from tenure.engine.money.causes import Cause, Change
from tenure.engine.money.currency import Conversion, Rates
from tenure.engine.money.economics import Economics, economics
from tenure.engine.money.hierarchy import acyclic, roll_up, roots, subtree
from tenure.engine.money.movements import Kind, Movement, changes, movements
from tenure.engine.money.mrr import MrrMatrix, as_money, mrr_at, mrr_matrix, mrr_steps, unconverted
from tenure.engine.money.periods import (
    Period,
    add_months,
    by_account,
    by_subscription,
    effective_end,
    regroup,
    whole_months,
)
from tenure.engine.money.renewals import completed_renewals, next_renewal, renewal_within
from tenure.engine.money.spells import (
    ChurnRule,
    Spell,
    contractual_churns,
    paid_months,
    spells_of,
    usage_churn,
)
from tenure.engine.money.state import AccountState, Brief, brief_at, state_at
from tenure.engine.money.waterfall import Waterfall, waterfall, waterfall_series, waterfalls

__all__ = [
    "AccountState",
    "Brief",
    "Cause",
    "Change",
    "ChurnRule",
    "Conversion",
    "Economics",
    "Kind",
    "Movement",
    "MrrMatrix",
    "Period",
    "Rates",
    "Spell",
    "Waterfall",
    "acyclic",
    "add_months",
    "as_money",
    "brief_at",
    "by_account",
    "by_subscription",
    "changes",
    "completed_renewals",
    "contractual_churns",
    "economics",
    "effective_end",
    "movements",
    "mrr_at",
    "mrr_matrix",
    "mrr_steps",
    "next_renewal",
    "paid_months",
    "regroup",
    "renewal_within",
    "roll_up",
    "roots",
    "spells_of",
    "state_at",
    "subtree",
    "unconverted",
    "usage_churn",
    "waterfall",
    "waterfall_series",
    "waterfalls",
    "whole_months",
]
