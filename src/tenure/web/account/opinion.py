"""The second opinion beside the clauses: hidden states read out of use and contact alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.core.wording import listed
from tenure.core.wording import told as in_words
from tenure.metrics.definitions import Metric
from tenure.metrics.selectors import catalogue_current
from tenure.relationship.models import HiddenModel
from tenure.relationship.opinion import HEARD
from tenure.relationship.selectors.opinion import hidden_state_of
from tenure.web.account.known import Known
from tenure.web.templatetags.formats import plain, share


@dataclass(frozen=True)
class State:
    """One hidden state: its name, the account's chance of it, what such accounts look like."""

    name: str
    chance: float
    looks: str
    likeliest: bool


@dataclass(frozen=True)
class Opinion:
    """The reading of one account. `states`: the closest relationship first."""

    as_of: date
    fitted: date
    accounts: int
    states: tuple[State, ...]
    sentence: str


def opinion_then(account: Account, known: Known) -> Opinion | None:
    """The newest reading by the day; None where the model finds no states or none was made."""
    row = hidden_state_of(account, known.on)
    if row is None:
        return None
    model, best = row.model, max(range(len(row.chances)), key=row.chances.__getitem__)
    metrics = {metric.key: metric for metric in catalogue_current().metrics}
    states = [
        State(name_of(i, model.states), chance, _looks(model, i, metrics), i == best)
        for i, chance in enumerate(row.chances)
    ]
    told = {"name": states[best].name, "chance": share(row.chances[best]), "n": model.states}
    sentence = _("Of %(n)s states the likeliest is %(name)s, with %(chance)s.") % told
    return Opinion(row.as_of, model.as_of, model.accounts, tuple(reversed(states)), sentence)


def name_of(index: int, states: int) -> str:
    """A state's name by its place in the order."""
    if index == 0:
        return _("the loosest relationship")
    if index == states - 1:
        return _("the closest relationship")
    return _("in between") if states == 3 else _("in between, step %(n)s") % {"n": index}


def _looks(model: HiddenModel, index: int, metrics: Mapping[str, Metric]) -> str:
    """What accounts in a state look like, measure by measure."""
    parts = []
    for key, means in zip(model.measures, model.means, strict=True):
        if key == HEARD:
            parts.append(_("speaks to us in %(n)s of months") % {"n": share(means[index])})
        else:
            metric, mean = metrics.get(key), means[index]
            value = share(mean) if metric and metric.unit == "share" else plain(mean)
            told = {"name": in_words(metric.title) if metric else key, "value": value}
            parts.append(_("%(name)s %(value)s") % told)
    return listed(parts)
