"""The last days of a company's tracking, as messages to be sent through the tracking door."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenure.engine.simulation import Company
from tenure.engine.simulation.activity import Sent

Message = dict[str, Any]

# Seconds by which the sender's clock is ahead; the push turns it into the batch's `sentAt`.
AHEAD = "ahead"


@dataclass(frozen=True)
class _Due:
    """A message and when it arrives (days since the start)."""

    received: float
    message: Message


class Live:
    """Collects messages; `write` puts them down in order of receipt, one JSON object a line."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._chance = company.settings.chance("live")
        self._due: list[_Due] = []

    @property
    def count(self) -> int:
        return len(self._due)

    def add(self, sent: Sent) -> None:
        """Take product events as `track` messages."""
        rows = sent.table.to_pylist()
        for row, received, skew in zip(rows, sent.received, sent.skew, strict=True):
            self._due.append(_Due(float(received), _track(row, int(skew))))

    def write(self, path: Path) -> None:
        """Write all messages, with the arrivals and the strange ones among them."""
        self._introduce()
        self._walk_in()
        self._come_late()
        self._due.sort(key=lambda due: (due.received, str(due.message["messageId"])))
        with path.open("w", encoding="utf-8") as out:
            for due in self._due:
                out.write(json.dumps(due.message, ensure_ascii=False) + "\n")

    def _time(self, day: float) -> str:
        return str(np.datetime64(int(self._company.grid.seconds(day)), "s")) + "Z"

    def _put(self, day: float, kind: str, name: str, **fields: Any) -> None:
        message = {"type": kind, "messageId": name, "timestamp": self._time(day), **fields}
        self._due.append(_Due(day, message))

    def _introduce(self) -> None:
        """Whoever joined in these days is identified and grouped, in either order."""
        cut = self._time(self._company.grid.end - 14)
        joined = self._company.tables["memberships"].to_pylist()
        faces = {row["id"]: row for row in self._company.tables["people"].to_pylist()}
        for row in joined:
            person = faces.get(row["person_id"])
            if row["since"] < cut or person is None:
                continue
            begin = self._company.grid.start.astype("datetime64[s]")
            since = np.datetime64(row["since"].rstrip("Z"), "s") - begin
            day = float(since.astype(np.int64)) / 86_400
            user, swap = row["person_id"], self._chance.random() < 0.3
            traits = {"email": person["email"], "name": person["name"], "title": person["title"]}
            first = min(day + 0.0005, self._company.grid.end - 0.001)
            second = min(day + 0.01, self._company.grid.end - 0.0005)
            at = (second, first) if swap else (first, second)
            self._put(at[0], "identify", f"id-{user}", userId=user, traits=traits)
            self._put(at[1], "group", f"gr-{user}", userId=user, groupId=row["account_id"])

    def _walk_in(self) -> None:
        """Visitors first anonymous, then known; one account told of here only; one unheard of."""
        end = self._company.grid.end
        accounts = self._company.tables["accounts"].column("id").to_pylist()
        for visitor in range(6):
            token, user = f"anon-walk-in-{visitor}", f"usr-walk-in-{visitor}"
            day = end - 13 + 2 * visitor + 0.4
            for view in range(4):
                self._track(day + view * 0.01, f"walk-{visitor}-{view}", "pricing_viewed", token)
            known = day + 0.3
            account = accounts[int(self._chance.integers(len(accounts)))]
            group = (account, "acc-walk-in", "acc-unheard-of")[min(max(visitor - 3, 0), 2)]
            traits = {
                "email": f"walk.in{visitor}@visitor.example",
                "name": f"Zoë Ünal {visitor} 🌱",
            }
            self._put(
                known, "identify", f"walk-id-{visitor}", userId=user, anonymousId=token,
                traits=traits,
            )  # fmt: skip
            if group != "acc-unheard-of":
                about = {"name": "Neuland & Partner <i>OHG</i>"} if group == "acc-walk-in" else {}
                self._put(
                    known + 0.001, "group", f"walk-gr-{visitor}", userId=user, groupId=group,
                    traits=about,
                )  # fmt: skip
            for act in range(5):
                name = f"walk-{visitor}-act-{act}"
                self._track(known + 0.01 * (act + 1), name, "dashboard_viewed", None, user, group)

    def _track(
        self, day: float, name: str, event: str, token: str | None, user: str | None = None,
        account: str | None = None,
    ) -> None:  # fmt: skip
        fields: Message = {"event": event, "properties": {}}
        if token:
            fields["anonymousId"] = token
        if user:
            fields["userId"] = user
        if account:
            fields["context"] = {"groupId": account}
        self._put(day, "track", name, **fields)

    def _come_late(self) -> None:
        """A tablet left in a drawer for weeks sends what it kept."""
        grid = self._company.grid
        members = self._company.tables["memberships"].to_pylist()
        old = [m for m in members if m["until"] is None and m["since"] < self._time(grid.end - 90)]
        for number in range(min(40, len(old))):
            who = old[int(self._chance.integers(len(old)))]
            fields = {
                "event": "record_created", "properties": {"kind": "item"},
                "userId": who["person_id"], "context": {"groupId": who["account_id"]},
            }  # fmt: skip
            day = grid.end - float(self._chance.uniform(20, 45))
            message = {
                "type": "track", "messageId": f"drawer-{number}", "timestamp": self._time(day),
            }  # fmt: skip
            self._due.append(_Due(grid.end - 1.3, message | fields))


def _track(row: dict[str, Any], skew: int) -> Message:
    """A row of the events table as a Segment `track` message."""
    message: Message = {
        "type": "track",
        "messageId": row["message_id"],
        "timestamp": row["timestamp"].strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "event": row["event"],
        "properties": json.loads(row["properties"] or "{}"),
    }
    if row["user_id"]:
        message["userId"] = row["user_id"]
    if row["anonymous_id"]:
        message["anonymousId"] = row["anonymous_id"]
    if row["account_id"]:
        message["context"] = {"groupId": row["account_id"]}
    if not row["user_id"] and not row["anonymous_id"]:
        # what a machine does has no user: Segment wants one of the two, so the machine is named
        message["anonymousId"] = f"machine-{row['account_id']}"
    if skew:
        message[AHEAD] = skew
    return message
