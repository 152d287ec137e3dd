"""`tenure check`: is everything in order, and if not, what to do."""

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from tenure.cli.output import console, emit_json


@dataclass(frozen=True)
class Result:
    """One thing that was looked at. `advice` says what to do when it is not fine."""

    name: str
    fine: bool
    found: str
    advice: str = ""


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("check")(check)


def check(
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Look at configuration, database, storage, freshness, forecasts, mail; exit 1 on a fault."""
    results = [result for part in PARTS for result in _safely(part)]
    if as_json:
        emit_json([asdict(result) for result in results])
    else:
        for result in results:
            mark = "[green]fine[/]" if result.fine else "[red]FAULT[/]"
            console.print(f"{mark:<14} {result.name:<22} {result.found}", highlight=False)
            if not result.fine:
                console.print(f"      → {result.advice}", highlight=False)
    if not all(result.fine for result in results):
        raise typer.Exit(1)


def _safely(part: Callable[[], Iterator[Result]]) -> list[Result]:
    try:
        return list(part())
    except Exception as error:  # noqa: BLE001 - a check reports whatever it meets
        name = part.__name__.strip("_")
        return [Result(name, False, f"{type(error).__name__}: {error}", "Mend this, run again.")]


def _configuration() -> Iterator[Result]:
    from django.conf import settings
    from django.core import checks

    yield Result(
        "debug mode", not settings.DEBUG, "on" if settings.DEBUG else "off", "Unset TENURE_DEBUG."
    )
    messages = checks.run_checks()
    serious = [str(m.msg) for m in messages if m.is_serious()]
    yield Result("configuration", not serious, "; ".join(serious) or "consistent", "See above.")
    built = Path(settings.PACKAGE) / "web" / "static" / "build"
    yield Result(
        "page assets",
        built.is_dir(),
        str(built) if built.is_dir() else "not built",
        "Run `make assets`.",
    )


def _database() -> Iterator[Result]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    yield Result("database", True, connection.vendor)
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield Result(
        "migrations",
        not plan,
        f"{len(plan)} to apply" if plan else "all applied",
        "Run `tenure up`, which applies them, or `django-admin migrate`.",
    )


def _storage() -> Iterator[Result]:
    from django.conf import settings

    from tenure.events.models import StoreFile

    home = Path(settings.HOME)
    yield Result("home folder", os.access(home, os.W_OK), str(home), "Make it writable.")
    live = StoreFile.objects.filter(retired_at__isnull=True)
    total = sum(live.values_list("rows", flat=True))
    yield Result("event store", True, f"{settings.EVENTS_URL}: {live.count()} files, {total} rows")
    if "://" not in settings.EVENTS_URL:
        base = Path(settings.EVENTS_URL)
        missing = [p for p in live.values_list("path", flat=True) if not (base / p).exists()]
        yield Result(
            "event files",
            not missing,
            f"{len(missing)} missing, as {missing[0]}" if missing else "all present",
            "Restore them from a backup: `tenure restore FILE`.",
        )


def _permissions() -> Iterator[Result]:
    from django.conf import settings

    from tenure.core.models import RoleGrant, ServiceKey
    from tenure.core.roles import Role

    secret = Path(settings.HOME) / "secret.key"
    if secret.exists():
        private = secret.stat().st_mode & 0o077 == 0
        yield Result("secret key", private, str(secret), f"Run `chmod 600 {secret}`.")
    admins = RoleGrant.objects.filter(
        role=Role.ADMIN, until__isnull=True, user__is_active=True
    ).count()
    yield Result(
        "administrators", admins > 0, str(admins), "Run `tenure user add EMAIL --role admin`."
    )
    keys = ServiceKey.objects.filter(revoked_at__isnull=True).count()
    yield Result("keys in use", True, str(keys))


def _freshness() -> Iterator[Result]:
    from datetime import timedelta

    from tenure.core import clock
    from tenure.core.models import StageRun
    from tenure.core.pipeline import ordered

    for stage in ordered():
        last = StageRun.objects.filter(stage=stage.name).order_by("-started_at").first()
        name = f"stage {stage.name}"
        if last is None:
            yield Result(name, True, "never run")
            continue
        old = clock.now() - last.started_at > timedelta(days=2)
        fine = last.outcome != "failed" and not old
        found = f"{last.outcome}, {last.started_at:%Y-%m-%d %H:%M} UTC"
        if last.outcome == "failed":
            found += f": {last.detail.get('error', '')}"
        yield Result(name, fine, found, "Run `tenure refresh`, and keep `tenure work` running.")


def _forecasts() -> Iterator[Result]:
    from tenure.core import clock
    from tenure.forecast.in_force import definition_in_force
    from tenure.forecast.selectors import live_run, notices
    from tenure.forecast.texts import notice_sentence

    run = live_run()
    if run is None:
        yield Result("forecast model", True, "none yet")
    else:
        age = (clock.today() - run.as_of).days
        yield Result(
            "forecast model",
            age <= definition_in_force().stale_days,
            f"run {run.pk}, {age} days old",
            "Run `tenure forecast train`; `tenure refresh` trains when it is due.",
        )
    for notice in notices():
        yield Result("forecast notice", True, notice_sentence(notice))


def _mail() -> Iterator[Result]:
    from django.conf import settings

    from tenure.core.mail.setup import faults, is_wanted
    from tenure.web.digest.services.trial import server_fault

    if not is_wanted():
        yield Result("mail", True, "not set up: no digests are sent")
        return
    fault = server_fault()
    found = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    yield Result(
        "mail server", not fault, f"{found}: {fault}" if fault else f"{found} answers",
        "See that the server runs, and that TENURE_SMTP_URL has its address, user and password.",
    )  # fmt: skip
    missing = faults()
    yield Result(
        "mail settings", not missing, " ".join(missing) or "complete", "Set it, and start again."
    )


PARTS = [_configuration, _database, _storage, _permissions, _freshness, _forecasts, _mail]
