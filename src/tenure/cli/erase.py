"""`tenure erase`: remove a person from every room and every file."""

import dataclasses
from typing import Annotated

import typer

from tenure.cli.output import console, emit_json, steps


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("erase")(erase)


def erase(
    person: Annotated[str, typer.Argument(help="The person's id or e-mail address.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Erase a person for good: identity, texts, the inbox and the event files."""
    from tenure.core.errors import TenureError
    from tenure.privacy.selectors import person_find
    from tenure.privacy.services import person_erase

    found = person_find(person)
    if not yes:
        if as_json:
            raise TenureError("Erasing cannot be undone; add --yes to do it without a question.")
        typer.confirm(f"Erase {found} for good? This cannot be undone.", abort=True)
    with steps(quiet=as_json) as shown:
        result = person_erase(actor=None, person=found, report=shown.step("Event files"))
    if as_json:
        emit_json(dataclasses.asdict(result))
        return
    console.print(
        f"Erased: {result.identifiers} identifiers, {result.texts} texts, "
        f"{result.inbox_rows} waiting requests, {result.files} event files rewritten."
    )
