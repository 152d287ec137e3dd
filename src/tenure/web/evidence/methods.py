"""What a forecast is put beside, and what each of these is."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.forecast.texts import METHODS as TITLES


@dataclass(frozen=True)
class Method:
    """A way to say what will come. `tone`: its colour in charts."""

    key: str
    name: Promise
    says: Promise
    tone: str = ""


METHODS = (
    Method(
        "forecast",
        TITLES["forecast"],
        _("the model as it would have been trained on that day"),
        "series-1",
    ),
    Method(
        "logistic",
        TITLES["logistic"],
        _("the plain model that any statistician would try first, on the same inputs"),
        "series-2",
    ),
    Method("health", TITLES["health"], _("the hand-set scorecard of that day"), "series-3"),
    Method(
        "last_seen",
        TITLES["last_seen"],
        _("what anybody can read off a contract and a log"),
        "series-4",
    ),
    Method(
        "base_rate",
        TITLES["base_rate"],
        _("the same probability for everybody: how often it came before"),
        "series-5",
    ),
)
FORECAST, BASE_RATE = METHODS[0], METHODS[-1]
BY_KEY = {method.key: method for method in METHODS}
ORDER = [method.key for method in METHODS]


def method_of(key: str) -> Method:
    """A method by its key."""
    return BY_KEY[key]


def in_order(key: str) -> tuple[int, str]:
    """The forecast first, what is not known here last."""
    return (ORDER.index(key) if key in ORDER else len(ORDER), key)
