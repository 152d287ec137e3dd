"""No violation found by axe on any page, light and dark, on a desk and on a telephone."""

import pytest

from tests.browser.conftest import AXE, NARROW, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
RUN = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
    "wcag22aa", "best-practice"]});
  return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) =>
    n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`);
}"""


# Colours that fade from one scheme to the other would be measured half-way.
AT_ONCE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important }");
  document.adoptedStyleSheets.push(sheet);
}"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(page, address) -> list[str]:
    """What axe finds in light and in dark colours, and whether the page scrolls sideways."""
    page.goto(address)
    page.evaluate(AXE.read_text())
    page.evaluate(AT_ONCE)
    found = [f"{address}: scrolls sideways"] if page.evaluate(SIDEWAYS) > 0 else []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{address}, {scheme}: {text}" for text in page.evaluate(RUN)]
    return found


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing_on_any_page_and_none_scrolls_sideways(visit, addresses, size):
    one = visit("admin", size=size)
    found = [text for address in addresses for text in violations(one.page, address)]
    assert not found, "\n".join(found)
    one.assert_clean()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing_on_the_way_in(visit, size):
    one = visit("", size=size)
    found = [
        text
        for address in ("/account/login/", "/account/password/reset/", "/account/signup/")
        for text in violations(one.page, address)
    ]
    assert not found, "\n".join(found)
