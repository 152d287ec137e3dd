"""A play as the editor's form holds it: parts and rules that may not hold together yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.http import QueryDict

from tenure.segments.conditions import MODES, MOST
from tenure.segments.fields import Field
from tenure.web.plays.parts import ASKED, FIRST_FREE, ROOTS, RULED, SECTIONS, Asked, Shape
from tenure.web.segments.draft import Bunch, Row, fitted, row_read
from tenure.web.segments.draft import Draft as Rule
from tenure.web.whole import PLACES, wholes

Fields = Mapping[str, Field]
LANGUAGES = ("", *(code for code, _name in settings.LANGUAGES))
MOST_STEPS = 100
MOST_ITEMS = 400
SHORT, LONG = 2_000, 20_000
MANY = 40
NO_ANSWER = ("",)


@dataclass(frozen=True)
class Part:
    """A section or a step as typed.

    Attributes:
        within: Of steps: "" outermost, "12t" in the first way of the branch 12, "12o" the other.
        given: What was typed, by what was asked for; with "@" and a language where it has words.
    """

    number: int
    kind: str
    within: str = ""
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The one answer to what has one."""
        return (self.given.get(name) or NO_ANSWER)[0]


@dataclass(frozen=True)
class PlayDraft:
    """The whole form. `steps` in the order written; `base`: the version it was begun from."""

    sections: Mapping[int, Part]
    steps: tuple[Part, ...] = ()
    rules: Mapping[int, Rule] = field(default_factory=dict)
    language: str = ""
    note: str = ""
    base: int = 0

    @property
    def next_number(self) -> int:
        items = [item.number for rule in self.rules.values() for item in rule.items]
        return max((FIRST_FREE - 1, *items, *(step.number for step in self.steps))) + 1

    def steps_in(self, within: str) -> list[Part]:
        """The steps of one way, in order."""
        return [step for step in self.steps if step.within == within]

    def rule(self, root: int) -> Rule:
        """The rule of a part; without rows where none was begun."""
        return self.rules.get(root) or Rule(root=root)

    @property
    def size(self) -> int:
        return len(self.steps) + sum(len(rule.items) for rule in self.rules.values())


def names_of(asked: Asked) -> list[str]:
    """The names of its inputs: one, or one for each language."""
    if not asked.words:
        return [asked.name]
    return [f"{asked.name}@{language}" for language in LANGUAGES]


def begun(number: int, kind: str, within: str = "") -> Part:
    """A part as it begins."""
    given = {one.name: (one.start,) for one in ASKED[kind] if one.start and not one.words}
    return Part(number, kind, within, given)


def draft_read(post: QueryDict, known: Fields) -> PlayDraft:
    """What was sent, with nonsense left out; what stood in a branch that is gone goes with it."""
    sections = {n: _part_read(post, n, kind, "") for n, kind in SECTIONS.items()}
    steps: list[Part] = []
    ways = {""}
    for number in _numbers(post, "step")[:MOST_STEPS]:
        kind, within = post.get(f"kind-{number}", ""), post.get(f"at-{number}", "")
        if kind not in ASKED or kind in SECTIONS.values() or within not in ways:
            continue
        if number < FIRST_FREE or any(step.number == number for step in steps):
            continue
        steps.append(_part_read(post, number, kind, within))
        ways |= {f"{number}t", f"{number}o"} if kind == "branch" else set()
    language = post.get("language", "")
    return PlayDraft(
        sections=sections,
        steps=tuple(steps),
        rules=_rules_read(post, known, {*ROOTS, *(s.number for s in steps if s.kind in RULED)}),
        language=language if language in LANGUAGES else "",
        note=_clean(post.get("note"), 500),
        base=next(iter(_numbers(post, "base")), 0),
    )


def _numbers(post: QueryDict, name: str) -> list[int]:
    found = [n for n in wholes(post.getlist(name)) if n <= PLACES]
    return list(dict.fromkeys(found))


def _clean(value: object, longest: int) -> str:
    return _lines(value).strip()[:longest]


def _word(value: object) -> str:
    return _clean(value, SHORT)


def _text(value: object) -> str:
    return _clean(value, LONG)


def _lines(value: object) -> str:
    """Empty lines at the beginning stay, as lines of languages stand beside each other."""
    return str(value or "").replace("\x00", "").replace("\r\n", "\n").rstrip()[:LONG]


def _part_read(post: QueryDict, number: int, kind: str, within: str) -> Part:
    given: dict[str, tuple[str, ...]] = {}
    for asked in ASKED[kind]:
        clean = _lines if asked.shape is Shape.LINES else _text if asked.words else _word
        for name in names_of(asked):
            sent = post.getlist(f"p-{number}-{name}")[:MANY]
            given[name] = tuple(clean(value) for value in sent)
    return Part(number, kind, within, given)


def _rules_read(post: QueryDict, known: Fields, roots: set[int]) -> dict[int, Rule]:
    """The rows of every rule; those of a rule or a group that is gone go with it."""
    found: dict[int, list[Row | Bunch]] = {root: [] for root in sorted(roots)}
    root_of = {root: root for root in roots}
    for number in _numbers(post, "item")[:MOST_ITEMS]:
        row = row_read(post, number)
        root = root_of.get(row.within)
        if root is None or number < FIRST_FREE or len(found[root]) >= 2 * MOST:
            continue
        if f"mode-{number}" not in post:
            found[root].append(fitted(row, known))
        elif row.within in roots:
            root_of[number] = root
            found[root].append(Bunch(number, _mode(post, number, "any"), root))
    return {
        root: Rule(mode=_mode(post, root, "all"), items=tuple(items), root=root)
        for root, items in found.items()
    }


def _mode(post: QueryDict, number: int, default: str) -> str:
    mode = post.get(f"mode-{number}", "")
    return mode if mode in MODES else default


def with_rule(draft: PlayDraft, rule: Rule) -> PlayDraft:
    """The draft with a rule in place of the one of the same part."""
    return replace(draft, rules={**draft.rules, rule.root: rule})


def inside(draft: PlayDraft, number: int) -> Iterator[Part]:
    """A step and all that stands within it, in order."""
    ways = {f"{number}t", f"{number}o"}
    for step in draft.steps:
        if step.number == number:
            yield step
        elif step.within in ways:
            ways |= {f"{step.number}t", f"{step.number}o"}
            yield step
