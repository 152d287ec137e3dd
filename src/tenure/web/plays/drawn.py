"""What the editor of plays draws: each part with its inputs, what they offer and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.core.wording import listed
from tenure.plays.definition.shape import words_in
from tenure.web.plays.choices import Offered, languages
from tenure.web.plays.draft import LANGUAGES, Fields, Part, PlayDraft
from tenure.web.plays.faults import Faults, by_field
from tenure.web.plays.parts import (
    AUDIENCE,
    GROUPS,
    ICONS,
    KINDS,
    LEAVE,
    RULED,
    TRIGGER,
    WITH_RULE,
    Asked,
    Shape,
    asked_of,
)
from tenure.web.plays.stored import BANDS
from tenure.web.segments.drawn import Board, DrawnGroup

OTHER_NAMES = {**BANDS, "by": "audience", "side": "days", "what": "field"}
RULE_TITLES = {
    TRIGGER: gettext_lazy("The rule it goes by; without conditions, that of the audience"),
    AUDIENCE: gettext_lazy("Accounts that may have it are those for which"),
    LEAVE: gettext_lazy("It ends early when"),
}
STEP_RULES = {
    "wait": gettext_lazy("Until (without conditions: just the days)"),
    "branch": pgettext_lazy("a branch of a play", "If"),
}


@dataclass(frozen=True)
class DrawnField:
    """An input. `others`: (name, text) of the languages not shown; `instead`: what stands in."""

    asked: Asked
    name: str
    value: str
    options: Sequence[tuple[str, str, bool]] = ()
    others: Sequence[tuple[str, str]] = ()
    instead: str = ""
    faults: Sequence[str] = ()

    @property
    def id(self) -> str:
        """As an id that style rules and scripts can name."""
        return self.name.replace(".", "-").replace("@", "-")

    @property
    def is_long(self) -> bool:
        asked = self.asked
        return asked.words or asked.wide or asked.shape in {Shape.AREA, Shape.LINES}

    @property
    def rows(self) -> int:
        return min(max(3, self.value.count("\n") + 2, len(self.value) // 90 + 2), 14)

    @property
    def chosen(self) -> str:
        """The words ticked."""
        return listed(word for _value, word, ticked in self.options if ticked)


@dataclass(frozen=True)
class DrawnPart:
    """A section or a step. `rule`: None where it has none; `place`: how it is called aloud."""

    part: Part
    place: str
    fields: Sequence[DrawnField]
    faults: Sequence[str]
    rule: DrawnGroup | None = None
    rule_title: str = ""
    then: Sequence["DrawnPart"] = ()
    otherwise: Sequence["DrawnPart"] = ()
    focus: bool = False

    @property
    def long(self) -> list[DrawnField]:
        return [field for field in self.fields if field.is_long]

    @property
    def short(self) -> list[DrawnField]:
        return [field for field in self.fields if not field.is_long and not field.asked.group]

    @property
    def groups(self) -> list[tuple[Promise, Promise, list[DrawnField]]]:
        """What is asked for together: its title, what it means, its inputs."""
        found = [
            (*named, [field for field in self.fields if field.asked.group == key])
            for key, named in GROUPS.items()
        ]
        return [group for group in found if group[2]]

    @property
    def name(self) -> str:
        return str(KINDS.get(self.part.kind, ""))

    @property
    def icon(self) -> str:
        return ICONS.get(self.part.kind, "")

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What was typed and is not asked for now, by the names of its inputs."""
        part = self.part
        shown = {one.name for one in asked_of(part.kind, part.given)}
        return [
            (f"p-{part.number}-{name}", value)
            for name, values in part.given.items()
            for value in values
            if value and name.partition("@")[0] not in shown
        ]


class Desk:
    """Draws a draft for one reader."""

    def __init__(
        self, draft: PlayDraft, known: Fields, visible: QuerySet[Account], *, key: str = "",
        problems: Sequence[str] = (), focus: int = 0,
    ) -> None:  # fmt: skip
        self.draft, self.focus = draft, focus
        self.board = Board(known, visible)
        self.offered = Offered(known, key)
        self.faults = Faults(problems)
        self.language = get_language() or "en"

    @property
    def languages(self) -> list[tuple[str, str, bool, bool]]:
        """Each language, whether it is the one shown, and whether any text is in it."""
        return [
            (code, name, code == self.draft.language, self._is_written(code))
            for code, name in languages()
        ]

    def _is_written(self, language: str) -> bool:
        parts = [*self.draft.sections.values(), *self.draft.steps]
        return any(
            name.endswith(f"@{language}") and any(values)
            for part in parts
            for name, values in part.given.items()
        )

    @cached_property
    def sections(self) -> dict[str, DrawnPart]:
        """Each section by its kind."""
        return {part.kind: self._section(part) for part in self.draft.sections.values()}

    def _section(self, part: Part) -> DrawnPart:
        drawn = self._part(part, "", self.faults.of_section(part.number))
        ruled = {
            TRIGGER: part.one("on") in WITH_RULE, AUDIENCE: part.one("by") == "rule", LEAVE: True,
        }  # fmt: skip
        if not ruled.get(part.number):
            return drawn
        return replace(
            drawn, rule=self._rule(part.number), rule_title=str(RULE_TITLES[part.number])
        )

    @property
    def kept_rules(self) -> list[DrawnGroup]:
        """Rules that are not asked for now, kept in the form so that nothing is lost."""
        shown = {part.part.number for part in self.sections.values() if part.rule}
        return [
            self._rule(root)
            for root, rule in self.draft.rules.items()
            if rule.items and root in RULE_TITLES and root not in shown
        ]

    @cached_property
    def steps(self) -> list[DrawnPart]:
        """The steps, those of branches within them."""
        return self._steps("", "")

    def _steps(self, within: str, above: str) -> list[DrawnPart]:
        found = []
        for at, step in enumerate(self.draft.steps_in(within), start=1):
            place = f"{above}{at}"
            drawn = self._part(step, place, self.faults.of_step(place))
            if step.kind in RULED:
                title = str(STEP_RULES[step.kind])
                drawn = replace(drawn, rule=self._rule(step.number), rule_title=title)
            if step.kind == "branch":
                drawn = replace(
                    drawn,
                    then=self._steps(f"{step.number}t", f"{place}."),
                    otherwise=self._steps(f"{step.number}o", f"{place}b."),
                )
            found.append(drawn)
        return found

    def _rule(self, root: int) -> DrawnGroup:
        return replace(self.board.drawn(self.draft.rule(root), self.focus), place=str(root))

    def _part(self, part: Part, place: str, faults: list[tuple[str, str]]) -> DrawnPart:
        asked = asked_of(part.kind, part.given)
        by_name, whole = by_field(faults, asked, OTHER_NAMES)
        fields = [self._field(part, one, by_name.get(one.name, [])) for one in asked]
        called = _("Step %(place)s") % {"place": place} if place else ""
        return DrawnPart(part, called, fields, whole, focus=part.number == self.focus)

    def _field(self, part: Part, asked: Asked, faults: list[str]) -> DrawnField:
        name = f"p-{part.number}-{asked.name}"
        if asked.words:
            return self._words(part, asked, name, faults)
        values = part.given.get(asked.name, ())
        options: list[tuple[str, str, bool]] = []
        if asked.among:
            choices = self.offered.of(asked.among)
            there = {value for value, _word in choices}
            choices += [(value, value) for value in values if value and value not in there]
            options = [(value, word, value in values) for value, word in choices]
        return DrawnField(asked, name, part.one(asked.name), options, faults=faults)

    def _words(self, part: Part, asked: Asked, name: str, faults: list[str]) -> DrawnField:
        """A text in the language chosen; those in the others go along unseen."""
        texts = {code: part.one(f"{asked.name}@{code}") for code in LANGUAGES}
        shown = self.draft.language
        others = [
            (f"{name}@{code}", text) for code, text in texts.items() if code != shown and text
        ]
        instead = "" if texts[shown] else words_in(texts, shown or self.language)
        return DrawnField(
            asked, f"{name}@{shown}", texts[shown], others=others, instead=instead, faults=faults
        )
