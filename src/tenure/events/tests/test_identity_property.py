"""Whatever order messages come in, however often, in whatever batches: the same store."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tenure.accounts.models import Person
from tenure.accounts.rows import AccountRow, MembershipRow, PersonRow
from tenure.accounts.services import (
    account_upsert_many,
    membership_upsert_many,
    person_upsert_many,
)
from tenure.events.messages import Message
from tenure.events.models import AccountRef, StoreFile
from tenure.events.selectors import store_snapshot
from tenure.events.services import compact, events_reattribute, messages_ingest, store_compact
from tenure.events.tests.oracle import FileAccount, FileMember, Oracle
from tenure.events.tests.said import day, said, stored

pytestmark = pytest.mark.django_db


USERS = st.sampled_from(["u1", "u2", "u3", "u4"])
ANONYMOUS = st.sampled_from(["a1", "a2", "a3"])
ACCOUNTS = st.sampled_from(["A", "B", "C"])
DAYS = st.integers(0, 5)
NOBODY = st.none()
MARKS = st.integers(0, 10_000).map(str)


def _messages():
    tracks = st.builds(
        said,
        st.just("track"),
        DAYS,
        user_id=NOBODY | USERS,
        anonymous_id=ANONYMOUS,
        account_id=NOBODY | NOBODY | ACCOUNTS,
        event=st.uuids().map(str),
    )
    by_account = st.builds(
        said, st.just("track"), DAYS, account_id=ACCOUNTS, event=st.uuids().map(str)
    )
    traits = st.fixed_dictionaries({"plan": st.integers(0, 9)})
    identifies = st.builds(
        said,
        st.just("identify"),
        DAYS,
        user_id=USERS,
        anonymous_id=NOBODY | ANONYMOUS,
        traits=traits,
        message_id=MARKS,
    )
    nameless = st.builds(
        said, st.just("identify"), DAYS, anonymous_id=ANONYMOUS, traits=traits, message_id=MARKS
    )
    groups = st.builds(
        said,
        st.just("group"),
        DAYS,
        user_id=NOBODY | USERS,
        anonymous_id=NOBODY | ANONYMOUS,
        account_id=ACCOUNTS,
    )
    aliases = st.builds(said, st.just("alias"), DAYS, previous_id=USERS | ANONYMOUS, user_id=USERS)
    return tracks | tracks | by_account | identifies | nameless | groups | aliases


def _files():
    members = st.builds(FileMember, USERS, ACCOUNTS, NOBODY | DAYS, NOBODY | DAYS)
    return st.builds(FileAccount, ACCOUNTS) | members


def _unique(things):
    """One membership per person, account and start; a message id says one thing only."""
    kept = {}
    for thing in things:
        key = thing
        if isinstance(thing, FileMember):
            key = ("member", thing.person, thing.account)
        elif isinstance(thing, Message):
            key = ("message", thing.message_id)
        kept.setdefault(key, thing)
    return list(kept.values())


@st.composite
def _stories(draw):
    """A set of things and a telling of it: shuffled, repeated, in batches, with chores between."""
    things = _unique(draw(st.lists(_messages(), min_size=1, max_size=14)))
    things += _unique(draw(st.lists(_files(), max_size=3)))
    told = draw(st.permutations(things))
    told = list(told) + draw(st.lists(st.sampled_from(things), max_size=4))
    chores = st.sampled_from(["", "", "batch", "batch", "reattribute", "compact"])
    return things, [(thing, draw(chores)) for thing in told]


@contextmanager
def _new_world():
    """An empty database and store, undone at the end."""
    django_settings.EVENTS_URL = f"memory://{uuid4().hex}"
    with transaction.atomic():
        yield
        assert connection.check_constraints() is None
        transaction.set_rollback(True)


def _tell(telling):
    batch = []
    for thing, chore in telling:
        if isinstance(thing, Message):
            batch.append(thing)
        else:
            _load(thing)
        if chore:
            messages_ingest(messages=batch)
            batch = []
        if chore == "reattribute":
            events_reattribute()
        if chore == "compact":
            store_compact()
    messages_ingest(messages=batch)
    events_reattribute()


def _load(thing):
    rows = [AccountRow(id=thing.account, name=thing.account)]
    account_upsert_many(rows=rows, given={"name"})
    if isinstance(thing, FileMember):
        person_upsert_many(rows=[PersonRow(id=thing.person)], given=set())
        since, until = (None if d is None else day(d) for d in (thing.since, thing.until))
        row = MembershipRow(thing.person, thing.account, since=since, until=until)
        membership_upsert_many(rows=[row])


def _people():
    own = Person.objects.filter(merged_into__isnull=True)
    return {p.external_id: p.custom.get("plan") for p in own}


def _manifest_agrees():
    for file, table in zip(store_snapshot().files, store_snapshot().tables(), strict=True):
        row = StoreFile.objects.get(path=file.path)
        accounts = table["account_id"].to_pylist()
        assert (row.rows, row.waiting) == (len(accounts), accounts.count(0))
        assert (row.account_min, row.account_max) == (min(accounts), max(accounts))
        assert row.anonymous == table["person_id"].to_pylist().count(0)
        assert accounts == sorted(accounts)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=_stories())
def test_the_store_is_a_function_of_the_set_of_what_was_said(story, monkeypatch):
    monkeypatch.setattr(compact, "FEW", 1)
    things, telling = story
    oracle = Oracle(things, day)
    with _new_world():
        _tell(telling)
        assert stored() == oracle.stored()
        assert _people() == oracle.people()
        waiting = AccountRef.objects.filter(account__isnull=True)
        assert dict(waiting.values_list("value", "waiting")) == oracle.unmatched()
        _manifest_agrees()
        assert events_reattribute().files_read == 0
