"""Every page in every language on a telephone: nothing runs over, no English is left.

German, with the longest words, is read in every state and looked through for barriers, too: all of
them on a telephone in light colours, and what other colours can change on a desk in the dark; of
many rows alike, a few.
"""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import expect

from tests.browser.axe import COLOURS, thin_out, violations
from tests.browser.conftest import NARROW, SIDEWAYS, WIDE

pytestmark = pytest.mark.browser
LOCALE = Path(__file__).resolve().parents[2] / "src/tenure/locale"
CODES = {"de": "de", "nl": "nl", "it": "it", "zh_Hans": "zh-hans"}
TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.replace(/\\s+/g, " ").trim();
    if (text && !walker.currentNode.parentElement.closest("script, style, code, pre, textarea"))
      found.push(text);
  }
  return found;
}"""
# A word alone may be the same in two languages, or a name that somebody typed.
SEVERAL_WORDS = re.compile(r"\w+\W+\w+\W+\w+")


def english(language: str) -> set[str]:
    """Plain sentences and phrases that read otherwise in the language."""
    with (LOCALE / language / "LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {
        m.id
        for m in catalogue
        if isinstance(m.id, str) and m.string not in {"", m.id} and SEVERAL_WORDS.search(m.id)
    }


def choose(page, code: str) -> None:
    """A language, as people choose it for themselves."""
    page.goto("/profile")
    page.locator("select[name=language]").select_option(code)
    page.locator("form:has(select[name=language]) [type=submit]").click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{code}$", re.IGNORECASE))


@contextmanager
def reading(page, code: str):
    """In a language, and in English again afterwards."""
    choose(page, code)
    try:
        yield
    finally:
        choose(page, "en")


def sideways(page, address: str) -> list[str]:
    return [f"{address}: scrolls sideways"] if page.evaluate(SIDEWAYS) > 0 else []


def dress(page, size, scheme) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)


def in_the_dark(page, address: str) -> list[str]:
    """Faults of the open page on a desk in dark colours; a telephone again, and empty, after it."""
    dress(page, WIDE, "dark")
    faults = [*sideways(page, address), *violations(page, address, COLOURS)]
    page.evaluate("document.body.replaceChildren()")  # charts would be drawn again for nobody
    dress(page, NARROW, "light")
    return [f"in the dark: {fault}" for fault in faults]


@pytest.mark.parametrize("language", CODES)
def test_no_page_runs_over_or_is_left_in_english(visit, pages, addresses, language):
    one = visit("admin", size=NARROW)
    known, faults = english(language), []
    with reading(one.page, CODES[language]):
        for address in addresses if language == "de" else pages:
            one.page.goto(address, wait_until="domcontentloaded")
            faults += sideways(one.page, address)
            left = known & set(one.page.evaluate(TEXTS))
            faults += [f"{address}: “{text}” is in English" for text in sorted(left)]
            if language == "de":
                thin_out(one.page)
                faults += violations(one.page, address)
                faults += in_the_dark(one.page, address)
        assert one.page.locator("html").get_attribute("lang").lower() == CODES[language]
    assert not faults, "\n".join(faults)
    one.assert_clean()
