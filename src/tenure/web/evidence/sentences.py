"""Sentences that a training stored in English, for the reader's language."""

from django.utils.translation import gettext_noop as _

from tenure.core.wording import retold

# As they are made in tenure.forecast and tenure.engine; a test makes each of them.
PATTERNS = (
    _("The first model."),
    _("Replaced by run %(run)s."),
    _("Made by a training to show the past."),
    _("No window has closed since the live model was made; the newer data count."),
    _("Only %(n)s churns since %(day)s: too few to find it worse."),
    _(
        "Log loss over %(months)s months from %(day)s: %(gap)s (%(low)s to %(high)s) against the "
        "live model: not worse."
    ),
    _(
        "Log loss over %(months)s months from %(day)s: %(gap)s (%(low)s to %(high)s) against the "
        "live model: worse."
    ),
    _("No usable signal for %(cause)s: no feature beats the %(chosen)s."),
    _(
        "Gradient boosting was left out because LightGBM could not be loaded; it needs the system "
        "library libgomp (%(error)s)."
    ),
    _(
        "Auto-renewal was off before %(early)s of %(notices)s notices were given, and is for "
        "%(usual)s of other terms: it stands as it was when it was loaded, not as it was at the "
        "time. Load its changes with their dates to have it used."
    ),
)
REFUSALS = (
    _(
        "%(column)s lies after the origin in %(rows)s rows (%(value)s, while the row is of "
        "%(origin)s): leave it out; if it was known then, as a renewal date is, say so with "
        "known_ahead."
    ),
    _(
        "%(column)s was recorded after the origin in %(rows)s rows (%(value)s, recorded on "
        "%(recorded)s, while the row is of %(origin)s): build it from what was recorded by then."
    ),
    _(
        "%(column)s is %(value)s on %(origin)s, a value of %(occurred)s that was recorded on "
        "%(recorded)s, and so in %(rows)s rows: build it from what had occurred and been recorded "
        "by then."
    ),
    _(
        "%(column)s is different for %(share)s of the accounts (“%(value)s”): it is a name, from "
        "which nothing can be learned for others; leave it out."
    ),
    _(
        "%(column)s numbers the accounts (%(value)s); what it tells of the label (AUC %(area)s) "
        "comes from when they were numbered; leave it out."
    ),
    _(
        "%(column)s numbers the rows (%(value)s); what it tells of the label (AUC %(area)s) comes "
        "from when they were numbered; leave it out."
    ),
    _(
        "%(column)s is filled in for %(here)s of %(there)s accounts to which it came and "
        "%(false)s of %(others)s others: it was filled in because of the event or stopped with "
        "it; leave it out, or take it as it stood at the origin."
    ),
    _(
        "%(column)s is missing for %(here)s of %(there)s accounts to which it came and %(false)s "
        "of %(others)s others: it was filled in because of the event or stopped with it; leave it "
        "out, or take it as it stood at the origin."
    ),
    _(
        "%(column)s is “%(value)s” or else, but not “%(usual)s”, for %(here)s of %(there)s "
        "accounts to which it came and %(false)s of %(others)s others: it says what happened, not "
        "what was known before; leave it out, or take it as it stood at the origin."
    ),
    _(
        "%(column)s is “%(value)s” for %(here)s of %(there)s accounts to which it came and "
        "%(false)s of %(others)s others: it says what happened, not what was known before; leave "
        "it out, or take it as it stood at the origin."
    ),
    _(
        "The dates of %(column)s alone tell the label (AUC %(area)s, at least %(low)s; %(value)s "
        "where it came): that is hardly known before; leave it out, or take it as it stood at the "
        "origin."
    ),
    _(
        "The values of %(column)s alone tell the label (AUC %(area)s, at least %(low)s; %(value)s "
        "where it came): that is hardly known before; leave it out, or take it as it stood at the "
        "origin."
    ),
    _(
        "%(column)s is known in %(before)s of the older rows and %(after)s of the newest "
        "(%(value)s on %(origin)s): what was learned from it cannot be used; leave it out or "
        "bring it back."
    ),
    _(
        "The middle size of %(column)s goes from %(before)s to %(after)s for the same accounts "
        "(%(value)s on %(origin)s): its unit or its meaning has changed; bring both to one."
    ),
    _(
        "%(column)s tells the opposite in the newer rows (AUC %(before)s before, %(after)s since; "
        "%(value)s on %(origin)s): its meaning has turned; split or leave it out."
    ),
)


def stored_sentence(text: str) -> str:
    """A reason or note of a run, in the reader's language."""
    return retold(text, (*PATTERNS, *REFUSALS))
