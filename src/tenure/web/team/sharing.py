"""The proposal for fairer books: who may have what, the moves, and why each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.models import User
from tenure.engine.books import Holding, Keeper, Move, Proposal, gini, rebalance
from tenure.web.sources.kept import cache_key, kept
from tenure.web.team.books import Book, Team, held_kept, team_mark
from tenure.web.team.held import Held
from tenure.web.templatetags.formats import share

WIDTHS = (5, 10, 15, 20, 30)
WIDTH = 15
KEEP_SECONDS = 900


@dataclass(frozen=True)
class MoveRow:
    """One move as it is shown. `token` names it in a form; `source` None: from nobody."""

    token: str
    held: Held
    source: User | None
    target: User
    why: str
    ticked: bool


@dataclass(frozen=True)
class LoadRow:
    """One person's load before, after the ticked moves, and whether that is within the band."""

    user: User
    hours: float
    before: float
    after: float
    gets: int
    gives: int
    within: bool


@dataclass(frozen=True)
class Shared:
    """The whole proposal. `held_back`: accounts that continuity keeps where they are."""

    proposal: Proposal
    rows: tuple[MoveRow, ...]
    loads: tuple[LoadRow, ...]
    held_back: int
    orphans: tuple[Held, ...]
    gini_before: float | None
    gini_after: float | None

    @property
    def anything(self) -> bool:
        return bool(self.rows)


def width_read(text: str) -> int:
    """Half the band in percent of the team's load."""
    return int(text) if text in {str(width) for width in WIDTHS} else WIDTH


def shared_kept(team: Team, width: int, ticked: frozenset[str] | None) -> Shared:
    """As `shared`, for the team of now; all but what is ticked from the cache."""
    name = cache_key("shared", team_mark(None), width)
    found = kept(name, lambda: shared(team, held_kept(None), width))
    return found if ticked is None else _ticked(found, team, ticked)


def shared(team: Team, held: Sequence[Held], width: int) -> Shared:
    """The moves proposed now, and the loads after all of them."""
    keepers = [keeper_of(book) for book in team.books if book.hours > 0]
    holdings = [holding_of(one, team) for one in held]
    proposal = _proposal(keepers, holdings, width)
    by_key = {one.account: one for one in held}
    users = {book.key: book.person.user for book in team.books if book.person}
    rows = [_row(m, by_key[m.account], users, proposal, team) for m in proposal.moves]
    rows.sort(key=lambda row: (row.source is not None, str(row.source), row.held.name))
    loads, people = _loads(team, rows, proposal), {keeper.key for keeper in keepers}
    return Shared(
        proposal=proposal,
        rows=tuple(rows),
        loads=loads,
        held_back=sum(h.stays and bool(h.hours) and h.keeper in people for h in holdings),
        orphans=tuple(by_key[account] for account in proposal.orphans),
        gini_before=gini([row.before for row in loads]),
        gini_after=gini([row.after for row in loads]),
    )


def _ticked(found: Shared, team: Team, ticked: frozenset[str]) -> Shared:
    """With the loads after those moves alone that are ticked."""
    rows = tuple(replace(row, ticked=row.token in ticked) for row in found.rows)
    loads = _loads(team, rows, found.proposal)
    return replace(found, rows=rows, loads=loads, gini_after=gini([row.after for row in loads]))


def _proposal(keepers: list[Keeper], holdings: list[Holding], width: int) -> Proposal:
    """From the cache while nobody's hours and no account's place in it has changed."""
    name = cache_key("rebalance", keepers, holdings, width)
    found: Proposal | None = cache.get(name)
    if found is None:
        found = rebalance(keepers, holdings, width / 100)
        cache.set(name, found, KEEP_SECONDS)
    return found


def keeper_of(book: Book) -> Keeper:
    """Languages and countries stated count; else the languages of the present book."""
    person = book.person
    if person is None:
        raise ValueError("nobody keeps no book")
    stated = person.stated
    languages = frozenset(_plain(word) for word in stated.languages) if stated else frozenset()
    countries = frozenset(_plain(word) for word in stated.countries) if stated else frozenset()
    return Keeper(person.user.pk, book.hours, languages or book.spoken or None, countries or None)


def _plain(word: str) -> str:
    return word.strip().casefold()


def holding_of(one: Held, team: Team) -> Holding:
    """An account, and whether continuity keeps it where it is."""
    kept_back = team.rule.clients_stay and one.is_client
    return Holding(
        account=one.account,
        keeper=one.owner,
        hours=one.hours,
        stays=kept_back or one.touched,
        language=_plain(one.language),
        region=_plain(one.country),
    )


def _row(
    move: Move, one: Held, users: Mapping[int | None, User], proposal: Proposal, team: Team
) -> MoveRow:
    token = f"{move.account}:{move.source or 0}:{move.target}"
    source, target = users.get(move.source), users[move.target]
    return MoveRow(token, one, source, target, _why(move, users, proposal, team), ticked=True)


def _why(move: Move, users: Mapping[int | None, User], proposal: Proposal, team: Team) -> str:
    """What speaks for a move, in a sentence or two."""
    told = {
        "source": users.get(move.source),
        "target": users[move.target],
        "from": share(proposal.before.get(move.source or 0)),
        "to": share(proposal.before[move.target]),
        "days": team.rule.recent_days,
    }
    if move.source is None:
        return _("Nobody owns it; %(target)s is at %(to)s.") % told
    if move.source not in proposal.before:
        return _("%(source)s has no hours for accounts; %(target)s is at %(to)s.") % told
    if proposal.before[move.source] > proposal.before[move.target]:
        text = ngettext(
            "%(source)s stands at %(from)s, %(target)s at %(to)s; no touchpoint in %(days)s day.",
            "%(source)s stands at %(from)s, %(target)s at %(to)s; no touchpoint in %(days)s days.",
            team.rule.recent_days,
        )
        return text % told
    text = ngettext(
        "It makes room at %(source)s for another one; no touchpoint in %(days)s day.",
        "It makes room at %(source)s for another one; no touchpoint in %(days)s days.",
        team.rule.recent_days,
    )
    return text % told


def _loads(team: Team, rows: Sequence[MoveRow], proposal: Proposal) -> tuple[LoadRow, ...]:
    found = []
    for person in (book.person for book in team.books if book.hours > 0):
        if person is None:
            continue
        key = person.user.pk
        got = [row for row in rows if row.ticked and row.target.pk == key]
        gone = [row for row in rows if row.ticked and row.source and row.source.pk == key]
        hours = sum(r.held.hours for r in got) - sum(r.held.hours for r in gone)
        after = proposal.before[key] + hours / person.hours
        within = proposal.aim.low - 1e-9 <= after <= proposal.aim.high + 1e-9
        found.append(
            LoadRow(
                person.user, person.hours, proposal.before[key], after, len(got), len(gone), within
            )
        )
    return tuple(found)
