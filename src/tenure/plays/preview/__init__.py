"""What a play would have done over the last days: the same decisions, day by day, nothing written.

Arrivals, refusals, the queue and the arms are those of `arrivals` and `starting`. The steps are
walked by the rules as they answered on each day. Where a run would have waited for people, a task
is taken as done on the day it is due, and an approval as given at once.
"""
