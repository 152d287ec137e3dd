"""Which accounts set a play off, told by one function for the running plays and for the preview."""

from tenure.plays.arrivals.facts import Facts
from tenure.plays.arrivals.looking import Looked, arrivals
from tenure.plays.arrivals.shape import LATE, OVERLAP, Arrival

__all__ = ["LATE", "OVERLAP", "Arrival", "Facts", "Looked", "arrivals"]
