"""Plays: steps a second with 100,000 runs asleep beside them, and what those that sleep cost.

Runs on a database of its own in a temporary folder, made here and thrown away.
"""

import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
ASLEEP, AWAKE, TICKS = 100_000, 400, 300
STEPS_A_SECOND = 50.0
"""What has to be reached on two cores."""
SLEEPERS_COST = 3.0
"""How many times longer a tick with nothing to do may take with all that sleep than with none."""
SHARE_OF_A_CORE = 0.01
"""What a worker with nothing to do may use, at a tick a second."""
MOOD = {"all": [{"field": "custom.mood", "op": "one_of", "value": ["hot"]}]}
STEPS: list[dict[str, object]] = [
    {"task": {"title": "Call {{ account.name }}", "who": "pool", "wait": 0}},
    {"mail": {"to": ["champion"], "subject": "Hello", "body": "Dear {{ person.name }}"}},
    {"branch": {"when": MOOD, "then": [{"stop": {}}]}},
    {"set": {"field": "stage", "to": "called"}},
    {"stop": {}},
]


def make_play(key: str, steps: list[dict[str, object]]) -> int:
    """A play that is on; its row."""
    from tenure.plays.services import play_save, play_switch_on

    body = {
        "title": "Bench", "goal": "None", "category": "risk", "trigger": {"on": "manual"},
        "steps": steps, "leave": MOOD, "hold_out": 0,
    }  # fmt: skip
    play_save(actor=None, key=key, body=body)
    return play_switch_on(actor=None, key=key).pk


def make(accounts: int) -> list[int]:
    """Accounts with a champion each, and two success managers."""
    from tenure.accounts.models import Account, Membership, Person
    from tenure.core.roles import Role
    from tenure.core.services import user_create

    for name in ("ann", "bob"):
        user_create(actor=None, email=f"{name}@x.example", role=Role.CSM, name=name)
    rows = Account.objects.bulk_create(
        [
            Account(external_id=f"a{i}", name=f"Account {i}", recorded_at=NOW)
            for i in range(accounts)
        ],
        batch_size=5000,
    )
    people = Person.objects.bulk_create(
        Person(external_id=f"p{i}", name=f"P {i}", email=f"p{i}@x.example", recorded_at=NOW)
        for i in range(AWAKE)
    )
    Membership.objects.bulk_create(
        Membership(person=person, account=row, role="champion", recorded_at=NOW)
        for person, row in zip(people, rows, strict=False)
    )
    return [row.pk for row in rows]


def put(play: int, accounts: list[int], wake_at: datetime, **more: object) -> None:
    """Runs of a play on some accounts."""
    from tenure.plays.models import Run

    Run.objects.bulk_create(
        [
            Run(
                play_id=play, version=1, account_id=account, state="active", met_at=NOW,
                started_at=NOW, wake_at=wake_at, **more,
            )
            for account in accounts
        ],
        batch_size=5000,
    )  # fmt: skip


def idle() -> tuple[float, float]:
    """Seconds, and seconds of the processor, of one look at runs and outbox with nothing to do."""
    from tenure.plays.outbox.sending import outbox_send
    from tenure.plays.running.stepping import advance

    wall, cpu = time.perf_counter(), time.process_time()
    for _tick in range(TICKS):
        if advance() + outbox_send():
            raise AssertionError("there was something to do")
    return (time.perf_counter() - wall) / TICKS, (time.process_time() - cpu) / TICKS


def stepped() -> tuple[float, float]:
    """Steps a second of all that is due, by the clock and by the processor's time."""
    from tenure.plays.models import RunStep
    from tenure.plays.running.conditions import Holding
    from tenure.plays.running.stepping import advance

    holding = Holding(NOW.date())
    wall, cpu = time.perf_counter(), time.process_time()
    while advance(holding=holding):
        pass
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    steps = RunStep.objects.count()
    if steps != AWAKE * len(STEPS):
        raise AssertionError(f"{steps} steps were done")
    return steps / wall, steps / cpu


def measured() -> float:
    """The worst of the ratios to what is allowed."""
    accounts = make(ASLEEP + AWAKE)
    sleeping, awake = make_play("sleeping", [{"wait": {"days": 30}}]), make_play("awake", STEPS)
    empty, _cpu = idle()
    put(sleeping, accounts[AWAKE:], NOW + timedelta(days=30), waits_for="time", visits=1)
    full, cpu = idle()
    put(awake, accounts[:AWAKE], NOW)
    rate, of_processor = stepped()
    ratios = {
        f"{rate:,.0f} steps a second ({of_processor:,.0f} a second of processor)": (
            STEPS_A_SECOND / rate
        ),
        f"a tick of {full * 1e3:.2f} ms, {empty * 1e3:.2f} ms with no run": (
            full / empty / SLEEPERS_COST
        ),
        f"{cpu:.2%} of a core at a tick a second": cpu / SHARE_OF_A_CORE,
    }
    for words, ratio in ratios.items():
        print(f"{words:<60}{ratio:>6.2f} of what is allowed", flush=True)
    return max(ratios.values())


def main() -> int:
    home = tempfile.TemporaryDirectory(prefix="tenure-bench-")
    os.environ |= {
        "TENURE_HOME": home.name,
        "TENURE_SECRET_KEY": "bench",
        "DJANGO_SETTINGS_MODULE": "tenure.config.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    from tenure.core import clock

    call_command("migrate", verbosity=0)
    with clock.at(NOW):
        worst = measured()
    home.cleanup()
    print(f"PLAYS: {worst:.2f} of what is allowed (bar: 1.00)")
    return int(worst > 1.0)


if __name__ == "__main__":
    sys.exit(main())
