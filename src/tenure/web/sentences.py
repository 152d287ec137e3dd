"""Sentences that the rooms stored in English, for the reader's language."""

import re
from datetime import date

from tenure.core.reasons import REASONS
from tenure.core.wording import retold
from tenure.forecast.sentences import SENTENCES
from tenure.intake.refusals import REFUSALS
from tenure.web.evidence.causes import cause_name
from tenure.web.evidence.head import chosen_name
from tenure.web.locales import grouped, percent_gap, written_day

# Parts of sentences that are numbers or days; all others are words of the data, kept as they are.
NUMBERS = {
    "accounts", "after", "area", "before", "cells", "early", "false", "gap", "header", "here",
    "high", "index", "low", "months", "most", "n", "notices", "others", "rows", "share", "there",
}  # fmt: skip
DAYS = {"day", "occurred", "origin", "recorded"}
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(%?)")
_SIGNS = {"-": "−"}


def stored_sentence(text: str) -> str:
    """A reason or note of a run, in the reader's language."""
    return retold(text, SENTENCES, _shown)


def stored_reason(text: str) -> str:
    """Why a row or an event was not taken, in the reader's language."""
    return retold(text, REASONS, _shown)


def stored_refusals(text: str) -> str:
    """Why a load did not go well, in the reader's language; a line for each thing."""
    return "\n".join(retold(line, REFUSALS, _shown) for line in text.split("\n"))


def _shown(name: str, value: str) -> str:
    if name == "cause":
        return cause_name(value)
    if name == "chosen":
        return chosen_name(value)
    if name in DAYS:
        return _day(value)
    found = _NUMBER.fullmatch(value) if name in NUMBERS else None
    if found is None:
        return value
    sign, whole, rest, percent = found.groups(default="")
    gap = percent_gap() if percent else ""
    return f"{_SIGNS.get(sign, sign)}{grouped(whole + rest)}{gap}{percent}"


def _day(value: str) -> str:
    try:
        return written_day(date.fromisoformat(value))
    except ValueError:
        return value
