"""One Tenure with something to show on every page, and the address of each of them."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tenure.accounts.models import Account, Person
from tenure.advice.models import Suggestion
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.core import clock, reasons
from tenure.core.models import AuditEntry, ServiceKey, User
from tenure.core.roles import Role
from tenure.core.services import key_create
from tenure.events.models import IntakeDay
from tenure.forecast.models import ForecastRun, RunStatus
from tenure.intake.models import Load, LoadedTable, Reject, Upload
from tenure.intake.uploads.seen import Column, Look, Refusal, kept
from tenure.plays.models import (
    Approval,
    Channel,
    DoNotDisturb,
    Letter,
    Outgoing,
    PastPlay,
    Run,
    Task,
)
from tenure.segments.models import Segment
from tenure.segments.shipped import segments_install_examples
from tenure.timeline.models import Outcome, PlayRecord, Pulse, SurveyAnswer, Ticket, Touchpoint
from tenure.web.digest.tokens import token_of
from tenure.web.models import DigestKind, DigestSend, Renewal, SavedView
from tenure.web.services import view_save
from tenure.web.tests.advising import TYPED as ADVISED
from tenure.web.tests.advising import advice_make
from tenure.web.tests.evidence import (
    chances_make,
    evidence_make,
    levels_make,
    notice_make,
    opinion_make,
)
from tenure.web.tests.factories import ago, book_make, story_make
from tenure.web.tests.foresight import renewals_make
from tenure.web.tests.paying import books_make, costs_make, paid_make
from tenure.web.tests.playing import past_make, plays_make, texts_of_plays

SHOWN = {
    AuditEntry: ("action",),
    Account: ("name", "external_id", "domain", "segment", "industry", "country"),
    Person: ("name", "email", "title"),
    Plan: ("name",),
    User: ("name", "email"),
    Outcome: ("title", "metric", "target", "confirmed_by"),
    PlayRecord: ("play",),
    PastPlay: ("name",),
    SurveyAnswer: ("comment",),
    Pulse: ("comment",),
    SubscriptionPeriod: ("external_id",),
    Task: ("title", "note"),
    Letter: ("title", "body"),
    Approval: ("question", "note"),
    Channel: ("name", "url"),
    Outgoing: ("reason",),
    Run: ("ended_why",),
    DoNotDisturb: ("reason",),
    Ticket: ("subject", "priority"),
    Touchpoint: ("subject", "body", "csm_email"),
}
# Arguments of the packages' own addresses, which cannot be read without a letter.
THEIRS = {"uidb36", "key"}
# Typed by the tests' users; whatever was typed is shown as it is.
TYPED = (
    "SMB",
    "/srv/files",
    "accounts.csv",
    "web app",
    "My book",
    "Three months say little.",
    "play.step",
)


def everything_make(users) -> Account:
    """A company with all there is to show; the account is the one with a story."""
    owner = users[Role.CSM]
    accounts = book_make(12, owners=[owner, users[Role.LEADER]])
    account = accounts[0]
    run = evidence_make()
    renewals_make(accounts, author=owner)
    story_make(account)
    paid_make(accounts)
    costs_make()
    books_make()
    levels_make(accounts)
    chances_make()
    plays_make(accounts)
    advice_make(accounts, users[Role.LEADER])
    around_make(account, users, run)
    return account


def around_make(account, users, run) -> None:
    """One of everything that is not of many accounts, such as a key, a load, a task, a digest."""
    opinion_make(account)
    notice_make("stale", run, days=70)
    past_make()
    _doors()
    _upload(users[Role.ADMIN])
    segments_install_examples()
    Task.objects.create(
        account=account, title="Ask about the roll-out", note="Spring was the plan.",
        checklist=[["Spring was the plan.", True], ["Ask about the roll-out", False]], hours=0.5,
        due_on=clock.today(), owner=users[Role.ADMIN], created_at=ago(2),
    )  # fmt: skip
    _written(account, users[Role.ADMIN])
    for kind, state in (("daily", DigestSend.State.SENT), ("weekly", DigestSend.State.FAILED)):
        DigestSend.objects.create(
            user=users[Role.ADMIN], kind=kind, period=clock.today(), state=state, attempts=1,
            made_at=clock.now(), try_at=clock.now(), ended_at=clock.now(), reason="550 Unknown",
        )  # fmt: skip
    view_save(actor=users[Role.ADMIN], page="accounts", name="My book", query="segment=Enterprise")


def _written(account, author) -> None:
    Letter.objects.create(
        account=account, author=author, language="en", title="A year together",
        body="Dear all,\n\nthat was a good year.", made_at=ago(1),
    )  # fmt: skip
    DoNotDisturb.objects.create(
        account=account, since=ago(1), until=ago(-5), reason="Moving offices", set_by=author,
        recorded_at=ago(1),
    )  # fmt: skip


def _doors() -> None:
    key_create(actor=None, name="web app", scope=ServiceKey.Scope.TRACK)
    load = Load.objects.create(source="/srv/files", started_at=ago(0.1), ended_at=ago(0.05))
    LoadedTable.objects.create(
        load=load, table="accounts", file="accounts.csv", loaded=7, unchanged=2, rejected=1
    )
    Reject.objects.create(
        door="file", table="accounts", at=clock.now(), line=4, reason="no", load=load
    )
    day = clock.today() - timedelta(days=3)
    IntakeDay.objects.create(day=day, source="web app", stored=40, duplicate=2, rejected=1)


def _upload(user) -> None:
    upload = Upload.objects.create(
        made_at=ago(0.1),
        touched_at=ago(0.1),
        made_by=user,
        state=Upload.State.READY,
        rehearsed=True,
    )
    look = Look(
        (Column("id", "required"), Column("name", "known"), Column("size", "custom")),
        (("acc-1", "SMB", "4"),),
        taken=7,
        rejected=30,
        refusals=(Refusal(4, "name", "", reasons.EMPTY),),
    )
    for place, seen in enumerate((look, Look(problems=("accounts.csv",))), 1):
        upload.files.create(
            place=place, name="accounts.csv", size=9, unpacked=9, table="accounts", look=kept(seen)
        )


def values_shown() -> list[str]:
    """What people and machines typed, longest first: data, which nobody translates."""
    found = {
        str(value)
        for model, fields in SHOWN.items()
        for row in _rows(model).values_list(*fields)
        for value in row
        if value and len(str(value)) > 1
    }
    lines = {line for value in found for line in value.split("\n") if len(line) > 1}
    return sorted(found | lines | texts_of_plays() | {*TYPED, *ADVISED}, key=len, reverse=True)


def _rows(model: type[Model]):
    return model._default_manager.all()


def addresses(account: Account, user: User) -> dict[str, str]:
    """The address of every page, by its name; one with an unknown argument is an error."""
    renewal = Renewal.objects.filter(account=account, monthly=False).first()
    run = ForecastRun.objects.filter(status=RunStatus.LIVE).latest("pk")
    known = {
        "account_id": account.pk,
        "run_id": run.pk,
        "load_id": Load.objects.values_list("pk", flat=True).first(),
        "upload_id": Upload.objects.values_list("pk", flat=True).first(),
        "user_id": user.pk,
        "key_id": ServiceKey.objects.values_list("pk", flat=True).first(),
        "segment_id": Segment.objects.values_list("pk", flat=True).first(),
        "question_id": 0,  # forgotten with a form, no page
        "task_id": Task.objects.values_list("pk", flat=True).first(),
        "suggestion_id": Suggestion.objects.values_list("pk", flat=True).first(),
        "letter_id": Letter.objects.values_list("pk", flat=True).first(),
        "peace_id": DoNotDisturb.objects.values_list("pk", flat=True).first(),
        "approval_id": Approval.objects.values_list("pk", flat=True).first(),
        "outgoing_id": Outgoing.objects.values_list("pk", flat=True).first(),
        "channel_id": Channel.objects.values_list("pk", flat=True).first(),
        "view_id": SavedView.objects.values_list("pk", flat=True).first(),
        "renews_on": renewal.renews_on.isoformat() if renewal else "2026-01-01",
        "number": 1,
        "place": 0,
        "token": token_of(user, DigestKind.NONE),
        "kind": "metric",
        "key": "active_people",
    }
    named = dict(_named(get_resolver().url_patterns))
    new = {argument for arguments in named.values() for argument in arguments} - set(known)
    assert not new - THEIRS, f"Give a value here for {sorted(new - THEIRS)}, so that pages are read"
    play = {"key": Run.objects.values_list("play__key", flat=True).first(), "number": 1}
    runs = {"run_id": Run.objects.values_list("pk", flat=True).first()}
    special = {"settings_scorecard": {"key": "standard"}, "run": runs, "run_stop": runs}
    special["past_play"] = {"key": PastPlay.objects.values_list("play__key", flat=True).first()}
    special |= {name: play for name in named if name.startswith("play")}
    return {
        name: reverse(name, kwargs={a: {**known, **special.get(name, {})}[a] for a in arguments})
        for name, arguments in named.items()
        if not name.startswith(("api-", "mfa_webauthn", "account_reset", "account_confirm"))
    }


def _named(
    patterns: list[URLPattern | URLResolver], above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in patterns:
        arguments = (*above, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns, arguments)
        elif pattern.name:
            yield pattern.name, arguments
