"""Search from any page by keyboard alone."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_control_k_finds_an_account_and_enter_opens_it(visit):
    one = visit("admin")
    one.page.goto("/ladder")
    one.page.keyboard.press("Control+k")
    box = one.page.locator("#search input")
    expect(box).to_be_focused()
    expect(one.page.locator("#search [data-hit]").first).to_be_visible()
    one.page.keyboard.type("bare")
    expect(one.page.locator("#search [data-hit]").first).to_contain_text("Bare")
    one.page.keyboard.press("Enter")
    expect(one.page.locator("h1")).to_contain_text("Bare")
    one.assert_clean()


def test_arrows_move_through_what_is_found_and_escape_gives_the_page_back(visit):
    one = visit("admin")
    one.page.goto("/ladder")
    one.page.keyboard.press("Control+k")
    hits = one.page.locator("#search [data-hit]")
    expect(hits.first).to_be_visible()
    one.page.keyboard.press("ArrowDown")
    expect(hits.first).to_be_focused()
    one.page.keyboard.press("ArrowUp")
    expect(one.page.locator("#search input")).to_be_focused()
    one.page.keyboard.press("Escape")
    expect(one.page.locator("#search")).to_be_hidden()
    one.assert_clean()
