"""Which mail an inbound touch answers: told by what it refers to, or supposed by who sent it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tenure.timeline.models import Touchpoint

HEARD = (Touchpoint.Direction.IN, Touchpoint.Direction.BOTH)
OURS = "tenure:"
"""How the ids of touches begin that Tenure itself sent."""
POSSIBLY = timedelta(days=14)
"""For how long a touch of somebody written to, which refers to nothing, may be an answer."""
MOST_IDS, LONGEST_ID = 100, 300


@dataclass(frozen=True)
class Sent:
    """A mail that went out: its Message-IDs, when, and the keys of whom it went to.

    `ours`: Tenure sent it, so that a later touch of the same person may answer it.
    """

    key: int
    ids: frozenset[str]
    at: datetime
    people: frozenset[int]
    ours: bool = True


@dataclass(frozen=True)
class Heard:
    """A touch from the account: the Message-IDs it refers to, when, and from whom."""

    key: int
    refers_to: frozenset[str]
    at: datetime
    people: frozenset[int]


@dataclass(frozen=True)
class Tie:
    """The touch that answers a mail; not `sure`: it possibly does."""

    sent: Sent
    heard: Heard
    sure: bool


def ids_in(text: str) -> tuple[str, ...]:
    """The Message-IDs in a header's text, without brackets, each once.

    Of very many the first ones, which began the thread, and the last.
    """
    found = dict.fromkeys(one for one in re.split(r"[\s,;<>]+", text) if one)
    ids = tuple(one for one in found if len(one) <= LONGEST_ID)
    half = MOST_IDS // 2
    return ids if len(ids) <= MOST_IDS else ids[:half] + ids[-half:]


def heard_of(row: Touchpoint) -> Heard:
    """A touch from the account as one that may answer; its people are best fetched beforehand."""
    return Heard(row.pk, frozenset(ids_in(row.in_reply_to)), row.occurred_at, people_of(row))


def people_of(row: Touchpoint) -> frozenset[int]:
    """The keys of a touch's people."""
    return frozenset(person.pk for person in row.people.all())


def ties(sent: Iterable[Sent], heard: Iterable[Heard]) -> list[Tie]:
    """What each touch answers, among mails and touches of one account.

    A touch that refers to mails answers the newest of those; one that refers to nothing at all
    possibly answers the newest mail of ours that went to the same person shortly before.
    """
    mails = sorted(sent, key=lambda one: (one.at, one.key), reverse=True)
    found = []
    for touch in heard:
        answered = next((one for one in mails if one.ids & touch.refers_to), None)
        if answered is None and not touch.refers_to:
            answered = next((one for one in mails if _possibly(one, touch)), None)
        if answered is not None:
            found.append(Tie(answered, touch, bool(touch.refers_to)))
    return found


def _possibly(mail: Sent, touch: Heard) -> bool:
    soon = mail.at < touch.at <= mail.at + POSSIBLY
    return mail.ours and soon and bool(mail.people & touch.people)
