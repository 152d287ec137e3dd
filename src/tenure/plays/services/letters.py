"""Writes of letters: laid ready by people and plays, changed, and printed or mailed by people.

A letter goes out once. Its places are filled in at that moment, and the words that went out stay.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenure.accounts.models import Account, Person
from tenure.accounts.selectors import accounts_visible, owner_of
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.mail.lines import one_line
from tenure.core.mail.setup import faults as mail_faults
from tenure.core.mail.setup import is_address
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.plays.merging import faults, merge, places
from tenure.plays.models import Letter, Outgoing, Run, Task, TaskStatus
from tenure.plays.outbox.putting import outbox_put
from tenure.plays.outbox.touching import touch_write
from tenure.plays.running.facts import About, facts_for, language_among
from tenure.plays.running.recipients import account_in_peace, people_in_peace, people_in_roles
from tenure.plays.services import rules
from tenure.plays.services.closing import task_done

TITLE, BODY, MOST = 200, 20_000, 500
State = Letter.State


@dataclass(frozen=True)
class Words:
    """What a letter says, as it is written; `language` of the places that are filled in."""

    title: str
    body: str
    language: str = ""


@transaction.atomic
def letter_write(
    *,
    actor: User | None,
    account: Account,
    words: Words,
    person: Person | None = None,
    author: User | None = None,
    run: Run | None = None,
    task: Task | None = None,
) -> Letter:
    """Lay a letter ready; it goes out when somebody prints or mails it.

    Raises:
        NotAllowed: the actor does not work the account.
        TenureError: it has no title or text, a place there isn't, or the person is of another
            account.
    """
    rules.may_work(actor, account)
    if person is not None:
        rules.belongs(account, person)
    letter = Letter.objects.create(
        account=account,
        person=person,
        author=author or actor,
        run=run,
        task=task,
        made_at=clock.now(),
        made_by=actor,
        **_checked(words, account, person),
    )
    _told(actor, letter, "written")
    return letter


@transaction.atomic
def letters_write(
    *, actor: User, accounts: Collection[int], roles: Sequence[str], words: Words
) -> list[Letter]:
    """The same letter to each of some accounts, to the person who has the first of the roles.

    Accounts that the actor does not see are left out; each letter is its own and can be changed.
    """
    require(actor, Permission.WORK_ACCOUNTS)
    keys = sorted(set(accounts))[: MOST + 1]
    found = list(accounts_visible(actor).filter(pk__in=keys).order_by("name", "pk"))
    if not found:
        raise TenureError(_("Tick at least one account first."))
    if len(found) > MOST:
        raise TenureError(_("Write to at most %(n)d accounts at once.") % {"n": MOST})
    return [
        letter_write(actor=actor, account=one, words=words, person=_first(one, roles))
        for one in found
    ]


def _first(account: Account, roles: Sequence[str]) -> Person | None:
    return next(iter(people_in_roles(account, roles, clock.now())), None)


@transaction.atomic
def letter_edit(
    *, actor: User | None, letter: Letter, words: Words, person: Person | None
) -> Letter:
    """Change a draft."""
    row = _draft(actor, letter)
    if person is not None:
        rules.belongs(row.account, person)
    row.person = person
    for name, value in _checked(words, row.account, person).items():
        setattr(row, name, value)
    row.save()
    _told(actor, row, "edited")
    return row


@transaction.atomic
def letters_print(*, actor: User | None, letters: Sequence[Letter]) -> list[Letter]:
    """Note that letters were printed, with the words that were printed.

    Raises:
        Missing: a place of one of them is not known; none is then noted.
    """
    return [_went_out(actor, _draft(actor, one), State.PRINTED) for one in letters]


@transaction.atomic
def letter_mail(*, actor: User | None, letter: Letter) -> Letter:
    """Send a letter to its person by e-mail.

    Raises:
        TenureError: there is nobody to mail it to, they are not to be disturbed, or no mail can be
            sent from here.
    """
    row = _draft(actor, letter)
    _can_be_mailed(row)
    title, body = letter_merged(row)
    owner = row.author or owner_of(row.account)
    person = row.person
    row.outgoing = outbox_put(
        key=f"letter:{row.pk}",
        kind=Outgoing.Kind.MAIL,
        account=row.account,
        person=person,
        author=owner,
        payload={
            "to": person.email if person else "",
            "name": one_line(person.name) if person else "",
            "subject": one_line(title),
            "body": body,
            "reply_to": owner.email if owner else "",
            "reply_name": one_line(owner.name) if owner else "",
            "language": row.language,
        },
        try_at=clock.now(),
    )
    return _went_out(actor, row, State.MAILED)


@transaction.atomic
def letter_discard(*, actor: User | None, letter: Letter) -> Letter:
    """Throw a draft away; it stays on record."""
    row = _draft(actor, letter)
    row.state, row.ended_at, row.ended_by = State.DISCARDED, clock.now(), actor
    row.save()
    _told(actor, row, "discarded")
    return row


def letter_merged(letter: Letter) -> tuple[str, str]:
    """Title and text with every place filled in.

    Raises:
        Missing: a place is not known.
    """
    about = About(
        letter.account, letter.language, letter.author or owner_of(letter.account), letter.person
    )
    facts = facts_for(about, places(letter.title + "\n" + letter.body))
    with override(letter.language):
        return merge(letter.title, facts), merge(letter.body, facts)


def _checked(words: Words, account: Account, person: Person | None) -> dict[str, str]:
    title = " ".join(words.title.replace("\x00", "").split())
    body = words.body.replace("\x00", "").replace("\r\n", "\n").strip()
    problems = [] if title else [_("The letter has no title; write one.")]
    problems += [] if body else [_("The letter is empty; write its text.")]
    for text, most in ((title, TITLE), (body, BODY)):
        if len(text) > most:
            problems.append(
                _("A letter has at most %(title)d characters of title and %(body)d of text.")
                % {"title": TITLE, "body": BODY}
            )
        problems += [f"{one}." for one in faults(text)]
    if problems:
        raise TenureError(" ".join(dict.fromkeys(problems)))
    spoken = words.language or (person.language if person else "")
    language = language_among(spoken, account.language)
    return {"title": title, "body": body, "language": language}


def _draft(actor: User | None, letter: Letter) -> Letter:
    rows = Letter.objects.select_for_update(of=("self",))
    row = rows.select_related("account", "person", "author", "task").get(pk=letter.pk)
    rules.may_work(actor, row.account)
    if row.state != State.DRAFT:
        raise TenureError(_("This letter is no draft any more; write another one."))
    return row


def _can_be_mailed(letter: Letter) -> None:
    person, now = letter.person, clock.now()
    if person is None or not is_address(person.email):
        raise TenureError(_("Nobody of this letter has a mail address; print it instead."))
    if account_in_peace(letter.account_id, now) or people_in_peace([person.pk], now):
        raise TenureError(
            _("%(person)s is not to be disturbed; print the letter or wait.") % {"person": person}
        )
    if wrong := mail_faults():
        raise TenureError(" ".join(wrong))


def _went_out(actor: User | None, letter: Letter, state: str) -> Letter:
    letter.sent_title, letter.sent_body = letter_merged(letter)
    letter.sent_title = letter.sent_title[:TITLE]
    now = clock.now()
    letter.state, letter.ended_at, letter.ended_by = state, now, actor
    letter.save()
    if state == State.PRINTED:  # a mailed one is a touch once it was sent
        touch_write(
            key=f"letter:{letter.pk}",
            kind="letter",
            account=letter.account,
            at=now,
            words=(letter.sent_title, letter.sent_body),
            author=letter.author,
            person=letter.person,
        )
    if letter.task is not None and letter.task.status == TaskStatus.OPEN:
        task_done(actor=actor, task=letter.task)
    _told(actor, letter, state)
    return letter


def _told(actor: User | None, letter: Letter, what: str) -> None:
    audit(
        actor=actor,
        action=f"letter.{what}",
        subject=letter,
        detail={"account": letter.account.external_id},
    )
