"""`tenure user`: add people and list them."""

import secrets
from typing import Annotated

import typer

from tenure.cli.output import console, emit_json


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    group = typer.Typer(no_args_is_help=True, help="People who sign in.")
    group.command("add")(add)
    group.command("list")(list_users)
    app.add_typer(group, name="user")


def add(
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    role: Annotated[str, typer.Option(help="admin, leader, csm or viewer.")] = "viewer",
    name: Annotated[str, typer.Option(help="The name that pages show.")] = "",
    language: Annotated[str, typer.Option(help="en, de, nl, it or zh-hans.")] = "en",
    password: Annotated[
        str | None, typer.Option(help="Made and printed if not given.", envvar="TENURE_PASSWORD")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Add a person who can sign in, and print their first password."""
    from django.conf import settings

    from tenure.core import services
    from tenure.core.errors import TenureError
    from tenure.core.roles import Role

    if role not in Role.values:
        raise TenureError(f"There is no role {role!r}; use one of {', '.join(Role.values)}.")
    languages = [code for code, _name in settings.LANGUAGES]
    if language not in languages:
        raise TenureError(f"There is no language {language!r}; use one of {', '.join(languages)}.")
    secret = password or secrets.token_urlsafe(12)
    user = services.user_create(
        actor=None, email=email, role=Role(role), name=name, password=secret, language=language
    )
    shown = {"email": user.email, "role": role, "password": None if password else secret}
    if as_json:
        emit_json(shown)
        return
    console.print(f"Added {user.email} as {role}.", highlight=False)
    if not password:
        console.print(f"First password (shown once): {secret}", highlight=False)


def list_users(
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """List everyone with their role."""
    from tenure.core.models import User
    from tenure.core.selectors import role_of

    rows = [
        {
            "email": user.email,
            "name": user.name,
            "role": role_of(user),
            "active": user.is_active,
            "can_sign_in": user.is_active and user.has_usable_password(),
        }
        for user in User.objects.order_by("email")
    ]
    if as_json:
        emit_json(rows)
        return
    for row in rows:
        console.print(f"{row['email']:<40} {row['role'] or 'no role':<8} {row['name']}")
