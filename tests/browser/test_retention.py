"""The page Retention in a real browser: switches stand in the address, charts are drawn."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_switches_change_one_card_and_the_address(visit):
    one = visit("leader")
    page = one.page
    page.goto("/retention")
    expect(page.locator("canvas")).to_have_count(6)
    cohorts = page.locator("#cohorts")
    cohorts.get_by_role("link", name="net revenue").click()
    page.wait_for_url(re.compile(r"show=net#cohorts$"))
    cohorts.get_by_role("link", name="by quarter").click()
    page.wait_for_url(re.compile("cohort=quarter"))
    expect(cohorts.get_by_role("rowheader").nth(1)).to_have_text(re.compile(r"^\d{4} Q\d$"))
    page.locator("#curves").get_by_role("link", name="segment").click()
    page.wait_for_url(re.compile("by=segment"))
    assert "show=net" in page.url
    expect(page.locator("#curves .tn-scroll tbody tr").first).to_contain_text("at risk")
    one.assert_clean()


def test_other_months_are_chosen_and_the_bridge_follows(visit):
    one = visit("leader")
    page = one.page
    page.goto("/retention?show=gross")
    bridge = page.locator("#bridge")
    bridge.get_by_role("link", name="other months").click()
    bridge.get_by_role("combobox", name="From").select_option(index=14)
    first = bridge.get_by_role("combobox", name="From").locator("option:checked").inner_text()
    bridge.get_by_role("combobox", name="Until the end of").select_option(index=3)
    bridge.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("from="))
    assert "show=gross" in page.url
    expect(bridge.locator("figcaption")).to_contain_text(first)
    expect(bridge.get_by_role("table").last.get_by_role("row").last).to_contain_text("End")
    one.assert_clean()


def test_a_success_manager_without_script_reads_the_own_book(visit):
    page = visit("csm", script=False).page
    page.goto("/retention")
    expect(page.get_by_text("in your own book")).to_be_visible()
    page.get_by_text("Show as table").first.click()
    assert page.locator("figure table tbody tr").first.is_visible()
