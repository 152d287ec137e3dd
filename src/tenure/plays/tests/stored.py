"""Plays in stored form for tests of what they say."""

from copy import deepcopy

TASK = {"task": {"title": "Call {{ account.name }}"}}
RULE = {"all": [{"field": "health.score", "op": "below", "value": 40}]}


def body(**parts):
    """A whole play; a part given as None is left out."""
    made = {
        "title": "Save them", "goal": "They stay", "category": "risk",
        "trigger": {"on": "manual"}, "steps": [TASK],
    }  # fmt: skip
    return deepcopy({k: v for k, v in {**made, **parts}.items() if v is not None})


def steps(*given):
    """A play of these steps."""
    return body(steps=list(given))
