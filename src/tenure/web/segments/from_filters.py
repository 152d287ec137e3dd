"""The filters of the list of accounts as the body of a segment."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from tenure.contracts.models import Plan
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.segments.selectors import segment_seen
from tenure.segments.selectors.rules import body_of
from tenure.web.listing.filters import Filters
from tenure.web.segments import filtering

Item = dict[str, Any]
_FLAGS: dict[str, Item] = {
    "slipping": {"field": "level.slipping", "op": "yes"},
    "one_away": {"field": "level.one_away", "op": "yes"},
    "locked_in": {"field": "level.locked_in", "op": "yes"},
    "quiet": {"field": "metric.days_since_active", "op": "above", "value": 30},
    "notice": {"field": "contract.notice", "op": "yes"},
    "trial": {"field": "contract.lifecycle", "op": "one_of", "value": ["trial"]},
    "unconverted": {"field": "contract.mrr", "op": "unknown"},
}


def body_from(filters: Filters, reader: User) -> Item:
    """The same narrowing as conditions.

    Raises:
        TenureError: where they are of a segment whose groups cannot go into another.
    """
    return {"title": "", "all": [*_items(filters, reader)]}


def _items(filters: Filters, reader: User) -> Iterator[Item]:
    if filters.q:
        yield {
            "any": [
                {"field": "account.name", "op": "contains", "value": filters.q},
                {"field": "account.domain", "op": "contains", "value": filters.q},
                {"field": "account.external_id", "op": "is", "value": filters.q},
            ]
        }
    if filters.owner:
        yield _owner(filters.owner)
    yield from _segment(filters.segment, reader)
    yield from _terms(filters)
    if filters.level:
        yield _words("level.level", filters.level)
    if filters.band:
        yield _words("health.band", filters.band)
    yield from _renewal(filters.renews)
    if filters.flag:
        yield _FLAGS[filters.flag]
    yield from _amounts(filters)


def _terms(filters: Filters) -> Iterator[Item]:
    if filters.tier:
        yield {"field": "contract.tier", "op": "equals", "value": int(filters.tier)}
    plan = Plan.objects.filter(pk=int(filters.plan)).first() if filters.plan else None
    if plan is not None:
        yield _words("contract.plan", plan.name)


def _amounts(filters: Filters) -> Iterator[Item]:
    for name, field in (("risk", "forecast.churn_12"), ("client", "forecast.client_12")):
        if value := getattr(filters, name):
            yield {"field": field, "op": "at_least", "value": int(value)}
    for value, op in ((filters.mrr_min, "at_least"), (filters.mrr_max, "at_most")):
        if value:
            yield {"field": "contract.mrr", "op": op, "value": float(value.replace(",", "."))}


def _words(field: str, word: str) -> Item:
    if word in {"none", "unknown"}:
        return {"field": field, "op": "unknown"}
    return {"field": field, "op": "one_of", "value": [word]}


def _owner(owner: str) -> Item:
    if owner == "none":
        return {"field": "account.owner", "op": "unknown"}
    user = User.objects.filter(pk=int(owner)).first()
    return _words("account.owner", user.email if user else "?")


def _renewal(renews: str) -> Iterator[Item]:
    field = "contract.renews_at"
    if renews in {"past", "none"}:
        yield {"field": field, "op": "unknown" if renews == "none" else "past"}
    elif renews:
        yield {"field": field, "op": "in_next", "value": int(renews)}


def _segment(text: str, reader: User) -> Iterator[Item]:
    """The conditions of a segment that is narrowed by, as a group; their own groups stay out."""
    key = filtering.key_of(text)
    if key is None:
        if text and text != filtering.NOBODY:
            yield _words("account.segment", text)
        return
    segment = segment_seen(reader, key)
    if segment is None:
        return
    body = body_of(segment)
    if "all" in body:
        yield from body["all"]
        return
    mode = next(mode for mode in ("any", "none", "not_all") if mode in body)
    if not all("field" in item for item in body[mode]):
        said = {"segment": segment.title}
        raise TenureError(
            _("%(segment)s holds groups, which cannot go into another segment; copy it instead.")
            % said
        )
    yield {mode: body[mode]}
