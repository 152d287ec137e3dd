"""The editor of plays in a real browser: written by keyboard alone, read while it is written."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_play_is_written_by_keyboard_and_reads_as_it_is_written(visit):
    one = visit("leader", at="/plays/new")
    page = one.page
    page.get_by_label("Title", exact=True).fill("Written by hand")
    page.get_by_label("What it is to bring about").fill("It works without a mouse.")
    trigger = page.get_by_label("It is set off when")
    trigger.focus()
    trigger.press("End")
    expect(page.locator("#mode-2")).to_have_count(0)  # it takes no rule, so it is drawn anew
    expect(trigger).to_have_value("manual")
    expect(trigger).to_be_focused()
    page.get_by_label("Next step").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    words = page.get_by_label("What is to be done")
    expect(words).to_be_focused()
    words.fill("Call them")
    page.keyboard.press("Tab")
    reads = page.locator("#verdict")
    expect(reads).to_contain_text("A person, or the plan of the week, starts it.")
    expect(reads).to_contain_text("Call them")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Written by hand")
    expect(page.get_by_text("Version 1 is saved.")).to_be_visible()
    one.assert_clean()


def test_texts_of_two_languages_stand_behind_a_switch(visit):
    one = visit("leader", at="/plays/renewal_90/edit")
    page = one.page
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_value("Renewal in sight")
    page.get_by_role("button", name="Deutsch").press("Enter")
    expect(title).to_have_value("Verlängerung in Sicht")
    expect(page.get_by_role("button", name="Deutsch")).to_be_focused()
    one.assert_clean()
