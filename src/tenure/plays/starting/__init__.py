"""From an arrival to a run: what is refused, who goes first, and who is held out.

All of it is decided by `ledger` and `arms`, without a database, so that the preview decides as the
running plays do. An account that arrives is counted as met and then either refused, with a counted
reason, or queued. Queued runs start by the priority of their play, then by the MRR at stake.

Two plays and one account: after an automatic start (held out or not) no other play starts by
itself for seven days, unless its priority is higher. So a chain of plays a month apart, as 120, 90,
60 and 30 days before a renewal, runs through, and two plays for the same cause do not. What waits
for another play, for the day's number, or for its audience to hold again keeps its place until its
patience is over. A start by a person is never held back, and holds nothing back.

Held-out accounts fill the day's number and hold other plays back as started ones do: else the arms
would differ in more than the play.
"""
