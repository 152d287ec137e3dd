"""Values of many rows as the database gives them."""

from django.db.models import ExpressionWrapper, F, Field
from django.db.models.expressions import Combinable


def as_stored(value: str | Combinable) -> Combinable:
    """A column or an expression for `values_list`, without Django's conversion of each value.

    To convert takes longer than to read, where there are thousands. What comes differs: on SQLite
    a moment and a day are text, a flag is a number and an amount a float, on PostgreSQL they are
    what Python has for them. Use it where both will do, as with numbers and words.
    """
    expression = F(value) if isinstance(value, str) else value
    return ExpressionWrapper(expression, output_field=Field())
