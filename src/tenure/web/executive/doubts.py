"""What is uncertain about the sheet, in sentences."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.forecast.models import ForecastRun
from tenure.forecast.selectors import notices
from tenure.health.models import Band
from tenure.web.evidence.notices import told
from tenure.web.renewals.totals import QuarterRow
from tenure.web.retention.contents import Reader
from tenure.web.templatetags.formats import money, number

NOTICES = 2


def doubts_of(
    reader: Reader, renewals: QuarterRow, bands: Mapping[str, int], run: ForecastRun | None
) -> tuple[str, ...]:
    """The sentences, the forecast's own first."""
    return tuple(_doubts(reader, renewals, bands, run))


def _doubts(
    reader: Reader, renewals: QuarterRow, bands: Mapping[str, int], run: ForecastRun | None
) -> Iterator[str]:
    if run is None:
        yield _("No forecast has been trained yet, so nothing here looks ahead.")
    elif not run.signal:
        yield _("The forecast has no usable signal: everybody is shown the base rate.")
    yield from (notice.text for notice in told(notices()[:NOTICES]))
    if renewals.blind:
        text = ngettext(
            "%(n)s renewal (%(mrr)s MRR) is not foreseen and in no scenario.",
            "%(n)s renewals (%(mrr)s MRR) are not foreseen and in no scenario.",
            renewals.blind,
        )
        yield text % {"n": number(renewals.blind), "mrr": money(renewals.blind_mrr)}
    missing = len(reader.kept.book.unconverted) if reader.kept else 0
    if missing:
        text = ngettext(
            "%(n)s account has no currency rate and is in no amount.",
            "%(n)s accounts have no currency rate and are in no amount.",
            missing,
        )
        yield text % {"n": number(missing)}
    unknown = bands.get(Band.UNKNOWN, 0)
    if unknown:
        text = ngettext(
            "The health of %(n)s account is unknown: too little is measured.",
            "The health of %(n)s accounts is unknown: too little is measured.",
            unknown,
        )
        yield text % {"n": number(unknown)}
    yield _("Intervals take accounts as independent: what hits all at once is not in them.")
