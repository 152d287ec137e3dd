"""What the editor of plays offers to choose from, by name: (value, word) each."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import PersonRole
from tenure.core.models import RoleGrant, User
from tenure.core.roles import GRANTS, Permission
from tenure.health.models import Band
from tenure.plays.definition.reading import CATEGORIES
from tenure.plays.definition.shape import words_in
from tenure.plays.models import Channel
from tenure.plays.selectors import plays_known
from tenure.relationship.models import Level
from tenure.segments.fields import group_title
from tenure.segments.models import Segment
from tenure.segments.operators import Kind
from tenure.timeline.models import SurveyAnswer
from tenure.web.plays.draft import Fields
from tenure.web.plays.parts import TRIGGERS

Choices = list[tuple[str, str]]
ANYBODY: dict[str, Promise] = {
    "owner": _("the account's owner"),
    "leader": _("a leader"),
    "pool": _("whoever is next in the pool"),
}
DECIDERS: dict[str, Promise] = {"leader": _("a leader"), "admin": _("an administrator")}
UNDECIDED: dict[str, Promise] = {"no": _("the play ends"), "yes": _("the play goes on")}
SETTABLE: dict[str, Promise] = {"owner": _("the account's owner"), "field": _("a field of its own")}
SIDES: dict[str, Promise] = {"before": _("before the date"), "after": _("after the date")}
AUDIENCES: dict[str, Promise] = {
    "all": _("all accounts"),
    "rule": _("accounts that meet a rule"),
    "segment": _("accounts of a shared segment"),
}
STARTS: dict[str, Promise] = {
    "yes": _("by itself"),
    "no": _("it is suggested, and a person starts it"),
}
ANY: dict[str, Promise] = {"": _("any")}
MONTHS = (1, 3, 6, 12, 24)
EVERY_LANGUAGE = pgettext_lazy("a text", "for all languages")


def _words(words: Mapping[str, str | Promise]) -> Choices:
    return [(value, str(word)) for value, word in words.items()]


BANDS: dict[str, Promise] = {value: word for value, word in Band.choices if value != Band.UNKNOWN}
FIXED: dict[str, Mapping[str, str | Promise]] = {
    "deciders": DECIDERS,
    "undecided": UNDECIDED,
    "settable": SETTABLE,
    "categories": CATEGORIES,
    "triggers": TRIGGERS,
    "sides": SIDES,
    "audiences": AUDIENCES,
    "starts": STARTS,
    "bands": BANDS,
    "any_band": ANY | BANDS,
    "roles": dict(PersonRole.choices),
    "levels": dict(Level.choices),
    "any_level": ANY | dict(Level.choices),
    "surveys": dict(SurveyAnswer.Kind.choices),
    "months": {str(n): str(n) for n in MONTHS},
}


def languages() -> Choices:
    """The languages a text may be in, the one for all of them first."""
    return [("", str(EVERY_LANGUAGE)), *((code, name) for code, name in settings.LANGUAGES)]


class Offered:
    """The choices of one page; each list is asked for once."""

    def __init__(self, known: Fields, key: str = "") -> None:
        self.known, self.key = known, key

    def of(self, name: str) -> Choices:
        """The list of a name; empty where nothing is chosen from one."""
        if name in FIXED:
            return _words(FIXED[name])
        found: Callable[[Offered], Choices] | None = _ASKED.get(name)
        return found(self) if found else []

    @cached_property
    def who(self) -> Choices:
        """Words that stand for somebody, then every user who works accounts."""
        roles = [role for role, granted in GRANTS.items() if Permission.WORK_ACCOUNTS in granted]
        holders = RoleGrant.objects.filter(role__in=roles, until__isnull=True).values("user")
        users = User.objects.filter(pk__in=holders, is_active=True).order_by("name", "email")
        return [*_words(ANYBODY), *((user.email.lower(), str(user)) for user in users)]

    @cached_property
    def dates(self) -> Choices:
        """Every field that holds a date."""
        return [
            (key, f"{group_title(field.source)}: {field.title}")
            for key, field in self.known.items()
            if field.kind is Kind.DATE
        ]

    @cached_property
    def segments(self) -> Choices:
        """Shared segments whose title is theirs alone."""
        rows = Segment.objects.filter(shared=True, retired_at__isnull=True).order_by("title")
        titles: Sequence[str] = list(rows.values_list("title", flat=True))
        return [(title, title) for title in titles if titles.count(title) == 1]

    @cached_property
    def plays(self) -> Choices:
        """Every other play, by its title."""
        language = get_language() or "en"
        return [
            (one.key, words_in(one.definition.title, language) if one.definition else one.key)
            for one in plays_known()
            if one.key != self.key
        ]

    def channels(self, kind: str) -> Choices:
        """Channels of a kind that are in force."""
        rows = Channel.objects.filter(kind=kind, retired_at__isnull=True).order_by("name")
        return [(name, name) for name in rows.values_list("name", flat=True)]


_ASKED: dict[str, Callable[[Offered], Choices]] = {
    "who": lambda offered: offered.who,
    "dates": lambda offered: offered.dates,
    "segments": lambda offered: offered.segments,
    "plays": lambda offered: offered.plays,
    "webhooks": lambda offered: offered.channels(Channel.Kind.WEBHOOK),
    "chats": lambda offered: offered.channels(Channel.Kind.CHAT),
}
