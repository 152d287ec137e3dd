"""Every sentence that a training stores, in English; a page shows it in the reader's language.

Each is `template % values`; see `tenure.core.wording.retold`.
"""

from django.utils.translation import gettext_noop as _

from tenure.engine import sentences as engine

FIRST = _("The first model.")
REPLACED = _("Replaced by run %(run)s.")
REPLAY = _("Made by a training to show the past.")
NO_WINDOW = _("No window has closed since the live model was made; the newer data count.")
TOO_FEW = _("Only %(n)s churns since %(day)s: too few to find it worse.")
NOT_WORSE = _(
    "Log loss over %(months)s months from %(day)s: %(gap)s (%(low)s to %(high)s) against the "
    "live model: not worse."
)
WORSE = _(
    "Log loss over %(months)s months from %(day)s: %(gap)s (%(low)s to %(high)s) against the "
    "live model: worse."
)
UNDATED = _(
    "Auto-renewal was off before %(early)s of %(notices)s notices were given, and is for "
    "%(share)s of other terms: it stands as it was when it was loaded, not as it was at the "
    "time. Load its changes with their dates to have it used."
)

SENTENCES = (
    *(text for name, text in tuple(globals().items()) if name.isupper()),
    *engine.SENTENCES,
)
