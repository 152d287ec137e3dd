"""The preview on its page: asked for, followed, read within the own book; only then switched on."""

import pytest

from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.models import Play, PlayPreview
from tenure.plays.services import play_save
from tenure.plays.services.previews import preview_work_out
from tenure.web.tests.factories import account_make, ago, derived_make, plans_make
from tenure.web.tests.playing import condition, rule, simple_body

pytestmark = pytest.mark.django_db
KEY = "hello"
URL = f"/plays/{KEY}/preview"
ASK, ON = f"/plays/{KEY}/versions/1/preview", f"/plays/{KEY}/versions/1/on"
DUTCH = rule(condition("account.country", "one_of", ["NL"]))


@pytest.fixture
def book(users):
    """A Dutch account of the manager and one of somebody else, both of some days ago."""
    other = user_create(actor=None, email="other@example.com", role=Role.CSM)
    rows = [
        account_make(name, owner=owner, country="NL")
        for name, owner in (("Aster", users[Role.CSM]), ("Delta", other))
    ]
    derived_make(rows, plans_make())
    for row in rows:
        row.recorded_at = ago(20)
        row.save()
    return rows


@pytest.fixture
def play(book):
    body = simple_body(trigger={"on": "enters"}, audience=DUTCH, hold_out=0)
    play_save(actor=None, key=KEY, body=body)


@pytest.fixture
def leader(users, sign_in):
    return sign_in(Role.LEADER)


def text(answer):
    return answer.content.decode()


@pytest.fixture
def done(play, leader):
    """The preview of the first version, worked out."""
    leader.post(ASK)
    row = PlayPreview.objects.get()
    preview_work_out(row.pk)
    return row


def test_it_is_asked_for_and_followed(play, leader):
    assert "There is no preview of this version yet" in text(leader.get(URL))
    assert leader.post(ASK).headers["Location"] == f"{URL}?version=1"
    row = PlayPreview.objects.get()
    row.state, row.done = "running", 30
    row.save()
    part = text(leader.get(URL, HTTP_HX_TARGET="preview-moving"))
    assert "30 of 90 days." in part
    assert "<html" not in part
    row.state, row.reason = "failed", "The store is closed."
    row.save()
    answer = leader.get(URL, HTTP_HX_TARGET="preview-moving")
    assert answer.headers["HX-Refresh"] == "true"
    assert "The store is closed." in text(answer)


def test_totals_are_of_all_and_rows_of_the_own_book(done, leader, sign_in):
    whole, own = text(leader.get(URL)), text(sign_in(Role.CSM).get(URL))
    for page in (whole, own):
        assert "Would have started" in page
        assert "Show as table" in page
        assert "1: Write to them" in page
        assert "Aster" in page
    assert "Delta" in whole
    assert "Delta" not in own
    assert "Delta" not in text(leader.get(f"{URL}?q=aster"))
    assert "No account of this name" in text(leader.get(f"{URL}?q=zzz"))


def test_the_rows_come_as_csv_of_the_own_book(done, leader, sign_in):
    def lines(client):
        return b"".join(client.get(f"{URL}.csv?version=1")).decode().splitlines()

    head, *rows = lines(leader)
    assert head.endswith("day,id,name,what,step,title,person,until,answer,why")
    assert any(",Delta,task,1,Write to them," in row for row in rows)
    assert not any("Delta" in row for row in lines(sign_in(Role.CSM)))
    assert leader.get(f"{URL}.csv?version=7").status_code == 404


def test_who_would_be_held_out_is_not_told_to_those_who_work_the_accounts(done, leader, sign_in):
    done.refresh_from_db()
    for row in done.result["rows"]:
        row[2] = "held_out"
    done.save()

    def told(client):
        return text(client.get(URL)) + b"".join(client.get(f"{URL}.csv?version=1")).decode()

    assert "is held out" in told(leader)
    assert ",Delta,held_out," in told(leader)
    for role in (Role.CSM, Role.VIEWER):
        assert "is held out" not in told(sign_in(role))
        assert ",held_out," not in told(sign_in(role))


def test_a_version_is_switched_on_from_its_own_preview_alone(done, leader):
    said = "Look at the preview of this very version first."
    assert said in text(leader.post(ON, follow=True))
    assert said in text(leader.post(ON, {"preview": str(done.pk + 1)}, follow=True))
    assert Play.objects.get().running is None
    assert "Switch this version on?" in text(leader.get(URL))
    leader.post(ON, {"preview": str(done.pk)})
    assert Play.objects.get().running == 1
    assert "This version is on" in text(leader.get(URL))
    body = simple_body(trigger={"on": "enters"}, audience=DUTCH, priority=9)
    play_save(actor=None, key=KEY, body=body)
    newer = ON.replace("/1/", "/2/")
    assert said in text(leader.post(newer, {"preview": str(done.pk)}, follow=True))
    assert "There is no preview of this version yet" in text(leader.get(URL))
    assert Play.objects.get().running == 1


def test_what_is_missing_to_run_is_said_and_it_stays_off(leader, users):
    body = simple_body(steps=[{"webhook": {"channel": "Nowhere"}}])
    play_save(actor=None, key=KEY, body=body)
    leader.post(ASK)
    row = PlayPreview.objects.get()
    preview_work_out(row.pk)
    answer = text(leader.post(ON, {"preview": str(row.pk)}, follow=True))
    assert "there is no channel" in answer
    assert Play.objects.get().running is None


def test_only_who_may_change_definitions_asks_and_switches(done, sign_in):
    for role in (Role.CSM, Role.VIEWER):
        client = sign_in(role)
        for url in (ASK, ON):
            assert client.post(url, {"preview": str(done.pk)}).status_code == 403
        page = text(client.get(URL))
        assert "Switch this version on?" not in page
    assert Play.objects.get().running is None
