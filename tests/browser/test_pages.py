"""What people do on the pages, in a real browser against a real server."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_somebody_signs_in_finds_an_account_and_reads_its_past(visit, site):
    one = visit("leader", at="/accounts")
    page = one.page
    expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
    page.goto(f"/accounts/{site.account}")
    name = page.get_by_role("heading", level=1).inner_text()
    expect(page.locator("canvas").first).to_be_visible()
    page.goto("/accounts")
    page.keyboard.press("/")
    page.keyboard.type(name)
    expect(page.locator("tbody tr")).to_have_count(1)
    assert f"q={name.split()[0]}" in page.url
    page.get_by_role("link", name=name).click()
    page.get_by_label("As known on").last.fill("2026-01-15")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("As known on 15 Jan 2026.")).to_be_visible()
    page.get_by_role("link", name="Timeline", exact=True).click()
    assert "on=2026-01-15" in page.url
    page.get_by_role("link", name="Back to now").click()
    expect(page.get_by_text("Nothing that Tenure learned later")).to_have_count(0)
    one.assert_clean()


def test_filters_sorting_and_pages_change_the_table_and_the_address(visit):
    one = visit("leader", at="/accounts")
    page = one.page
    page.get_by_role("combobox", name="Level").select_option("client")
    page.wait_for_url(re.compile("level=client"))
    expect(page.locator("tbody .tn-level").first).to_have_text("Client")
    page.get_by_role("link", name="MRR").first.click()
    page.wait_for_url(re.compile("sort="))
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("MRR"))
    page.get_by_role("link", name="All", exact=True).click()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(re.compile("page=2"))
    expect(page.get_by_text("51–61 of 61")).to_be_visible()
    one.assert_clean()


def test_handing_accounts_over_asks_first(visit):
    one = visit("leader", at="/accounts")
    page = one.page
    boxes = page.locator("tbody input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_label("Give the ticked to").select_option(label="csm@example.com")
    page.get_by_role("button", name="Assign").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Selected: 2")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Assign").first.click()
    dialog.get_by_role("button", name="Assign").click()
    expect(page.get_by_role("status")).to_contain_text("a new owner")
    one.assert_clean()


def test_a_note_and_a_pulse_land_on_the_timeline(visit, site):
    one = visit("leader")
    page = one.page
    page.goto(f"/accounts/{site.account}")
    page.get_by_label("Note").fill("Ask <b>Grace</b> about the roll-out")
    page.get_by_role("button", name="Put on the timeline").click()
    expect(page.locator(".tn-timeline").first).to_contain_text("Ask <b>Grace</b> about")
    page.get_by_label("Pulse: your own judgement").fill("64")
    page.get_by_role("button", name="Record pulse").click()
    expect(page.locator(".tn-timeline").first).to_contain_text("Pulse 64 of 100")
    one.assert_clean()


def test_the_list_is_walked_by_keyboard_alone(visit):
    page = visit("csm", at="/accounts").page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("[data-row-link]").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/accounts/\d+$"))


def test_the_chosen_colours_stay_and_come_without_a_script(visit):
    one = visit("csm", at="/accounts")
    one.page.get_by_role("button", name="Dark colours").click()
    expect(one.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    one.page.goto("/profile")
    expect(one.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    one.assert_clean()


def test_the_pages_work_without_any_script(visit, site):
    page = visit("leader", at="/accounts", script=False).page
    page.locator("input[data-search]").fill("a1.example")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.wait_for_url(re.compile("q=a1.example"))
    page.locator("[data-row-link]").first.click()
    page.get_by_text("Show as table").first.click()
    assert page.locator("figure table tbody tr").first.is_visible()
