"""The application `tenure`: puts the commands together and turns errors into sentences."""

import os
import sys

import typer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")


def build() -> typer.Typer:
    """The application with every command."""
    from tenure.cli import (
        advise,
        backup,
        check,
        demo,
        erase,
        export,
        forecast,
        key,
        ladder,
        load,
        metrics,
        refresh,
        serve,
        up,
        user,
        work,
    )

    daily = (up, serve, work, demo, load, refresh, metrics, ladder, forecast, advise, export)
    upkeep = (erase, backup, key, user, check)
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Customer success that knows every account and shows why.",
    )
    for module in (*daily, *upkeep):
        module.register(app)
    return app


def main() -> None:
    """Run the command line; exit 0 fine, 1 failed, 2 done with rejects."""
    import django

    try:
        django.setup()
    except ValueError as error:  # a setting from the environment that makes no sense
        print(f"tenure: {error}", file=sys.stderr)
        sys.exit(1)
    from django.db.utils import OperationalError

    from tenure.core.errors import TenureError

    try:
        build()()
    except TenureError as error:
        print(f"tenure: {error}", file=sys.stderr)
        sys.exit(1)
    except OperationalError as error:
        first = str(error).strip().splitlines()[0]
        print(
            f"tenure: the database does not answer as it should ({first}). "
            "If it is new, run `tenure up` once, which sets it up; `tenure check` says more.",
            file=sys.stderr,
        )
        sys.exit(1)
