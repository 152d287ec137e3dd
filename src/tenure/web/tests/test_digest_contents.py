"""What digests say, to whom, in which language, and that nothing in them can be forged."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache

from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.core.mail.addresses import NoAddress
from tenure.core.models import User
from tenure.core.roles import Role
from tenure.plays.services import task_create
from tenure.web.digest.message import message_of
from tenure.web.digest.weekly import weekly_of
from tenure.web.tests.everything import everything_make
from tenure.web.tests.factories import account_make
from tenure.web.tests.mailbox import BASE, mail_set
from tenure.web.today.queue import queue_of
from tenure.web.today.scope import Scope
from tenure.web.today.since import Since

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script> & Söhne\r\nBcc: all@example.com"


@pytest.fixture(autouse=True)
def _set(settings):
    cache.clear()
    mail_set(settings, 25)


@pytest.fixture
def company(users):
    return everything_make(users)


def monday():
    return clock.week_start(clock.today())


def written(user, kind="daily", period=None):
    """The mail as a reader's program takes it apart."""
    mail = message_of(user, kind, period or clock.today())
    return mail and message_from_bytes(mail.message().as_bytes(), policy=policy.default)


def parts(mail):
    return [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]


def owned(name, owner):
    account = account_make(name, owner=owner)
    ContractState.objects.create(account=account, as_of=clock.now(), mrr=Decimal(900))
    task_create(actor=owner, account=account, title="Call", due_on=clock.today(), owner=owner)
    return account


class Links(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.links = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src", "action"}]


def test_the_daily_one_says_what_today_shows_of_the_own_book(company, users):
    csm = users[Role.CSM]
    mail = written(csm)
    queue = queue_of(Scope(csm, False, Since.read(""), show=10))
    assert queue.cards
    for text in parts(mail):
        shown = [text.find(card.row.account.name) for card in queue.cards]
        assert shown == sorted(shown)
        assert -1 not in shown
    plain = parts(mail)[0]
    for card in queue.cards:
        assert f"{BASE}/accounts/{card.row.account.pk}\n" in plain
        assert all(item.sentence in plain for item in card.items[:3])


def test_of_many_accounts_the_ten_with_most_at_stake_are_named(users):
    csm = users[Role.CSM]
    for n in range(12):
        owned(f"Account {n:02d}", csm)
    plain, html = parts(written(csm))
    assert "2 more accounts are on the page Today." in plain
    assert len(re.findall(r"^\d+\. Account", plain, flags=re.MULTILINE)) == 10
    assert "There are more tasks on the page Today." in html


@pytest.mark.parametrize("role", [Role.CSM, Role.LEADER, Role.ADMIN])
def test_no_account_outside_the_own_book_is_named(users, role):
    owned("Mine Foods", users[role])
    other = users[Role.LEADER] if role != Role.LEADER else users[Role.CSM]
    owned("Somebody Else's Secret", other)
    text = "".join(parts(written(users[role])))
    assert "Mine Foods" in text
    assert "Secret" not in text


@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER])
def test_the_weekly_one_tells_nothing_to_who_may_not_see_the_team(company, users, role):
    assert weekly_of(users[role], monday()) is None


def test_the_weekly_ones_movements_add_up(company, users):
    told = weekly_of(users[Role.LEADER], monday() + timedelta(days=7))
    fall = told.mrr.waterfall
    moved = sum(row.amount for row in told.mrr.rows if row.accounts is not None)
    assert fall.mrr_start + moved == fall.mrr_end > 0


def test_the_weekly_ones_numbers_are_those_of_the_pages(company, users, sign_in):
    told = weekly_of(users[Role.LEADER], monday())
    client = sign_in(Role.LEADER)
    team = client.get("/team").context["team"]
    assert (told.unowned.accounts, told.unowned.mrr) == (team.nobodys.accounts, team.nobodys.mrr)
    assert told.slipping_count == client.get("/ladder").context["slipping"]["count"]
    before = monday() - timedelta(days=8)
    then = client.get(f"/team?on={before.isoformat()}").context["team"]
    books = {str(book.person.user): book for book in then.books}
    for book in told.books:
        if book.name in books:
            assert book.accounts.before == books[book.name].accounts
            assert book.mrr.before == books[book.name].mrr


def test_a_week_in_which_nothing_is_known_is_short(users):
    account_make("Alone")
    plain = parts(written(users[Role.LEADER], "weekly", monday()))[0]
    assert "No revenue of this week is known yet." in plain
    assert "None comes up." in plain


def test_without_accounts_there_is_no_weekly_one(users):
    assert written(users[Role.LEADER], "weekly", monday()) is None


@pytest.mark.parametrize("kind", ["daily", "weekly"])
def test_the_html_loads_nothing_and_its_links_are_whole(company, users, kind):
    user = users[Role.CSM if kind == "daily" else Role.LEADER]
    html = Links(parts(written(user, kind, monday()))[1])
    assert html.links
    assert all(link.startswith(f"{BASE}/") for link in html.links)
    assert not {"img", "script", "link", "iframe", "form"} & set(html.tags)


@pytest.mark.parametrize("kind", ["daily", "weekly"])
@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
def test_each_language_has_the_same_links_and_its_own_numbers(company, users, kind, language):
    user = users[Role.CSM if kind == "daily" else Role.LEADER]
    english = written(user, kind, monday())
    user.language = language
    user.save()
    cache.clear()
    mail = written(user, kind, monday())
    assert f'<html lang="{language}">' in parts(mail)[1]
    assert Links(parts(mail)[1]).links == Links(parts(english)[1]).links
    assert mail["Message-ID"] == english["Message-ID"]
    assert (mail["Subject"] == english["Subject"]) == (language == "en")


def test_numbers_and_days_are_the_languages_own(users):
    with clock.at(datetime(2026, 3, 4, 9, tzinfo=UTC)):
        account = account_make("Aster", owner=None)
        ContractState.objects.create(account=account, as_of=clock.now(), mrr=Decimal(12345))
        leader = users[Role.LEADER]
        leader.role_grants.update(since=clock.now())
        leader.language = "de"
        plain = parts(written(leader, "weekly", date(2026, 3, 2)))[0]
    assert "12.345" in plain
    assert "23. Feb. 2026" in plain


def test_a_name_cannot_forge_a_header_or_the_page(users):
    csm = users[Role.CSM]
    csm.name = "Eve\r\nBcc: all@example.com"
    csm.save()
    owned(EVIL, csm)
    mail = written(csm)
    assert (mail["Bcc"], mail["To"].addresses[0].addr_spec) == (None, csm.email)
    assert len(mail["To"].addresses) == 1
    plain, html = parts(mail)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne" in html
    assert "<script>alert(1)</script> & Söhne Bcc: all@example.com" in plain
    assert "\nBcc" not in plain


@pytest.mark.parametrize(
    "address",
    ["a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com", "a@", "ä b@c"],
)
def test_an_address_that_is_none_is_not_written_to(users, address):
    csm = users[Role.CSM]
    owned("Aster", csm)
    User.objects.filter(pk=csm.pk).update(email=address)
    csm.refresh_from_db()
    with pytest.raises(NoAddress):
        written(csm)


def test_the_headers_let_the_reader_leave_with_one_click(users, settings):
    owned("Aster", users[Role.CSM])
    mail = written(users[Role.CSM])
    link, mailbox = re.fullmatch(r"<(\S+)>, <(\S+)>", mail["List-Unsubscribe"].strip()).groups()
    assert link.startswith(f"{BASE}/unsubscribe/")
    assert mailbox == "mailto:leave@tenure.example?subject=unsubscribe"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert all(link in text for text in parts(mail))
    settings.BASE_URL, settings.MAIL_UNSUBSCRIBE = "http://10.0.0.1:8000", ""
    plain_http = written(users[Role.CSM])
    assert plain_http["List-Unsubscribe"].strip().startswith("<http://10.0.0.1:8000/unsubscribe/")
    assert "List-Unsubscribe-Post" not in plain_http
