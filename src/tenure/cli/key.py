"""`tenure key`: keys for the doors."""

from typing import Annotated

import typer

from tenure.cli.output import console, emit_json


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    group = typer.Typer(no_args_is_help=True, help="Keys that programs use.")
    group.command("add")(add)
    group.command("list")(list_keys)
    group.command("revoke")(revoke)
    app.add_typer(group, name="key")


def add(
    name: Annotated[str, typer.Argument(help="What the key is for, as `web app`.")],
    scope: Annotated[str, typer.Option(help="track, read or write.")] = "track",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make a key and print it; it is not shown again."""
    from tenure.core import services

    row, key = services.key_create(actor=None, name=name, scope=scope)
    if as_json:
        emit_json({"id": row.pk, "name": row.name, "scope": row.scope, "key": key})
        return
    console.print(f"Key {row.pk} for {row.name} ({row.scope}), shown once:", highlight=False)
    console.print(key, highlight=False)


def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """List keys by their first characters."""
    from tenure.core.models import ServiceKey

    rows = [
        {
            "id": key.pk,
            "name": key.name,
            "scope": key.scope,
            "prefix": key.prefix,
            "created_at": key.created_at,
            "last_used_at": key.last_used_at,
            "revoked_at": key.revoked_at,
        }
        for key in ServiceKey.objects.order_by("pk")
    ]
    if as_json:
        emit_json(rows)
        return
    for row in rows:
        state = "revoked" if row["revoked_at"] else "in use"
        console.print(f"{row['id']:>4} {row['prefix']}… {row['scope']:<6} {state:<8} {row['name']}")


def revoke(
    key_id: Annotated[int, typer.Argument(help="The number `tenure key list` shows.")],
) -> None:
    """Stop a key from working."""
    from tenure.core import services
    from tenure.core.errors import TenureError
    from tenure.core.models import ServiceKey

    row = ServiceKey.objects.filter(pk=key_id).first()
    if row is None:
        raise TenureError(f"There is no key {key_id}; `tenure key list` shows them.")
    services.key_revoke(actor=None, key=row)
    console.print(f"Key {key_id} no longer works.", highlight=False)
