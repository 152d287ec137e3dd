"""Plays as text: edited, exported, imported; what is wrong is said in sentences."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenure.core.roles import Role
from tenure.plays.definition.writing import play_text
from tenure.plays.selectors import definition_of, play_known
from tenure.plays.services import play_save
from tenure.web.tests.playing import play_body, simple_body

pytestmark = pytest.mark.django_db
ONE = "/plays/renewal_90"
WHOLE = "key: a\ntitle: T\ngoal: G\ncategory: risk\ntrigger: {on: manual}\n"
LARGE = b"a" * 900_000


@pytest.fixture
def leader(users, sign_in):
    return sign_in(Role.LEADER)


@pytest.fixture
def play(users):
    play_save(actor=None, key="renewal_90", body=play_body())


def text(answer):
    return answer.content.decode()


def file_of(content):
    data = content if isinstance(content, bytes) else content.encode()
    return SimpleUploadedFile("play.yaml", data, content_type="application/yaml")


def test_what_is_exported_can_be_imported_elsewhere(leader, play):
    answer = leader.get(f"{ONE}/export.yaml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="play-renewal_90.yaml"'
    other = text(answer).replace("key: renewal_90", "key: copied")
    made = leader.post("/plays/import", {"file": file_of(other), "base": "0", "do": "save"})
    assert made.headers["Location"] == "/plays/copied"
    assert definition_of("copied", 1).steps == definition_of("renewal_90", 1).steps


def test_pasting_does_as_well_and_checking_keeps_nothing(leader):
    sent = {"text": play_text("hello", simple_body()), "base": "0"}
    checked = text(leader.post("/plays/import", {**sent, "do": "check"}))
    assert "A person, or the plan of the week, starts it." in checked
    assert play_known("hello") is None
    leader.post("/plays/import", {**sent, "do": "save"})
    assert play_known("hello").newest == 1


def test_the_text_of_a_play_is_edited_and_saved_as_a_version(leader, play):
    page = text(leader.get(f"{ONE}/text"))
    assert "key: renewal_90" in page
    changed = play_text("renewal_90", play_body(priority=11))
    leader.post(f"{ONE}/text", {"text": changed, "base": "1", "note": "calmer", "do": "save"})
    assert definition_of("renewal_90", 2).priority == 11


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ("title: x", "needs a key"),
        ("key: new\ntitle: x", "cannot be a play&#x27;s key here"),
        ("key: Ä\ntitle: x", "cannot be a play&#x27;s key"),
        ("key: a\nsteps: [", "is no YAML"),
        ("key: a\n" + "x" * 200_001, "shorten"),
        (f"{WHOLE}steps: []", "one step"),
        ("key: a\ntrigger: {on: sometimes}", "must be one of"),
        (f"{WHOLE}steps: [{{task: {{title: '{{{{ account.secret }}}}'}}}}]", "is no place"),
    ],
)
def test_faults_are_said_and_the_text_stays(leader, sent, sentence):
    answer = leader.post("/plays/import", {"text": sent, "base": "0", "do": "save"})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert play_known("a") is None


def test_a_file_that_is_none_is_refused(leader):
    for content, sentence in (
        (b"\xff\xfe\x00k", "no text in UTF-8"),
        (b"a" * 900_000, "too large"),
    ):
        answer = leader.post("/plays/import", {"file": file_of(content), "do": "save"})
        assert answer.status_code == 422
        assert sentence in text(answer)


def test_an_import_over_a_play_there_is_asks_once_more(leader, play):
    sent = {"text": play_text("renewal_90", simple_body()), "base": "0", "do": "save"}
    answer = leader.post("/plays/import", sent)
    assert answer.status_code == 422
    assert "saving again keeps it as a newer version of that play" in text(answer)
    assert 'name="base" value="1"' in text(answer)
    assert leader.post("/plays/import", {**sent, "base": "1"}).status_code == 302
    assert play_known("renewal_90").newest == 2


def test_the_text_of_another_play_is_not_saved_here(leader, play):
    sent = {"text": play_text("hello", simple_body()), "base": "1", "do": "save"}
    answer = leader.post(f"{ONE}/text", sent)
    assert "Import it instead" in text(answer)
    assert play_known("hello") is None
