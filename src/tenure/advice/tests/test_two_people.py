"""Two people in two processes who take the same suggestion: one has it, the other is told who.

Real processes on a database of their own, as SQLite's of the other tests is in memory.
"""

import json
import time

import pytest
from tests.installation import START, Installation

MAKE = """
import json
from tenure.advice.tests.world import at_stake, person, planned, play
ann, ben = person("ann", hours=12), person("ben", hours=12)
for n in range(4):
    at_stake(f"Free {n}")
play("check-in")
print(json.dumps([[one.pk for one in planned()[1].values()], ann.pk, ben.pk]))
"""
TAKE = """
import json, pathlib, time
from tenure.advice.models import Suggestion
from tenure.advice.services import suggestion_accept, suggestion_take
from tenure.core.errors import TenureError
from tenure.core.models import User
actor, told = User.objects.get(pk={person}), []
rows = list(Suggestion.objects.filter(pk__in={rows}).order_by("pk"))
pathlib.Path({home!r}, "ready-{person}").touch()
while not pathlib.Path({home!r}, "go").exists():
    time.sleep(0.001)
for number, row in enumerate(rows):
    act = suggestion_take if number % 2 else suggestion_accept
    try:
        act(actor=actor, suggestion=row)
        told.append("mine")
    except TenureError as error:
        told.append(str(error))
pathlib.Path({home!r}, "told-{person}").write_text(json.dumps(told))
"""


@pytest.fixture
def installation(tmp_path):
    made = Installation.create(tmp_path / "home")
    yield made
    made.close()


def test_of_two_who_take_one_suggestion_one_has_it_and_the_other_is_told_who(installation):
    rows, ann, ben = installation.json(MAKE)
    assert len(rows) == 4
    home = installation.home
    going = [
        installation.spawn(START + TAKE.format(person=one, rows=rows, home=str(home)))
        for one in (ann, ben)
    ]
    until = time.monotonic() + 60
    while not all((home / f"ready-{one}").exists() for one in (ann, ben)):
        assert time.monotonic() < until
        time.sleep(0.01)
    (home / "go").touch()
    for process in going:
        assert process.wait(60) == 0, (home / f"{process.pid}.log").read_text()
    told = [json.loads((home / f"told-{one}").read_text()) for one in (ann, ben)]
    for of_ann, of_ben in zip(*told, strict=True):
        assert (of_ann, of_ben) in {
            ("mine", "Ann has taken this account meanwhile."),
            ("Ben has taken this account meanwhile.", "mine"),
        }
    owners = installation.rows(
        "SELECT account_id, owner_id FROM accounts_ownerassignment WHERE until IS NULL"
    )
    assert len(owners) == len({account for account, _owner in owners}) == 4
    had = [owner for _account, owner in owners]
    assert (had.count(ann), had.count(ben)) == tuple(one.count("mine") for one in told)
    assert installation.rows("SELECT count(*) FROM plays_run") == [(2,)]
