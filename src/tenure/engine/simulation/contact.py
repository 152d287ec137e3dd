"""Touchpoints: what success managers do, who answers how soon, and in what tone."""

import numpy as np
import pyarrow as pa

from tenure.engine.simulation import phrases
from tenure.engine.simulation.plays import PLAYS
from tenure.engine.simulation.roster import MANAGERS, Books
from tenure.engine.simulation.settings import Ints
from tenure.engine.simulation.tables import account_id, iso, person_id, table
from tenure.engine.simulation.voice import Voice
from tenure.engine.simulation.world import PAYING, World

# Chance of a touch by our own initiative in a week, by tier.
RHYTHM = np.array([0.0, 0.05, 0.12, 0.24])
KINDS = ("email", "call", "meeting", "in_app")
KIND_ODDS = (
    (1.0, 0.0, 0.0, 0.0),
    (0.7, 0.1, 0.0, 0.2),
    (0.55, 0.3, 0.1, 0.05),
    (0.4, 0.3, 0.3, 0.0),
)


class Contact:
    """Draws touchpoints; `table()` has them all in order of time."""

    def __init__(self, world: World, books: Books, voice: Voice, same: Ints) -> None:
        self._world, self._books, self._voice, self._same = world, books, voice, same
        self._chance = world.settings.chance("contact")
        self._rows: list[tuple[float, tuple[object, ...]]] = []

    def table(self) -> pa.Table:
        """All touchpoints of the contract's columns."""
        world = self._world
        for account in range(len(world)):
            if self._books.first[account] >= 0:
                self._account(account)
        for assignment in world.record.assignments:
            if assignment.treated and self._books.first[assignment.account] >= 0:
                play = PLAYS[assignment.play].name
                kind = "letter" if "letter" in play else "call" if "call" in play else "email"
                self._reach_out(assignment.account, assignment.day, kind, play.capitalize())
        ordered = sorted(self._rows, key=lambda r: (r[0], str(r[1][0])))
        return table(
            "touchpoints",
            [(f"tch-{n:06d}", *row[1:]) for n, (_, row) in enumerate(ordered, start=1)],
        )

    def _account(self, account: int) -> None:
        """Kick-off, the usual rhythm by tier, and letters or calls that come from them."""
        world, chance = self._world, self._chance
        status = world.record.status[:, account] == PAYING
        weeks = np.flatnonzero(status)
        if not len(weeks):
            return
        subject = phrases.pick(phrases.MAILS, world.population.language(account), 0)
        self._reach_out(account, float(weeks[0]) * 7 + 8.4, "meeting", f"Kick-off: {subject}")
        tier = max(p.tier for p in world.book.periods if p.account == account)
        ours = weeks[chance.random(len(weeks)) < RHYTHM[tier]]
        for week in ours:
            kind = KINDS[int(chance.choice(4, p=KIND_ODDS[tier]))]
            language = world.population.language(account)
            subject = phrases.pick(phrases.MAILS, language, int(chance.integers(4)))
            self._reach_out(account, self._hour(int(week)), kind, subject)
        for week in weeks[chance.random(len(weeks)) < 0.012 + 0.012 * (tier > 1)]:
            self._hear(account, self._hour(int(week)), "")
        for week in weeks[chance.random(len(weeks)) < 0.01]:
            self._write(account, self._hour(int(week)), "note", None, "Internal note", "", None)

    def _hour(self, week: int) -> float:
        return week * 7 + int(self._chance.integers(0, 5)) + float(self._chance.uniform(0.33, 0.7))

    def _reach_out(self, account: int, day: float, kind: str, subject: str) -> None:
        """We turn to them; whether and how soon they answer depends on how they feel."""
        chance = self._chance
        mood = self._voice.mood(account, day)
        answers = chance.random() < np.clip(1.15 * mood - 0.25, 0.05, 0.9)
        live = kind in {"call", "meeting"}
        if live and answers:
            self._write(account, day, kind, "both", subject, self._said(account, mood), mood)
            return
        self._write(account, day, "email" if live else kind, "out", subject, "", None)
        if answers and kind in {"email", "in_app"}:
            waits = float(chance.exponential(0.6 + 5.5 * (1 - mood) ** 2)) + 0.03
            self._hear(account, day + waits, f"Re: {subject}")

    def _hear(self, account: int, day: float, subject: str) -> None:
        mood = self._voice.mood(account, day)
        said = self._said(account, mood)
        self._write(account, day, "email", "in", subject or said[:40], said, mood)

    def _said(self, account: int, mood: float) -> str:
        number = 0 if mood > 0.55 else 1 + int(self._chance.integers(2))
        return phrases.pick(phrases.REPLIES, self._world.population.language(account), number)

    def _present(self, account: int, day: float, most: int) -> list[str]:
        """The ids of those who took part: people of weight, each once."""
        found = [self._voice.member(account, day, self._chance, roles=2) for _ in range(most)]
        return sorted({person_id(int(self._same[p])) for p in found if p is not None})

    def _write(
        self, account: int, day: float, kind: str, direction: str | None, subject: str, body: str,
        mood: float | None,
    ) -> None:  # fmt: skip
        when = iso(self._world.grid, day)
        manager = self._books.of(account, day)
        if when is None or manager < 0:
            return
        people = self._present(account, day, 3 if kind == "meeting" else 1)
        tone = None
        if mood is not None and self._chance.random() < 0.7:
            tone = round(float(np.clip(2 * mood - 1 + self._chance.normal(0, 0.25), -1, 1)), 2)
        them = None if kind == "note" else ";".join(people) or None
        self._rows.append(
            (
                day,
                (
                    f"{account:06d}", account_id(account), kind, when, direction, subject, body,
                    MANAGERS[manager].email, them, tone,
                ),
            )
        )  # fmt: skip
