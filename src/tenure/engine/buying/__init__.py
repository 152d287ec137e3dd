"""Products without a contract: who is a customer still, and what they will buy."""

from tenure.engine.buying.bgnbd import BG_NBD
from tenure.engine.buying.fitting import Fitted, Measured, fit
from tenure.engine.buying.form import Form, Params
from tenure.engine.buying.log import Summary, purchases_after, summary
from tenure.engine.buying.paretonbd import PARETO_NBD

__all__ = [
    "BG_NBD",
    "PARETO_NBD",
    "Fitted",
    "Form",
    "Measured",
    "Params",
    "Summary",
    "fit",
    "purchases_after",
    "summary",
]
