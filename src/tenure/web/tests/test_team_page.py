"""The page Team: sums by hand, who may see it, a rebalancing applied and undone."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.accounts.models import Capacity, OwnerAssignment
from tenure.accounts.services import capacity_set
from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.relationship.models import Evaluation, Standing
from tenure.timeline.models import Touchpoint
from tenure.web.tests.factories import account_make, ago, book_make, plans_make
from tenure.web.tests.foresight import prediction_make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


@pytest.fixture
def second(users):
    return user_create(actor=None, email="second@example.com", role=Role.CSM, name="Second")


def account_of(name, owner, *, mrr=1000, tier=2, level="customer", **values):
    account = account_make(name, owner=owner, **values)
    plans_make()
    ContractState.objects.create(
        account=account, as_of=clock.now(), mrr=mrr, tier=tier, renews_at=ago(-30)
    )
    evaluation = Evaluation.objects.create(
        account=account, as_of=clock.today(), qualifies_as=level, level=level,
        definition_version=1, computed_at=clock.now(),
    )  # fmt: skip
    Standing.objects.create(
        account=account, evaluation=evaluation, level=level, since=clock.today(),
        as_of=clock.today(),
    )  # fmt: skip
    return account


def team_of(client, query=""):
    answer = client.get(f"/team{query}")
    assert answer.status_code == 200
    return answer.context["team"]


def owner_now(account):
    row = OwnerAssignment.objects.filter(account=account, until__isnull=True).first()
    return row.owner if row else None


def test_a_book_is_what_is_summed_by_hand(sign_in, users, second):
    csm = users[Role.CSM]
    one = account_of("One", csm, language="de")
    account_of("Two", csm, mrr=3000, tier=3, level="client", language="de")
    account_of("Gone", csm, mrr=0, level="former")
    account_of("Nobody's", None, mrr=500)
    prediction_make(one, survival=[0.8] * 24, stay=0.8)
    Touchpoint.objects.create(
        external_id="t", account=one, kind="call", occurred_at=ago(20), recorded_at=ago(20),
        csm_email=csm.email.upper(), minutes=480,
    )  # fmt: skip
    capacity_set(actor=None, person=csm, hours=4, since=clock.today() - timedelta(days=9))
    team = team_of(sign_in(Role.LEADER))
    book = next(b for b in team.books if b.key == csm.pk)
    assert (book.accounts, book.former, book.mrr) == (2, 1, 4000)
    assert (book.customers, book.clients, book.renewals, book.renewals_mrr) == (1, 1, 2, 4000)
    assert book.at_risk == pytest.approx(200)
    assert book.need == pytest.approx(0.4 + 0.8 * 2)
    assert book.load == pytest.approx(0.5)
    assert book.spent.hours == pytest.approx(1.0)
    assert book.languages == (("de", 2),)
    assert (team.nobodys.accounts, team.nobodys.mrr) == (1, 500)
    assert team.load_gini == pytest.approx(0.5)


def test_a_past_day_shows_the_books_and_hours_of_then(sign_in, users, second):
    csm = users[Role.CSM]
    account = account_of("One", csm)
    OwnerAssignment.objects.filter(account=account).update(until=ago(10))
    OwnerAssignment.objects.create(
        account=account, owner=second, since=ago(10), recorded_at=ago(10)
    )
    capacity_set(actor=None, person=second, hours=7, since=clock.today())
    client = sign_in(Role.LEADER)
    day = (clock.today() - timedelta(days=30)).isoformat()
    now = {b.key: (b.accounts, b.hours) for b in team_of(client).books}
    then = {b.key: (b.accounts, b.hours) for b in team_of(client, f"?on={day}").books}
    assert (now[csm.pk], now[second.pk]) == ((0, 28.0), (1, 7.0))
    assert (then[csm.pk], then[second.pk]) == ((1, 28.0), (0, 28.0))


@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER])
def test_only_who_plans_the_team_sees_and_writes(sign_in, users, role):
    client = sign_in(role)
    for path in ("/team", "/team/rebalance", f"/team/hours/{users[Role.CSM].pk}"):
        assert client.get(path).status_code == 403
    assert client.post("/team/rebalance/apply", {"move": "1:2:3"}).status_code == 403
    assert client.post("/team/rebalance/undo", {"entry": "1"}).status_code == 403
    assert client.post(f"/team/hours/{users[Role.CSM].pk}", {"hours": 1}).status_code == 403
    assert not Capacity.objects.exists()


def test_hours_are_stated_on_the_page_and_nonsense_is_refused(sign_in, users):
    client, csm = sign_in(Role.LEADER), users[Role.CSM]
    path = f"/team/hours/{csm.pk}"
    day = clock.today().isoformat()
    given = {"hours": "30.5", "since": day, "languages": "en, de", "countries": ""}
    assert client.post(path, given).status_code == 302
    assert Capacity.objects.get().languages == ["de", "en"]
    for bad in ({"hours": "200"}, {"hours": "nan"}, {"since": "soon"}, {"languages": "x" * 99}):
        assert client.post(path, {**given, **bad}).status_code == 422
    assert Capacity.objects.count() == 1
    assert client.get("/team/hours/987654").status_code == 404


def proposed(client, query="?width=5"):
    answer = client.get(f"/team/rebalance{query}")
    assert answer.status_code == 200
    return answer.context["shared"]


def test_a_rebalancing_is_proposed_applied_and_undone(sign_in, users, second):
    csm = users[Role.CSM]
    accounts = [account_of(f"A{n}", csm) for n in range(4)]
    client_account = account_of("Client", csm, level="client")
    talked = account_of("Talked", csm)
    Touchpoint.objects.create(
        external_id="t", account=talked, kind="call", occurred_at=ago(2), recorded_at=ago(2)
    )
    orphan = account_of("Orphan", None)
    client = sign_in(Role.LEADER)
    shared = proposed(client)
    moved = {row.held.account for row in shared.rows}
    assert orphan.pk in moved
    assert not moved & {client_account.pk, talked.pk}
    assert all(row.within for row in shared.loads)
    assert shared.gini_after < shared.gini_before
    tokens = [row.token for row in shared.rows]
    answer = client.post("/team/rebalance", {"width": "5", "ticked": "1", "move": tokens[:1]})
    assert sum(row.ticked for row in answer.context["shared"].rows) == 1
    assert client.post("/team/rebalance/apply", {"move": tokens}).status_code == 302
    assert owner_now(orphan) == second
    assert {a.pk for a in (*accounts, orphan) if owner_now(a) == second} == moved
    entry = AuditEntry.objects.get(action="books.rebalance")
    assert len(entry.detail["moves"]) == len(moved)
    again = client.post("/team/rebalance/apply", {"move": tokens}, follow=True)
    assert "changed meanwhile" in again.content.decode()
    client.post("/team/rebalance/undo", {"entry": entry.pk})
    assert owner_now(orphan) is None
    assert all(owner_now(a) == csm for a in accounts)
    twice = client.post("/team/rebalance/undo", {"entry": entry.pk}, follow=True)
    assert "undone already" in twice.content.decode()


def test_undoing_leaves_what_has_gone_on_since(sign_in, users, second):
    account = account_of("One", users[Role.CSM])
    client = sign_in(Role.LEADER)
    token = f"{account.pk}:{users[Role.CSM].pk}:{second.pk}"
    client.post("/team/rebalance/apply", {"move": token})
    OwnerAssignment.objects.filter(account=account, until=None).update(owner=users[Role.LEADER])
    entry = AuditEntry.objects.get(action="books.rebalance")
    answer = client.post("/team/rebalance/undo", {"entry": entry.pk}, follow=True)
    assert "gone on" in answer.content.decode()
    assert owner_now(account) == users[Role.LEADER]


def test_hostile_moves_change_nothing(sign_in, users):
    csm, viewer = users[Role.CSM], users[Role.VIEWER]
    account = account_of("One", csm)
    client = sign_in(Role.LEADER)
    for move in ("", "1:2", "x:y:z", f"{account.pk}:{csm.pk}:{viewer.pk}", "999:0:1",
                 f"{account.pk}:0:{csm.pk}", f"{account.pk}:{csm.pk}:999999"):  # fmt: skip
        assert client.post("/team/rebalance/apply", {"move": move}).status_code == 302
        assert owner_now(account) == csm
    for entry in ("", "x", "999999", "9" * 30):
        assert client.post("/team/rebalance/undo", {"entry": entry}).status_code == 302
    assert not AuditEntry.objects.filter(action__startswith="books.").exists()


def test_pages_are_drawn_with_nothing_and_with_many(sign_in, users):
    client = sign_in(Role.ADMIN)
    assert "No account is in anybody" in client.get("/team").content.decode()
    assert client.get("/team/rebalance").status_code == 200
    book_make(40, owners=[users[Role.CSM], users[Role.LEADER]])
    cache.clear()
    day = (clock.today() - timedelta(days=40)).isoformat()
    for path in ("/team", "/team/rebalance", f"/team?on={day}", "/team?on=nonsense"):
        assert client.get(path).status_code == 200


def test_the_definition_is_changed_in_settings(sign_in, users):
    client = sign_in(Role.LEADER)
    hours = {f"hours_{level}": 1 for level in ("prospect", "customer", "client", "advocate")}
    body = {**hours, "hours_former": 0, "tiers": "1: 0.5\n2: 3", "capacity": 20, "recent_days": 5}
    assert client.post("/settings/workload", body).status_code == 302
    account_of("One", users[Role.CSM])
    book = next(b for b in team_of(client).books if b.key == users[Role.CSM].pk)
    assert (book.need, book.hours) == (3.0, 20.0)
    for bad in ({"tiers": "gold"}, {"tiers": "x: 1"}, {"hours_client": -4}, {"capacity": ""}):
        assert client.post("/settings/workload", {**body, **bad}).status_code == 422


def test_more_people_make_no_more_queries(sign_in, users, django_assert_max_num_queries):
    client = sign_in(Role.LEADER)
    with CaptureQueriesContext(connection) as few:
        team_of(client)
    for n in range(5):
        user_create(actor=None, email=f"more{n}@example.com", role=Role.CSM)
    cache.clear()
    with django_assert_max_num_queries(len(few)):
        assert len(team_of(client).books) == 6
