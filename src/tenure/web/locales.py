"""How the reader's language writes numbers, money and dates, from Unicode's CLDR through Babel."""

from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import get_currency_precision, get_currency_symbol
from django.utils.translation import get_language, to_locale

GAP = "\N{NO-BREAK SPACE}"
# Written so that no reader takes the month for the day.
DAYS = {"zh": "y年M月d日", "de": "d. MMM y"}
MONTHS = {"zh": "y年M月"}
# Tenure's English puts the year first, so that names of quarters sort.
QUARTERS = {"en": "y QQQ", "zh": "y年第Q季度"}


@lru_cache(maxsize=32)
def locale_of(language: str) -> Locale:
    """The locale of a language's code; English for one that Unicode does not know."""
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def language_now() -> str:
    """The code of the reader's language."""
    return get_language() or "en"


@lru_cache(maxsize=32)
def _separators(language: str) -> dict[int, str]:
    symbols = locale_of(language).number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"]})


def grouped(text: str) -> str:
    """A number written as 1,234.5 with the separators of the reader's language."""
    return text.translate(_separators(language_now()))


@lru_cache(maxsize=32)
def _percent_gap(language: str) -> str:
    locale = locale_of(language)
    # Tenure's English sets the sign off, as ISO 80000 does.
    if locale.language == "en":
        return GAP
    return GAP if GAP in locale.percent_formats[None].pattern else ""


def percent_gap() -> str:
    """What stands between a number and its per cent sign."""
    return _percent_gap(language_now())


def unit_after(unit: str) -> str:
    """A unit as it stands after a number, with the gap before it."""
    if not unit:
        return ""
    return percent_gap() + unit if unit == "%" else GAP + unit


@lru_cache(maxsize=256)
def _around(code: str, language: str) -> tuple[str, str]:
    locale = locale_of(language)
    symbol = get_currency_symbol(code, locale)
    if locale.currency_formats["standard"].pattern.split(";")[0].endswith("\xa4"):
        return "", GAP + symbol
    spaced = symbol[-1].isalpha() or GAP in locale.currency_formats["standard"].pattern
    return symbol + (GAP if spaced else ""), ""


def around_amount(code: str) -> tuple[str, str]:
    """What stands before and after an amount in a currency."""
    return _around(code, language_now())


def cents_of(code: str) -> int:
    """How many decimals a currency has."""
    return get_currency_precision(code)


@lru_cache(maxsize=8192)
def _written(year: int, month: int, number: int, pattern: str, language: str) -> str:
    """Kept, since a list writes some hundred days, few of them different."""
    return format_date(date(year, month, number), pattern, locale=locale_of(language))


def written_day(value: date) -> str:
    """A day as 28 Nov 2026."""
    language = language_now()
    pattern = DAYS.get(language.partition("-")[0], "d MMM y")
    return _written(value.year, value.month, value.day, pattern, language)


def written_month(value: date) -> str:
    """A month with its year."""
    language = language_now()
    pattern = MONTHS.get(language.partition("-")[0], "LLL y")
    return _written(value.year, value.month, 1, pattern, language)


def written_quarter(value: date) -> str:
    """The calendar quarter that holds a day, with its year: 2026 Q4."""
    language = language_now()
    pattern = QUARTERS.get(language.partition("-")[0], "QQQ y")
    return _written(value.year, value.month, 1, pattern, language)
