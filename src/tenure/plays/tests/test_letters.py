"""Letters are laid ready, changed, and go out once, with the words that were seen."""

from datetime import UTC, date, datetime

import pytest

from tenure.accounts.models import Account, Membership, OwnerAssignment, Person
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.merging import Missing
from tenure.plays.models import DoNotDisturb, Letter, Outgoing, TaskStatus
from tenure.plays.outbox.touching import mail_touch
from tenure.plays.services.letters import (
    Words,
    letter_discard,
    letter_edit,
    letter_mail,
    letter_merged,
    letter_write,
    letters_print,
    letters_write,
)
from tenure.plays.services.tasks import task_create
from tenure.timeline.models import Touchpoint

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
THANKS = Words("Thank you", "Dear {{ person.first_name }},\n\nthank you. {{ owner.name }}")


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


@pytest.fixture
def ann():
    return user_create(actor=None, email="ann@x.example", role=Role.CSM, name="Ann Lee")


@pytest.fixture
def acme(ann):
    row = Account.objects.create(external_id="acme", name="Acme", recorded_at=NOW)
    OwnerAssignment.objects.create(account=row, owner=ann, since=NOW, recorded_at=NOW)
    return row


def person(account, name="Bo Berg", role="champion", email="bo@acme.example", **values):
    row = Person.objects.create(external_id=name, name=name, email=email, recorded_at=NOW, **values)
    Membership.objects.create(person=row, account=account, role=role, recorded_at=NOW)
    return row


def test_a_letter_goes_out_once_with_the_words_it_had(ann, acme):
    bo = person(acme)
    letter = letter_write(actor=ann, account=acme, words=THANKS, person=bo)
    assert letter_merged(letter) == ("Thank you", "Dear Bo,\n\nthank you. Ann Lee")
    (printed,) = letters_print(actor=ann, letters=[letter])
    assert (printed.state, printed.sent_body) == ("printed", "Dear Bo,\n\nthank you. Ann Lee")
    bo.name = "Somebody Else"
    bo.save()
    assert Letter.objects.get().sent_body.startswith("Dear Bo")
    for again in (
        lambda: letters_print(actor=ann, letters=[letter]),
        lambda: letter_mail(actor=ann, letter=letter),
        lambda: letter_edit(actor=ann, letter=letter, words=THANKS, person=bo),
        lambda: letter_discard(actor=ann, letter=letter),
    ):
        with pytest.raises(TenureError, match="no draft any more"):
            again()
    touch = Touchpoint.objects.get()
    assert (touch.kind, touch.direction, touch.subject) == ("letter", "out", "Thank you")
    assert list(touch.people.all()) == [bo]


def test_a_letter_whose_places_are_not_known_stays_a_draft(ann, acme):
    letter = letter_write(actor=ann, account=acme, words=THANKS)
    other = letter_write(actor=ann, account=acme, words=Words("Hello", "Plain"))
    with pytest.raises(Missing, match=r"person\.first_name"):
        letters_print(actor=ann, letters=[other, letter])
    assert set(Letter.objects.values_list("state", flat=True)) == {"draft"}
    assert not Touchpoint.objects.exists()


def test_a_mailed_letter_waits_in_the_outbox_and_is_a_touch_once_it_was_sent(ann, acme, settings):
    settings.SMTP_URL, settings.MAIL_FROM = "smtp://127.0.0.1:1", "Us <us@x.example>"
    settings.BASE_URL = "https://us.example"
    bo = person(acme, language="de")
    words = Words("Danke\r\nBcc: all@x.example", "Hallo {{ person.first_name }}")
    letter = letter_mail(
        actor=ann, letter=letter_write(actor=ann, account=acme, words=words, person=bo)
    )
    row = Outgoing.objects.get()
    assert (row.key, row.person, letter.outgoing, letter.state) == (
        f"letter:{letter.pk}", bo, row, "mailed",
    )  # fmt: skip
    assert row.payload["subject"] == "Danke Bcc: all@x.example"
    assert (row.payload["body"], row.payload["language"]) == ("Hallo Bo", "de")
    assert not Touchpoint.objects.exists()
    mail_touch(row, NOW)
    mail_touch(row, NOW)
    assert [(t.kind, t.body) for t in Touchpoint.objects.all()] == [("letter", "Hallo Bo")]


def test_nobody_is_mailed_who_has_no_address_or_wants_none(ann, acme):
    silent = person(acme, "No Mail", email="")
    letter = letter_write(actor=ann, account=acme, words=THANKS, person=silent)
    with pytest.raises(TenureError, match="print it instead"):
        letter_mail(actor=ann, letter=letter)
    bo = person(acme)
    DoNotDisturb.objects.create(person=bo, since=NOW, recorded_at=NOW)
    letter = letter_write(actor=ann, account=acme, words=THANKS, person=bo)
    with pytest.raises(TenureError, match="not to be disturbed"):
        letter_mail(actor=ann, letter=letter)
    assert not Outgoing.objects.exists()


def test_printing_closes_the_task_that_asked_for_it(ann, acme):
    task = task_create(actor=ann, account=acme, title="Thank them", due_on=date(2026, 3, 9))
    letter = letter_write(actor=None, account=acme, words=Words("T", "B"), author=ann, task=task)
    letters_print(actor=ann, letters=[letter])
    task.refresh_from_db()
    assert task.status == TaskStatus.DONE
    assert AuditEntry.objects.filter(action="letter.printed").count() == 1


def test_many_accounts_get_a_letter_each_to_the_first_of_the_roles(ann, acme):
    bolt = Account.objects.create(external_id="bolt", name="Bolt", recorded_at=NOW)
    hers = OwnerAssignment.objects.create(account=bolt, owner=ann, since=NOW, recorded_at=NOW)
    other = Account.objects.create(external_id="other", name="Other", recorded_at=NOW)
    sponsor, champion = person(acme, "Sue", role="sponsor"), person(acme)
    made = letters_write(
        actor=ann, accounts=[acme.pk, bolt.pk, other.pk], roles=["champion", "sponsor"],
        words=THANKS,
    )  # fmt: skip
    assert [(one.account, one.person) for one in made] == [(acme, champion), (hers.account, None)]
    assert sponsor not in {one.person for one in made}
    with pytest.raises(TenureError, match="at least one account"):
        letters_write(actor=ann, accounts=[other.pk], roles=["champion"], words=THANKS)


def test_who_does_not_work_the_account_writes_no_letter(acme):
    eve = user_create(actor=None, email="eve@x.example", role=Role.CSM)
    viewer = user_create(actor=None, email="v@x.example", role=Role.VIEWER)
    letter = letter_write(actor=None, account=acme, words=THANKS)
    for who in (eve, viewer):
        for act in (
            lambda who=who: letter_write(actor=who, account=acme, words=THANKS),
            lambda who=who: letter_edit(actor=who, letter=letter, words=THANKS, person=None),
            lambda who=who: letters_print(actor=who, letters=[letter]),
            lambda who=who: letter_mail(actor=who, letter=letter),
            lambda who=who: letter_discard(actor=who, letter=letter),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_what_cannot_be_a_letter_is_refused_in_a_sentence(ann, acme):
    stranger = Person.objects.create(external_id="s", name="Stranger", recorded_at=NOW)
    for words, said in (
        (Words(" ", "Text"), "no title"),
        (Words("T", " \n "), "is empty"),
        (Words("T", "{{ account.secrets }}"), "is no place"),
        (Words("T", "x" * 20_001), "at most"),
    ):
        with pytest.raises(TenureError, match=said):
            letter_write(actor=ann, account=acme, words=words)
    with pytest.raises(TenureError, match="does not belong"):
        letter_write(actor=ann, account=acme, words=THANKS, person=stranger)
    assert not Letter.objects.exists()
