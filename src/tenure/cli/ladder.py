"""`tenure ladder` and `tenure health`: where accounts stand, and why."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure.cli.output import console, emit_json

if TYPE_CHECKING:
    from tenure.accounts.models import Account
    from tenure.health.selectors import Explanation, Movement
    from tenure.relationship.selectors import Flow

MONTH = timedelta(days=30)


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("ladder")(ladder)
    app.command("health")(health)


def ladder(
    quarter: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Flow of the quarter that holds this day."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Accounts on each level, how they moved this quarter, and who is one clause away."""
    from tenure.accounts.models import Account
    from tenure.core import clock
    from tenure.relationship import selectors
    from tenure.relationship.texts import clause_name

    everyone = Account.objects.all()
    day = quarter.date() if quarter else clock.today()
    counts = selectors.ladder_counts(everyone)
    flows = selectors.flow(everyone, day)
    near = [
        {"account": row.account.external_id, "name": row.account.name, "clause": row.missing_clause}
        for row in selectors.one_clause_away(everyone)
    ]
    if as_json:
        moved = [{"from": f.old or None, "to": f.new, "accounts": f.accounts} for f in flows]
        first, last = selectors.quarter_of(day)
        emit_json(
            {"levels": counts, "quarter": [first, last], "flow": moved, "one_clause_away": near}
        )
        return
    for level, count in counts.items():
        console.print(f"{level:<10} {count:>7}", highlight=False)
    _print_moves(flows)
    console.print("\nOne clause away from being a client:")
    for clause in sorted({str(row["clause"]) for row in near}):
        count = sum(row["clause"] == clause for row in near)
        console.print(f"{clause:<4} {clause_name(clause):<22} {count:>6}", highlight=False)


def _print_moves(flows: "list[Flow]") -> None:
    console.print("\nMoves of the quarter:")
    for move in flows:
        if move.old != move.new:
            old = move.old or "(not known)"
            console.print(f"{old:>12} → {move.new:<10} {move.accounts:>6}", highlight=False)


def health(
    account: Annotated[str, typer.Argument(help="The account's id or exact name.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As known on this day.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """An account's health score with its parts, and what moved it in the last 30 days."""
    from tenure.core import clock
    from tenure.core.errors import TenureError
    from tenure.health import selectors

    found = account_named(account)
    day = on.date() if on else clock.today()
    score = selectors.score_of(found, day)
    if score is None:
        raise TenureError(
            f"{found.name} has no score on {day}; run `tenure refresh`, or choose a day on which "
            "a scorecard fitted it."
        )
    explanation = selectors.explain(score)
    movement = selectors.what_moved(found, day - MONTH, day)
    if as_json:
        emit_json(_payload(found, explanation, movement))
        return
    _print(found, explanation, movement)


def account_named(name: str) -> "Account":
    """The account with an id or an exact name."""
    from tenure.accounts.models import Account
    from tenure.core.errors import TenureError

    by_id = Account.objects.filter(external_id=name).first()
    named = [by_id] if by_id is not None else list(Account.objects.filter(name=name)[:2])
    if len(named) == 1:
        return named[0]
    problem = "Several accounts are named" if named else "There is no account"
    raise TenureError(f"{problem} {name!r}; give the account's id as it was loaded.")


def _payload(
    account: "Account", explanation: "Explanation", movement: "Movement | None"
) -> dict[str, Any]:
    score = explanation.score
    return {
        "account": account.external_id,
        "name": account.name,
        "as_of": score.as_of,
        "value": score.value,
        "band": score.band,
        "coverage": score.coverage,
        "sources": {"used": explanation.sources_used, "all": explanation.sources_all},
        "scorecard": {"key": score.scorecard, "version": score.scorecard_version},
        "measures": [
            {
                "key": line.key,
                "raw": line.raw,
                "points": line.points,
                "weight": line.effective,
                "contribution": line.contribution,
            }
            for line in explanation.lines
        ],
        "moved": _moved(movement),
    }


def _moved(movement: "Movement | None") -> dict[str, Any] | None:
    if movement is None:
        return None
    return {
        "since": movement.before.as_of,
        "change": movement.change,
        "parts": [
            {"cause": part.cause.value, "measure": part.measure, "amount": part.amount}
            for part in movement.parts
        ],
    }


def _print(account: "Account", explanation: "Explanation", movement: "Movement | None") -> None:
    score = explanation.score
    value = "unknown" if score.value is None else f"{score.value:.1f} ({score.band})"
    used, known = len(explanation.sources_used), len(explanation.sources_all)
    head = f"{account.name}: {value} on {_day(score.as_of)}, scorecard {explanation.title}"
    console.print(f"{head}, built on {used} of {known} sources", highlight=False)
    for line in explanation.lines:
        points = "missing" if line.points is None else f"{line.points:7.1f}"
        console.print(
            f"  {line.title:<32} {points:>8} × {line.effective:4.0%} = {line.contribution:6.2f}",
            highlight=False,
        )
    if movement is not None and movement.parts:
        since = _day(movement.before.as_of)
        console.print(f"Moved by {movement.change:+.1f} since {since}:", highlight=False)
        for part in movement.parts:
            console.print(f"  {part.amount:+6.2f}  {part.title} ({part.cause})", highlight=False)


def _day(day: date) -> str:
    return day.isoformat()
