"""The sheet: every number is one that another page shows, taken from where that page takes it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.models import DefinitionVersion, User
from tenure.forecast.models import RenewalCall
from tenure.forecast.selectors import live_run, notices, prediction_current, prediction_on
from tenure.forecast.selectors.predictions import most_at_stake
from tenure.health.models import Band
from tenure.health.selectors.scores import band_counts
from tenure.relationship.models import Level
from tenure.web.account.drivers import waterfall
from tenure.web.account.outlook import months_until
from tenure.web.definitions.scorecards import feature_titles
from tenure.web.executive.doubts import doubts_of
from tenure.web.ladder.flows import QuarterRow as Moves
from tenure.web.ladder.flows import quarter_rows, steps_of
from tenure.web.ladder.numbers import rungs
from tenure.web.ladder.scope import Scope, fingerprint
from tenure.web.models import RevenueFan
from tenure.web.renewals.charts import HIGHEST, LOWEST, MIDDLE
from tenure.web.renewals.quarters import Quarter
from tenure.web.renewals.scope import RenewalScope
from tenure.web.renewals.totals import QuarterRow, with_calls
from tenure.web.renewals.totals import quarter_rows as renewal_rows
from tenure.web.retention.bridging import Shown, bridge_shown, window_of
from tenure.web.retention.choices import Choices
from tenure.web.retention.contents import Reader
from tenure.web.retention.monthly import Year, monthly_of
from tenure.web.sources.kept import kept
from tenure.web.sources.tables import freshness
from tenure.web.team.held import bands_on

RISKS = 5
ORDER = (Level.ADVOCATE, Level.CLIENT, Level.CUSTOMER)


@dataclass(frozen=True)
class Ahead:
    """A fan's middle and its ends of nine cases in ten, so many months from `start`."""

    months: int
    start: date
    nrr: tuple[float, float, float]
    grr: tuple[float, float, float]


@dataclass(frozen=True)
class Risk:
    """An account with much at stake: MRR × P(it leaves within a year), and the main reason."""

    account: Account
    mrr: float
    leaves: float
    at_stake: float
    reason: str


@dataclass(frozen=True)
class Fresh:
    """How many sources hold anything, and when Tenure last learned something."""

    have: int
    all: int
    learned: datetime | None


@dataclass(frozen=True)
class Sheet:
    """Everything on the page. A part that cannot be told yet is None or empty."""

    bridge: Shown | None
    year: Year | None
    ahead: tuple[Ahead, ...]
    levels: tuple[tuple[str, int], ...]
    moves: Moves
    bands: tuple[tuple[str, int], ...]
    risks: tuple[Risk, ...]
    renewals: QuarterRow
    doubts: tuple[str, ...]
    fresh: Fresh
    retention_url: str


def sheet_of(user: User, visible: QuerySet[Account], quarter: Quarter) -> Sheet:
    """The sheet of the running quarter, or of the one before as it was at its end."""
    on = quarter.last if quarter.over else None
    period = "last_quarter" if quarter.over else "quarter"
    choices = Choices.read({"period": period})
    reader = Reader(choices, visible, True, fingerprint(user, choices.scope, True))
    bridge, year = _money(reader, choices)
    moves = quarter_rows(steps_of(visible, [quarter.first - timedelta(days=1), _end(quarter)]))[0]
    renewals = _renewals(visible, quarter)
    bands = _bands(visible, on)
    return Sheet(
        bridge=bridge,
        year=year,
        ahead=() if quarter.over else _ahead(quarter),
        levels=_levels(visible, quarter),
        moves=moves,
        bands=bands,
        risks=_risks(visible, on),
        renewals=renewals,
        doubts=doubts_of(reader, renewals, dict(bands), live_run()),
        fresh=_fresh(),
        retention_url=f"{reverse('retention')}?period={period}",
    )


def sheet_kept(user: User, visible: QuerySet[Account], quarter: Quarter) -> Sheet:
    """The sheet, from the cache while nothing it rests on has changed."""
    call = RenewalCall.objects.aggregate(newest=Max("pk"))["newest"]
    definition = DefinitionVersion.objects.aggregate(newest=Max("pk"))["newest"]
    live, open_ones = live_run(), [notice.pk for notice in notices()]
    mark = (fingerprint(user, Scope(), True), call, definition, live and live.pk, open_ones)
    name = ("executive", *mark, quarter, clock.today(), get_language())
    return kept(repr(name), lambda: sheet_of(user, visible, quarter))


def _end(quarter: Quarter) -> date:
    return min(quarter.last, clock.today())


def _money(reader: Reader, choices: Choices) -> tuple[Shown | None, Year | None]:
    """As the page Retention shows them, from the same cards."""
    if reader.kept is None or not len(reader.books.tiers()[0]):
        return None, None
    books = reader.books
    period = (choices.period, choices.first, choices.last)
    window = window_of(choices, books.book.as_of)
    bridge = reader.card("bridge", lambda: bridge_shown(books, window), *period)
    monthly = reader.card("monthly", lambda: monthly_of(books, "all"), "all")
    return bridge, monthly.year


def _ahead(quarter: Quarter) -> tuple[Ahead, ...]:
    """What the fan of all accounts says of the quarter's end (rounded up to months), and a year."""
    fan = RevenueFan.objects.filter(kind="all").first()
    if fan is None:
        return ()
    whole = len(fan.nrr[MIDDLE]) - 1
    first = min(months_until(fan.as_of, quarter.last) + 1, whole)
    return tuple(_at(fan, month) for month in sorted({first, whole}))


def _at(fan: RevenueFan, month: int) -> Ahead:
    def ends(told: dict[str, list[float]]) -> tuple[float, float, float]:
        return told[LOWEST][month], told[MIDDLE][month], told[HIGHEST][month]

    return Ahead(month, fan.as_of, ends(fan.nrr), ends(fan.grr))


def _levels(visible: QuerySet[Account], quarter: Quarter) -> tuple[tuple[str, int], ...]:
    if not quarter.over:
        now = {rung.level: rung.accounts for rung in rungs(visible, Scope())}
        return tuple((level.value, now[level.value]) for level in ORDER)
    (step,) = steps_of(visible, [quarter.first - timedelta(days=1), quarter.last])
    counts: Counter[str] = Counter()
    for (_old, new), n in step.moved.items():
        counts[new] += n
    return tuple((level.value, counts[level.value]) for level in ORDER)


def _bands(visible: QuerySet[Account], on: date | None) -> tuple[tuple[str, int], ...]:
    if on is None:
        return tuple(band_counts(visible).items())
    found = Counter(bands_on(on).values())
    return tuple((band, found[band]) for band in Band.values)


def _risks(visible: QuerySet[Account], on: date | None) -> tuple[Risk, ...]:
    """The largest amounts at stake, with what weighs most towards leaving."""
    told = most_at_stake(visible, RISKS, on)
    accounts, titles = visible.in_bulk([one.account for one in told]), feature_titles()
    found = []
    for one in told:
        account = accounts[one.account]
        whole = prediction_current(account) if on is None else prediction_on(account, on)
        steps = waterfall(whole.row, titles).steps if whole else ()
        up = [step for step in steps if step.raises and step.key]
        reason = max(up, key=lambda step: step.amount).name if up else ""
        found.append(Risk(account, one.mrr or 0.0, 1 - one.stay, one.at_stake or 0.0, reason))
    return tuple(found)


def _renewals(visible: QuerySet[Account], quarter: Quarter) -> QuarterRow:
    renewals = RenewalScope(Scope()).renewals(visible, True)
    return with_calls(renewal_rows(renewals, [quarter], clock.today()), renewals)[0]


def _fresh() -> Fresh:
    rows = freshness()
    learned = [row.learned for row in rows if row.learned is not None]
    return Fresh(sum(bool(row.rows) for row in rows), len(rows), max(learned, default=None))
