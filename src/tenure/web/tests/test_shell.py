"""The shell: sign-in, theme, language, errors, the page of the kit."""

from pathlib import Path

import pytest
from django.urls import reverse

import tenure.web
from tenure.core.models import AuditEntry
from tenure.core.roles import Role

pytestmark = pytest.mark.django_db
TEMPLATES = Path(tenure.web.__file__).parent / "templates"
# Parts of every page's frame, which the page of the kit has as well.
FRAME = {"messages", "search", "who", "example"}


def test_nobody_sees_a_page_before_signing_in(client):
    answer = client.get("/kit")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/account/login/?next=/kit"


def test_the_sign_in_page_lets_a_user_in_with_e_mail_and_password(client, users):
    page = client.get(reverse("account_login"))
    assert b"Sign in" in page.content
    answer = client.post(
        reverse("account_login"), {"login": "csm@example.com", "password": "correct horse"}
    )
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(users[Role.CSM].pk)


def test_signing_up_is_closed(client):
    assert b"By invitation" in client.get(reverse("account_signup")).content


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_reset_password", "account_reset_password_done"],
)
def test_pages_of_the_way_in_are_drawn_in_our_look(client, name):
    answer = client.get(reverse(name))
    assert b"tn-entrance" in answer.content


@pytest.mark.parametrize("name", ["account_change_password", "account_logout", "profile"])
def test_pages_about_the_user_are_drawn_in_our_look(sign_in, name):
    answer = sign_in(Role.VIEWER).get(reverse(name), follow=True)
    assert answer.status_code == 200
    assert b"tn-shell" in answer.content


def test_the_second_factor_can_be_set_up(sign_in, users):
    client = sign_in(Role.CSM)
    assert b"Authenticator" in client.get(reverse("mfa_index")).content
    asked = client.get(reverse("mfa_activate_totp"), follow=True)
    assert b"Enter your password" in asked.content
    shown = client.post(
        asked.request["PATH_INFO"] + "?" + asked.request["QUERY_STRING"],
        {"password": "correct horse"},
        follow=True,
    )
    assert b"data:image/svg" in shown.content
    assert b" style=" not in shown.content


def test_the_policy_allows_nothing_inline_and_no_other_host(sign_in):
    answer = sign_in(Role.ADMIN).get("/kit")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert b" style=" not in answer.content
    assert b"onclick" not in answer.content
    assert b"https://" not in answer.content


def test_the_kit_shows_its_components_to_administrators_only(sign_in):
    assert b"tn-timeline" in sign_in(Role.ADMIN).get("/kit").content
    refused = sign_in(Role.CSM).get("/kit")
    assert refused.status_code == 403
    assert b"Your role does not include this page." in refused.content


COMPONENTS = (
    "metric", "words", "bars", "evidence", "timeline", "chart", "fan", "sankey", "plot", "filters",
    "views", "table", "card", "empty", "travel", "form", "undo", "keys",
)  # fmt: skip


def test_the_kit_documents_each_component_with_the_code_that_drew_it(sign_in):
    shown = sign_in(Role.ADMIN).get("/kit").content.decode()
    cards = {c.split('"')[0]: c for c in shown.split('<section class="card" id="kit-')[1:]}
    assert [name for name in COMPONENTS if "tn-example" not in cards[name]] == ["card"]
    assert "tn-example" in cards["card-inner"]  # the card within the example of a card
    assert "{% metric &quot;MRR&quot; &quot;€12,400&quot; change=420" in cards["metric"]
    assert "def _line() -&gt; Chart:" in cards["chart"]


def test_every_component_of_the_kit_is_on_its_page():
    pages = "".join(p.read_text() for p in (TEMPLATES / "pages/kit").glob("*.html"))
    drawn = {p.stem for p in (TEMPLATES / "kit").glob("*.html")}
    assert {name for name in drawn - FRAME if f"{{% {name}" not in pages} == set()


def test_a_wrong_address_gets_a_sentence(sign_in):
    answer = sign_in(Role.ADMIN).get("/nowhere")
    assert answer.status_code == 404
    assert b"There is no page at this address." in answer.content


def test_a_failure_gets_a_sentence(sign_in, monkeypatch):
    client = sign_in(Role.ADMIN)
    client.raise_request_exception = False
    monkeypatch.setattr("tenure.web.views.shell.samples", lambda: 1 / 0)
    import logging

    logging.disable(logging.CRITICAL)
    answer = client.get("/kit")
    logging.disable(logging.NOTSET)
    assert answer.status_code == 500
    assert b"could not draw this page" in answer.content


def test_the_theme_is_kept_in_a_cookie_and_drawn_by_the_server(sign_in):
    client = sign_in(Role.VIEWER)
    answer = client.post("/theme", {"theme": "dark", "next": "/profile"})
    assert answer.headers["Location"] == "/profile"
    assert b'data-bs-theme="dark"' in client.get("/profile").content
    client.post("/theme", {"theme": "auto"})
    assert b"data-bs-theme" not in client.get("/profile").content


def test_the_theme_never_leads_to_another_host(sign_in):
    answer = sign_in(Role.VIEWER).post("/theme", {"theme": "dark", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_a_user_sets_their_own_name_and_language(sign_in, users):
    client = sign_in(Role.VIEWER)
    client.post("/profile", {"name": "Vera", "language": "nl"})
    users[Role.VIEWER].refresh_from_db()
    assert (users[Role.VIEWER].name, users[Role.VIEWER].language) == ("Vera", "nl")
    assert b'<html lang="nl"' in client.get("/profile").content
    assert AuditEntry.objects.filter(action="profile.save").exists()


def test_health_of_the_process_is_open_and_says_ok(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
