"""Words of shipped definitions in the reader's language."""

from django.utils.translation import gettext


def told(text: str) -> str:
    """A title or description as the reader's language has it; what a person typed stays as it is.

    Shipped definitions are stored in English and translated when they are shown, so that one
    installation can be read in several languages.
    """
    return gettext(text) if text else ""
