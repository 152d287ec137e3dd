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


def violations(page, address) -> list[str]:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text())
    return [f"{address}: {text}" for text in page.evaluate(RUN)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing_on_any_page(visit, addresses, size, scheme):
    one = visit("admin", size=size, scheme=scheme)
    found = [text for address in addresses for text in violations(one.page, address)]
    assert not found, "\n".join(found)
    one.assert_clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_way_in(visit, scheme):
    one = visit("", scheme=scheme)
    found = [
        text
        for address in ("/account/login/", "/account/password/reset/", "/account/signup/")
        for text in violations(one.page, address)
    ]
    assert not found, "\n".join(found)
