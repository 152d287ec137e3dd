"""Every page in every language on a telephone: nothing runs over, no English is left.

German, with the longest words, is read in every state and looked through for barriers, too.
"""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.browser.conftest import NARROW, SIDEWAYS
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser
LOCALE = Path(__file__).resolve().parents[2] / "src/tenure/locale"
CODES = {"de": "de", "nl": "nl", "it": "it", "zh_Hans": "zh-hans"}
CHOOSE = """
from tenure.core.models import User
User.objects.filter(email="admin@example.com").update(language={code!r})
"""
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


@pytest.fixture
def read_in(site):
    """Have the administrator read in a language; in English again afterwards."""
    yield lambda code: site.python(CHOOSE.format(code=code))
    site.python(CHOOSE.format(code="en"))


@pytest.mark.parametrize("language", CODES)
def test_no_page_runs_over_or_is_left_in_english(visit, pages, addresses, read_in, language):
    read_in(CODES[language])
    known = english(language)
    one = visit("admin", size=NARROW)
    faults = []
    for address in addresses if language == "de" else pages:
        one.page.goto(address, wait_until="domcontentloaded")
        if one.page.evaluate(SIDEWAYS) > 0:
            faults.append(f"{address}: scrolls sideways")
        left = known & set(one.page.evaluate(TEXTS))
        faults += [f"{address}: “{text}” is in English" for text in sorted(left)]
        if language == "de":
            faults += violations(one.page, address)
    assert one.page.locator("html").get_attribute("lang").lower() == CODES[language]
    assert not faults, "\n".join(faults)
    one.assert_clean()
