"""A success manager of their own for clients who have none, or one with too full a book.

Whoever had touchpoints with the client in the last year goes first, then whoever is least loaded,
among those who work in its language and country. The largest clients choose first; every choice
counts for the next.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core import clock
from tenure.core.models import User
from tenure.engine.books import Keeper, eligible
from tenure.timeline.models import Touchpoint
from tenure.web.team.books import Book, Team
from tenure.web.team.held import Held
from tenure.web.team.sharing import MoveRow, holding_of, keeper_of
from tenure.web.templatetags.formats import number, share

FULL = 1.15
"""A book is too full above this share of its hours, and of what the team as a whole is loaded."""
YEAR = timedelta(days=365)
MOST = 60


@dataclass(frozen=True)
class Named:
    """`rows`: proposed moves; `without`: clients for whom nobody was found."""

    rows: tuple[MoveRow, ...]
    without: tuple[Held, ...]


def named_for(team: Team, held: list[Held]) -> Named:
    """Who should look after which client, as moves that can be applied."""
    books = {book.key: book for book in team.books if book.person}
    wanting = [one for one in held if one.is_client and _wants(one, books.get(one.owner), team)]
    wanting = sorted(wanting, key=lambda one: (-(one.mrr or 0.0), one.name))[:MOST]
    keepers = {book.key: keeper_of(book) for book in team.books if book.hours > 0}
    need = {book.key: book.need for book in team.books}
    known = _touched([one.account for one in wanting])
    rows, without = [], []
    for one in wanting:
        owner = books.get(one.owner)
        if owner is not None and not _too_full(need[owner.key], owner.hours, team):
            continue
        chosen = _chosen(one, team, keepers, need, known.get(one.account, {}))
        if chosen is None:
            without.append(one)
            continue
        rows.append(_row(one, books.get(one.owner), books[chosen], need, known, team))
        need[chosen] += one.hours
        if owner is not None:
            need[owner.key] -= one.hours
    return Named(tuple(rows), tuple(without))


def _wants(one: Held, owner: Book | None, team: Team) -> bool:
    return owner is None or _too_full(owner.need, owner.hours, team)


def _too_full(need: float, hours: float, team: Team) -> bool:
    return need > FULL * max(1.0, team.load or 0.0) * hours


def _chosen(
    one: Held,
    team: Team,
    keepers: Mapping[int | None, Keeper],
    need: Mapping[int | None, float],
    touched: Mapping[str, int],
) -> int | None:
    """The key of whoever fits best and does not get too full a book by it."""
    holding = holding_of(one, team)
    fits = []
    for book in team.books:
        keeper = keepers.get(book.key)
        if keeper is None or book.person is None or book.key == one.owner:
            continue
        after = need[book.key] + one.hours
        if eligible(keeper, holding) and not _too_full(after, book.hours, team):
            met = touched.get(book.person.user.email.lower(), 0)
            fits.append((-met, after / book.hours, book.person.user.pk))
    return min(fits)[2] if fits else None


def _touched(accounts: list[int]) -> dict[int, dict[str, int]]:
    """Account → address in small letters → touchpoints of the last year."""
    rows = Touchpoint.objects.filter(
        account__in=accounts, superseded_at__isnull=True, occurred_at__gt=clock.now() - YEAR
    )
    counts = rows.exclude(csm_email="").values_list("account_id", Lower("csm_email"))
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for account, who, count in counts.annotate(n=Count("pk")):
        found[account][who] = count
    return found


def _row(
    one: Held,
    owner: Book | None,
    target: Book,
    need: Mapping[int | None, float],
    touched: Mapping[int, Mapping[str, int]],
    team: Team,
) -> MoveRow:
    source: User | None = owner.person.user if owner and owner.person else None
    if target.person is None:
        raise ValueError("a client goes to somebody")
    user = target.person.user
    met = touched.get(one.account, {}).get(user.email.lower(), 0)
    return MoveRow(
        token=f"{one.account}:{source.pk if source else 0}:{user.pk}",
        held=one,
        source=source,
        target=user,
        why=_why(owner, target, need, met),
        # Who keeps clients where they are by definition decides on each move.
        ticked=source is None or not team.rule.clients_stay,
    )


def _why(owner: Book | None, target: Book, need: Mapping[int | None, float], met: int) -> str:
    user = target.person.user if target.person else ""
    told = []
    if owner is None or owner.person is None:
        told.append(_("A client without a success manager."))
    elif owner.hours > 0:
        load = share(need[owner.key] / owner.hours)
        told.append(_("%(who)s stands at %(load)s.") % {"who": owner.person.user, "load": load})
    else:
        told.append(_("%(who)s has no hours for accounts.") % {"who": owner.person.user})
    if met:
        said = ngettext(
            "%(who)s knows it: %(n)s touchpoint within a year.",
            "%(who)s knows it: %(n)s touchpoints within a year.",
            met,
        )
        told.append(said % {"who": user, "n": number(met)})
    load = share(need[target.key] / target.hours)
    told.append(_("%(who)s is at %(load)s.") % {"who": user, "load": load})
    return " ".join(told)
