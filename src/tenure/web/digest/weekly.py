"""The weekly digest: what a week did to the company's book, each number as its own page has it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible
from tenure.core import clock
from tenure.core.mail.lines import one_line
from tenure.core.mail.setup import absolute
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may
from tenure.engine.retention import month_number
from tenure.health.models import Band
from tenure.relationship.models import Standing
from tenure.relationship.selectors import slipping
from tenure.web.ladder.flows import QuarterRow, quarter_rows, steps_of
from tenure.web.ladder.lists import listed
from tenure.web.ladder.scope import Scope
from tenure.web.models import Renewal
from tenure.web.renewals.due import midnight
from tenure.web.renewals.scope import RenewalScope
from tenure.web.renewals.totals import lines_of, scenarios_of
from tenure.web.retention.books import kept_now
from tenure.web.retention.bridging import Shown, Window, bridge_shown
from tenure.web.team.books import Team, team_on
from tenure.web.team.held import bands_on
from tenure.web.templatetags.formats import day_text, money, share, signed
from tenure.web.today.duties import WINDOW

WEEK, DAY = timedelta(days=7), timedelta(days=1)
LISTED = 5


@dataclass(frozen=True)
class Changed:
    """A number at the end of the week before, and at the end of the week."""

    name: str
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Moved:
    """The book of one person, or of nobody: accounts and MRR."""

    name: str
    accounts: Changed
    mrr: Changed


@dataclass(frozen=True)
class Listed:
    """An account of a list, with the sentence that says why it is there."""

    name: str
    url: str
    amount: str
    why: str


@dataclass(frozen=True)
class Coming:
    """Renewals of the next 90 days in MRR. `low` to `high`: scenarios of the `foreseen` ones."""

    count: int
    mrr: float
    uncalled: int
    foreseen: int
    low: float
    expected: float
    high: float
    largest: tuple[Listed, ...]


@dataclass(frozen=True)
class Unowned:
    """Accounts of nobody, as of now."""

    accounts: int
    mrr: float


@dataclass(frozen=True)
class Weekly:
    """What the mail says of the days `first` to `last`; a part that is not known is None."""

    subject: str
    first: date
    last: date
    mrr: Shown | None
    unconverted: str
    books: tuple[Moved, ...]
    renewals: Coming
    bands: tuple[Changed, ...]
    levels: QuarterRow
    slipping: tuple[Listed, ...]
    slipping_count: int
    unowned: Unowned
    links: dict[str, str]


def weekly_of(user: User, period: date) -> Weekly | None:
    """The week before the Monday `period`; None without accounts, or for who may not see them."""
    if not (may(user, Permission.SEE_ALL_ACCOUNTS) and may(user, Permission.PLAN_TEAM)):
        return None
    visible = accounts_visible(user)
    if not visible.exists():
        return None
    first, last = period - WEEK, period - DAY
    mrr, missing = mrr_moved(first, period)
    (step,) = steps_of(visible, [first - DAY, last])
    slips = slipping(visible)
    nobodys = team_on(None).nobodys
    return Weekly(
        subject=_subject(first, last, mrr),
        first=first,
        last=last,
        mrr=mrr,
        unconverted=_unconverted(missing),
        books=books_moved(team_on(first - DAY), team_on(last)),
        renewals=coming(visible),
        bands=_bands(first - DAY, last),
        levels=quarter_rows([step])[0],
        slipping=_slipping(slips),
        slipping_count=slips.count(),
        unowned=Unowned(nobodys.accounts, nobodys.mrr),
        links=_links(),
    )


def _subject(first: date, last: date, mrr: Shown | None) -> str:
    words = {"first": day_text(first), "last": day_text(last)}
    if mrr is None:
        return _("The week from %(first)s to %(last)s") % words
    words["mrr"], words["net"] = money(mrr.waterfall.mrr_end), signed(mrr.net)
    return _("The week from %(first)s to %(last)s: MRR %(mrr)s (%(net)s)") % words


def mrr_moved(first: date, period: date) -> tuple[Shown | None, int]:
    """The bridge of the week as the page Retention builds it, and how many accounts are not in it.

    None before the books were made of a moment within the week.
    """
    kept = kept_now("")
    if kept is None:
        return None, 0
    start, end = midnight(first), min(midnight(period), kept.book.as_of)
    if end <= start or not len(kept.tiers()[0]):
        return None, 0
    name = f"{day_text(first)} – {day_text(period - DAY)}"
    window = Window(name, month_number(start), month_number(end), start, end, running=False)
    return bridge_shown(kept, window), len(kept.book.unconverted)


def _unconverted(missing: int) -> str:
    if not missing:
        return ""
    text = ngettext(
        "%(n)s account has no currency rate and is in no amount.",
        "%(n)s accounts have no currency rate and are in no amount.",
        missing,
    )
    return text % {"n": missing}


def books_moved(before: Team, after: Team) -> tuple[Moved, ...]:
    """The books that changed, as the page Team counts them; nobody's last."""
    then = {book.key: book for book in (*before.books, before.nobodys)}
    found = []
    for book in (*after.books, after.nobodys):
        old = then.get(book.key)
        name = one_line(book.person.user) if book.person else _("nobody")
        accounts = Changed(name, old.accounts if old else 0, book.accounts)
        mrr = Changed(name, old.mrr if old else 0.0, book.mrr)
        if accounts.change or round(mrr.change):
            found.append(Moved(name, accounts, mrr))
    return tuple(found)


def coming(visible: QuerySet[Account]) -> Coming:
    """Renewals of terms longer than a month, as the page Renewals counts them."""
    today = clock.today()
    every = RenewalScope(Scope()).renewals(visible, True)
    rows = every.filter(after=None, renews_on__range=(today, today + WINDOW))
    lines = lines_of(rows)
    known = [line for line in lines if line.counts]
    told = scenarios_of(known, today)
    uncalled = RenewalScope(Scope(), called="none").renewals(visible, True)
    largest = rows.select_related("account").order_by(F("mrr").desc(nulls_last=True), "renews_on")
    return Coming(
        count=len(lines),
        mrr=sum(line.mrr or 0.0 for line in lines),
        uncalled=uncalled.filter(pk__in=rows.values("pk")).count(),
        foreseen=len(known),
        low=max(told.downside.total, 0.0) if told else 0.0,
        expected=max(told.expected.total, 0.0) if told else 0.0,
        high=max(told.upside.total, 0.0) if told else 0.0,
        largest=tuple(_renewal(row) for row in largest[:LISTED]),
    )


def _renewal(row: Renewal) -> Listed:
    why = _("Renews on %(day)s.") % {"day": day_text(row.renews_on)}
    if row.renew is not None:
        chance = _("Likely to renew: %(chance)s.") % {"chance": share(row.renew)}
        why = f"{why} {chance}"
    return Listed(
        one_line(row.account.name),
        absolute(reverse("renewal_call", args=[row.account_id, row.renews_on.isoformat()])),
        "" if row.mrr is None else money(row.mrr),
        why,
    )


def _bands(before: date, after: date) -> tuple[Changed, ...]:
    old, new = (Counter(bands_on(day).values()) for day in (before, after))
    return tuple(Changed(str(Band(band).label), old[band], new[band]) for band in Band.values)


def _slipping(rows: QuerySet[Standing]) -> tuple[Listed, ...]:
    first = rows.order_by(F("account__contract__mrr").desc(nulls_last=True), "account__name")
    return tuple(
        Listed(
            one_line(one.name),
            absolute(reverse("account_health", args=[one.pk])),
            "" if one.mrr is None else money(one.mrr),
            one_line(one.why),
        )
        for one in listed(first[:LISTED])
    )


def _links() -> dict[str, str]:
    pages = ("executive", "retention", "renewals", "team", "ladder")
    links = {name: absolute(reverse(name)) for name in pages}
    accounts = absolute(reverse("accounts"))
    return links | {
        "slipping": f"{accounts}?flag=slipping",
        "unowned": f"{accounts}?owner=none",
        "health": f"{accounts}?sort=health",
    }
