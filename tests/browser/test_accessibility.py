"""No violation found by axe on any page: on a desk in light and dark, on a telephone in German."""

import pytest

from tests.browser.conftest import AXE, SIDEWAYS, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ALL = """{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
  "best-practice"]}"""
# What the other colours can change.
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


def violations(page, address, dark=True) -> list[str]:
    """What axe finds on the open page in light and in dark colours."""
    page.evaluate(AXE.read_text())
    page.evaluate(AT_ONCE)
    found = [f"{address}: {text}" for text in page.evaluate(RUN % ALL)]
    if dark:
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found += [f"{address}, dark: {text}" for text in page.evaluate(RUN % COLOURS)]
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found


def walked(page, addresses) -> list[str]:
    """What is wrong with pages."""
    found = []
    for address in addresses:
        page.goto(address)
        if page.evaluate(SIDEWAYS) > 0:
            found.append(f"{address}: scrolls sideways")
        found += violations(page, address)
    return found


def test_axe_finds_nothing_on_any_page_and_none_scrolls_sideways(visit, addresses):
    one = visit("admin", size=WIDE)
    found = walked(one.page, addresses)
    assert not found, "\n".join(found)
    one.assert_clean()


def test_axe_finds_nothing_on_the_way_in(visit):
    pages = ("/account/login/", "/account/password/reset/", "/account/signup/")
    found = walked(visit("", size=WIDE).page, pages)
    assert not found, "\n".join(found)
