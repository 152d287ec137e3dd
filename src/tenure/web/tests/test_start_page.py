"""The first-run guide: states from facts, code that works when pasted, a key shown once."""

import json
import re
import shlex
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client

from tenure.core.models import AuditEntry, ServiceKey
from tenure.core.roles import Role
from tenure.intake.loading import load_folder
from tenure.intake.tests.sending import to_segment
from tenure.web.sources.checklist import checklist
from tenure.web.sources.identity import matched
from tenure.web.sources.snippets import FILES, NO_KEY, event_snippets, load_snippet
from tenure.web.tests.everything import everything_make
from tenure.web.tests.factories import account_make

pytestmark = pytest.mark.django_db
STEPS = ["events", "accounts", "tiers", "subscriptions", "identity", "health"]


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def folder_of(step, tmp_path):
    """The files that the code of a step writes, as a shell would."""
    code = load_snippet(step)[0].code
    for name, body in re.findall(r"cat > company/(\S+) <<'END'\n(.*?)\nEND", code, re.DOTALL):
        (tmp_path / name).write_text(body + "\n")
    assert code.endswith("tenure load company")
    return tmp_path


def test_home_and_empty_pages_point_to_the_guide_while_nothing_is_loaded(admin):
    assert admin.get("/").headers["Location"] == "/start"
    for address in ("/today", "/accounts", "/ladder", "/retention", "/adoption", "/data"):
        assert 'href="/start"' in text_of(admin.get(address)), address


def test_once_something_is_loaded_home_is_today_and_no_page_points_away(admin):
    account_make()
    assert admin.get("/").headers["Location"] == "/today"
    assert "Nothing is loaded yet" not in text_of(admin.get("/accounts"))


def test_who_may_not_set_tenure_up_is_not_sent_to_the_guide(sign_in):
    for role in (Role.CSM, Role.VIEWER):
        client = sign_in(role)
        assert client.get("/").headers["Location"] == "/today"
        assert "/start" not in text_of(client.get("/accounts"))
        assert client.get("/start").status_code == 403
        assert client.post("/start").status_code == 403
    assert Client().get("/start").status_code == 302
    assert not ServiceKey.objects.exists()


def test_with_nothing_yet_the_first_step_is_next(admin):
    answer = admin.get("/start")
    assert [check.key for check, _code in answer.context["steps"]] == STEPS
    assert (answer.context["done"], answer.context["next"]) == (0, "events")
    assert "0 of 6 steps done" in text_of(answer)


def test_with_everything_there_all_steps_are_done(admin, users):
    everything_make(users)
    done = {check.key for check, _code in admin.get("/start").context["steps"] if check.done}
    assert {"accounts", "subscriptions", "tiers", "health"} <= done


def test_the_page_data_lists_the_same_steps(admin):
    start = admin.get("/start").context
    names = [str(check.name) for check, _code in [*start["steps"], *start["further"]]]
    assert [str(check.name) for check in admin.get("/data").context["checks"]] == names


def test_a_key_is_made_once_shown_once_and_stands_in_the_code(admin):
    before = text_of(admin.get("/start"))
    assert NO_KEY in before
    answer = admin.post("/start")
    secret = answer.context["secret"]
    assert text_of(answer).count(secret) >= 5
    assert answer.headers["Cache-Control"] == "no-store"
    row = ServiceKey.objects.get()
    assert (row.scope, row.revoked_at) == ("track", None)
    assert AuditEntry.objects.filter(action="key.create").count() == 1
    again = admin.get("/start")
    assert secret not in text_of(again)
    assert "There is a tracking key; no event has been stored yet." in text_of(again)


def test_a_leader_sees_the_guide_but_makes_no_key(sign_in):
    leader = sign_in(Role.LEADER)
    assert "An administrator makes the tracking key" in text_of(leader.get("/start"))
    answer = leader.post("/start")
    assert answer.status_code == 200
    assert not answer.context["secret"]
    assert not ServiceKey.objects.exists()


def test_the_code_names_this_host(admin):
    page = text_of(admin.get("/start", headers={"host": "localhost:8123"}))
    assert "http://localhost:8123/v1/track" in page


def test_the_curl_command_is_what_the_door_takes():
    words = shlex.split(event_snippets("http://here/", "tn_k")[0].code.replace("\\\n", " "))
    assert words[0] == "curl"
    assert words[words.index("-u") + 1] == "tn_k:"
    assert words[-1] == "http://here/v1/track"
    sent = to_segment("track", json.loads(words[words.index("-d") + 1]))
    assert (sent.only.user_id, sent.only.account_id) == ("ada", "acme")
    assert not sent.rejects


def test_the_python_code_is_python():
    for snippet in event_snippets("http://here/", "tn_k"):
        if "Python" in str(snippet.name):
            compile(snippet.code, "snippet", "exec")


def test_a_host_or_key_cannot_break_out_of_the_code():
    curl = event_snippets("http://h'$(x)/", "k'; rm")[0].code
    words = shlex.split(curl.replace("\\\n", " "))
    assert words[-1] == "http://h'$(x)/v1/track"
    assert words[2] == "k'; rm:"


def test_the_files_of_all_steps_load_without_a_reject(tmp_path):
    for step in FILES:
        folder_of(step, tmp_path)
    report = load_folder(tmp_path, actor=None)
    assert report.rejected == 0
    assert {table.table for table in report.tables} == {
        "accounts", "people", "plans", "subscriptions", "touchpoints",
    }  # fmt: skip
    done = {check.key for check in checklist(matched()) if check.done}
    assert {"accounts", "subscriptions", "tiers", "roles", "touch"} <= done
    assert "events" not in done


def test_steps_may_be_taken_one_after_the_other_in_the_order_of_the_page(tmp_path):
    for step in [check.key for check in checklist(matched()) if load_snippet(check.key)]:
        folder = tmp_path / step
        folder.mkdir()
        assert load_folder(folder_of(step, folder), actor=None).rejected == 0
