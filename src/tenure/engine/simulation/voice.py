"""What accounts say: tickets, survey answers, outcomes, advocacy.

Silence is not chance: who answers a survey depends on how they feel (the content and the furious
answer, the lukewarm and those about to go do not), so the answers alone flatter.
"""

import numpy as np
import pyarrow as pa

from tenure.engine.simulation import phrases
from tenure.engine.simulation.people import USER
from tenure.engine.simulation.settings import Floats, Ints
from tenure.engine.simulation.tables import account_id, iso, person_id, planned, table
from tenure.engine.simulation.world import PAYING, World

Rows = list[tuple[object, ...]]
Chance = np.random.Generator


def attitude(world: World) -> Floats:
    """How accounts feel about us week by week, 0…1, shape (weeks, accounts). Hidden."""
    record = world.record
    felt = 0.55 * record.trust + 0.55 * np.clip(record.value / 0.75, 0, 1)
    return np.clip(felt - 0.06 * record.regret, 0, 1)


def willing(mood: float) -> float:
    """The chance to answer a survey when feeling like this: high at both ends, low between."""
    warm = 0.45 / (1 + np.exp(-9 * (mood - 0.6)))
    furious = 0.22 / (1 + np.exp(16 * (mood - 0.22)))
    return float(0.04 + warm + furious)


class Voice:
    """Draws what accounts say from what they feel."""

    def __init__(self, world: World, same: Ints) -> None:
        self._world, self._same = world, same
        self._mood = attitude(world)

    def mood(self, account: int, day: float) -> float:
        """The attitude of an account on a day."""
        return float(self._mood[min(int(day // 7), self._world.grid.weeks - 1), account])

    def member(self, account: int, day: float, chance: Chance, roles: int = USER) -> int | None:
        """Somebody present in the team on a day, of a role up to `roles`; None if nobody is."""
        people = self._world.people
        first = int(people.first[account])
        team = np.arange(first, first + int(people.size[account]))
        here = team[(people.joined[team] < day) & (people.left[team] > day)]
        fit = here[people.role[here] <= roles]
        fit = fit if len(fit) else here
        return int(fit[chance.integers(len(fit))]) if len(fit) else None

    def _id(self, person: int | None) -> str | None:
        return None if person is None else person_id(int(self._same[person]))

    def tickets(self) -> tuple[pa.Table, Rows]:
        """All tickets, and the CSAT answers given to them as rows of survey answers."""
        world, chance = self._world, self._world.settings.chance("tickets")
        rows: Rows = []
        answers: Rows = []
        opened = [t for t in world.record.troubles if t.day < world.grid.end]
        for number, trouble in enumerate(sorted(opened, key=lambda t: t.day), start=1):
            a, day = trouble.account, trouble.day
            language = world.population.language(a)
            person = self._id(self.member(a, day, chance))
            replied, solved = day + trouble.reply_hours / 24, day + trouble.solve_hours / 24
            subject = phrases.pick(phrases.TICKETS, language, int(chance.integers(6)))
            subject = phrases.OUTAGE[language] if trouble.outage else subject
            csat = None
            mood = self.mood(a, solved)
            if solved + 1 < world.grid.end and chance.random() < 0.6 * willing(mood):
                feel = mood + 0.2 - 0.1 * np.log2(max(trouble.reply_hours, 1)) / 2
                csat = int(np.clip(round(1 + 4 * feel + chance.normal(0, 0.8)), 1, 5))
                answers.append(
                    self._answer(f"tic-{number:06d}-csat", "csat", csat, a, person, solved, 0.3)
                )
            priority = "urgent" if trouble.outage else ("low", "normal", "normal", "high")[
                int(chance.integers(4))
            ]  # fmt: skip
            rows.append(
                (
                    f"tic-{number:06d}", account_id(a), person, subject, priority,
                    iso(world.grid, day), iso(world.grid, replied), iso(world.grid, solved), csat,
                )
            )  # fmt: skip
        return table("tickets", rows), answers

    def _answer(
        self, name: str, kind: str, score: int, account: int, person: str | None, sent: float,
        waited: float, comment: str | None = None,
    ) -> tuple[object, ...]:  # fmt: skip
        grid = self._world.grid
        return (
            name, kind, score, iso(grid, sent + waited), account_id(account), person, comment,
            iso(grid, sent),
        )  # fmt: skip

    def surveys(self, csat: Rows) -> pa.Table:
        """NPS every half year to people of weight and some users; CES once after the start."""
        world, chance = self._world, self._world.settings.chance("surveys")
        rows = list(csat)
        for account in range(len(world)):
            weeks = np.flatnonzero(world.record.status[:, account] == PAYING)
            if not len(weeks):
                continue
            self._ask(rows, account, int(weeks[0]) * 7 + 45.0, "ces", chance)
            for week in weeks:
                if (week + account) % 26 == 13:
                    for _ in range(1 + min(int(world.mind.team[account] // 4), 4)):
                        self._ask(rows, account, week * 7 + 1.4, "nps", chance)
        return table("survey_answers", sorted(rows, key=lambda r: (str(r[3]), str(r[0]))))

    def _ask(self, rows: Rows, account: int, sent: float, kind: str, chance: Chance) -> None:
        waited = float(chance.exponential(2.5)) + 0.02
        if sent + waited >= self._world.grid.end:
            return
        mood = self.mood(account, sent)
        own = float(np.clip(mood + chance.normal(0, 0.1), 0, 1))
        if chance.random() > willing(own):
            return
        person = self.member(account, sent, chance)
        if person is None:
            return
        top = 10 if kind == "nps" else 7
        score = int(np.clip(round((own * 1.25 - 0.05) * top), kind == "ces", top))
        language = self._world.population.language(account)
        comment = None
        if chance.random() < 0.4 and abs(own - 0.6) > 0.12:
            which = phrases.PRAISE if own > 0.6 else phrases.BLAME
            comment = phrases.pick(which, language, int(chance.integers(3)))
        name = f"srv-{kind}-{account + 1:05d}-{len(rows):06d}"
        rows.append(
            self._answer(name, kind, score, account, self._id(person), sent, waited, comment)
        )

    def outcomes(self) -> pa.Table:
        """What paying accounts want to reach: agreed at the start and again every year or so."""
        world, chance = self._world, self._world.settings.chance("outcomes")
        rows: Rows = []
        for account in range(len(world)):
            weeks = np.flatnonzero(world.record.status[:, account] == PAYING)
            asked = (0.25, 0.7, 0.95)[world.population.segment[account]]
            if not len(weeks) or chance.random() > asked:
                continue
            start = float(weeks[0]) * 7 + 10
            while start < min(world.grid.end - 10, float(weeks[-1]) * 7 + 7):
                rows.append(self._outcome(account, start, len(rows) + 1, chance))
                start += float(chance.uniform(120, 260))
        return table("outcomes", rows)

    def _outcome(
        self, account: int, start: float, number: int, chance: Chance
    ) -> tuple[object, ...]:
        world, grid = self._world, self._world.grid
        language, kind = world.population.language(account), int(chance.integers(4))
        due = start + float(chance.uniform(100, 230))
        seen = min(due, grid.end - 1)
        week = min(int(seen // 7), grid.weeks - 1)
        value = float(world.record.value[week, account])
        gone = world.record.status[week, account] != PAYING
        good = value + chance.normal(0, 0.08) > 0.44 and not gone
        confirmed: float = np.inf
        by = None
        if due < grid.end:
            status = "achieved" if good else "missed"
            if good and chance.random() < 0.65:
                confirmed = due + float(chance.exponential(12))
                by = self._id(self.member(account, due, chance, roles=2))
        else:
            status = "planned" if start > grid.end - 30 else "on_track" if good else "at_risk"
        when = iso(grid, confirmed)
        return (
            f"out-{number:05d}", account_id(account),
            phrases.pick(phrases.OUTCOMES, language, kind), phrases.OUTCOME_METRICS[kind],
            phrases.OUTCOME_TARGETS[kind], str(planned(grid, due))[:10], status, when,
            by if when else None,
        )  # fmt: skip

    def advocacy(self) -> pa.Table:
        """References, referrals, reviews, case studies: from those who feel best, seldom."""
        world, chance = self._world, self._world.settings.chance("advocacy")
        rate = 0.011 * np.clip((self._mood - 0.62) / 0.2, 0, 1.6) ** 2
        rate *= world.record.status == PAYING
        rate[:26] = 0
        rows: Rows = []
        for week, account in np.argwhere(chance.random(rate.shape) < rate):
            kind = ("review", "referral", "reference", "case_study")[
                int(chance.choice(4, p=[0.42, 0.3, 0.2, 0.08]))
            ]
            day = iso(world.grid, week * 7 + float(chance.uniform(0.3, 4.7)))
            if day:
                rows.append((f"adv-{len(rows) + 1:05d}", account_id(int(account)), kind, day))
        return table("advocacy", rows)
