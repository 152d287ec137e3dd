"""The page of one account: every tab, hostile content, and nothing from after the chosen day."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tenure.accounts.models import AttributeChange, Membership, OwnerAssignment, Person
from tenure.contracts.models import Invoice, SubscriptionPeriod
from tenure.core import clock
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.health.models import BandChange, Score
from tenure.metrics.models import AccountSeries
from tenure.relationship.models import Evaluation, LevelChange
from tenure.timeline.models import Outcome, Pulse, SurveyAnswer, Ticket, Touchpoint
from tenure.web.tests.factories import account_make, ago, book_make, plans_make, story_make
from tenure.web.views.account import TABS

pytestmark = pytest.mark.django_db
TAB_URLS = [url for url, _name in TABS]
BEFORE, DAY, AFTER = ago(200), (ago(100)).date(), ago(50)


@pytest.fixture
def account(users):
    made = book_make(1, owners=[users[Role.CSM]])[0]
    story_make(made, touchpoints=40)
    return made


# Random text, which may hold any number.
TOKEN = re.compile(r"[A-Za-z0-9]{64}")


def text(client, url, account, query=""):
    answer = client.get(reverse(url, args=[account.pk]) + query)
    assert answer.status_code == 200, url
    return TOKEN.sub("", answer.content.decode())


@pytest.mark.parametrize("url", TAB_URLS)
def test_every_tab_is_drawn_now_and_as_known_on_a_day(sign_in, account, url):
    client = sign_in(Role.CSM)
    assert "As known on" in text(client, url, account)
    assert "Nothing that Tenure learned later" in text(client, url, account, f"?on={DAY}")


@pytest.mark.parametrize("url", TAB_URLS)
def test_an_account_with_nothing_derived_says_what_to_connect(sign_in, url):
    bare = account_make("Bare")
    text(sign_in(Role.ADMIN), url, bare)


@pytest.mark.parametrize("query", ["?on=tomorrow", "?on=2999-01-01", "?on=", "?on=2020-13-40"])
def test_a_day_that_is_none_or_to_come_means_now(sign_in, account, query):
    assert "Nothing that Tenure learned later" not in text(
        sign_in(Role.CSM), "account", account, query
    )


def test_before_tenure_knew_the_account_nothing_of_it_is_told(sign_in, account):
    page = text(sign_in(Role.CSM), "account", account, "?on=2001-01-01")
    assert "Not known yet on this day" in page
    assert account.name not in page


def test_the_overview_shows_level_health_money_and_what_happened(sign_in, account):
    page = text(sign_in(Role.CSM), "account", account)
    for words in (
        "€2,400",
        "Length of time",
        "Paid for 22 months, 1 completed renewal.",
        "Active people",
        "Quarterly review" if "Quarterly review" in page else "Roll-out plan",
        "Halve the time",
        "Grace Hopper",
    ):
        assert words in page


def test_the_parts_of_health_and_what_moved_it_are_shown(sign_in, account):
    page = text(sign_in(Role.CSM), "account_health", account)
    assert "Share of seats used" in page
    assert "the parts add up to the change exactly" in page


def test_the_timeline_pages_and_narrows_by_kind(sign_in, account):
    client = sign_in(Role.CSM)
    first = text(client, "account_timeline", account)
    assert "Older" in first
    second = text(client, "account_timeline", account, "?page=2")
    assert "Newer" in second
    surveys = text(client, "account_timeline", account, "?kind=survey")
    assert "NPS 8" in surveys
    assert "Quarterly review" not in surveys
    text(client, "account_timeline", account, "?kind=nonsense&page=-4")


def later_facts(account):
    """Facts of which the first is known before the day, the second only after it."""
    for label, at in (("EARLY", BEFORE), ("LATE", AFTER)):
        told = {"account": account, "recorded_at": at}
        Touchpoint.objects.create(
            external_id=f"t{label}",
            kind="call",
            subject=f"{label}-call",
            occurred_at=BEFORE,
            **told,
        )
        Ticket.objects.create(
            external_id=f"k{label}", subject=f"{label}-ticket", opened_at=BEFORE, **told
        )
        SurveyAnswer.objects.create(
            external_id=f"s{label}",
            kind="nps",
            score=9,
            comment=f"{label}-comment",
            answered_at=BEFORE,
            **told,
        )
        Outcome.objects.create(external_id=f"o{label}", title=f"{label}-outcome", **told)
        Pulse.objects.create(value=40, comment=f"{label}-pulse", occurred_at=BEFORE, **told)
        Invoice.objects.create(
            external_id=f"{label}-invoice",
            amount=Decimal(10),
            currency="EUR",
            issued_at=BEFORE,
            **told,
        )
        person = Person.objects.create(external_id=label, name=f"{label}-person", recorded_at=at)
        Membership.objects.create(person=person, account=account, recorded_at=at)
        plan = plans_make()[0 if label == "EARLY" else 1]
        SubscriptionPeriod.objects.create(
            external_id=f"{label}-sub",
            plan=plan,
            mrr=Decimal(111 if label == "EARLY" else 999),
            currency="EUR",
            started_at=BEFORE,
            **told,
        )


def test_facts_recorded_after_the_day_are_on_no_tab(sign_in):
    account = account_make("Fjord")
    later_facts(account)
    client = sign_in(Role.LEADER)
    pages = "".join(text(client, one, account) for one in TAB_URLS)
    then = "".join(text(client, one, account, f"?on={DAY}") for one in TAB_URLS)
    for kind in ("call", "ticket", "comment", "outcome", "pulse", "invoice", "person", "sub"):
        assert f"LATE-{kind}" in pages, kind
        assert f"EARLY-{kind}" in then, kind
    assert "LATE" not in then
    assert "€999" not in then
    assert "€111" in then


def test_a_fact_superseded_after_the_day_is_still_shown_as_it_was(sign_in):
    account = account_make("Fjord")
    old = Touchpoint.objects.create(
        external_id="t",
        account=account,
        kind="call",
        subject="as first told",
        occurred_at=BEFORE,
        recorded_at=BEFORE,
        superseded_at=AFTER,
    )
    Touchpoint.objects.create(
        external_id="t",
        account=account,
        kind="call",
        subject="as corrected",
        occurred_at=BEFORE,
        recorded_at=AFTER,
    )
    client = sign_in(Role.LEADER)
    then = text(client, "account_timeline", account, f"?on={DAY}")
    now = text(client, "account_timeline", account)
    assert old.subject in then
    assert "as corrected" not in then
    assert "as corrected" in now
    assert old.subject not in now


def test_what_happened_to_a_fact_after_the_day_is_not_told(sign_in):
    account = account_make("Fjord")
    Ticket.objects.create(
        external_id="k",
        account=account,
        subject="Slow",
        opened_at=BEFORE,
        resolved_at=AFTER,
        csat=5,
        recorded_at=BEFORE,
    )
    Invoice.objects.create(
        external_id="i",
        account=account,
        amount=1,
        currency="EUR",
        issued_at=BEFORE,
        due_at=BEFORE,
        paid_at=AFTER,
        recorded_at=BEFORE,
    )
    Outcome.objects.create(
        external_id="o",
        account=account,
        title="Goal",
        confirmed_at=AFTER,
        confirmed_by="late@example.com",
        recorded_at=BEFORE,
    )
    client = sign_in(Role.LEADER)
    then = "".join(text(client, one, account, f"?on={DAY}") for one in TAB_URLS)
    assert "CSAT 5" not in then
    assert AFTER.date().isoformat() not in then
    assert "late@example.com" not in then


def test_attributes_owner_and_hierarchy_are_walked_back(sign_in, users):
    parent = account_make("Old Holding")
    other = account_make("New Holding")
    account = account_make(
        "New Name",
        segment="LATE-segment",
        parent=other,
        custom={"csm notes": "LATE-custom", "new": "LATE-new"},
    )
    for field, old, new in (
        ("name", "Old Name", "New Name"),
        ("segment", "EARLY-segment", "LATE-segment"),
        ("parent_id", parent.pk, other.pk),
        ("custom.csm notes", "EARLY-custom", "LATE-custom"),
        ("custom.new", None, "LATE-new"),
    ):
        AttributeChange.objects.create(
            account=account, field=field, old=old, new=new, recorded_at=AFTER
        )
    OwnerAssignment.objects.create(
        account=account, owner=users[Role.CSM], since=BEFORE, until=AFTER, recorded_at=BEFORE
    )
    OwnerAssignment.objects.create(
        account=account, owner=users[Role.LEADER], since=AFTER, recorded_at=AFTER
    )
    client = sign_in(Role.ADMIN)
    then = text(client, "account_details", account, f"?on={DAY}")
    for words in (
        "Old Name",
        "EARLY-segment",
        "Old Holding",
        "EARLY-custom",
        "Owner: Success manager",
    ):
        assert words in then
    for words in ("New Name", "LATE", "New Holding"):
        assert words not in then
    assert "Old Name" in text(client, "account_details", parent, f"?on={DAY}")
    assert "New Name" not in text(client, "account_details", parent)
    assert "New Name" in text(client, "account_details", other)


def test_levels_scores_and_weeks_after_the_day_are_not_told(sign_in):
    account = account_make("Fjord")
    for at, level, value in ((BEFORE, "customer", 41.0), (AFTER, "client", 93.0)):
        measures = [["active_people", 5.0, value, 1.0, value]]
        Score.objects.create(
            account=account,
            as_of=at.date(),
            value=value,
            band="fair",
            coverage=1,
            scorecard="default",
            scorecard_version=1,
            measures=measures,
            computed_at=at,
        )
        Evaluation.objects.create(
            account=account,
            as_of=at.date(),
            qualifies_as=level,
            level=level,
            clauses={"C1": ["yes", {"paid_months": int(value), "renewals": 1}]},
            definition_version=1,
            computed_at=at,
        )
        LevelChange.objects.create(
            account=account, as_of=at.date(), old="customer", new=level, recorded_at=at
        )
        BandChange.objects.create(
            account=account,
            as_of=at.date(),
            old="poor" if level == "client" else "good",
            new="fair",
            recorded_at=at,
        )
    first = clock.week_start(BEFORE.date())
    whole = ((DAY - first).days + 1) // 7  # a week is whole at the end of its Sunday
    values = [3] * whole + [7777] * 9
    AccountSeries.objects.create(
        account=account,
        first_week=first,
        series={"active_people": values, "events": values},
        computed_at=clock.now(),
    )
    client = sign_in(Role.LEADER)
    then = "".join(text(client, one, account, f"?on={DAY}") for one in TAB_URLS)
    for late in (
        "93",
        "7,777",
        "7777",
        "Paid for 93 months",
        "Health from poor",
        AFTER.date().isoformat(),
    ):
        assert late not in then, late
    assert "Paid for 41 months" in then


def test_a_running_week_is_not_told_looking_back(sign_in):
    account = account_make("Fjord")
    monday = clock.week_start(DAY)
    AccountSeries.objects.create(
        account=account,
        first_week=monday,
        series={"active_people": [4321]},
        computed_at=clock.now(),
    )
    client = sign_in(Role.LEADER)
    sunday, saturday = monday + timedelta(days=6), monday + timedelta(days=5)
    assert "4321" in text(client, "account_usage", account, f"?on={sunday}")
    assert "4321" not in text(client, "account_usage", account, f"?on={saturday}")


def test_content_from_outside_is_shown_as_text(sign_in):
    evil = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>"
    account = account_make(evil, domain="javascript:alert(1)", segment=evil, custom={evil: evil})
    person = Person.objects.create(external_id=evil, name=evil, email=evil, recorded_at=BEFORE)
    Membership.objects.create(person=person, account=account, recorded_at=BEFORE)
    Touchpoint.objects.create(
        external_id="t",
        account=account,
        kind="call",
        subject=evil,
        body=evil,
        occurred_at=BEFORE,
        recorded_at=BEFORE,
    )
    AccountSeries.objects.create(
        account=account,
        first_week=date(2026, 1, 5),
        series={"active_people": [1], evil: [1]},
        computed_at=clock.now(),
    )
    client = sign_in(Role.ADMIN)
    for url in [*TAB_URLS]:
        page = text(client, url, account)
        assert "<img" not in page
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page
    assert "<img" not in client.get(reverse("accounts")).content.decode()


def test_relatives_outside_the_readers_book_are_not_named(sign_in, users):
    parent = account_make("Secret Holding")
    child = account_make("Own Child", owner=users[Role.CSM], parent=parent)
    page = text(sign_in(Role.CSM), "account_details", child)
    assert "Secret Holding" not in page


def test_an_erased_or_merged_person_is_not_shown(sign_in):
    account = account_make("Fjord")
    for name, values in (("Gone", {"erased_at": ago(1)}), ("Here", {})):
        person = Person.objects.create(external_id=name, name=name, recorded_at=BEFORE, **values)
        Membership.objects.create(person=person, account=account, recorded_at=BEFORE)
    page = text(sign_in(Role.ADMIN), "account_people", account)
    assert "Here" in page
    assert "Gone" not in page


def test_who_was_heard_from_and_then_not_is_called_quiet(sign_in):
    account = account_make("Fjord")
    person = Person.objects.create(external_id="p", name="Grace", recorded_at=BEFORE)
    Membership.objects.create(person=person, account=account, recorded_at=BEFORE, role="champion")
    touch = Touchpoint.objects.create(
        external_id="t",
        account=account,
        kind="call",
        direction="in",
        occurred_at=BEFORE,
        recorded_at=BEFORE,
    )
    touch.people.add(person)
    client = sign_in(Role.ADMIN)
    assert "quiet" in text(client, "account", account)
    soon = (BEFORE + timedelta(days=10)).date()
    assert ">quiet<" not in text(client, "account_people", account, f"?on={soon}")


def test_the_owner_records_a_pulse_and_a_note_with_audit(sign_in, account):
    client = sign_in(Role.CSM)
    client.post(
        reverse("pulse_add", args=[account.pk]), {"value": "35", "comment": "Sponsor left."}
    )
    client.post(reverse("note_add", args=[account.pk]), {"text": "Call Grace.\nShe asked for it."})
    assert Pulse.objects.filter(account=account, value=35, comment="Sponsor left.").exists()
    note = Touchpoint.objects.get(
        account=account, kind="note", subject="Call Grace.", superseded_at=None
    )
    assert note.csm_email == "csm@example.com"
    assert {"pulse.record", "note.record"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )
    assert "Call Grace." in text(client, "account", account)


@pytest.mark.parametrize(
    ("url", "sent"),
    [("pulse_add", {"value": "140"}), ("pulse_add", {"value": "x"}), ("note_add", {"text": "  "})],
)
def test_what_cannot_be_recorded_is_answered_with_a_sentence(sign_in, account, url, sent):
    answer = sign_in(Role.CSM).post(reverse(url, args=[account.pk]), sent, follow=True)
    assert b'data-tone="error"' in answer.content


def test_a_viewer_sees_no_form_and_the_past_has_none(sign_in, account):
    assert "Record pulse" not in text(sign_in(Role.VIEWER), "account", account)
    client = sign_in(Role.CSM)
    assert "Record pulse" in text(client, "account", account)
    assert "Record pulse" not in text(client, "account", account, f"?on={DAY}")


def test_a_tab_asks_the_database_a_bounded_number_of_times(
    sign_in, account, django_assert_max_num_queries
):
    client = sign_in(Role.CSM)
    for url in TAB_URLS:
        with django_assert_max_num_queries(60):
            text(client, url, account)


def test_times_are_compared_at_the_end_of_the_day(sign_in):
    account = account_make("Fjord")
    at = datetime(DAY.year, DAY.month, DAY.day, 23, 30, tzinfo=UTC)
    Touchpoint.objects.create(
        external_id="t",
        account=account,
        kind="call",
        subject="late that day",
        occurred_at=at,
        recorded_at=at,
    )
    client = sign_in(Role.ADMIN)
    assert "late that day" in text(client, "account_timeline", account, f"?on={DAY}")
    assert "late that day" not in text(
        client, "account_timeline", account, f"?on={DAY - timedelta(days=1)}"
    )
