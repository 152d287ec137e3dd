"""Tables of plays: tasks, plays and their runs, what goes out, and who is left in peace."""

from tenure.plays.models.designs import PlayStrata
from tenure.plays.models.drafts import KeptDraft
from tenure.plays.models.effects import PlayEffect
from tenure.plays.models.letters import Letter
from tenure.plays.models.outgoing import Channel, Outgoing
from tenure.plays.models.past import PastPlay
from tenure.plays.models.peace import DoNotDisturb
from tenure.plays.models.plays import Met, Play, PlayCount
from tenure.plays.models.previews import PlayPreview
from tenure.plays.models.runs import Approval, Run, RunStep
from tenure.plays.models.tasks import Task, TaskChange, TaskStatus
from tenure.plays.models.wishes import KeptWish

__all__ = [
    "Approval",
    "Channel",
    "DoNotDisturb",
    "KeptDraft",
    "KeptWish",
    "Letter",
    "Met",
    "Outgoing",
    "PastPlay",
    "Play",
    "PlayCount",
    "PlayEffect",
    "PlayPreview",
    "PlayStrata",
    "Run",
    "RunStep",
    "Task",
    "TaskChange",
    "TaskStatus",
]
