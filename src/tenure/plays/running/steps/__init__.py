"""What each kind of step does. Every effect is a row written in the transaction of the step."""

from collections.abc import Callable, Mapping
from typing import Any

from tenure.plays.running.steps import flow, messages, setting, work
from tenure.plays.running.steps.shape import Did, Turn, Visit

_DOES: Mapping[str, Callable[[Visit, Any], Did]] = {
    "task": work.task,
    "letter": work.letter,
    "mail": messages.mail,
    "webhook": messages.send,
    "chat": messages.send,
    "wait": flow.wait,
    "branch": flow.branch,
    "approve": flow.approve,
    "set": setting.put,
    "play": flow.start,
    "stop": flow.stop,
}


def perform(visit: Visit) -> Did:
    """Do the step a run has come to."""
    return _DOES[visit.line.step.kind](visit, visit.line.step)


__all__ = ["Did", "Turn", "Visit", "perform"]
