"""The rules of identity written down a second time, slowly, over the whole set of messages."""

from dataclasses import dataclass
from hashlib import md5

from tenure.events.messages import Message


@dataclass(frozen=True)
class FileAccount:
    account: str


@dataclass(frozen=True)
class FileMember:
    """A file said that a person belongs to an account (days; None: open)."""

    person: str
    account: str
    since: int | None = None
    until: int | None = None


class Oracle:
    def __init__(self, things, day):
        self.messages = [t for t in things if isinstance(t, Message)]
        self.members = [t for t in things if isinstance(t, FileMember)]
        self.day = day
        groups = [m for m in self.messages if m.kind == "group"]
        self.accounts = {m.account_id for m in groups}
        self.accounts |= {t.account for t in things if not isinstance(t, Message)}
        self.aliases = {
            (m.previous_id, m.user_id)
            for m in self.messages
            if m.kind == "alias" and m.previous_id != m.user_id
        }

    def component(self, user):
        found = {user}
        while True:
            more = {b if a in found else a for a, b in self.aliases if (a in found) != (b in found)}
            if not more:
                return found
            found |= more

    def person(self, user):
        members = self.component(user)
        sinks = [m for m in members if all(a != m for a, _b in self.aliases)]
        return min(sinks or members)

    def owner(self, anonymous):
        """Whom an anonymous id belongs to: the user who used it first."""
        claims = [
            (m.occurred_at, m.user_id)
            for m in self.messages
            if m.user_id
            and (m.anonymous_id == anonymous or (m.kind == "alias" and m.previous_id == anonymous))
        ]
        return self.person(min(claims)[1]) if claims else None

    def subject(self, m):
        """The person, or the anonymous id nobody owns."""
        if m.user_id:
            return ("person", self.person(m.user_id))
        if m.anonymous_id is None:
            return None
        owner = self.owner(m.anonymous_id)
        return ("person", owner) if owner else ("anonymous", m.anonymous_id)

    def account(self, m):
        if m.account_id:
            return m.account_id if m.account_id in self.accounts else None
        subject = self.subject(m)
        facts = sorted(
            (g.occurred_at, g.account_id)
            for g in self.messages
            if g.kind == "group" and self.subject(g) == subject
        )
        if facts:
            first = {}
            for at, account in facts:
                first.setdefault(at, account)
            before = [at for at in first if at <= m.occurred_at]
            return first[max(before) if before else min(first)]
        return self.by_file(subject, m.occurred_at) if subject else None

    def by_file(self, subject, at):
        kind, name = subject
        own = [t for t in self.members if kind == "person" and self.person(t.person) == name]
        accounts = {t.account for t in own}
        if len(accounts) > 1:
            accounts = {
                t.account
                for t in own
                if (t.since is None or self.day(t.since) <= at)
                and (t.until is None or at < self.day(t.until))
            }
        return accounts.pop() if len(accounts) == 1 else None

    def tracks(self):
        seen = {m.message_id: m for m in self.messages if m.kind == "track"}
        return list(seen.values())

    def stored(self):
        rows = []
        for m in self.tracks():
            kind, name = self.subject(m) or ("none", None)
            person = name if kind == "person" else None
            rows.append((self.account(m), person, m.event, (m.occurred_at - self.day(0)).days))
        return sorted(rows, key=str)

    def unmatched(self):
        counts = {}
        for m in self.tracks():
            if m.account_id and m.account_id not in self.accounts:
                counts[m.account_id] = counts.get(m.account_id, 0) + 1
        return counts

    def people(self):
        """Each person that goes by their own id, with the newest value of the trait `plan`."""
        named = {m.user_id for m in self.messages if m.user_id} | {t.person for t in self.members}
        people = {self.person(user): None for user in named}
        newest = {}
        for m in self.messages:
            kind, name = self.subject(m) or ("none", None)
            if m.kind == "identify" and kind == "person" and "plan" in m.traits:
                rank = (m.occurred_at, md5(m.message_id.encode()).hexdigest())
                if name not in newest or newest[name][0] < rank:
                    newest[name] = (rank, m.traits["plan"])
        return people | {name: value for name, (_rank, value) in newest.items()}
