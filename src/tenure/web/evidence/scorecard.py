"""The hand-set health score beside weights learned from the company's own history."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenure.forecast.models import HealthComparison
from tenure.web.evidence.measures import AUC, Figure, figure

RANKINGS: tuple[tuple[str, Promise, Promise], ...] = (
    ("hand", _("Hand-set weights"), _("the scorecard as the company has set it")),
    ("learned", _("Learned weights"), _("the same measures, weighed by what came of accounts")),
    ("baseline", _("Renewal date and last seen"), _("no score at all: the least it must beat")),
)


@dataclass(frozen=True)
class Ranking:
    """One way to rank accounts, and how well it told leavers from stayers."""

    key: str
    name: Promise
    says: Promise
    auc: Figure


@dataclass(frozen=True)
class Weight:
    """One measure with its share of the weight, set by hand and learned."""

    title: str
    hand: float
    learned: float | None

    @property
    def change(self) -> float | None:
        """In points of a hundred."""
        return None if self.learned is None else 100 * (self.learned - self.hand)


def rankings(row: HealthComparison) -> list[Ranking]:
    """The three rankings, as set by hand first."""
    return [
        Ranking(key, name, says, figure({"auc": row.auc.get(key)}, AUC))
        for key, name, says in RANKINGS
    ]


def weights(row: HealthComparison, titles: Mapping[str, str]) -> list[Weight]:
    """The measures, the weightiest of the hand-set ones first."""
    found = [
        Weight(titles.get(one["key"], one["key"]), one["hand"], one["learned"])
        for one in row.measures
    ]
    return sorted(found, key=lambda weight: (-weight.hand, -(weight.learned or 0.0), weight.title))


def sentence(row: HealthComparison) -> str:
    """The verdict on the scorecard, and whether learned weights would do better."""
    if row.beats is None:
        return _t("Too few accounts left to say whether the scorecard tells more than a date does.")
    first = (
        _t("Your scorecard beats renewal date and last seen.")
        if row.beats
        else _t("Your scorecard does not beat renewal date and last seen.")
    )
    return f"{first} {_learned(row)}".strip()


def _learned(row: HealthComparison) -> str:
    hand, learned = (figure({"auc": row.auc.get(key)}, AUC) for key in ("hand", "learned"))
    if hand.value is None or learned.value is None:
        return ""
    told = {"hand": hand.text, "learned": learned.text}
    if learned.value <= hand.value:
        text = _t("Weights learned from history would do no better: %(learned)s against %(hand)s.")
    else:
        text = _t("The same measures with learned weights reach %(learned)s instead of %(hand)s.")
    return text % told
