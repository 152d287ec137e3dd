"""The sheet for executives on paper, and a rebalancing by hand, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
A4 = (595, 842)


def pages_of(paper: bytes) -> list[tuple[int, int]]:
    """Width and height in points of every page of a PDF made by Chromium."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", paper)
    counts = [int(n) for n in re.findall(rb"/Type\s*/Pages\b.*?/Count\s+(\d+)", paper, re.DOTALL)]
    assert len(boxes) == max(counts)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_executive_prints_one_light_page_of_a4(visit, scheme):
    one = visit("viewer", scheme=scheme)
    page = one.page
    page.goto("/accounts")
    page.get_by_role("link", name="Executive").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Customer success")
    expect(page.get_by_role("heading", name="What is uncertain")).to_be_visible()
    ((width, height),) = pages_of(page.pdf(prefer_css_page_size=True))
    assert abs(width - A4[0]) <= 1
    assert abs(height - A4[1]) <= 1
    page.emulate_media(media="print", color_scheme=scheme)
    ground = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    one.assert_clean()


def test_the_button_opens_the_browsers_own_print_dialog(visit):
    one = visit("viewer")
    one.page.goto("/executive")
    one.page.evaluate("window.print = () => document.body.setAttribute('data-asked', 'yes')")
    one.page.get_by_role("button", name="Print").click()
    expect(one.page.locator("body")).to_have_attribute("data-asked", "yes")
    one.assert_clean()


def test_moves_are_previewed_applied_after_a_question_and_undone(visit):
    one = visit("leader")
    page = one.page
    page.goto("/team")
    page.get_by_role("link", name="Rebalance", exact=True).click()
    page.get_by_label("Loads within").select_option("5")
    page.get_by_role("button", name="Propose").click()
    page.wait_for_url(re.compile("width=5"))
    boxes = page.locator("input[name=move]")
    count = boxes.count()
    assert count > 0
    for at in range(1, count):
        boxes.nth(at).uncheck()
    page.get_by_role("button", name="Preview the ticked").click()
    expect(page.locator("input[name=move]:checked")).to_have_count(1)
    page.get_by_role("button", name="Apply the ticked").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Hand over these accounts?")
    dialog.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("status")).to_contain_text("1 account has a new owner.")
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("1 account is back where it was.")
    one.assert_clean()
