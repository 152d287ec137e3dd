"""The pages Models and Settings of the forecast in a real browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_from_the_verdict_through_the_backtest_to_a_run(visit):
    one = visit("csm", at="/accounts")
    page = one.page
    page.get_by_role("link", name="Models", exact=True).click()
    expect(page.get_by_text("The forecast beats the base rate.")).to_be_visible()
    page.get_by_role("link", name="The whole backtest").click()
    expect(page.locator("canvas")).to_have_count(3)
    page.get_by_role("link", name="12", exact=True).click()
    page.wait_for_url(re.compile("months=12"))
    expect(page.get_by_text("leaving within 12 months")).to_be_visible()
    page.get_by_role("link", name="Log loss", exact=True).click()
    page.wait_for_url(re.compile("months=12&measure=log_loss"))
    page.get_by_role("link", name="Runs", exact=True).click()
    page.locator("[data-row-link]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Run \d+"))
    one.assert_clean()


def test_every_plot_has_its_numbers_as_a_table_without_any_script(visit):
    page = visit("leader", script=False).page
    page.goto("/models/backtests")
    page.locator("#calibration summary").click()
    rows = page.locator("#calibration figure tbody tr")
    expect(rows).to_have_count(10)
    expect(rows.first).to_be_visible()


def test_a_setting_of_the_forecast_is_saved_and_taken_back(visit):
    one = visit("leader")
    page = one.page
    page.goto("/settings/forecast")
    page.get_by_label("Months ahead").fill("99")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("alert")).to_contain_text("from 3 to 36")
    page.get_by_label("Months ahead").fill("18")
    page.get_by_label("Why, for the history").fill("shorter")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("The forecast is saved as version")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Restore")).last.click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(page.get_by_text("is in force again")).to_be_visible()
    expect(page.get_by_label("Months ahead")).to_have_value("24")
