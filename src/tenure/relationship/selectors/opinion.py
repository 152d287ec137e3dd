"""What the hidden Markov model says of an account."""

from datetime import date

from tenure.accounts.models import Account
from tenure.relationship.models import HiddenState


def hidden_state_of(account: Account, on: date | None = None) -> HiddenState | None:
    """The newest reading of an account; with `on`, that of the end of that day."""
    rows = HiddenState.objects.filter(account=account).select_related("model")
    if on is not None:
        rows = rows.filter(as_of__lte=on)
    return rows.order_by("-as_of", "-pk").first()
