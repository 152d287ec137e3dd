"""A success manager of their own for clients who have none, or one with too full a book.

All are solved for at once (`engine.books.naming`): as many clients as can be are given to somebody,
no book gets too full by it, as few as possible are taken from a book that is too full, and whoever
had touchpoints with a client in the last year goes first, among those who work in its language and
country.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core import clock
from tenure.core.models import User
from tenure.engine.books import Client, Naming, named
from tenure.timeline.models import Touchpoint
from tenure.web.sources.kept import cache_key, kept
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
    """`rows`: proposed moves; `without`: clients for whom nobody was found; `proven`: the time
    did not run out before the best of those tried was found.
    """

    rows: tuple[MoveRow, ...]
    without: tuple[Held, ...]
    proven: bool = True


def named_for(team: Team, held: list[Held]) -> Named:
    """Who should look after which client, as moves that can be applied."""
    books = {book.key: book for book in team.books if book.person}
    wanting = [one for one in held if one.is_client and _wants(one, books.get(one.owner), team)]
    wanting = sorted(wanting, key=lambda one: (-(one.mrr or 0.0), one.name))[:MOST]
    known = _touched([one.account for one in wanting])
    found = _solved(team, books, wanting, known)
    need = {book.key: book.need for book in team.books}
    rows = []
    for one in wanting:
        chosen = found.chosen.get(one.account)
        if chosen is None:
            continue
        rows.append(_row(one, books.get(one.owner), books[chosen], need, known, team))
        need[chosen] += one.hours
        if one.owner in need:
            need[one.owner] -= one.hours
    left = set(found.without)
    without = tuple(one for one in wanting if one.account in left)
    return Named(tuple(rows), without, found.proven)


def _wants(one: Held, owner: Book | None, team: Team) -> bool:
    return owner is None or _most(owner, team) < owner.need


def _most(book: Book, team: Team) -> float:
    """Hours a week from which on a book is too full."""
    return FULL * max(1.0, team.load or 0.0) * book.hours


def _solved(
    team: Team,
    books: Mapping[int | None, Book],
    wanting: Sequence[Held],
    known: Mapping[int, Mapping[str, int]],
) -> Naming:
    people = {key: book for key, book in books.items() if key is not None}
    keys = {book.person.user.email.lower(): key for key, book in people.items() if book.person}
    clients = []
    for one in wanting:
        holding = holding_of(one, team)
        owner = holding.keeper if holding.keeper in people else None
        met = {
            keys[who]: float(count)
            for who, count in known.get(one.account, {}).items()
            if who in keys
        }
        clients.append(Client(replace(holding, keeper=owner), one.mrr or 0.0, met))
    keepers = [keeper_of(book) for book in people.values() if book.hours > 0]
    need = {key: book.need for key, book in people.items()}
    most = {key: _most(book, team) for key, book in people.items()}
    task = cache_key("named", keepers, clients, need, most)
    return kept(task, lambda: named(keepers, clients, need, most))


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
