"""Why a step did nothing, or a run ended: kept as a word or in English, told in the reader's own.

What a step leaves in `RunStep.detail["reason"]` is a key of `WHY`; what an exception said is kept
as it was said.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

WHY: dict[str, Promise] = {
    "nobody": _("Nobody of the account in these roles has an e-mail address."),
    "peace": _("The account, or everybody who could be written to, is not to be disturbed."),
    "capped": _("Everybody who could be written to had a mail of a play only lately."),
    "no_channel": _("There is no such channel any more; make it in the settings."),
    "no_owner": _("There is nobody who could own the account."),
    "play_off": _("The other play is not switched on."),
    "has_it": _("The account goes through the other play already."),
}
LEFT = gettext_noop("Its exit rule holds.")
REFUSED = gettext_noop("The approval was refused.")
NO_ANSWER = gettext_noop("Nobody approved in time.")
BROKEN = gettext_noop("Its version of the play cannot be read any more.")


def reason_of(detail: Mapping[str, Any]) -> str:
    """The sentence for what a step's detail says, in the language that is active; "" for none."""
    reason = detail.get("reason", "")
    return str(WHY.get(reason, reason))
