"""How a driver of a forecast has moved, in words and in the unit of what it is measured by."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tenure.forecast.texts import DRIVERS, FEATURES
from tenure.web.templatetags.formats import SHARES as METRIC_SHARES
from tenure.web.templatetags.formats import money, month_text, plain, share

ATTRIBUTES = {"segment": gettext_lazy("Segment"), "industry": gettext_lazy("Industry")}
SHARES = METRIC_SHARES | {"health_coverage"}
AHEAD = frozenset({"renews", "since_renewal", "renewals", "notice", "auto_renews"})
"""What the contract says of each month to come; there is no one value of it today."""
FLAGS = frozenset({"top_tier", "client", "notice", "auto_renews", "renews"})
Titles = Mapping[str, str]


def driver_name(name: str, titles: Titles) -> str:
    """What several features together are called; a metric of one's own by its title."""
    return str(DRIVERS.get(name) or feature_name(name, titles))


def feature_name(name: str, titles: Titles) -> str:
    """A feature as a reader would call it. `titles`: key → title of every metric."""
    field, equals, word = name.partition("=")
    if equals:
        return f"{ATTRIBUTES.get(field, field)}: {word}"
    if name in FEATURES:
        return str(FEATURES[name])
    if name.startswith("health_"):
        group = titles.get(name) or _spelled(name.removeprefix("health_"))
        return _("Health: %(group)s") % {"group": group}
    return titles.get(name) or _spelled(name)


def _spelled(key: str) -> str:
    return key.replace("_", " ").capitalize()


def shown(name: str, value: float) -> str:
    """A raw value in the unit of its feature."""
    if name in SHARES:
        return share(value)
    return money(value) if name == "mrr" else plain(value)


def driver_sentence(
    name: str, now: float | None, then: float | None, since: date, titles: Titles
) -> str:
    """How the feature moved since a day, or how it stands; never more than is known of it."""
    title = feature_name(name, titles)
    if now is None:
        return title if name in AHEAD else _("%(name)s: not known") % {"name": title}
    if "=" in name or name in FLAGS:
        return f"{title}: {_('yes') if now > 0.5 else _('no')}"
    values = {"name": title, "now": shown(name, now), "month": month_text(since)}
    if then is None:
        return _("%(name)s: %(now)s") % values
    return _moved(values | {"then": shown(name, then)}, now > then)


def _moved(values: Mapping[str, str], up: bool) -> str:
    if values["then"] == values["now"]:
        return _("%(name)s: %(now)s, as in %(month)s") % values
    if up:
        return _("%(name)s rose from %(then)s to %(now)s since %(month)s") % values
    return _("%(name)s fell from %(then)s to %(now)s since %(month)s") % values


def lower_sentence(lower: Mapping[str, Any], risk: float, titles: Titles) -> str:
    """What would lower a risk: a feature, from where to where, and the risk before and after."""
    name, up = lower["feature"], lower["goal"] > lower["now"]
    values = {
        "name": in_a_sentence(feature_name(name, titles)),
        "now": shown(name, lower["now"]),
        "goal": shown(name, lower["goal"]),
        "risk": share(risk),
        "chance": share(lower["chance"]),
    }
    if up and lower["back"]:
        text = _(
            "If %(name)s rose from %(now)s back to %(goal)s, the risk within 12 months would fall"
            " from %(risk)s to %(chance)s."
        )
    elif up:
        text = _(
            "If %(name)s rose from %(now)s to %(goal)s, the risk within 12 months would fall from"
            " %(risk)s to %(chance)s."
        )
    elif lower["back"]:
        text = _(
            "If %(name)s fell from %(now)s back to %(goal)s, the risk within 12 months would fall"
            " from %(risk)s to %(chance)s."
        )
    else:
        text = _(
            "If %(name)s fell from %(now)s to %(goal)s, the risk within 12 months would fall from"
            " %(risk)s to %(chance)s."
        )
    return text % values


def in_a_sentence(name: str) -> str:
    """A name inside a sentence: small, unless it is in capitals or the language keeps them."""
    if name[:2].isupper() or (get_language() or "").startswith("de"):
        return name
    return name[:1].lower() + name[1:]
