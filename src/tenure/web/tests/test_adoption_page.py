"""The page Adoption: the matrix, funnels, coming back and questions, each for its own readers."""

import csv
import io
from datetime import UTC, datetime, time, timedelta

import pytest

from tenure.core import clock
from tenure.core.models import AuditEntry
from tenure.core.pipeline import Refresh
from tenure.core.roles import Role
from tenure.metrics.models import SavedQuestion
from tenure.metrics.questions.stage import features_refresh
from tenure.metrics.tests.world import Event, events_add
from tenure.relationship.models import Level
from tenure.web.tests.factories import account_make, derived_make, plans_make

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 8, 20, 14, 30, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.EVENTS_URL = str(tmp_path / "events")
    with clock.at(NOW):
        yield


def ago(days, hour=9):
    return datetime.combine((NOW - timedelta(days=days)).date(), time(hour), UTC)


@pytest.fixture
def company(users):
    """Three customers, two clients; one account is the success manager's."""
    names = ["Alpha", "Beta", "Gamma", "Delta", "=Epsilon()"]
    owners = [users[Role.CSM]] + [users[Role.LEADER]] * 4
    accounts = [account_make(n, owner=o) for n, o in zip(names, owners, strict=True)]
    derived_make(accounts, plans_make())
    for number, account in enumerate(accounts):
        account.standing.level = Level.CLIENT if number > 2 else Level.CUSTOMER
        account.standing.save()
    events = []
    for number, account in enumerate(accounts):
        key = account.pk
        events += [Event(key, ago(3), key * 10 + p, event="login") for p in range(number + 1)]
        events.append(Event(key, ago(200), key * 10, event="login"))
        if number > 2:
            events.append(
                Event(key, ago(2), key * 10, event="export", properties={"value": 4, "to": "csv"})
            )
            events.append(Event(key, ago(40), key * 10, event=HOSTILE))
    events_add(events)
    features_refresh(Refresh(clock.today()))
    return accounts


def cells(answer) -> dict:
    rows = {row.name: row for row in answer.context["rows"]}
    names = [name for _key, name in answer.context["columns"]]
    return {
        name: {n: c.value for n, c in zip(names, row.cells, strict=True)}
        for name, row in rows.items()
    }


def test_the_matrix_counts_people_or_uses_of_each_account(company, sign_in):
    shown = cells(sign_in(Role.VIEWER).get("/adoption"))
    assert [shown[a.name]["login"] for a in company] == [1, 2, 3, 4, 5]
    assert [shown[a.name]["export"] for a in company] == [0, 0, 0, 1, 1]
    uses = cells(sign_in(Role.VIEWER).get("/adoption?show=uses&feature=login"))
    assert uses["Alpha"] == {"login": 1}


def test_the_matrix_is_sorted_by_a_feature_narrowed_and_searched(company, sign_in):
    client = sign_in(Role.VIEWER)
    answer = client.get("/adoption?sort=-0")
    assert next(row.name for row in answer.context["rows"]) == "=Epsilon()"
    assert next(r.name for r in client.get("/adoption?sort=0").context["rows"]) == "Alpha"
    assert next(r.name for r in client.get("/adoption?sort=name").context["rows"]) == "=Epsilon()"
    for query, count in (("level=client", 2), ("q=gam", 1), ("owner=none", 0), ("tier=9", 0)):
        assert len(client.get(f"/adoption?{query}").context.get("rows", ())) == count
    nonsense = client.get("/adoption?sort=x'--&feature=nope&page=x&show=y&level=z&tier=1e9")
    assert len(nonsense.context["rows"]) == 5


def test_a_rate_is_the_share_of_paying_accounts_and_clients_are_set_against_customers(
    company, sign_in
):
    gone = company[0].contract
    gone.paying_since = None
    gone.save()
    rates = sign_in(Role.VIEWER).get("/adoption").context["rates"]
    assert (rates.paying, rates.customers, rates.clients) == (4, 2, 2)
    by_name = {row.feature: row for row in rates.rows}
    login, export = by_name["login"], by_name["export"]
    assert (login.accounts, login.share, login.change) == (4, 1.0, 1.0)
    assert (export.accounts, export.share) == (2, 0.5)
    assert (export.customers.share, export.clients.share, export.apart.value) == (0.0, 1.0, 1.0)
    assert export.apart.low < 1.0
    assert (by_name[HOSTILE].share, by_name[HOSTILE].change) == (0.0, -0.5)


def test_names_from_outside_are_escaped_on_the_page_and_harmless_in_the_file(company, sign_in):
    client = sign_in(Role.VIEWER)
    for url in ("/adoption", "/adoption/funnel", "/adoption/return", "/adoption/questions"):
        assert HOSTILE.encode() not in client.get(url).content, url
    lines = b"".join(client.get("/adoption/features.csv?all=1").streaming_content).decode()
    rows = list(csv.reader(io.StringIO(lines.lstrip("\ufeff"))))
    assert len(rows) == 6
    assert "'=Epsilon()" in {row[0] for row in rows}
    assert all(len(row) == len(rows[0]) for row in rows)


PAGES = (
    "/adoption",
    "/adoption/features.csv",
    "/adoption/funnel?step=login&step=export&days=9",
    "/adoption/return?step=week",
    "/adoption/questions?ask=1&split=account",
    "/adoption/questions.csv?ask=1&split=account",
)


@pytest.mark.parametrize("url", PAGES)
def test_another_book_is_counted_and_named_nowhere(company, sign_in, url):
    def body(role):
        answer = sign_in(role).get(url)
        assert answer.status_code == 200
        return b"".join(answer) if answer.streaming else answer.content

    own = body(Role.CSM)
    for name in (b"Beta", b"Gamma", b"Delta", b"Epsilon"):
        assert name not in own, name


def test_a_funnel_counts_steps_and_names_who_stopped(company, sign_in):
    client = sign_in(Role.VIEWER)
    found = client.get("/adoption/funnel?step=login&step=export&days=9").context["found"]
    assert [step.found.units for step in found.steps] == [5, 2]
    assert found.steps[1].time == "24.0 hours"
    assert [name for _pk, name in found.stuck[0].accounts] == ["Alpha", "Beta", "Gamma"]
    assert {(g.name, g.began, g.shares[-1]) for g in found.groups} == {
        ("Customer", 3, 0.0),
        ("Client", 2, 1.0),
    }
    own = sign_in(Role.CSM).get("/adoption/funnel?step=login&step=export&days=9").context["found"]
    assert [step.found.units for step in own.steps] == [1, 0]
    people = client.get("/adoption/funnel?step=login&step=export&by=people").context["found"]
    assert [step.found.units for step in people.steps] == [15, 2]


def test_a_funnel_waits_for_two_steps_and_takes_nonsense(company, sign_in):
    client = sign_in(Role.VIEWER)
    assert client.get("/adoption/funnel?step=login").context["found"] is None
    for query in ("days=0", "days=99999", "from=2999-01-01&to=x", "by=1;--&group=%00"):
        answer = client.get(f"/adoption/funnel?step=login&step={HOSTILE}&step=&{query}")
        assert answer.status_code == 200
        assert answer.context["found"].steps[1].found.units == 0


def test_coming_back_follows_accounts_from_their_first_use(company, sign_in):
    events_add([Event(company[0].pk, ago(400), 1)])
    features_refresh(Refresh(clock.today()))
    found = sign_in(Role.VIEWER).get("/adoption/return").context["found"]
    # The first ever is not known from its start on, so only four are followed.
    assert found.units == 4
    assert found.rows[0].units == 4
    shares = [cell.share for cell in found.rows[0].cells]
    assert shares[:6] == [1.0, 0.0, 0.0, 0.0, 0.0, 0.5]


def test_coming_back_asks_the_store_for_people_and_single_features(company, sign_in):
    client = sign_in(Role.VIEWER)
    events_add([Event(company[0].pk, ago(400), 1)])
    for query in ("by=people", "feature=login", "feature=login&step=week&group=level", "from=paid"):
        answer = client.get(f"/adoption/return?{query}")
        assert answer.status_code == 200
        assert answer.context["found"] is not None
    people = client.get("/adoption/return?by=people").context["found"]
    # The others began in the month that still runs.
    assert people.units == 5


def test_a_question_is_answered_and_downloaded(company, sign_in):
    client = sign_in(Role.VIEWER)
    url = "?ask=1&measure=people&split=level&grain=all&event=login&from=2025-08-01&to=2025-08-20"
    found = client.get(f"/adoption/questions{url}").context["found"]
    assert {row.name: row.total for row in found.rows} == {"Client": 9.0, "Customer": 6.0}
    lines = b"".join(client.get(f"/adoption/questions.csv{url}").streaming_content).decode()
    assert lines.splitlines()[1:] == ["Client,total,9", "Customer,total,6"]
    url = "?ask=1&measure=sum&of=value&split=property&prop=to&grain=month&fp=value&fo=ge&fv=4"
    found = client.get(f"/adoption/questions{url}").context["found"]
    assert [(row.name, row.total) for row in found.rows] == [("csv", 8.0)]


def test_a_wrong_question_is_told_what_is_wrong_with_it(company, sign_in):
    client = sign_in(Role.VIEWER)
    answer = client.get("/adoption/questions?ask=1&fp=a%27%3B--&fo=is&fv=x")
    assert answer.status_code == 422
    assert answer.context["problems"]
    assert client.get("/adoption/questions.csv?fp=a%27%3B--&fo=is&fv=x").status_code == 302
    heavy = client.get("/adoption/questions?ask=1&from=2001-01-01&to=2025-01-01")
    assert "at most 106" in heavy.content.decode()


def test_a_question_is_kept_shared_and_let_go(company, sign_in):
    csm, viewer = sign_in(Role.CSM), sign_in(Role.VIEWER)
    query = "measure=uses&split=account&grain=all&from=2025-08-01&to=2025-08-20"
    csm.post("/adoption/questions/keep", {"query": query, "name": "Who logs in"})
    kept = SavedQuestion.objects.get()
    assert b"Who logs in" not in viewer.get("/adoption/questions").content
    csm.post("/adoption/questions/keep", {"query": query, "name": "Who logs in", "shared": "on"})
    listed = viewer.get("/adoption/questions").context["kept"]
    assert [one.pk for one, _link in listed] == [kept.pk]
    # Whoever opens it sees their own accounts.
    link = listed[0][1]
    assert len(viewer.get(f"/adoption/questions?{link}").context["found"].rows) == 5
    assert len(csm.get(f"/adoption/questions?{link}").context["found"].rows) == 1
    viewer.post(f"/adoption/questions/{kept.pk}/forget")
    kept.refresh_from_db()
    assert kept.retired_at is None
    csm.post(f"/adoption/questions/{kept.pk}/forget")
    kept.refresh_from_db()
    assert kept.retired_at is not None
    actions = AuditEntry.objects.filter(action__startswith="question.")
    assert actions.count() == 3


def test_without_events_the_pages_say_what_to_connect(sign_in):
    for url in ("/adoption", "/adoption/funnel", "/adoption/return", "/adoption/questions"):
        answer = sign_in(Role.VIEWER).get(url)
        assert answer.status_code == 200
        assert b"No product events are known yet" in answer.content


def test_a_book_without_accounts_is_empty_and_not_an_error(company, sign_in, users):
    from tenure.accounts.models import OwnerAssignment

    OwnerAssignment.objects.filter(owner=users[Role.CSM]).update(until=clock.now())
    for url in PAGES:
        assert sign_in(Role.CSM).get(url).status_code == 200, url


def test_an_answer_is_counted_anew_when_an_account_changes_hands(company, sign_in, users):
    from tenure.accounts.models import OwnerAssignment

    client = sign_in(Role.CSM)
    url = "/adoption/questions?ask=1&split=account"
    assert len(client.get(url).context["found"].rows) == 1
    OwnerAssignment.objects.filter(account=company[1]).update(owner=users[Role.CSM])
    assert len(client.get(url).context["found"].rows) == 2
