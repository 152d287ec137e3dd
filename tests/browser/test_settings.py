"""The ladder, data and settings in a real browser: what is asked first and what is shown once."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_from_a_level_of_the_ladder_to_its_accounts(visit):
    one = visit("leader")
    page = one.page
    page.goto("/ladder")
    rung = page.locator(".tn-rung[data-level=client]")
    count = rung.locator(".tn-rung-count").inner_text()
    rung.click()
    page.wait_for_url(re.compile(r"/accounts\?level=client"))
    expect(page.get_by_text(f"{count} accounts")).to_be_visible()
    one.assert_clean()


def test_a_threshold_is_previewed_saved_and_taken_back(visit):
    one = visit("leader")
    page = one.page
    page.goto("/settings/ladder")
    page.get_by_label("Up after so many weeks in a row").fill("3")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("nothing was saved")).to_be_visible()
    expect(page.get_by_label("Up after so many weeks in a row")).to_have_value("3")
    page.get_by_label("Why, for the history").fill("slower")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("The ladder is saved as version")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Restore")).last.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Up after so many weeks in a row")).to_have_value("3")
    page.get_by_role("button", name=re.compile("^Restore")).last.click()
    dialog.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("is in force again")).to_be_visible()
    expect(page.get_by_label("Up after so many weeks in a row")).to_have_value("2")
    one.assert_clean()


def test_a_key_is_made_without_script_and_shown_once(visit):
    one = visit("admin", script=False)
    page = one.page
    page.goto("/settings/keys")
    page.get_by_label("What it is for").fill("web app")
    page.get_by_role("button", name="Make").click()
    secret = page.locator(".tn-secret").inner_text()
    assert secret.startswith("tn_")
    page.goto("/settings/keys")
    expect(page.locator(".tn-secret")).to_have_count(0)
    expect(page.get_by_text(secret[:9])).to_be_visible()


def test_refresh_now_says_that_it_is_queued(visit):
    one = visit("leader")
    page = one.page
    page.goto("/data")
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_text("The refresh is queued")).to_be_visible()
    expect(page.get_by_role("button", name="Refresh queued")).to_be_disabled()
    one.assert_clean()
