"""Which segments there are for whom, and what they say."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from tenure.accounts.models import Account
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may
from tenure.metrics.selectors import metric_catalogue
from tenure.segments.conditions import Definition, parse
from tenure.segments.evaluate import evaluate
from tenure.segments.fields import FIXED, OF_RUN, Field, custom_field, metric_field
from tenure.segments.models import Belonging, Segment, SegmentVersion
from tenure.segments.operators import Kind

FEW_WORDS = 40
LONGEST_KEY = 200
LARGEST_KEY = 2**31


def segments_seen(user: User) -> list[Segment]:
    """Those in force that are shared or the user's own, by title."""
    rows = Segment.objects.filter(Q(shared=True) | Q(owner=user), retired_at__isnull=True)
    return list(rows.select_related("owner").order_by(Lower("title"), "pk"))


def segment_seen(user: User, key: int, *, retired: bool = False) -> Segment | None:
    """One that is shared or the user's own; with `retired`, also one that is out of force."""
    if not 0 < key < LARGEST_KEY:
        return None
    rows = Segment.objects.filter(Q(shared=True) | Q(owner=user), pk=key)
    rows = rows if retired else rows.filter(retired_at__isnull=True)
    return rows.select_related("owner").first()


def may_edit(user: User, segment: Segment) -> bool:
    """Its owner may while they work accounts; shared ones, whoever edits definitions may too."""
    if segment.owner_id == user.pk:
        return may(user, Permission.WORK_ACCOUNTS)
    return segment.shared and may(user, Permission.EDIT_DEFINITIONS)


def versions_of(segment: Segment) -> list[SegmentVersion]:
    """Every version, newest first."""
    return list(segment.versions.select_related("created_by").order_by("-version"))


def body_of(segment: Segment, version: int | None = None) -> dict[str, Any]:
    """What a version (the newest) says, in stored form; raises `DoesNotExist` without it."""
    row = segment.versions.get(version=segment.version if version is None else version)
    return dict(row.body)


def definition_of(segment: Segment, version: int | None = None) -> Definition:
    """What a version (the newest) says."""
    return parse(body_of(segment, version))


def members(segment: Segment, on: date | None = None) -> tuple[int, ...]:
    """Who belongs by the rule as it is now and what was known at the end of a day (today)."""
    return evaluate(definition_of(segment), on).members


def belonging_now(segment: int) -> Q:
    """Accounts that belong as of the newest evaluation."""
    rows = Belonging.objects.filter(segment=segment, account=OuterRef("pk"), left_on__isnull=True)
    return Q(Exists(rows))


def fields_known() -> dict[str, Field]:
    """Every field there is now, by key: the fixed ones, own fields by name, metrics by title."""
    fields = [*FIXED, *_custom_fields(), *(metric_field(m) for m in metric_catalogue())]
    return {field.key: field for field in fields}


def fields_of_plays() -> dict[str, Field]:
    """The same, and what only a play under way can be asked."""
    return fields_known() | {field.key: field for field in OF_RUN}


def _custom_fields() -> list[Field]:
    """What each own field mostly holds tells its kind; few different words make a choice."""
    kinds: dict[str, Counter[Kind]] = {}
    words: dict[str, set[str]] = {}
    for custom in Account.objects.exclude(custom={}).values_list("custom", flat=True).iterator():
        for name, value in custom.items():
            kinds.setdefault(name, Counter())[_kind(value)] += 1
            if isinstance(value, str) and len(words.setdefault(name, set())) <= FEW_WORDS:
                words[name].add(value)
    found = []
    for name in sorted(kinds):
        kind = kinds[name].most_common(1)[0][0]
        few = kind is Kind.TEXT and len(words.get(name, ())) <= FEW_WORDS
        if len(f"custom.{name}") <= LONGEST_KEY:
            found.append(custom_field(name, Kind.CHOICE if few else kind))
    return found


def _kind(value: Any) -> Kind:
    if isinstance(value, bool):
        return Kind.FLAG
    if isinstance(value, int | float):
        return Kind.NUMBER
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return Kind.TEXT
    return Kind.DATE
