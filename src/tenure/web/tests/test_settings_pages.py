"""Settings that are not definitions: keys, users, currencies, the audit log."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from tenure.core.models import AuditEntry, CurrencyRate, ServiceKey, User
from tenure.core.roles import Role
from tenure.core.selectors import role_of
from tenure.core.services import audit, currency_rate_set, key_create, key_digest
from tenure.web.tests.factories import book_make

pytestmark = pytest.mark.django_db
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


def text_of(answer) -> str:
    return answer.content.decode()


def test_settings_lead_to_their_first_part(admin):
    assert admin.get("/settings").headers["Location"] == "/settings/metrics"


def test_the_parts_shown_are_those_the_role_may_open(sign_in, admin):
    assert "Audit log" in text_of(admin.get("/settings/churn"))
    leaders = text_of(sign_in(Role.LEADER).get("/settings/churn"))
    assert "Audit log" not in leaders
    assert "Scorecards" in leaders


def test_a_key_is_shown_once_and_only_its_digest_is_kept(admin):
    answer = admin.post("/settings/keys", {"name": "web app", "scope": "track"})
    secret = answer.context["secret"]
    assert secret in text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    row = ServiceKey.objects.get()
    assert (row.name, row.scope, row.digest) == ("web app", "track", key_digest(secret))
    assert row.created_by.email == "admin@example.com"
    for address in ("/settings/keys", "/settings/audit"):
        assert secret not in text_of(admin.get(address))
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_key_without_a_name_or_with_a_made_up_scope_is_refused(admin):
    answer = admin.post("/settings/keys", {"name": "", "scope": "everything"})
    assert answer.status_code == 422
    assert "This field is required." in text_of(answer)
    assert not ServiceKey.objects.exists()


def test_a_revoked_key_says_so_and_stays_listed(admin):
    row, _key = key_create(actor=None, name=MARKUP, scope="read")
    admin.post(f"/settings/keys/{row.pk}/revoke")
    row.refresh_from_db()
    assert row.revoked_at is not None
    text = text_of(admin.get("/settings/keys"))
    assert "revoked" in text
    assert MARKUP not in text
    first = row.revoked_at
    admin.post(f"/settings/keys/{row.pk}/revoke")
    row.refresh_from_db()
    assert row.revoked_at == first


def test_a_leader_can_neither_see_nor_make_keys_and_users(sign_in):
    leader = sign_in(Role.LEADER)
    for address in ("/settings/keys", "/settings/users", "/settings/audit"):
        assert leader.get(address).status_code == 403
        assert leader.post(address, {"name": "x", "scope": "track"}).status_code == 403
    assert not ServiceKey.objects.exists()


def test_a_form_from_elsewhere_is_not_taken(users):
    client = Client(enforce_csrf_checks=True)
    client.force_login(users[Role.ADMIN])
    assert client.post("/settings/keys", {"name": "x", "scope": "track"}).status_code == 403
    assert not ServiceKey.objects.exists()


def test_a_new_user_signs_in_with_the_password_shown_once(admin):
    answer = admin.post(
        "/settings/users",
        {"email": "New@Example.com", "name": "Nina", "role": "csm", "language": "nl"},
    )
    secret = answer.context["secret"]
    assert secret in text_of(answer)
    made = User.objects.get(email="new@example.com")
    assert (made.name, made.language, role_of(made)) == ("Nina", "nl", Role.CSM)
    assert secret not in text_of(admin.get("/settings/users"))
    assert Client().login(email="new@example.com", password=secret)


def test_an_address_that_is_taken_gets_a_sentence(admin):
    given = {"email": "csm@example.com", "role": "csm", "language": "en"}
    answer = admin.post("/settings/users", given)
    assert answer.status_code == 422
    assert "There is a user csm@example.com already" in text_of(answer)


def test_a_role_is_changed_and_the_old_one_stays_on_record(admin, users):
    user = users[Role.CSM]
    address = f"/settings/users/{user.pk}"
    answer = admin.post(address, {"do": "role", "role": "leader"})
    assert answer.headers["Location"] == address
    assert role_of(user) == Role.LEADER
    assert len(admin.get(address).context["grants"]) == 2
    assert admin.post(address, {"do": "role", "role": "king"}).status_code == 422


def test_the_last_administrator_stays_one(admin, users):
    answer = admin.post(f"/settings/users/{users[Role.ADMIN].pk}", {"do": "role", "role": "csm"})
    assert "is the only administrator" in text_of(answer)
    assert role_of(users[Role.ADMIN]) == Role.ADMIN


def test_nobody_stops_themselves(admin, users):
    answer = admin.post(f"/settings/users/{users[Role.ADMIN].pk}", {"do": "stop"})
    assert "cannot stop yourself" in text_of(answer)


def test_somebody_stopped_is_signed_out_at_once_and_can_be_let_in_again(admin, sign_in, users):
    theirs, user = sign_in(Role.CSM), users[Role.CSM]
    assert theirs.get("/ladder").status_code == 200
    admin.post(f"/settings/users/{user.pk}", {"do": "stop"})
    assert theirs.get("/ladder").status_code in {302, 403}
    assert "stopped" in text_of(admin.get("/settings/users"))
    admin.post(f"/settings/users/{user.pk}", {"do": "start"})
    user.refresh_from_db()
    assert user.is_active


def test_a_new_password_is_shown_once_and_ends_every_session(admin, sign_in, users):
    theirs, user = sign_in(Role.CSM), users[Role.CSM]
    answer = admin.post(f"/settings/users/{user.pk}", {"do": "password"})
    secret = answer.context["secret"]
    assert secret in text_of(answer)
    assert theirs.get("/ladder").status_code == 302
    assert Client().login(email=user.email, password=secret)
    assert secret not in text_of(admin.get(f"/settings/users/{user.pk}"))


def test_a_user_that_is_not_there_is_not_found(admin):
    assert admin.get("/settings/users/987654").status_code == 404


def test_names_with_markup_are_shown_as_text(admin, users):
    User.objects.filter(pk=users[Role.VIEWER].pk).update(name=MARKUP)
    for address in (
        "/settings/users",
        f"/settings/users/{users[Role.VIEWER].pk}",
        "/settings/audit",
    ):
        assert MARKUP not in text_of(admin.get(address))


def test_a_rate_is_set_by_a_leader_and_listed(sign_in):
    leader = sign_in(Role.LEADER)
    answer = leader.post(
        "/settings/currencies", {"currency": "usd", "day": "2026-01-01", "rate": "0.92"}
    )
    assert answer.headers["Location"] == "/settings/currencies"
    assert CurrencyRate.objects.get().rate == Decimal("0.92")
    text = text_of(leader.get("/settings/currencies"))
    assert "USD" in text
    assert "reported in EUR" in text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"currency": "U$D", "day": "2026-01-01", "rate": "1"}, "no ISO 4217 currency code"),
        ({"currency": "USD", "day": "2026-01-01", "rate": "0"}, "must be above zero"),
        ({"currency": "USD", "day": "yesterday", "rate": "1"}, "Enter a valid date."),
        ({"currency": "USD", "day": "2026-01-01", "rate": "NaN"}, "Enter a number."),
    ],
)
def test_a_rate_that_makes_no_sense_gets_a_sentence(sign_in, given, sentence):
    answer = sign_in(Role.LEADER).post("/settings/currencies", given)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not CurrencyRate.objects.exists()


def test_amounts_without_a_rate_are_pointed_out(sign_in):
    from tenure.contracts.models import ContractState

    book_make(2)
    ContractState.objects.update(unconverted="USD")
    text = text_of(sign_in(Role.LEADER).get("/settings/currencies"))
    assert "2 accounts are not converted: no rate for USD." in text


def test_the_audit_log_is_narrowed_by_action_actor_subject_and_day(admin, users):
    currency_rate_set(
        actor=users[Role.LEADER], currency="USD", day=date(2026, 1, 1), rate=Decimal(1)
    )
    audit(
        actor=None, action="odd.act", subject=MARKUP, detail={"what": MARKUP, "n": [1, {"a": None}]}
    )

    def actions(query) -> set[str]:
        rows = admin.get(f"/settings/audit?{query}").context["rows"]
        return {row["entry"].action for row in rows}

    assert actions("action=odd.act") == {"odd.act"}
    assert actions(f"actor={users[Role.LEADER].pk}") == {"currency_rate.set"}
    assert "odd.act" in actions("actor=none")
    assert actions("day=2020-01-01") == set()
    assert actions("actor=x&day=never&subject=%00&page=-4") >= {"odd.act"}
    text = text_of(admin.get("/settings/audit?action=odd.act"))
    assert MARKUP not in text
    assert "[1, {&quot;a&quot;: null}]" in text
