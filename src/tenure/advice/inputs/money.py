"""What an hour of the team costs, and where that number comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tenure.accounts.hours import Person
from tenure.advice.definitions import AdviceDefinition
from tenure.contracts.selectors.costs import spend_by_month

STATED, COSTS, USUAL = "stated", "costs", "usual"
MONTHS = 12
WEEKS_A_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True)
class Rate:
    """Money an hour costs, in the reporting currency.

    `source`: stated in the definition; costs (spend on retention of the last `months` months over
    the team's hours); or usual, an assumption of the definition.
    """

    amount: float
    source: str
    months: int = 0


def rate_of(definition: AdviceDefinition, people: Sequence[Person], today: date) -> Rate:
    """The rate stated, else that of the costs, else the usual one."""
    if definition.rate is not None:
        return Rate(definition.rate, STATED)
    hours = sum(person.hours for person in people) * WEEKS_A_MONTH
    spent = [
        float(spend.retention)
        for month, spend in sorted(spend_by_month().items())
        if spend.retention is not None and month < today.replace(day=1)
    ][-MONTHS:]
    if not spent or hours <= 0:
        return Rate(definition.usual_rate, USUAL)
    return Rate(sum(spent) / len(spent) / hours, COSTS, len(spent))
