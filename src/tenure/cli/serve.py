"""`tenure serve`: the pages, the API and the tracking door."""

import os
from typing import Annotated

import typer

from tenure.cli.parent import end_with_parent

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("serve")(serve)


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Server processes; as many as processors on PostgreSQL, else 1."),
    ] = None,
) -> None:
    """Serve the pages, the API and the tracking door until stopped."""
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    end_with_parent()
    # SQLite has one writer at a time: more processes would only wait for each other.
    processes = workers or (os.cpu_count() or 1 if connection.vendor == "postgresql" else 1)
    connection.close()
    Granian(
        "tenure.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=processes,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=20,
    ).serve()
