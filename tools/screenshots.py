"""Take the pictures of README and documents from a running Tenure with the example company in it.

`python tools/screenshots.py http://127.0.0.1:8000 var/demo` signs in with the password kept in the
example's `demo.json`, looks for a client with a renewal ahead through the list's own filters, and
writes pictures one screen large to `docs/images/`. Ends with 1 when one is larger than 400 kB.

`--languages de,zh-hans --out FOLDER` takes every page of the navigation and of an account instead,
whole, in each of these languages, wide and narrow.
"""

import argparse
import json
import sys
from pathlib import Path
from urllib.parse import urlencode

from chromium import find
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SIZE = {"width": 1440, "height": 900}
NARROW = 390
LARGEST = 400_000
WHO = "admin@demo.example"
# A client whose contract renews soon has something to show on every card.
CLIENT = {"level": "client", "band": "good", "renews": "180", "sort": "-mrr"}
PICTURES = (
    ("account-light", "light", None),
    ("account-dark", "dark", None),
    ("today-light", "light", "/today"),
    ("accounts-light", "light", "/accounts"),
    ("ladder-dark", "dark", "/ladder"),
    ("data-light", "light", "/data"),
    ("renewals-light", "light", "/renewals"),
    ("models-dark", "dark", "/models"),
)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", help="where it is served, as http://127.0.0.1:8000")
    parser.add_argument("home", type=Path, help="its folder, with demo.json in it")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--languages", default="", help="as de,nl,it,zh-hans")
    return parser.parse_args()


def signed_in(browser: Browser, host: str, password: str, scheme: str) -> Page:
    """A page of somebody who may see everything, in light or dark colours."""
    context = browser.new_context(
        viewport=SIZE,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="en-GB",
        base_url=host,
    )
    page = context.new_page()
    page.goto("/account/login/")
    page.get_by_label("Email").fill(WHO)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")
    return page


def client_of(page: Page) -> str:
    """The address of the account shown, found through the list's filters."""
    page.goto(f"/accounts?{urlencode(CLIENT)}")
    for row in page.locator("[data-row-link]").all():
        # The pictures are for readers of English documents.
        if row.inner_text().isascii():
            return str(row.get_attribute("href"))
    sys.exit("No client in this installation has a name to show.")


def choose_language(page: Page, code: str) -> None:
    """Read in a language, through the profile as anybody would."""
    page.goto("/profile")
    page.locator("select[name=language]").select_option(code)
    page.locator("form:has(select[name=language]) [type=submit]").click()
    page.wait_for_load_state("networkidle")


def in_languages(page: Page, codes: list[str], out: Path, account: str) -> None:
    """Every page of the navigation and of an account, in each language, wide and narrow."""
    links = [str(a.get_attribute("href")) for a in page.locator(".tn-nav a").all()]
    tabs = [str(a.get_attribute("href")) for a in _account_tabs(page, account)]
    for code in codes:
        choose_language(page, code)
        for width in (SIZE["width"], NARROW):
            page.set_viewport_size({"width": width, "height": SIZE["height"]})
            for address in [*links, *tabs]:
                page.goto(address)
                page.wait_for_load_state("networkidle")
                name = address.partition("?")[0].strip("/").replace("/", "-") or "home"
                page.screenshot(path=out / f"{name}-{code}-{width}.png", full_page=True)
        print(f"{code}: {2 * len([*links, *tabs])} pictures in {out}")
    choose_language(page, "en")


def _account_tabs(page: Page, account: str) -> list[Locator]:
    page.goto(account)
    return page.locator(".tn-tabs a").all()


def main() -> int:
    """Take every picture; 1 when one is too large."""
    options = arguments()
    password = json.loads((options.home / "demo.json").read_text())["password"]
    options.out.mkdir(parents=True, exist_ok=True)
    largest = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(), args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        )
        pages = {
            scheme: signed_in(browser, options.host, password, scheme)
            for scheme in ("light", "dark")
        }
        account = client_of(pages["light"])
        if options.languages:
            in_languages(pages["light"], options.languages.split(","), options.out, account)
            browser.close()
            return 0
        for name, scheme, address in PICTURES:
            page = pages[scheme]
            page.goto(address or account)
            page.wait_for_load_state("networkidle")
            path = options.out / f"{name}.png"
            page.screenshot(path=path)
            largest = max(largest, path.stat().st_size)
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB, {address or account}")
        browser.close()
    return int(largest > LARGEST)


if __name__ == "__main__":
    sys.exit(main())
