"""Calls on renewals and the outlook of an account, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_call_is_made_in_the_table_and_kept_with_its_history(visit):
    one = visit("leader")
    page = one.page
    page.goto("/renewals?called=none")
    page.get_by_role("navigation", name="Quarter").get_by_role("link").last.click()
    page.wait_for_url(re.compile("quarter="))
    cell = page.locator("td[id^=call-]").first
    cell.get_by_role("link", name="Make a call").click()
    cell.get_by_role("combobox").select_option(label="at risk")
    cell.get_by_label("MRR after it").fill("lots")
    cell.get_by_role("button", name="Keep the call").click()
    expect(cell.get_by_role("alert")).to_contain_text("as a number")
    cell.get_by_role("combobox").select_option(label="at risk")
    cell.get_by_label("MRR after it").fill("120")
    cell.get_by_label("Note").fill("Sponsor <b>left</b>")
    cell.get_by_role("button", name="Keep the call").click()
    expect(cell.get_by_role("status")).to_have_text("Kept.")
    expect(cell).to_contain_text("at risk")
    cell.get_by_role("link", name="Change").click()
    cell.get_by_role("link", name="History").click()
    expect(page.get_by_text("Sponsor <b>left</b>")).to_be_visible()
    one.assert_clean()


def test_a_call_is_made_without_any_script(visit, site):
    page = visit("leader", script=False).page
    page.goto(site.renewal)
    page.get_by_label("Note").fill("By letter")
    page.get_by_role("button", name="Keep the call").click()
    expect(page.get_by_role("status")).to_contain_text("The call is kept.")
    expect(page.get_by_role("row").filter(has_text="By letter")).to_have_count(1)


def test_a_viewer_reads_renewals_and_makes_no_calls(visit, site):
    page = visit("viewer").page
    page.goto("/renewals")
    expect(page.get_by_role("heading", name="Quarter by quarter")).to_be_visible()
    expect(page.get_by_role("link", name="Make a call")).to_have_count(0)
    page.goto(site.renewal)
    expect(page.get_by_role("button", name="Keep the call")).to_have_count(0)
