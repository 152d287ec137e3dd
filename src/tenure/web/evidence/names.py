"""Names of measures and features, for readers who have never seen their keys."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.wording import told
from tenure.forecast.texts import FEATURES
from tenure.health.selectors import scorecards_current
from tenure.metrics.selectors import catalogue_current

ATTRIBUTES = {
    "segment": gettext_lazy("Segment"),
    "industry": gettext_lazy("Industry"),
    "country": gettext_lazy("Country"),
    "language": gettext_lazy("Language"),
}


def titles() -> dict[str, str]:
    """Key → title, of all metrics, measures of scorecards and features; read once for a page."""
    found = {metric.key: told(metric.title) for metric in catalogue_current().metrics}
    found |= {key: str(title) for key, title in FEATURES.items()}
    for scorecard in scorecards_current():
        found |= {f"health_{key}": told(title) for key, title in scorecard.group_titles}
        for column in scorecard.columns:
            if column.title:
                found.setdefault(column.key, told(column.title))
    return found


def feature_name(key: str, known: Mapping[str, str]) -> str:
    """A feature's name: the title of what it is made from, else its key in words.

    Features made from others carry what was done to them behind a point (`health.change_3`) or
    what they ask for behind a sign (`segment=SMB`).
    """
    base, _sign, asked = key.partition("=")
    base, _point, change = base.partition(".")
    name = known.get(base) or str(ATTRIBUTES.get(base, "")) or base.replace("_", " ").capitalize()
    if base.startswith("health_") and base not in FEATURES:
        part = known.get(base) or base.removeprefix("health_").replace("_", " ")
        name = _("Health score, %(part)s") % {"part": part}
    if change.startswith("change_"):
        told = {"name": name, "n": change.removeprefix("change_")}
        return _("%(name)s, change over %(n)s months") % told
    return f"{name}: {asked}" if asked else name
