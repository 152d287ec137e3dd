"""Why files were not loaded: the templates of every refusal, and what pages translate.

As with `tenure.core.reasons`: stored in English as `template % values`, a line each.
"""

from django.utils.translation import gettext_noop as _

# Of a header.
EMPTY = _("%(file)s: the file is empty; its first line must name the columns.")
REPEATED = _("%(file)s: the column '%(column)s' appears %(n)s times; name each column once.")
UNNAMED = _("%(file)s: column %(n)s has no name; give it one or take it out.")
ONE_MISSING = _("%(file)s: the required column %(columns)s is missing.")
SEVERAL_MISSING = _("%(file)s: the required columns %(columns)s are missing.")
ONE_OF_MISSING = _("%(file)s: at least one of the columns %(columns)s is needed.")
MANY_FIELDS = _("%(file)s: %(n)s custom fields are too many; at most %(most)s are kept.")
BROKEN_NAME = _("%(file)s: the column '%(column)s' has too long or broken a name.")
UNKNOWN_CLOSE = _("%(file)s: %(table)s has no column '%(column)s'; did you mean '%(close)s'?")
UNKNOWN = _("%(file)s: %(table)s has no column '%(column)s'; take it out.")

# Of a folder.
NO_FOLDER = _("There is no folder %(folder)s; name one that holds the files to load.")
NOT_FOLDER = _("%(folder)s is not a folder; name the folder that holds the files.")
SAME_TABLE = _("%(files)s are the same table; keep one of them.")
NO_TABLE = _(
    "%(folder)s holds no table; its files must be called one of %(names)s, with .csv, .jsonl or "
    ".parquet at the end."
)

# Of a file.
UNREADABLE = _("%(file)s cannot be read: %(error)s.")
NO_HEADER = _("%(file)s has no header that can be read.")
NOT_UTF8 = _("%(file)s is not UTF-8; save it as UTF-8 and load again.")
UTF16 = _("%(file)s is UTF-16; save it as UTF-8 and load again.")
MANY_KEYS = _("%(file)s has more than %(most)s different keys in its objects.")
NOT_PARQUET = _("%(file)s is not a Parquet file that can be read.")
BROKEN_OFF = _("%(file)s breaks off: %(error)s.")

# Of a load.
INTERRUPTED = _("Interrupted; load the folder again to go on.")
LOADED_LATER = _("Broke off; the folder was loaded again later.")

REFUSALS = tuple(text for name, text in tuple(globals().items()) if name.isupper())
