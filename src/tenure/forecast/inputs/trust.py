"""Whether auto-renewal was recorded as it changed, or stands as it was when the data were loaded.

A source that exports only what holds today says "off" of a subscription from its start, although
it was switched off with the notice. Read back, that tells the future.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from tenure.contracts.models import SubscriptionPeriod
from tenure.forecast.inputs.days import end_of

_FIELDS = ("external_id", "started_at", "auto_renew", "cancel_notified_at", "account__external_id")
_FEW, _TIMES, _MOST = 5, 3.0, 0.5


@dataclass(frozen=True)
class AutoRenewal:
    """Of `notices` recorded on running terms, `early` found auto-renewal off already; so it is for
    the share `usual` of other terms. `proof`: one such subscription.
    """

    notices: int
    early: int
    usual: float
    proof: str

    @property
    def dated(self) -> bool:
        """Whether it can be believed to have stood as recorded."""
        share = self.early / self.notices if self.notices else 0.0
        return self.notices < _FEW or share <= max(_MOST, _TIMES * self.usual)


def auto_renewal(day: date) -> AutoRenewal:
    """Look at every version of every subscription recorded by the end of a day.

    Notice may come as a new version of a term or, where it changes the terms, as a row of its own.
    """
    rows = SubscriptionPeriod.objects.filter(recorded_at__lte=end_of(day), is_trial=False)
    ordered = rows.order_by("external_id", "recorded_at", "started_at", "id")
    notices = early = others = off = 0
    proof = ""
    versions = ordered.values_list(*_FIELDS).iterator(chunk_size=5000)
    for _, group in groupby(versions, key=lambda row: row[0]):
        told = [row for row in group if row[2] is not None]
        given = [(a, b) for a, b in pairwise(told) if a[3] is None and b[3] is not None]
        for before, _ in given:
            notices += 1
            if not before[2]:
                early += 1
                first = next(row for row in told if row[1] == before[1])
                proof = proof or f"{first[4]} {first[0]} from {first[1]:%Y-%m-%d}"
        noticed = {row[1] for pair in given for row in pair}
        terms = {row[1]: row[2] for row in reversed(told) if row[1] not in noticed}
        others += len(terms)
        off += sum(not automatic for automatic in terms.values())
    return AutoRenewal(notices, early, off / others if others else 0.0, proof)
