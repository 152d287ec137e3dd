"""After an erasure nothing on disk leads to the person any more."""

import json
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from tenure.accounts.models import Account, AttributeChange, Membership, Person
from tenure.accounts.rows import PersonRow
from tenure.accounts.services import person_upsert_many
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.events import inbox
from tenure.events.inbox import Entry
from tenure.events.models import Identifier, PendingErasure, StoreFile
from tenure.events.selectors import store_snapshot
from tenure.events.services import (
    erasure_begin,
    erasures_resume,
    events_ingest,
    events_reattribute,
    identity_apply,
    store_compact,
)
from tenure.events.tests.said import events, said, stored
from tenure.intake.models import Reject
from tenure.plays.models import (
    DoNotDisturb,
    Letter,
    Outgoing,
    Play,
    PlayPreview,
    Run,
    RunStep,
    Task,
)
from tenure.privacy.selectors import person_find
from tenure.privacy.services import person_erase
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

pytestmark = pytest.mark.django_db

WORDS = ["ann-1234", "Ann@Example.com", "anon-77", "Ann Example", "old@example.com"]


@pytest.fixture(autouse=True)
def places(tmp_path, settings):
    settings.EVENTS_URL = str(tmp_path / "events")
    settings.INBOX_PATH = tmp_path / "inbox.sqlite3"
    yield tmp_path
    inbox.close()


@pytest.fixture
def ann(places):
    """Ann, with an old address, an anonymous past, and a colleague who mentions her."""
    identify = said("identify", 0, user_id="ann-1234", anonymous_id="anon-77")
    identity_apply(messages=[identify, said("group", 0, user_id="ann-1234", account_id="acme")])
    for email in ("old@example.com", "Ann@Example.com"):
        row = PersonRow(id="ann-1234", email=email, name="Ann Example")
        person_upsert_many(rows=[row], given={"email", "name"})
    own = json.dumps({"email": "ANN@example.com", "value": 7, "nested": [{"by": "ann-1234"}]})
    other = json.dumps({"invited": "mail Ann@Example.com now", "amount": 1234, "who": "joann-1234"})
    events_ingest(
        table=events(
            {"user_id": "ann-1234", "account_id": "acme", "properties": own, "at": 1},
            {"anonymous_id": "anon-77", "at": 40},
            {"user_id": "bob", "account_id": "acme", "properties": other, "at": 1},
            {"user_id": "bob", "account_id": "acme", "event": "saw Ann Example", "at": 40},
        ),
        source="test",
    )
    return Person.objects.get(external_id="ann-1234")


def _written(folder):
    """All bytes of all files, and all cells of all Parquet files."""
    texts = []
    for path in folder.rglob("*"):
        if path.is_file():
            texts.append(path.read_bytes().decode("utf-8", "replace"))
        if path.suffix == ".parquet":
            texts.append(str(pq.read_table(path).to_pylist()))
    return "\n".join(texts)


def _ids_in_files(folder):
    found = set()
    for path in folder.rglob("*.parquet"):
        for row in pq.read_table(path, columns=["person_id", "actor_id"]).to_pylist():
            found |= {("person", row["person_id"]), ("actor", row["actor_id"])}
    return found


def test_no_byte_of_the_person_is_left_in_any_file(ann, places):
    actors = list(Identifier.objects.filter(person=ann).values_list("pk", flat=True))
    moved = events(*({"user_id": "bob", "message_id": str(i), "at": 1} for i in range(3)))
    events_ingest(table=moved, source="test")
    identity_apply(messages=[said("group", 0.5, user_id="bob", account_id="acme")])
    assert events_reattribute().files_written
    assert StoreFile.objects.filter(retired_at__isnull=False).exists()
    assert any(word.lower() in _written(places).lower() for word in WORDS)

    person_erase(actor=None, person=ann)

    text = _written(places).lower().replace("joann-1234", "")
    assert [word for word in WORDS if word.lower() in text] == []
    left = _ids_in_files(places)
    assert ("person", ann.pk) not in left
    assert left.isdisjoint({("actor", actor) for actor in actors})


def test_the_events_stay_counted_for_the_account_and_other_words_stay(ann):
    person_erase(actor=None, person=ann)
    events_reattribute()
    assert stored() == [
        ("acme", "bob", "opened", 1.0),
        ("acme", "bob", "saw [erased]", 40.0),
        ("acme", None, "opened", 1.0),
        ("acme", None, "opened", 40.0),
    ]
    properties = [p for t in store_snapshot().tables() for p in t["properties"].to_pylist() if p]
    assert sorted(map(json.loads, properties), key=str) == [
        {"invited": "mail [erased] now", "amount": 1234, "who": "joann-1234"},
        {"value": 7, "nested": [{"by": "[erased]"}]},
    ]


def test_the_row_is_nobody_and_what_was_known_of_it_is_gone(ann):
    assert AttributeChange.objects.filter(person=ann).exists()
    person_erase(actor=None, person=ann)
    ann.refresh_from_db()
    assert (ann.external_id, ann.email, ann.name, ann.custom) == (f"erased-{ann.pk}", "", "", {})
    assert ann.erased_at is not None
    assert not Identifier.objects.filter(value__in=WORDS).exists()
    assert not AttributeChange.objects.filter(person=ann).exists()
    entry = AuditEntry.objects.get(action="person.erase")
    assert entry.subject_id == str(ann.pk)
    assert not any(word in json.dumps(entry.detail) for word in WORDS)


def test_texts_of_others_no_longer_name_the_person(ann):
    now = clock.now()
    account = Account.objects.get(external_id="acme")
    common = {"account": account, "recorded_at": now}
    touch = Touchpoint.objects.create(
        external_id="t", kind="email", occurred_at=now, body="Hi ann@example.com, hi Joe", **common
    )
    touch.people.add(ann)
    ticket = Ticket.objects.create(
        external_id="k", person=ann, subject="Ann Example cannot log in", opened_at=now, **common
    )
    answer = SurveyAnswer.objects.create(
        external_id="s", person=ann, kind="nps", score=9, answered_at=now, comment="ok", **common
    )
    Reject.objects.create(door="track", table="events", at=now, value="ann-1234", reason="late")
    result = person_erase(actor=None, person=ann)
    for row in (touch, ticket, answer):
        row.refresh_from_db()
    assert touch.body == "Hi [erased], hi Joe"
    assert not touch.people.exists()
    assert (ticket.subject, ticket.person) == ("[erased] cannot log in", None)
    assert (answer.person, answer.score, answer.comment) == (None, 9, "ok")
    assert Reject.objects.get().value == "[erased]"
    assert result.texts == 3


def test_mails_letters_and_wishes_of_plays_no_longer_tell_of_the_person(ann):
    acme, now = Account.objects.get(external_id="acme"), clock.now()
    bob = Person.objects.create(external_id="bea", name="Bea", recorded_at=now)
    for person in (ann, bob):
        Membership.objects.get_or_create(
            person=person, account=acme, role="user", since=None, defaults={"recorded_at": now}
        )

    def mail(key, person, state, body):
        said = {"to": "x@example.com", "subject": "Hi", "body": body, "more": [{"cc": body}]}
        return Outgoing.objects.create(
            key=key, kind="mail", account=acme, person=person, payload=said, state=state,
            made_at=now, try_at=now,
        )  # fmt: skip

    mail("a", ann, "waiting", "Dear Ann Example")
    mail("b", ann, "sent", "Dear Ann Example")
    mail("c", bob, "sent", "As ann@example.com told us")
    mail("d", bob, "waiting", "Nothing of the kind")
    Letter.objects.create(
        account=acme, person=ann, language="en", title="To Ann Example", body="Dear Ann Example",
        sent_body="Dear Ann Example", made_at=now,
    )  # fmt: skip
    DoNotDisturb.objects.create(person=ann, since=now, recorded_at=now)
    PlayPreview.objects.create(
        key="k", version=1, digest="d", body={}, until=now.date(), days=90, asked_at=now,
        touched_at=now, result={"to": "Ann Example"},
    )  # fmt: skip
    person_erase(actor=None, person=ann)
    rows = {row.key: row for row in Outgoing.objects.all()}
    assert (rows["a"].state, rows["b"].state) == ("dropped", "sent")
    assert (rows["a"].payload, rows["a"].person, rows["b"].payload) == ({}, None, {})
    assert "ann" not in json.dumps(rows["c"].payload).lower()
    assert (rows["d"].payload["body"], rows["d"].state) == ("Nothing of the kind", "waiting")
    letter = Letter.objects.get()
    assert letter.person is None
    assert "Ann" not in letter.title + letter.body + letter.sent_body
    assert not DoNotDisturb.objects.exists()
    assert not PlayPreview.objects.exists()


def test_what_people_wrote_of_the_person_on_runs_and_checklists_is_marked(ann):
    acme, now = Account.objects.get(external_id="acme"), clock.now()
    run = Run.objects.create(
        play=Play.objects.create(key="rescue"), version=1, account=acme, met_at=now,
        because={"kind": "manual", "note": "Ann Example asked", "facts": {"x": ["Ann Example", 4]}},
        ended_why="ann@example.com said no", state="stopped",
    )  # fmt: skip
    step = RunStep.objects.create(
        run=run, visit=1, position=0, kind="letter", at=now, outcome="skipped",
        detail={"reason": "Ann Example does not belong to Acme."},
    )  # fmt: skip
    task = Task.objects.create(
        account=acme, title="Call", due_on=now.date(), created_at=now,
        checklist=[["Call Ann Example", True], ["Write it down", False]],
    )  # fmt: skip
    other = Run.objects.create(
        play=run.play, version=1, account=acme, met_at=now, because={"kind": "manual", "score": 3}
    )
    person_erase(actor=None, person=ann)
    for row in (run, step, task, other):
        row.refresh_from_db()
    kept = json.dumps([run.because, run.ended_why, step.detail, task.checklist]).lower()
    assert "ann" not in kept
    assert run.because["kind"] == "manual"
    assert run.because["facts"]["x"][1] == 4
    assert [done for _words, done in task.checklist] == [True, False]
    assert other.because == {"kind": "manual", "score": 3}


def test_what_waits_in_the_inbox_is_stored_and_erased_with_the_rest(ann, places):
    body = {
        "batch": [
            {
                "type": "track",
                "event": "waited",
                "userId": "ann-1234",
                "messageId": "w1",
                "timestamp": "2026-02-01T00:00:00Z",
            }
        ]
    }
    at = datetime(2026, 2, 1, tzinfo=UTC)
    inbox.append([Entry("segment", "batch", json.dumps(body).encode(), 1, at, 1)])
    person_erase(actor=None, person=ann)
    assert inbox.depth() == 0
    assert ("acme", None, "waited", 2.0) in stored()
    text = _written(places).lower().replace("joann-1234", "")
    assert [word for word in WORDS if word.lower() in text] == []


def test_those_merged_into_the_person_are_erased_too(ann):
    identity_apply(messages=[said("alias", 3, previous_id="ann-old-9", user_id="ann-1234")])
    events_ingest(table=events({"user_id": "ann-old-9", "at": 4}), source="test")
    person_erase(actor=None, person=ann)
    assert not Identifier.objects.filter(value="ann-old-9").exists()
    assert {row[1] for row in stored()} == {None, "bob"}


def test_an_interrupted_erasure_is_finished_by_the_next_refresh(ann, places):
    erasure_begin(person=ann)
    assert "ann@example.com" in _written(places).lower()
    assert erasures_resume() == 1
    assert "ann@example.com" not in _written(places).lower()
    assert not PendingErasure.objects.exists()


def test_a_reader_who_holds_a_snapshot_reads_on(ann):
    snapshot = store_snapshot()
    store_compact()
    person_erase(actor=None, person=ann)
    assert sum(table.num_rows for table in snapshot.tables()) == 4


def test_only_an_administrator_may_erase(ann):
    csm = user_create(actor=None, email="csm@us.test", role=Role.CSM)
    with pytest.raises(NotAllowed):
        person_erase(actor=csm, person=ann)


def test_erasing_twice_says_so(ann):
    person_erase(actor=None, person=ann)
    ann.refresh_from_db()
    with pytest.raises(TenureError, match="erased already"):
        person_erase(actor=None, person=ann)


def test_a_person_is_found_by_id_or_address_whatever_its_case(ann):
    assert person_find("ann-1234") == ann
    assert person_find(" ANN@example.com ") == ann
    with pytest.raises(TenureError, match="no person"):
        person_find("nobody@example.com")
