"""Who arrives, by each kind of trigger: once, in time, and for what is news."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from tenure.core import clock
from tenure.events.models import StoreFile
from tenure.events.store import place
from tenure.events.store.schema import SCHEMA
from tenure.events.store.statistics import ranges
from tenure.plays.arrivals import Facts, Looked, arrivals
from tenure.plays.definition.reading import parse
from tenure.plays.starting.meeting import asked_by
from tenure.plays.tests.arriving import (
    START,
    account,
    answers,
    body,
    climbs,
    day,
    feels,
    model,
    moves,
    pays,
    predicted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.at(START):
        yield


class Looking:
    """A play that looks at its trigger now and then."""

    def __init__(self, trigger, **more):
        self.definition = parse("p", body(trigger, **more))
        self.looked = Looked(began=START)

    def look(self):
        """The names of those who arrived, and why."""
        rules, fields = asked_by(self.definition)
        facts = Facts(clock.today(), rules, fields)
        found, self.looked = arrivals(self.definition, self.looked, facts, clock.now())
        return [(one.account, one.because) for one in found]

    def on(self, number, *happens):
        with clock.at(day(number)):
            for happened in happens:
                happened()
            return [account for account, _because in self.look()]


def test_a_level_counts_when_it_is_learnt_and_the_first_one_only_of_newcomers():
    acme, beta = account("acme"), account("beta")
    clients = Looking({"on": "level", "to": "client"})
    customers = Looking({"on": "level", "to": "customer"})
    up = Looking({"on": "level", "to": "client", "from": "former"})
    assert clients.on(1, lambda: climbs(acme, "client"), lambda: climbs(beta, "client", "")) == [
        acme.pk
    ]
    assert up.on(1) == []
    assert customers.on(2, lambda: climbs(beta, "customer", "")) == [beta.pk]
    with clock.at(day(4)):
        climbs(beta, "client", "former", days_late=3)
        assert up.look() == [
            (beta.pk, {"kind": "level", "from": "former", "to": "client", "on": "2026-03-03"})
        ]
    assert up.on(5, lambda: climbs(acme, "client", "former", days_late=60)) == []


def test_health_goes_from_one_band_to_another():
    acme, beta = account("acme"), account("beta")
    poor = Looking({"on": "health", "to": "poor", "from": "fair"})
    assert poor.on(1, lambda: feels(acme, "poor"), lambda: feels(beta, "poor", "good")) == [acme.pk]


def test_an_answer_counts_once_and_again_when_it_is_corrected_to_another():
    acme = account("acme")
    low = Looking({"on": "answer", "survey": "nps", "lowest": 0, "highest": 6})
    with clock.at(day(1)):
        first = answers(acme, 3)
        answers(acme, 9)
        answers(acme, 2, kind="csat")
        answers(acme, 1, days_late=40)
        [(owner, because)] = low.look()
        assert (owner, because["score"], because["answer"]) == (acme.pk, 3, first.pk)
    assert low.on(1) == []
    with clock.at(day(3)):
        first.superseded_at = clock.now()
        first.save()
        answers(acme, 5)
        assert [because["score"] for _owner, because in low.look()] == [5]


def test_a_risk_rises_above_a_line_from_one_prediction_to_the_next():
    acme, beta, gamma = account("acme"), account("beta"), account("gamma")
    good, guess = model(), None
    rises = Looking({"on": "risk", "months": 3, "above": 0.2})
    assert rises.on(1, lambda: predicted(good, acme, 0.3), lambda: predicted(good, beta, 0.1)) == []
    with clock.at(day(2)):
        predicted(good, beta, 0.25)
        predicted(good, acme, 0.4)
        assert rises.look() == [
            (
                beta.pk,
                {
                    "kind": "risk", "months": 3, "above": 0.2, "from": 0.1, "to": 0.25,
                    "on": "2026-03-04", "retrained": False,
                },
            )
        ]  # fmt: skip
    good.status = "retired"
    good.save()
    guess = model(signal=False)
    pair = (lambda: predicted(guess, gamma, 0.1), lambda: predicted(guess, gamma, 0.9))
    assert rises.on(3, *pair) == []  # a base rate tells nothing of an account
    predict = lambda risk: lambda: predicted(good, acme, risk)  # noqa: E731
    assert rises.on(4, predict(0.1)) == []
    assert rises.on(20, predict(0.9)) == []  # too long after the last one known
    assert rises.on(21, predict(0.1), predict(0.9)) == [acme.pk]


def test_a_date_comes_due_once_also_after_days_without_a_look():
    acme, beta = account("acme"), account("beta", custom={"go_live": "2026-03-09"})
    pays(acme, 10, renews_in=40)
    due = Looking({"on": "date", "field": "contract.renews_at", "days": -30})
    live = Looking({"on": "date", "field": "custom.go_live", "days": 2})

    def look(number):
        from tenure.contracts.stage import contracts_refresh
        from tenure.core.pipeline import Refresh

        with clock.at(day(number)):
            contracts_refresh(Refresh(clock.today()))
            return [one for one, _because in due.look()], [one for one, _because in live.look()]

    assert look(9) == ([], [beta.pk])  # due on the ninth evening: 3 March and 7 + 2 days
    assert look(13) == ([acme.pk], [])
    assert look(13) == look(14) == ([], [])
    late = Looking({"on": "date", "field": "contract.renews_at", "days": -30})
    with clock.at(day(8)):
        late.look()
    assert late.on(19) == []  # nine days ago is past catching up


def test_not_being_known_is_neither_entering_nor_leaving():
    acme = account("acme", "DE")
    german = {"all": [{"field": "account.country", "op": "one_of", "value": ["DE"]}]}
    enters, leaves = (
        Looking({"on": "enters", "rule": german}),
        Looking({"on": "leaves", "rule": german}),
    )
    assert (enters.look(), leaves.look()) == ([], [])
    with clock.at(day(1)):
        moves(acme, "")
        assert (enters.look(), leaves.look()) == ([], [])
    with clock.at(day(2)):
        moves(acme, "DE")
        assert (enters.look(), leaves.look()) == ([], [])
    with clock.at(day(3)):
        moves(acme, "FR")
        told = {"kind": "leaves", "facts": {"account.country": "FR"}}
        assert (enters.look(), leaves.look()) == ([], [(acme.pk, told)])


def test_without_a_rule_of_its_own_the_audience_is_what_is_entered():
    acme = account("acme")
    german = {"all": [{"field": "account.country", "op": "one_of", "value": ["DE"]}]}
    entering = Looking({"on": "enters"}, audience=german)
    entering.look()
    assert entering.on(1, lambda: moves(acme, "DE")) == [acme.pk]


@pytest.fixture
def store(settings, tmp_path):
    settings.EVENT_STORE_URL = str(tmp_path / "events")


def _events(*rows):
    """(account, event, occurred, received) into the store."""
    rows = sorted(rows, key=lambda row: (row[0], row[2]))
    stamps = [pa.array([row[at] for row in rows], pa.timestamp("us", tz="UTC")) for at in (2, 3)]
    zeros = pa.array(np.zeros(len(rows), dtype=np.int64))
    table = pa.Table.from_arrays(
        [
            pa.array([row[0] for row in rows], pa.int64()), zeros, zeros, zeros,
            pa.array([row[1] for row in rows]), *stamps,
            pa.array([n.to_bytes(16, "big") for n in range(len(rows))], pa.binary()),
            pa.nulls(len(rows), pa.string()),
        ],
        schema=SCHEMA,
    )  # fmt: skip
    where, month = place.current(), rows[0][2].date().replace(day=1)
    path = place.new_path(month)
    known = {field.name for field in StoreFile._meta.get_fields()}
    StoreFile.objects.create(
        path=path, month=month, bytes=where.write(table, path), created_at=clock.now(),
        **{key: value for key, value in ranges(table).items() if key in known},
    )  # fmt: skip


def test_an_event_counts_once_a_day_when_it_came_or_when_it_happened_if_that_was_long_before():
    acme, beta, gamma = account("acme"), account("beta"), account("gamma")
    exported, hour = Looking({"on": "event", "event": "export"}), timedelta(hours=1)
    assert exported.look() == []  # nothing is stored yet
    at = day(1)
    _events(
        (acme.pk, "export", at - 2 * hour, at - 2 * hour),
        (acme.pk, "export", at - hour, at - hour),
        (acme.pk, "import", at, at),
        (0, "export", at, at),
        (beta.pk, "export", at - 3 * timedelta(days=1), at),  # it was offline
        (gamma.pk, "export", at - 30 * timedelta(days=1), at),  # a load of history
    )
    assert exported.on(1) == [acme.pk, beta.pk]
    assert exported.on(1) == exported.on(2) == []
    _events((acme.pk, "export", day(2), day(2)))
    with clock.at(day(3)):
        assert exported.look() == [
            (acme.pk, {"kind": "event", "event": "export", "on": "2026-03-04"})
        ]


def test_what_is_remembered_does_not_grow_for_ever():
    acme = account("acme")
    level = Looking({"on": "level", "to": "client"})
    for number in range(1, 40):
        level.on(number, lambda: climbs(acme, "client"))
    assert len(level.looked.seen) <= 10
