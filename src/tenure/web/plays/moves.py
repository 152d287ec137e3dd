"""What the buttons of the editor do: steps and conditions come, move and go."""

from collections.abc import Callable
from dataclasses import replace

from django.http import QueryDict

from tenure.plays.models import KeptDraft
from tenure.segments.conditions import MOST
from tenure.web.plays.draft import (
    LANGUAGES,
    MOST_ITEMS,
    MOST_STEPS,
    Fields,
    Part,
    PlayDraft,
    begun,
    draft_read,
    inside,
    with_rule,
)
from tenure.web.plays.parts import RULED, STEPS
from tenure.web.segments.draft import Bunch, Row, fitted
from tenure.web.segments.draft import Draft as Rule
from tenure.web.whole import PLACES, whole

Acted = tuple[PlayDraft, int]
"""The draft after a button was pressed, and the number to put the focus on; 0 for none."""


def drafted(kept: KeptDraft, known: Fields) -> PlayDraft:
    """The form that was kept, after the button that was pressed last."""
    form = QueryDict(mutable=True)
    for name, values in kept.form.items():
        form.setlist(name, values)
    do = form.get("do", "") or ""
    return acted(draft_read(form, known), str(do), lambda name: str(form.get(name, "")), known)[0]


def acted(draft: PlayDraft, do: str, chosen: Callable[[str], str], known: Fields) -> Acted:
    """Press a button: its name tells what, `chosen` the choice that stands beside it."""
    action, _colon, rest = do.partition(":")
    number = whole(rest, PLACES) or 0
    if action in _MOVES and any(step.number == number for step in draft.steps):
        return _MOVES[action](draft, number)
    if action in _CONDITIONS:
        return _CONDITIONS[action](draft, number, chosen(f"new-{number}"), known)
    if action == "add-step":
        return _step_added(draft, rest, chosen(f"new-step-{rest}"))
    if action == "lang" and rest in LANGUAGES:
        return replace(draft, language=rest), 0
    return draft, 0


def _step_added(draft: PlayDraft, within: str, kind: str) -> Acted:
    within = "" if within == "0" else within
    ways = {f"{step.number}{way}" for step in draft.steps if step.kind == "branch" for way in "to"}
    if kind not in STEPS or within not in {"", *ways} or len(draft.steps) >= MOST_STEPS:
        return draft, 0
    step = begun(draft.next_number, kind, within)
    rules = {**draft.rules, step.number: Rule(root=step.number)} if kind in RULED else draft.rules
    return replace(draft, steps=(*draft.steps, step), rules=rules), step.number


def _dropped(draft: PlayDraft, number: int) -> Acted:
    gone = {step.number for step in inside(draft, number)}
    steps = tuple(step for step in draft.steps if step.number not in gone)
    rules = {root: rule for root, rule in draft.rules.items() if root not in gone}
    return replace(draft, steps=steps, rules=rules), 0


def _up(draft: PlayDraft, number: int) -> Acted:
    """One place up: over a step, into the end of a branch, or out of its beginning."""
    step = _step(draft, number)
    beside = draft.steps_in(step.within)
    at = beside.index(step)
    if at:
        above = beside[at - 1]
        if above.kind == "branch":
            return _placed(draft, step, f"{above.number}o", None), 0
        return _placed(draft, step, step.within, above), 0
    if step.within.endswith("o"):
        return _placed(draft, step, f"{step.within[:-1]}t", None), 0
    if step.within:
        branch = _step(draft, int(step.within[:-1]))
        return _placed(draft, step, branch.within, branch), 0
    return draft, 0


def _down(draft: PlayDraft, number: int) -> Acted:
    """One place down: over a step, into the beginning of a branch, or out of its end."""
    step = _step(draft, number)
    beside = draft.steps_in(step.within)
    at = beside.index(step)
    if at + 1 < len(beside):
        below = beside[at + 1]
        if below.kind == "branch":
            return _placed(draft, step, f"{below.number}t", _first(draft, f"{below.number}t")), 0
        return _placed(draft, below, step.within, step), 0
    if step.within.endswith("t"):
        other = f"{step.within[:-1]}o"
        return _placed(draft, step, other, _first(draft, other)), 0
    if step.within:
        branch = _step(draft, int(step.within[:-1]))
        outside = draft.steps_in(branch.within)
        after = outside[outside.index(branch) + 1 :]
        return _placed(draft, step, branch.within, after[0] if after else None), 0
    return draft, 0


_MOVES: dict[str, Callable[[PlayDraft, int], Acted]] = {"drop": _dropped, "up": _up, "down": _down}


def _step(draft: PlayDraft, number: int) -> Part:
    return next(step for step in draft.steps if step.number == number)


def _first(draft: PlayDraft, within: str) -> Part | None:
    return next(iter(draft.steps_in(within)), None)


def _placed(draft: PlayDraft, step: Part, within: str, before: Part | None) -> PlayDraft:
    """The draft with a step, and what is within it, put before another, or last of a way."""
    moved = list(inside(draft, step.number))
    rest = [one for one in draft.steps if one not in moved]
    moved[0] = replace(step, within=within)
    at = rest.index(before) if before is not None else len(rest)
    return replace(draft, steps=(*rest[:at], *moved, *rest[at:]))


def _rule_with(draft: PlayDraft, number: int) -> Rule | None:
    """The rule that a number is the root or a group of."""
    for root, rule in draft.rules.items():
        groups = {item.number for item in rule.items if isinstance(item, Bunch)}
        if number == root or number in groups:
            return rule
    return None


def _row_added(draft: PlayDraft, within: int, key: str, known: Fields) -> Acted:
    rule = _rule_with(draft, within)
    if rule is None or key not in known or not _room(draft, rule):
        return draft, 0
    row = fitted(Row(draft.next_number, within, key), known)
    return with_rule(draft, replace(rule, items=(*rule.items, row))), row.number


def _group_added(draft: PlayDraft, root: int, _key: str, _known: Fields) -> Acted:
    rule = draft.rules.get(root)
    if rule is None or not _room(draft, rule):
        return draft, 0
    bunch = Bunch(draft.next_number, "any", root)
    return with_rule(draft, replace(rule, items=(*rule.items, bunch))), bunch.number


def _room(draft: PlayDraft, rule: Rule) -> bool:
    return len(rule.items) < 2 * MOST and draft.size < MOST_ITEMS


def _item_removed(draft: PlayDraft, number: int, _key: str, _known: Fields) -> Acted:
    for rule in draft.rules.values():
        if any(item.number == number for item in rule.items):
            kept = (
                item for item in rule.items
                if number not in {item.number, item.within}
            )  # fmt: skip
            return with_rule(draft, replace(rule, items=tuple(kept))), rule.root
    return draft, 0


_CONDITIONS: dict[str, Callable[[PlayDraft, int, str, Fields], Acted]] = {
    "add": _row_added,
    "group": _group_added,
    "remove": _item_removed,
}
