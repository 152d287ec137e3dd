"""Plays on the pages: the list, one play, its runs, approvals, the outbox; books are kept apart."""

import pytest

from tenure.core import clock
from tenure.core.roles import Role
from tenure.plays.definition.program import program
from tenure.plays.models import Approval, Play, PlayCount, Run
from tenure.plays.selectors import definition_of, play_known
from tenure.plays.services import play_retire, play_save
from tenure.web.tests.playing import (
    approval_make,
    outgoing_make,
    play_body,
    play_on,
    plays_make,
    row_of,
    run_make,
    simple_body,
    text,
    two_books,
)

pytestmark = pytest.mark.django_db
KEY = "renewal_90"
ONE = f"/plays/{KEY}"


@pytest.fixture
def book(users):
    return two_books(users)


@pytest.fixture
def play(book):
    return plays_make(book)


@pytest.fixture
def csm(users, sign_in):
    return sign_in(Role.CSM)


@pytest.fixture
def leader(users, sign_in):
    return sign_in(Role.LEADER)


def test_the_list_says_what_sets_a_play_off_and_counts_the_own_book(csm, leader, play, book):
    run_make(play, book[3])
    own, whole = csm.get("/plays"), leader.get("/plays")
    row = row_of(own, "Renewal in sight")
    assert "90 days before “Renewal date”." in row
    assert "on, version 1" in row
    assert row.count('<td class="tn-num">1</td>') == 1
    assert '<td class="tn-num">fewer than 5</td>' in row
    assert '<td class="tn-num">2</td>' in row_of(whole, "Renewal in sight")
    assert "1 approval waits" in row_of(whole, "Renewal in sight")
    assert "approval waits" not in row


def test_the_list_speaks_the_readers_language(csm, play, users):
    users[Role.CSM].language = "de"
    users[Role.CSM].save()
    assert "Verlängerung in Sicht" in text(csm.get("/plays"))


def test_filters_narrow_the_list_and_an_empty_one_says_so(csm, play):
    play_save(actor=None, key="hello", body=simple_body())
    assert "Say hello" not in text(csm.get("/plays?category=renewal"))
    assert "Renewal in sight" not in text(csm.get("/plays?state=off"))
    assert "Say hello" in text(csm.get("/plays?q=say+HELLO&state=own"))
    assert "No play passes these filters" in text(csm.get("/plays?q=zzz&category=x&state=y"))


def test_a_newer_version_is_told_and_does_not_take_over(leader, play):
    play_save(actor=None, key=KEY, body=play_body(priority=10))
    assert "version 2 is not on" in text(leader.get("/plays?state=newer"))
    page = text(leader.get(ONE))
    assert "Accounts enter version 1. Version 2, shown here, is saved and not on." in page
    assert "This is version 1, which accounts enter now" in text(leader.get(f"{ONE}?version=1"))
    assert leader.get(f"{ONE}?version=9").status_code == 404


def test_the_page_of_one_reads_as_an_outline_with_places(csm, play):
    page = text(csm.get(ONE))
    for words in (
        "Call {{ account.name }}", "by the account&#x27;s owner", "due after 2 days",
        "If “Slipping” is so", "Offer a discount?", "decided by a leader",
        "of the accounts are held out", "12.5", "It is suggested, and a person starts it.",
        "Nothing is sent from 20:00 to 7:00.", "It ends early when",
    ):  # fmt: skip
        assert words in page, words
    shown = [part.partition("<")[0] for part in page.split('tn-outline-place">')[1:]]
    assert shown == [line.place for line in program(definition_of(KEY, 1))]


def test_runs_are_of_the_own_book_and_say_where_they_stand(csm, leader, play, book):
    run_make(play, book[3])
    own = text(csm.get(f"{ONE}/accounts"))
    assert all(name in own for name in ("Aster", "Cedar"))
    assert "Delta" not in own
    assert "“Renewal date” is 31 Dec 2026." in own
    assert "3.1: Offer a discount?" in own
    assert "They asked for it" in own
    assert "Delta" in text(leader.get(f"{ONE}/accounts"))
    stopped = text(csm.get(f"{ONE}/accounts?state=stopped"))
    assert "Cedar" in stopped
    assert "Aster" not in stopped
    assert "No account passes" in text(csm.get(f"{ONE}/accounts?q=Delta"))


def test_a_run_tells_why_it_started_what_was_done_and_where_it_waits(csm, play, book):
    run = Run.objects.get(account=book[0])
    page = text(csm.get(f"/plays/runs/{run.pk}"))
    assert "There is nobody who could own the account." in page
    assert "It waits for an approval." in page
    assert "Your role does not decide it." in page
    assert "not sent" in page


def test_who_is_held_out_is_counted_and_never_named(leader, play, book):
    held = Run.objects.get(account=book[1])
    assert held.state == "held_out"
    assert leader.get(f"/plays/runs/{held.pk}").status_code == 404
    for query in ("", "?state=held_out", "?q=Birch"):
        page = text(leader.get(f"{ONE}/accounts{query}"))
        assert f"/plays/runs/{held.pk}" not in page
        assert "counted, not named" in page
    assert '<td class="tn-num">1</td>' in row_of(leader.get("/plays"), "Renewal in sight")


def test_stopping_takes_a_reason_and_ends_it(csm, play, book):
    run = Run.objects.get(account=book[0])
    csm.post(f"/plays/runs/{run.pk}/stop", {"reason": " "})
    run.refresh_from_db()
    assert run.state == "active"
    csm.post(f"/plays/runs/{run.pk}/stop", {"reason": "They called us"})
    run.refresh_from_db()
    assert (run.state, run.ended_why) == ("stopped", "They called us")


def test_another_book_is_as_absent_as_nothing(csm, play, book):
    other = run_make(play, book[3])
    approval, sent = approval_make(other), outgoing_make(other, "failed")
    for path in (f"runs/{other.pk}", "runs/987654"):
        assert csm.get(f"/plays/{path}").status_code == 404
    for path in (
        f"runs/{other.pk}/stop", f"approvals/{approval.pk}/decide", f"outgoing/{sent.pk}/again",
    ):  # fmt: skip
        answer = csm.post(f"/plays/{path}", {"reason": "x", "answer": "yes"})
        assert answer.status_code == 404
    assert csm.get(f"/accounts/{book[3].pk}/start").status_code == 404
    assert "Delta" not in text(csm.get("/plays/approvals")) + text(csm.get("/plays/outgoing"))
    other.refresh_from_db()
    assert other.state == "active"


def test_an_approval_waits_for_its_role_and_is_decided_once(csm, leader, play, book):
    mine = text(csm.get("/plays/approvals"))
    assert "To be decided by a leader." in mine
    assert "Approve" not in mine
    page = text(leader.get("/plays/approvals"))
    assert "It cannot be taken back" in page
    assert "If nobody decides by then, the play ends for this account." in page
    approval = Approval.objects.get(decision="open")
    url = f"/plays/approvals/{approval.pk}/decide"
    csm.post(url, {"answer": "yes"})
    approval.refresh_from_db()
    assert approval.decision == "open"
    assert leader.post(url, {"answer": "maybe"}).status_code == 404
    leader.post(url, {"answer": "no", "note": "Too early"})
    leader.post(url, {"answer": "yes"})
    approval.refresh_from_db()
    assert (approval.decision, approval.note) == ("no", "Too early")
    assert "Too early" in text(leader.get("/plays/approvals"))


def test_the_outbox_lists_states_and_sends_again_what_failed(csm, play, book):
    sent = Run.objects.get(account=book[0]).outgoing.get()
    page = text(csm.get("/plays/outgoing?state=failed"))
    assert "The channel Room did not take it" in page
    assert "Send again" in page
    assert "Nothing passes these filters" in text(csm.get("/plays/outgoing?state=sent&kind=mail"))
    csm.post(f"/plays/outgoing/{sent.pk}/again")
    sent.refresh_from_db()
    assert sent.state == "waiting"
    assert "is sent again" in text(csm.post(f"/plays/outgoing/{sent.pk}/again", follow=True))


def test_a_viewer_reads_everything_and_changes_nothing(sign_in, play, book):
    viewer = sign_in(Role.VIEWER)
    run = Run.objects.get(account=book[0])
    for path in ("", f"/{KEY}", f"/{KEY}/accounts", f"/{KEY}/versions", f"/runs/{run.pk}",
                 "/approvals", "/outgoing", f"/{KEY}/preview"):  # fmt: skip
        page = viewer.get(f"/plays{path}")
        assert page.status_code == 200, path
        assert text(page).count('method="post"') == 2, path  # colours and signing out
    for path in (f"{KEY}/off", f"{KEY}/retire", f"{KEY}/versions/1/restore", f"{KEY}/versions/1/on",
                 f"{KEY}/versions/1/preview", f"runs/{run.pk}/stop"):  # fmt: skip
        assert viewer.post(f"/plays/{path}").status_code == 403, path
    assert Play.objects.get().running == 1


def test_a_play_is_started_by_hand_those_that_fit_first(csm, leader, book):
    play_on("hello", simple_body())
    rich = {"all": [{"field": "contract.mrr", "op": "at_least", "value": 10**9}]}
    play_on("rich", simple_body(title="A rich one", audience=rich))
    url = f"/accounts/{book[0].pk}/start"
    page = text(csm.get(url))
    assert page.index("Say hello") < page.index("A rich one")
    assert "not in the audience" in page
    answer = csm.post(url, {"play": "hello", "note": "They asked"})
    run = Run.objects.get()
    assert answer.headers["Location"] == f"/plays/runs/{run.pk}"
    assert "Started by hand: They asked" in text(csm.get(answer.headers["Location"]))
    assert "is in it" in text(csm.get(url))
    assert "already" in text(csm.post(url, {"play": "hello"}))
    assert "switched off" in text(csm.post(url, {"play": "nothing"}))
    assert Run.objects.count() == 1
    assert url in text(csm.get(f"/accounts/{book[0].pk}"))


def test_versions_show_what_changed_and_come_back(leader, play):
    play_save(actor=None, key=KEY, body=play_body(priority=10), note="less urgent")
    page = text(leader.get(f"{ONE}/versions"))
    assert "priority: 10" in page
    assert "less urgent" in page
    leader.post(f"{ONE}/versions/1/restore")
    assert play_known(KEY).newest == 3
    assert definition_of(KEY, 3) == definition_of(KEY, 1)
    assert Play.objects.get().running == 1


def test_switching_off_and_retiring(leader, play):
    leader.post(f"{ONE}/off")
    assert Play.objects.get().running is None
    leader.post(f"{ONE}/retire")
    assert "is retired; all that it did is kept" in text(leader.get("/plays/approvals"))
    assert "Renewal in sight" not in text(leader.get("/plays"))
    assert "Renewal in sight" in text(leader.get("/plays?state=retired"))
    leader.post(f"{ONE}/versions/1/restore")
    assert not play_known(KEY).retired


def test_what_held_accounts_back_is_counted_by_reason(csm, play):
    page = text(csm.get(f"{ONE}/held-back"))
    assert "is not to be disturbed" in page
    assert "Show as table" in page


def test_a_trigger_that_comes_and_goes_is_told(csm, play):
    said = "what sets it off comes and goes"
    assert said not in text(csm.get(f"{ONE}/held-back"))
    for what, count in (("again", 40), ("met", 60)):
        PlayCount.objects.update_or_create(
            play=play, day=clock.today(), what=what, defaults={"count": count}
        )
    assert said in text(csm.get(f"{ONE}/held-back"))


def test_a_version_that_cannot_be_read_any_more_says_so(leader, play):
    from tenure.core.services import definition_append

    definition_append(actor=None, kind="play", key="broken", body={"title": "Old"})
    assert "cannot be read any more" in text(leader.get("/plays/broken"))
    assert "Cannot be read" in text(leader.get("/plays"))
    play_retire(actor=None, key="broken")
    assert leader.get("/plays/broken/versions").status_code == 200


def test_pages_of_a_play_there_never_was_are_absent(leader, play):
    for path in ("", "/edit", "/text", "/versions", "/preview", "/export.yaml", "/effect"):
        assert leader.get(f"/plays/nothing{path}").status_code == 404
