"""GRR and NRR of the next twelve months as fans."""

from collections.abc import Mapping, Sequence
from math import floor

from django.utils.translation import gettext as _

from tenure.core.models import User
from tenure.web.figures import Chart, Series
from tenure.web.models import RevenueFan
from tenure.web.renewals.scope import RenewalScope
from tenure.web.renewals.totals import QuarterRow
from tenure.web.templatetags.formats import money, share

LOWEST, LOW, MIDDLE, HIGH, HIGHEST = "0.05", "0.25", "0.5", "0.75", "0.95"


def fan_kept(scope: RenewalScope, user: User, sees_all: bool) -> RevenueFan | None:
    """The fan of the accounts shown; None when none is kept of just these."""
    kind, key = _group(scope, user, sees_all)
    return RevenueFan.objects.filter(kind=kind, key=key).first() if kind else None


def _group(scope: RenewalScope, user: User, sees_all: bool) -> tuple[str, str]:
    given = [(k, getattr(scope.scope, k)) for k in ("owner", "segment", "tier")]
    chosen = [(kind, key) for kind, key in given if key]
    if not sees_all:
        chosen = [pair for pair in chosen if pair != ("owner", str(user.pk))]
        chosen.append(("owner", str(user.pk)))
    if not chosen:
        return "all", ""
    return chosen[0] if len(chosen) == 1 else ("", "")


def fan_charts(fan: RevenueFan) -> list[Chart]:
    """NRR, then GRR: the middle, the middle half and nine cases in ten."""
    return [
        _chart("nrr", _("NRR, next 12 months"), fan.nrr),
        _chart("grr", _("GRR, next 12 months"), fan.grr),
    ]


def _chart(key: str, title: str, quantiles: Mapping[str, Sequence[float]]) -> Chart:
    low, middle, high = (quantiles[q][-1] for q in (LOWEST, MIDDLE, HIGHEST))
    top = max(quantiles[HIGHEST])
    least, most = axis(100 * min(quantiles[LOWEST]), 100 * top)
    if top <= 1.0:
        least, most = least - most + 100.0, 100.0
    return Chart(
        key=f"fan-{key}", title=title, kind="line", unit="%", decimals=1,
        labels=[_("now"), *(str(m) for m in range(1, len(quantiles[MIDDLE])))],
        series=[
            Series(
                _("Middle"), _percents(quantiles[MIDDLE]),
                low=_percents(quantiles[LOWEST]), high=_percents(quantiles[HIGHEST]),
                inner_low=_percents(quantiles[LOW]), inner_high=_percents(quantiles[HIGH]),
            )
        ],
        least=least, most=most,
        summary=_("In twelve months %(middle)s, in nine cases of ten %(low)s to %(high)s.") % {
            "middle": share(middle, 1), "low": share(low, 1), "high": share(high, 1),
        },
        note=_("middle, half of all cases, nine of ten"),
    )  # fmt: skip


def _percents(values: Sequence[float]) -> list[float]:
    return [round(100 * value, 2) for value in values]


def axis(low: float, high: float) -> tuple[float, float]:
    """Ends of an axis of four equal steps that are easily read, around two values."""
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 250, 1000):
        least = step * floor(low / step)
        if least + 4 * step >= high:
            return float(least), float(least + 4 * step)
    return low, high


def bridge(row: QuarterRow) -> Chart:
    """From what is to come up, over what is expected to be lost and gained, to what is left."""
    left = row.expected - row.left
    values = [row.open_mrr, -row.lost_amount, -row.downsold, row.upsold, left]
    names = (
        _("Still up"), _("Lost"), _("Renewed for less"), _("Renewed for more"), _("Expected"),
    )  # fmt: skip
    told = _("Of %(up)s still to renew, %(lost)s are expected to be lost; %(left)s are left.")
    return Chart(
        key="bridge", title=_("What is expected of those to come"), kind="bridge", note=_("MRR"),
        labels=names, series=[Series(_("MRR"), [round(value, 2) for value in values])],
        summary=told % {
            "up": money(row.open_mrr), "lost": money(row.lost_amount), "left": money(left),
        },
    )  # fmt: skip
