"""No violation found by axe on any page.

All rules are asked of each page once, in light colours on a telephone, where the longest words
are: test_languages. Here what is left: the dark colours, on a desk.
"""

import pytest

from tests.browser.conftest import AXE, SIDEWAYS, WIDE

pytestmark = pytest.mark.browser
ALL = """{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
  "best-practice"]}"""
# What other colours can change.
COLOURS = """{type: "rule", values: ["color-contrast", "link-in-text-block"]}"""
RUN = """async () => {
  const found = await axe.run(document, {runOnly: %s, resultTypes: ["violations"]});
  return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) =>
    n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`);
}"""


# Colours that fade from one scheme to the other would be measured half-way.
AT_ONCE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important }");
  document.adoptedStyleSheets.push(sheet);
}"""


def violations(page, address, rules=ALL) -> list[str]:
    """What axe finds on the open page."""
    page.evaluate(AXE.read_text())
    page.evaluate(AT_ONCE)
    return [f"{address}: {text}" for text in page.evaluate(RUN % rules)]


def test_on_a_desk_in_the_dark_no_page_lacks_contrast_or_scrolls_sideways(visit, addresses):
    one = visit("admin", size=WIDE, scheme="dark")
    found = []
    for address in addresses:
        one.page.goto(address)
        if one.page.evaluate(SIDEWAYS) > 0:
            found.append(f"{address}: scrolls sideways")
        found += violations(one.page, address, COLOURS)
    assert not found, "\n".join(found)
    one.assert_clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_way_in(visit, scheme):
    page, found = visit("", size=WIDE, scheme=scheme).page, []
    for address in ("/account/login/", "/account/password/reset/", "/account/signup/"):
        page.goto(address)
        found += violations(page, address)
    assert not found, "\n".join(found)
