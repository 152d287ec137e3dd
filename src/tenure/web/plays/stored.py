"""Between the editor's form and the stored body of a play."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tenure.plays.definition.part import REMARK
from tenure.segments.conditions import MODES
from tenure.web.plays.draft import LANGUAGES, Fields, Part, PlayDraft, begun
from tenure.web.plays.parts import (
    ASKED,
    AUDIENCE,
    FIRST_FREE,
    LEAVE,
    RULED,
    SECTIONS,
    STEPS,
    TRIGGER,
    WITH_RULE,
    Asked,
    Shape,
    asked_of,
)
from tenure.web.segments.draft import Draft as Rule
from tenure.web.segments.draft import number_written, rule_body, rule_items

Body = dict[str, Any]
BANDS = {"to_band": "to", "from_band": "from"}


def body_of(draft: PlayDraft, known: Fields) -> Body:
    """The stored form; what does not hold together is left for the check to say."""
    parts = {SECTIONS[number]: part for number, part in draft.sections.items()}
    body = _given(parts["about"])
    body["trigger"] = _trigger(draft, known)
    body |= _audience(draft, known)
    body["steps"] = _steps(draft, "", known)
    if draft.rule(LEAVE).items:
        body["leave"] = rule_body(draft.rule(LEAVE), known)
    return body | _limits(parts["limits"])


def _given(part: Part) -> Body:
    """What was typed into a part, under the names of the stored form."""
    body: Body = {}
    for asked in asked_of(part.kind, part.given):
        value = _words(asked, part) if asked.words else _value(asked, part)
        if value in ("", [], None):
            continue
        inner, _point, name = asked.name.rpartition(".")
        (body.setdefault(inner, {}) if inner else body)[name] = value
    return body


def _value(asked: Asked, part: Part) -> Any:
    text = part.one(asked.name)
    if asked.shape is Shape.YES:
        return text == "yes"
    if asked.shape is Shape.MANY:
        return [value for value in part.given.get(asked.name, ()) if value]
    if asked.shape is Shape.NUMBER:
        return number_written(text) if text else None
    if asked.shape is Shape.PERCENT:
        share = number_written(text) if text else None
        return round(share / 100, 12) if isinstance(share, int | float) else share
    return text


def _words(asked: Asked, part: Part) -> Any:
    """A text for every language, or one for each that has its own."""
    texts = {language: part.one(f"{asked.name}@{language}") for language in LANGUAGES}
    if asked.shape is Shape.LINES:
        return _lines(texts)
    return _told(texts)


def _told(texts: Mapping[str, str]) -> Any:
    """A text that holds for every language stays text; with others beside it, it has no name."""
    own = {language: text for language, text in texts.items() if text}
    return own if any(own) else own.get("", "")


def _lines(texts: Mapping[str, str]) -> list[Any]:
    """Lines of all languages, those that stand at the same place together."""
    split = {language: text.split("\n") for language, text in texts.items() if text}
    rows = []
    for at in range(max(map(len, split.values()), default=0)):
        row = {language: lines[at].strip() for language, lines in split.items() if at < len(lines)}
        rows.append(_told(row))
    return [row for row in rows if row]


def _trigger(draft: PlayDraft, known: Fields) -> Body:
    body = _given(draft.sections[TRIGGER])
    body = {BANDS.get(name, name): value for name, value in body.items()}
    if body.pop("side", "") == "before" and isinstance(body.get("days"), int | float):
        body["days"] = -body["days"]
    if "months" in body:
        body["months"] = number_written(body["months"])
    if body.get("on") in WITH_RULE and draft.rule(TRIGGER).items:
        body["rule"] = rule_body(draft.rule(TRIGGER), known)
    return body


def _audience(draft: PlayDraft, known: Fields) -> Body:
    part = draft.sections[AUDIENCE]
    if part.one("by") == "segment":
        return {"audience": {"segment": part.one("segment")}}
    if part.one("by") == "rule":
        return {"audience": rule_body(draft.rule(AUDIENCE), known)}
    return {}


def _steps(draft: PlayDraft, within: str, known: Fields) -> list[Body]:
    return [{step.kind: _step(draft, step, known)} for step in draft.steps_in(within)]


def _step(draft: PlayDraft, step: Part, known: Fields) -> Body:
    body = _given(step)
    if step.kind == "branch":
        body = {
            "when": rule_body(draft.rule(step.number), known),
            "then": _steps(draft, f"{step.number}t", known),
        }
        other = _steps(draft, f"{step.number}o", known)
        return body | ({"otherwise": other} if other else {})
    if step.kind == "wait" and draft.rule(step.number).items:
        return {"until": rule_body(draft.rule(step.number), known), **body}
    if step.kind == "approve":
        body["go_on"] = step.one("go_on") == "yes"
    if step.kind == "set":
        body.pop("what", None)
    return body


def _limits(part: Part) -> Body:
    body = _given(part)
    body["automatic"] = part.one("automatic") != "no"
    if "skills" in body:
        body["skills"] = [word for text in body["skills"].split(",") if (word := text.strip())]
    return body


def draft_of(body: Mapping[str, Any], *, base: int = 0, language: str = "") -> PlayDraft:
    """The form of a stored play that holds together."""
    sections = {n: _section(n, kind, body) for n, kind in SECTIONS.items()}
    draft = PlayDraft(sections=sections, base=base, language=language)
    trigger, audience = body.get("trigger", {}), body.get("audience") or {}
    rules = {TRIGGER: trigger.get("rule"), AUDIENCE: audience, LEAVE: body.get("leave")}
    for root, stored in rules.items():
        draft = _with_rule(draft, root, stored)
    return _with_steps(draft, body.get("steps", ()), "")


def _with_rule(draft: PlayDraft, root: int, stored: Mapping[str, Any] | None) -> PlayDraft:
    rule = Rule(root=root)
    if stored and any(mode in stored for mode in MODES):
        mode, items = rule_items(stored, root=root, after=draft.next_number - 1)
        rule = replace(rule, mode=mode, items=items)
    return replace(draft, rules={**draft.rules, root: rule})


def _with_steps(draft: PlayDraft, steps: Any, within: str) -> PlayDraft:
    for stored in steps:
        kind = next(key for key in stored if key in STEPS)
        inner = stored[kind] or {}
        part = _filled(begun(max(draft.next_number, FIRST_FREE), kind, within), _shown(kind, inner))
        draft = replace(draft, steps=(*draft.steps, part))
        if kind in RULED:
            draft = _with_rule(draft, part.number, inner.get("until") or inner.get("when"))
        for way in ("then", "otherwise") if kind == "branch" else ():
            draft = _with_steps(draft, inner.get(way, ()), f"{part.number}{way[0]}")
    return draft


def _shown(kind: str, stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """A stored step under the names its form has."""
    if kind == "approve":
        return {**stored, "go_on": "yes" if stored.get("go_on") else "no"}
    if kind == "set":
        return {**stored, "what": "owner" if "owner" in stored else "field"}
    return stored


def _section(number: int, kind: str, body: Mapping[str, Any]) -> Part:
    stored: dict[str, Any] = dict(body)
    if kind == "trigger":
        stored = _trigger_shown(body.get("trigger", {}))
    if kind == "audience":
        stored = {"by": "all"}
        if audience := body.get("audience"):
            title = audience.get("segment") or audience.get(REMARK)
            stored = {"by": "segment", "segment": title} if title else {"by": "rule"}
    if kind == "limits":
        stored["automatic"] = "yes" if body.get("automatic", True) else "no"
        stored["skills"] = ", ".join(body.get("skills", ()))
    return _filled(begun(number, kind), stored)


def _trigger_shown(trigger: Mapping[str, Any]) -> dict[str, Any]:
    stored = dict(trigger)
    if trigger.get("on") == "date":
        days = trigger.get("days", 0)
        stored |= {"side": "before" if days < 0 else "after", "days": abs(days)}
    if trigger.get("on") == "health":
        stored |= {form: stored.pop(name) for form, name in BANDS.items() if name in stored}
    return stored


def _filled(part: Part, stored: Mapping[str, Any]) -> Part:
    """A part with what is stored in place of what it begins with."""
    given = dict(part.given)
    for asked in ASKED[part.kind]:
        inner, _point, name = asked.name.rpartition(".")
        among = stored.get(inner) if inner else stored
        if isinstance(among, Mapping) and name in among:
            given |= dict(_written(asked, among[name]))
    return replace(part, given=given)


def _written(asked: Asked, value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    if asked.shape is Shape.LINES:
        yield from _lines_written(asked.name, value)
    elif asked.words:
        texts = value if isinstance(value, Mapping) else {"": value}
        for language, text in texts.items():
            yield f"{asked.name}@{language.lower()}", (str(text),)
    elif asked.shape is Shape.MANY:
        yield asked.name, tuple(map(str, value if isinstance(value, list) else [value]))
    elif asked.shape is Shape.PERCENT:
        yield asked.name, (f"{value * 100:.10g}",)
    elif isinstance(value, bool):
        yield asked.name, ("yes" if value else "no",)
    else:
        yield asked.name, (f"{value:.12g}" if isinstance(value, float) else str(value),)


def _lines_written(name: str, rows: list[Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    told = [
        {code.lower(): text for code, text in row.items()}
        if isinstance(row, Mapping)
        else {"": row}
        for row in rows
    ]
    for language in dict.fromkeys(language for row in told for language in row):
        lines = "\n".join(str(row.get(language, "")) for row in told)
        yield f"{name}@{language}", (lines.rstrip("\n"),)
