"""The monthly chances to go from level to level, as last fitted."""

from tenure.relationship.models import MonthlyMoves


def monthly_moves(segment: str = "") -> MonthlyMoves | None:
    """The newest fit of all accounts, or of one segment; None where it has none of its own."""
    return MonthlyMoves.objects.filter(segment=segment).order_by("-pk").first()
