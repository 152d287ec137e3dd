"""The application `tenure`: puts the commands together and turns errors into sentences."""

import os
import sys

import typer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Customer success that knows every account and shows why.",
)


def main() -> None:
    """Run the command line; exit 0 fine, 1 failed, 2 done with rejects."""
    import django

    django.setup()
    from tenure.core.errors import TenureError

    try:
        app()
    except TenureError as error:
        print(f"tenure: {error}", file=sys.stderr)
        sys.exit(1)
