"""A second opinion on relationships: hidden states read out of use and contact alone."""

from typing import Any

from tenure.core.pipeline import Refresh

HEARD = "heard"
"""The measure that says whether an account spoke to us within a step; the others are metrics."""


def opinion_refresh(refresh: Refresh) -> dict[str, Any]:
    """The stage `opinion`. What fits is imported here: few processes do, and it takes a while."""
    from tenure.relationship.opinion.refresh import read_accounts

    return read_accounts(refresh)
