"""Where the beliefs about the effects of the plays that come with Tenure come from, for readers."""

from django.utils.translation import gettext, gettext_noop

SOURCES = frozenset(
    {
        gettext_noop(
            "Our own judgement: wider use goes with staying, but part of that is not caused by it"
        ),
        gettext_noop(
            "Our own judgement: among the strongest known warning signs; how much "
            "acting on it helps is less known"
        ),
        gettext_noop(
            "Our own judgement: closing the loop helps, published figures are seldom randomised"
        ),
        gettext_noop(
            "Our own judgement: it is meant to grow accounts, and does little for retention"
        ),
        gettext_noop(
            "Our own judgement: part of all churn is involuntary, and reminders recover some of it"
        ),
        gettext_noop("Our own judgement: being asked may also remind them that they can leave"),
        gettext_noop("Our own judgement: a named person is what clients say they value"),
        gettext_noop(
            "Our own judgement: a stalled start is the commonest reason to leave "
            "at the first renewal"
        ),
        gettext_noop(
            "Our own judgement: personal onboarding of large accounts, by analogy "
            "with guided onboarding"
        ),
        gettext_noop("Our own judgement: mails alone move little, and never all"),
        gettext_noop(
            "Our own judgement: it aims at the relationship; what that does to "
            "retention is not known"
        ),
        gettext_noop(
            "Our own judgement: asking for the outcome shows care, and brings doubts to light early"
        ),
        gettext_noop("Our own judgement: most of what renewals bring is decided long before"),
        gettext_noop(
            "Our own judgement: late rescue works at times, and for some it hastens the end"
        ),
        gettext_noop("Our own judgement: clients tell why when asked by somebody they know"),
        gettext_noop("Our own judgement: a new sponsor re-examines every contract"),
        gettext_noop("Our own judgement: kind, cheap, and hardly ever measured"),
        gettext_noop("Our own judgement: asking in time turns a few trials into customers"),
        gettext_noop(
            "Our own judgement: acting on falling use, by analogy with published "
            "early-warning programmes"
        ),
        gettext_noop(
            "Our own judgement: a few in a hundred come back, some of them without being asked"
        ),
    }
)


def source_told(source: str) -> str:
    """A source in the reader's language, where it is one of ours; else as somebody wrote it."""
    return gettext(source) if source in SOURCES else source
