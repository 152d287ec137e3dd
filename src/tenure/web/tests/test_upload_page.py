"""Loading files in the browser: choose, see what is understood, confirm, see what was loaded."""

import asyncio

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.roles import Role
from tenure.intake.models import Load, Upload
from tenure.intake.uploads import keeping, services
from tenure.web import bodies

pytestmark = pytest.mark.django_db
ACCOUNTS = b"id,name,<b>size</b>\na,<img src=x onerror=alert(1)>,4\nb,,7\n"


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


def give(client, *files):
    """The page that an upload of files (name, content) leads to."""
    given = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post("/data/upload", {"files": given}, follow=True)


def press(client, what, **fields):
    upload = Upload.objects.get()
    return client.post(f"/data/upload/{upload.pk}", {"do": what, **fields}, follow=True)


def test_the_page_says_which_files_there_are(admin):
    text = admin.get("/data/upload").content.decode()
    assert 'enctype="multipart/form-data"' in text
    assert "survey_answers" in text
    assert "and at least one of account_id, person_id" in text
    assert "and every other column becomes a custom field" in text


def test_the_preview_shows_columns_rows_and_what_would_be_rejected(admin):
    answer = give(admin, ("accounts.csv", ACCOUNTS))
    text = answer.content.decode()
    assert "Load 1 row<" in text
    assert "custom field" in text
    assert "is empty, but required" in text
    assert "these are the numbers of the load" in text
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text
    assert not Account.objects.exists()


def test_confirmed_files_are_loaded_and_the_result_leads_to_the_rejects(admin, users):
    give(admin, ("accounts.csv", ACCOUNTS))
    text = press(admin, "load", **{"table-1": "accounts"}).content.decode()
    assert "waits for the worker" in text
    assert 'hx-trigger="every 2s"' in text
    services.upload_run(Upload.objects.get())
    load = Load.objects.get()
    assert load.started_by == users[Role.ADMIN]
    page = f"/data/upload/{Upload.objects.get().pk}"
    assert admin.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    text = admin.get(page).content.decode()
    assert f"/data/rejected?load={load.pk}&amp;table=accounts" in text
    assert admin.get(f"/data/rejected?load={load.pk}&table=accounts").context["page"].object_list


def test_while_it_loads_the_page_asks_again_and_says_how_far_it_is(admin):
    give(admin, ("accounts.csv", ACCOUNTS))
    Upload.objects.update(
        state="loading", table="accounts", done=512, total=2048, touched_at=clock.now()
    )
    page = f"/data/upload/{Upload.objects.get().pk}"
    text = admin.get(page, headers={"HX-Request": "true"}).content.decode()
    assert text.startswith('<div id="upload-moving"')
    assert "Loading accounts: 512" in text
    assert "Start again" not in text


def test_a_worker_without_a_sign_of_life_is_told_and_can_be_started_again(admin):
    give(admin, ("accounts.csv", ACCOUNTS))
    Upload.objects.update(state="loading", touched_at=clock.now() - 2 * services.PATIENCE)
    page = f"/data/upload/{Upload.objects.get().pk}"
    assert "Start again" in admin.get(page).content.decode()
    assert "waits for the worker" in press(admin, "load").content.decode()


def test_a_changed_table_is_looked_at_before_it_is_loaded(admin):
    give(admin, ("accounts.csv", b"id,name\na,A\n"))
    text = press(admin, "load", **{"table-1": "people"}).content.decode()
    assert "look at it first" in text
    assert Upload.objects.get().state == "ready"
    text = press(admin, "look", **{"table-1": "tickets"}).content.decode()
    assert "cannot be loaded" in text
    assert "Choose another table above" in text


def test_discarded_files_are_gone(admin):
    give(admin, ("accounts.csv", ACCOUNTS))
    assert "nothing was loaded" in press(admin, "discard").content.decode()
    assert not Upload.objects.exists()


def test_what_cannot_be_taken_is_said_on_the_page(admin, monkeypatch):
    answer = give(admin, ("accounts.xlsx", b"PK"))
    assert answer.status_code == 422
    assert "of no format that is read" in answer.content.decode()
    monkeypatch.setattr(keeping, "LARGEST", 3)
    assert "Load them in parts" in give(admin, ("accounts.csv", ACCOUNTS)).content.decode()
    assert admin.post("/data/upload").status_code == 422


def test_a_failed_load_tells_its_reason_and_that_loading_again_is_safe(admin):
    give(admin, ("accounts.csv", ACCOUNTS))
    Upload.objects.update(message="OSError: <b>disk full</b>")
    text = admin.get(f"/data/upload/{Upload.objects.get().pk}").content.decode()
    assert "&lt;b&gt;disk full" in text
    assert "Loading them again is safe" in text


@pytest.mark.parametrize("role", [Role.LEADER, Role.CSM, Role.VIEWER])
def test_others_neither_see_nor_touch_uploads(admin, sign_in, role):
    give(admin, ("accounts.csv", ACCOUNTS))
    other, page = sign_in(role), f"/data/upload/{Upload.objects.get().pk}"
    assert other.get("/data/upload").status_code == 403
    assert give(other, ("accounts.csv", ACCOUNTS)).status_code == 403
    assert other.get(page).status_code == 403
    for act in ("load", "look", "discard"):
        assert other.post(page, {"do": act}).status_code == 403
    assert Upload.objects.get().state == "ready"


def test_nobody_uploads_without_signing_in_or_from_another_site(admin, users):
    answer = Client().post("/data/upload", {"files": SimpleUploadedFile("accounts.csv", ACCOUNTS)})
    assert answer.headers["Location"].startswith("/account/login/")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(users[Role.ADMIN])
    given = {"files": SimpleUploadedFile("accounts.csv", ACCOUNTS)}
    assert strict.post("/data/upload", given).status_code == 403
    assert not Upload.objects.exists()


def test_a_leader_is_led_to_no_page_that_is_closed_to_them(sign_in, admin):
    leader = sign_in(Role.LEADER)
    for page in ("/start", "/data", "/data/loads"):
        assert "/data/upload" in admin.get(page).content.decode()
        assert "/data/upload" not in leader.get(page).content.decode()


def ask(path, headers, pieces):
    """What the limit answers, and how much the application behind it was given."""
    sent, waiting, taken = [], list(pieces), []

    async def application(scope, receive, send):
        while (message := await receive())["type"] == "http.request":
            taken.append(len(message["body"]))

    async def receive():
        return {"type": "http.request", "body": waiting.pop(0)}

    async def send(message):
        sent.append(message)

    scope = {"path": path, "headers": headers}
    asyncio.run(bodies.LargestBody(application)(scope, receive, send))
    return sent, sum(taken)


def test_a_body_that_announces_too_much_is_not_read():
    for path, most in (("/data/upload", 101), ("/account/login/", 10)):
        length = str(most * keeping.MEGA + 1).encode()
        sent, taken = ask(path, [(b"content-length", length)], [b"x"])
        assert sent[0]["status"] == 413
        assert f"at most {most} MB" in sent[1]["body"].decode()
        assert taken == 0


def test_a_body_of_unknown_length_is_cut_off_where_it_passes_the_limit(monkeypatch):
    monkeypatch.setattr(bodies, "LARGEST_FORM", 10)
    sent, taken = ask("/account/login/", [], [b"x" * 6, b"x" * 6])
    assert (sent, taken) == ([], 6)
