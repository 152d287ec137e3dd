"""The book of each success manager, and the team as a whole."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from tenure.accounts.hours import Person, people_of
from tenure.accounts.models import Capacity
from tenure.accounts.selectors import owners_mark
from tenure.accounts.workload import workload
from tenure.core import clock
from tenure.core.models import DefinitionVersion, RoleGrant, User
from tenure.engine.books import Workload, gini, load_of
from tenure.health.models import Band
from tenure.relationship.models import Level
from tenure.web.sources.kept import cache_key, kept
from tenure.web.team.held import Held, held_on, moment_of
from tenure.web.team.spent import Spent, spent_by

Spread = tuple[tuple[str, int], ...]
MOST = 4
"""So many parts of a spread are named; the rest are counted together."""


@dataclass(frozen=True)
class Book:
    """One book in numbers, in MRR of the reporting currency and hours a week.

    Attributes:
        person: None: the accounts of nobody.
        accounts: Without former customers, of which there are `former`.
        unconverted: Accounts without a currency rate, whose MRR is in no sum.
        bands: (band, accounts), in a standing order.
        at_risk: MRR × P(it stops within twelve months), summed; `foreseen` accounts are in it.
        need: Hours that the accounts need by the definition.
        tiers, languages, countries, currencies: (name, accounts), most first.
        spoken: Languages of its accounts, in small letters.
    """

    person: Person | None
    accounts: int
    former: int
    mrr: float
    unconverted: int
    customers: int
    clients: int
    prospects: int
    bands: tuple[tuple[str, int], ...]
    renewals: int
    renewals_mrr: float
    at_risk: float
    foreseen: int
    paying: int
    need: float
    spent: Spent
    tiers: "Spread"
    languages: "Spread"
    countries: "Spread"
    currencies: "Spread"
    spoken: frozenset[str] = frozenset()

    @property
    def hours(self) -> float:
        return self.person.hours if self.person else 0.0

    @property
    def load(self) -> float | None:
        return load_of(self.need, self.hours)

    @property
    def key(self) -> int | None:
        return self.person.user.pk if self.person else None


@dataclass(frozen=True)
class Team:
    """All books on a day. The Gini coefficients are None with fewer than two people."""

    on: date | None
    rule: Workload
    books: tuple[Book, ...]
    nobodys: Book
    load: float | None
    load_gini: float | None
    risk_gini: float | None
    spent: Spent

    @property
    def hours(self) -> float:
        return sum(book.hours for book in self.books)

    @property
    def need(self) -> float:
        return sum(book.need for book in self.books)


def held_kept(on: date | None) -> list[Held]:
    """The accounts of a day, from the cache while nothing they rest on has changed."""
    return kept(cache_key("held", *_held_mark(on)), lambda: held_on(on))


def _held_mark(on: date | None) -> tuple[object, ...]:
    definition = DefinitionVersion.objects.aggregate(newest=Max("pk"))["newest"]
    return on or clock.today(), owners_mark(), definition


def team_mark(on: date | None) -> str:
    """Changes with the accounts of a day, their owners, and the people with their roles and hours.

    It names the language too, as the books say in words what they are spread over.
    """
    roles = RoleGrant.objects.aggregate(newest=Max("pk"), ended=Max("until"))
    hours = Capacity.objects.aggregate(newest=Max("pk"))["newest"]
    users = User.objects.filter(is_active=True).aggregate(n=Count("pk"), newest=Max("pk"))
    known = (tuple(found.values()) for found in (roles, users))
    return cache_key("team", *_held_mark(on), hours, *known, get_language())


def team_kept(on: date | None) -> Team:
    """The team on a day, from the cache while nothing it rests on has changed."""
    return kept(team_mark(on), lambda: team_on(on))


def team_on(on: date | None) -> Team:
    """The team as it was at the end of a day; None: as it is now."""
    held = held_kept(on)
    rule = workload(None if on is None else moment_of(on))
    people = people_of({h.owner for h in held if h.owner is not None}, on, rule)
    spent = spent_by(on)
    by_owner: dict[int | None, list[Held]] = {person.user.pk: [] for person in people}
    for one in held:
        by_owner.setdefault(one.owner, []).append(one)
    books = tuple(
        _book(person, by_owner[person.user.pk], spent.get(person.user.email.lower()))
        for person in people
    )
    loads = [book.load for book in books if book.load is not None]
    working = [book for book in books if book.hours > 0]
    hours = sum(book.hours for book in working)
    return Team(
        on=on,
        rule=rule,
        books=books,
        nobodys=_book(None, by_owner.get(None, ()), None),
        load=load_of(sum(book.need for book in books), hours),
        load_gini=gini(loads),
        risk_gini=gini([book.at_risk for book in working]),
        spent=sum((book.spent for book in books), Spent()),
    )


def _book(person: Person | None, held: Sequence[Held], spent: Spent | None) -> Book:
    here = [h for h in held if h.level != Level.FORMER]
    due = [h for h in here if h.renews_soon]
    bands = Counter(h.band or Band.UNKNOWN.value for h in here)
    clients = sum(h.is_client for h in here)
    customers = sum(h.level == Level.CUSTOMER for h in here)
    tiers = {tier: _tier_name(tier) for tier in {h.tier for h in here}}
    return Book(
        person=person,
        accounts=len(here),
        former=len(held) - len(here),
        mrr=sum(h.mrr or 0.0 for h in here),
        unconverted=sum(h.mrr is None for h in here),
        customers=customers,
        clients=clients,
        prospects=len(here) - clients - customers,
        bands=tuple((band, bands[band]) for band in Band.values),
        renewals=len(due),
        renewals_mrr=sum(h.mrr or 0.0 for h in due),
        at_risk=sum(h.at_risk for h in here),
        foreseen=sum(h.leaves is not None for h in here),
        paying=sum(bool(h.mrr) for h in here),
        need=sum(h.hours for h in here),
        spent=spent or Spent(),
        tiers=_spread(tiers[h.tier] for h in here),
        languages=_spread(h.language for h in here),
        countries=_spread(h.country for h in here),
        currencies=_spread(h.currency for h in here),
        spoken=frozenset(one.strip().casefold() for one in {h.language for h in here} if one),
    )


def _tier_name(tier: int | None) -> str:
    return "" if tier is None else pgettext("plan", "Tier %(n)s") % {"n": tier}


def _spread(names: Iterable[str]) -> Spread:
    """The commonest parts; what isn't known, and all others, at the end."""
    counts = Counter(names)
    unknown = counts.pop("", 0)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    others = sum(n for _name, n in ordered[MOST:])
    rest = [(_("others"), others), (_("not known"), unknown)]
    return (*ordered[:MOST], *((name, n) for name, n in rest if n))
