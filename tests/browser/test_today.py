"""A success manager's morning by keyboard, in a real browser, and without any script."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
LINK = "[data-item] [data-row-link]"


def focused(page) -> str:
    return page.evaluate("document.activeElement.getAttribute('href') ?? document.activeElement.id")


def test_a_morning_is_worked_through_by_keyboard(visit):
    one = visit("csm")
    page = one.page
    page.goto("/accounts?sort=name")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tbody input[type=checkbox]").first).to_be_checked()
    page.get_by_text("Add a task", exact=True).first.click()
    page.get_by_label("Task for each ticked account").fill("Call the <sponsor>")
    page.get_by_role("button", name="Add the tasks").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("1 task is added.")

    page.goto("/today")
    addresses = page.locator(LINK).evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert len(addresses) > 2
    page.keyboard.press("j")
    assert focused(page) == addresses[0]
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert focused(page) == addresses[0]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"

    page.keyboard.press("d")
    status = page.locator("#today-list [role=status]")
    expect(status).to_contain_text("Done.")
    expect(page.locator(LINK)).to_have_count(len(addresses) - 1)
    expect(page.locator(LINK).first).to_be_focused()
    assert focused(page) == addresses[1]
    status.get_by_role("button", name="Undo").click()
    expect(page.locator(LINK)).to_have_count(len(addresses))

    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Next working day").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert focused(page) == addresses[1]
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(status).to_contain_text("Back on")
    page.keyboard.press("?")
    expect(page.get_by_text("Done with the whole account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Done with the whole account")).to_be_hidden()

    page.get_by_role("link", name="Call the <sponsor>").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tasks/\d+$"))
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("status")).to_contain_text("The task is done.")
    one.assert_clean()


def test_the_queue_is_worked_through_without_any_script(visit):
    page = visit("leader", script=False).page
    page.goto("/today")
    every = page.get_by_role("navigation", name="Kinds").get_by_role("link").first
    before = every.inner_text()
    page.get_by_role("button", name=re.compile("^Done")).first.click()
    expect(page.get_by_role("status").first).to_contain_text("Done.")
    expect(every).not_to_have_text(before)
    page.locator("details.tn-away summary").click()
    page.locator("details.tn-away").get_by_role("button", name=re.compile("^Undo")).first.click()
    expect(page.get_by_role("status").first).to_contain_text("It is back in the list.")
    expect(every).to_have_text(before)


def test_a_viewer_reads_today_and_puts_nothing_away(visit):
    page = visit("viewer").page
    page.goto("/today")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Done"))).to_have_count(0)
