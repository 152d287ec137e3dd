"""Every sentence that the linter of panels and the fit of hazards hand on.

Each is `template % values`. They are stored in English; whoever shows them to a reader finds the
template again and translates it, so a sentence is never put together elsewhere.
"""


def _(template: str) -> str:
    """Mark a template for the catalogues of translations."""
    return template


FUTURE = _(
    "%(column)s lies after the origin in %(rows)s rows (%(value)s, while the row is of "
    "%(origin)s): leave it out; if it was known then, as a renewal date is, say so with "
    "known_ahead."
)
LATE = _(
    "%(column)s was recorded after the origin in %(rows)s rows (%(value)s, recorded on "
    "%(recorded)s, while the row is of %(origin)s): build it from what was recorded by then."
)
HINDSIGHT = _(
    "%(column)s is %(value)s on %(origin)s, a value of %(occurred)s that was recorded on "
    "%(recorded)s, and so in %(rows)s rows: build it from what had occurred and been recorded "
    "by then."
)
NAME = _(
    "%(column)s is different for %(share)s of the accounts (“%(value)s”): it is a name, from "
    "which nothing can be learned for others; leave it out."
)
NUMBERED_ACCOUNTS = _(
    "%(column)s numbers the accounts (%(value)s); what it tells of the label (AUC %(area)s) "
    "comes from when they were numbered; leave it out."
)
NUMBERED_ROWS = _(
    "%(column)s numbers the rows (%(value)s); what it tells of the label (AUC %(area)s) comes "
    "from when they were numbered; leave it out."
)
FILLED_IN = _(
    "%(column)s is filled in for %(here)s of %(there)s accounts to which it came and "
    "%(false)s of %(others)s others: it was filled in because of the event or stopped with "
    "it; leave it out, or take it as it stood at the origin."
)
MISSING = _(
    "%(column)s is missing for %(here)s of %(there)s accounts to which it came and %(false)s "
    "of %(others)s others: it was filled in because of the event or stopped with it; leave it "
    "out, or take it as it stood at the origin."
)
OTHER_VALUE = _(
    "%(column)s is “%(value)s” or else, but not “%(usual)s”, for %(here)s of %(there)s "
    "accounts to which it came and %(false)s of %(others)s others: it says what happened, not "
    "what was known before; leave it out, or take it as it stood at the origin."
)
ONE_VALUE = _(
    "%(column)s is “%(value)s” for %(here)s of %(there)s accounts to which it came and "
    "%(false)s of %(others)s others: it says what happened, not what was known before; leave "
    "it out, or take it as it stood at the origin."
)
TELLING_DATES = _(
    "The dates of %(column)s alone tell the label (AUC %(area)s, at least %(low)s; %(value)s "
    "where it came): that is hardly known before; leave it out, or take it as it stood at the "
    "origin."
)
TELLING_VALUES = _(
    "The values of %(column)s alone tell the label (AUC %(area)s, at least %(low)s; %(value)s "
    "where it came): that is hardly known before; leave it out, or take it as it stood at the "
    "origin."
)
CONSTANT = _("%(column)s is “%(value)s” in every row: it tells nothing; leave it out.")
MOVED = _(
    "The values of %(column)s have moved between the older and the newest rows (population "
    "stability index %(index)s; %(value)s on %(origin)s): see whether it means the same."
)
KNOWN_CHANGES = _(
    "%(column)s is known in %(before)s of the older rows and %(after)s of the newest "
    "(%(value)s on %(origin)s): what was learned from it cannot be used; leave it out or "
    "bring it back."
)
UNIT_CHANGES = _(
    "The middle size of %(column)s goes from %(before)s to %(after)s for the same accounts "
    "(%(value)s on %(origin)s): its unit or its meaning has changed; bring both to one."
)
MEANING_TURNS = _(
    "%(column)s tells the opposite in the newer rows (AUC %(before)s before, %(after)s since; "
    "%(value)s on %(origin)s): its meaning has turned; split or leave it out."
)
ONE_ACCOUNT_TWICE = _(
    "Account %(account)s has the same values as account %(other)s in all its %(rows)s rows, too "
    "many to be alike by chance: it is one account under two keys; the rows of %(account)s are "
    "taken out."
)
ALIKE = _(
    "%(accounts)s accounts have the same values as another in all their rows (%(account)s is one), "
    "by chance or because they are there twice; look whether they are."
)

NO_SIGNAL = _("No usable signal for %(cause)s: no feature adds to %(chosen)s.")
NO_BOOSTING = _(
    "Gradient boosting was left out because LightGBM could not be loaded; it needs the system "
    "library libgomp (%(error)s)."
)

SENTENCES = tuple(text for name, text in tuple(globals().items()) if name.isupper())
