"""Plays and their runs for tests of pages, and the form of a page as a browser would send it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.models import DefinitionVersion, User
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.library import shipped
from tenure.plays.models import (
    Approval,
    Channel,
    Outgoing,
    PastPlay,
    Play,
    PlayCount,
    PlayEffect,
    Run,
    RunStep,
)
from tenure.plays.services import play_save, play_switch_on
from tenure.web.tests.factories import account_make

FORM = "builder-form"


def two_books(users: Mapping[str, User]) -> list[Account]:
    """Three accounts of the manager, and one of somebody else."""
    other = user_create(actor=None, email="other@example.com", role=Role.CSM)
    mine = [account_make(name, owner=users[Role.CSM]) for name in ("Aster", "Birch", "Cedar")]
    return [*mine, account_make("Delta", owner=other)]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def row_of(answer: Any, title: str) -> str:
    """The row of a play in the list."""
    return text(answer).partition(f">{title}</a>")[2].partition("</tr>")[0]


def rule(*items: Any, mode: str = "all") -> dict[str, Any]:
    return {mode: list(items)}


def condition(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


RICH = condition("contract.mrr", "at_least", 100)
POOR = condition("health.score", "below", 40)
DUTCH = condition("account.country", "one_of", ["NL"])


def play_body(**parts: Any) -> dict[str, Any]:
    """A play with a step of every kind that needs no other play or channel, and every part."""
    return {
        "title": {"en": "Renewal in sight", "de": "Verlängerung in Sicht"},
        "goal": "The contract is renewed in time.",
        "category": "renewal",
        "audience": rule(RICH, rule(DUTCH, POOR, mode="any")),
        "trigger": {"on": "date", "field": "contract.renews_at", "days": -90},
        "steps": [
            {"task": {
                "title": "Call {{ account.name }}", "note": {"en": "Ask", "": "Ask them"},
                "checklist": ["Read the notes", {"en": "Call", "de": "Anrufen"}],
                "who": "owner", "days": 2, "wait": 14, "hours": 0.5,
            }},
            {"wait": {"until": rule(condition("health.score", "above", 50.5)), "days": 14}},
            {"branch": {
                "when": rule(condition("level.slipping", "yes"), mode="any"),
                "then": [
                    {"approve": {"question": "Offer a discount?", "days": 3, "role": "leader"}},
                    {"branch": {"when": rule(POOR), "then": [{"stop": {}}]}},
                ],
                "otherwise": [
                    {"mail": {"to": ["champion", "sponsor"], "most": 2, "subject": "Your renewal",
                              "body": "Dear {{ person.first_name }}\n\nTime flies."}},
                    {"letter": {"to": ["sponsor"], "title": "Thank you", "body": "Dear all"}},
                ],
            }},
            {"set": {"field": "stage", "to": "renewing"}},
            {"set": {"owner": "pool"}},
            {"wait": {"days": 3}},
        ],
        "leave": rule(condition("contract.notice", "yes")),
        "automatic": False,
        "hold_out": 0.125,
        "priority": 60,
        "limits": {"again": 180, "day": 20, "person": 9, "patience": 30},
        "quiet": {"from": 20, "to": 7, "weekends": False},
        "skills": ["negotiation", "renewals"],
        "prior": {"mean": 0.021, "sd": 0.01, "source": "Judgement of the team"},
        **parts,
    }  # fmt: skip


def simple_body(**parts: Any) -> dict[str, Any]:
    """A short play that anybody can start."""
    return {
        "title": "Say hello", "goal": "They know us.", "category": "relationship",
        "trigger": {"on": "manual"}, "steps": [{"task": {"title": "Write to them"}}], **parts,
    }  # fmt: skip


def play_on(key: str = "renewal_90", body: dict[str, Any] | None = None) -> Play:
    """A play that is saved and switched on."""
    play_save(actor=None, key=key, body=body or play_body())
    return play_switch_on(actor=None, key=key)


def run_make(play: Play, account: Any, state: str = "active", **given: Any) -> Run:
    """A run as it would stand; its steps are the caller's."""
    now = clock.now()
    open_now = state in {"active", "queued"}
    return Run.objects.create(
        play=play, version=play.running or 1, account=account, state=state,
        **{
            "because": {"kind": "date", "field": "contract.renews_at", "date": "2026-12-31"},
            "met_at": now - timedelta(days=3), "started_at": now - timedelta(days=3),
            "wake_at": now + timedelta(days=2) if open_now else None,
            "ended_at": None if open_now else now - timedelta(days=1), **given,
        },
    )  # fmt: skip


def approval_make(run: Run, role: str = "leader", **given: Any) -> Approval:
    """A question that a run asks now."""
    now = clock.now()
    return Approval.objects.create(
        run=run, visit=1, role=role, question="Offer a discount?", asked_at=now,
        expires_at=now + timedelta(days=3), **given,
    )  # fmt: skip


def outgoing_make(run: Run, state: str, kind: str = "webhook", **given: Any) -> Outgoing:
    """Something in the outbox."""
    now = clock.now()
    return Outgoing.objects.create(
        key=f"{run.pk}:1:{Outgoing.objects.count()}", kind=kind, run=run, account=run.account,
        state=state, made_at=now, try_at=now, payload={"type": "play.step", "subject": "Hello"},
        reason="550 Unknown" if state == "failed" else "", **given,
    )  # fmt: skip


def plays_make(accounts: Any) -> Play:
    """A play that is on, with something to show on each of its pages."""
    play = play_on()
    Channel.objects.create(
        name="Room", kind="webhook", url="https://example.com/hook", secret="whsec_x",
        created_at=clock.now(),
    )  # fmt: skip
    run = run_make(play, accounts[0], position=3, visits=2, waits_for="approval")
    RunStep.objects.create(
        run=run, visit=1, position=0, kind="task", at=clock.now(), outcome="skipped",
        detail={"reason": "no_owner"},
    )  # fmt: skip
    approval_make(run)
    outgoing_make(run, "failed", channel=Channel.objects.get())
    run_make(play, accounts[1], "held_out", propensity=0.9)
    done = run_make(play, accounts[2], "stopped", ended_why="They asked for it")
    approval_make(done, decision="yes", decided_at=clock.now())
    for what, count in (("met", 5), ("started", 3), ("held_out", 1), ("quiet", 1)):
        PlayCount.objects.create(play=play, day=clock.today(), what=what, count=count)
    return play


TOLD = ("title", "goal", "note", "checklist", "subject", "body", "question", "text", "source")


def texts_of_plays() -> set[str]:
    """What plays say in English: their authors' words, as a whole and line by line."""
    rows = DefinitionVersion.objects.filter(kind="play").values_list("key", "body")
    found = {key for key, _body in rows}
    for body in [*(body for _key, body in rows), *shipped().values()]:
        for text in _texts(body):
            found |= {text, " ".join(text.split()), *text.split("\n")}
    return found


def _texts(part: Any, told: bool = False) -> Iterator[str]:
    if isinstance(part, dict):
        words = {code: text for code, text in part.items() if told and code in {"", "en"}}
        for name, value in (words or part).items():
            yield from _texts(value, told=bool(words) or name in TOLD)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value, told)
    elif told and isinstance(part, str):
        yield part


def past_make(name: str = "Adoption review", **given: Any) -> PastPlay:
    """A play of the log as a refresh leaves it; looked at, where nothing bars it."""
    play = Play.objects.get_or_create(key="adoption_review")[0]
    today = clock.today()
    if not given.get("bar"):
        estimate = [0.04, 0.01, 0.07, 0.01, 0.95, 0.91]
        PlayEffect.objects.create(
            play=play, version=0, endpoint="retention", days=90, on=today, raw=estimate,
            treated=[410, 0, 0, 410], held_out=[41, 0, 0, 41], adjusted=estimate, p=0.01,
            assigned_p=1.0, measured_p=1.0, expected=45.1, verdict="helps",
        )  # fmt: skip
    return PastPlay.objects.create(
        play=play, name=name, **{
            "treated": 410, "held_out": 41, "first_on": today - timedelta(days=500),
            "last_on": today - timedelta(days=200), **given,
        },
    )  # fmt: skip


class _Inputs(HTMLParser):
    """Reads what a browser would send of a form: inputs, ticked boxes, selects, text areas."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside, self.sent = form, False, []
        self._select, self._chosen, self._first, self._area = "", None, None, ""
        self._text: list[str] = []

    def handle_starttag(self, tag, attrs):
        had = dict(attrs)
        if tag == "form":
            self.inside = had.get("id") == self.form
        if not self.inside:
            return
        if tag == "input" and had.get("name"):
            loose = had.get("type") in {"checkbox", "radio"} and "checked" not in had
            if not loose and had.get("type") != "file":
                self.sent.append((had["name"], had.get("value") or ""))
        elif tag == "select":
            self._select, self._chosen, self._first = had.get("name", ""), None, None
        elif tag == "option":
            value = had.get("value") or ""
            self._first = value if self._first is None else self._first
            self._chosen = value if "selected" in had else self._chosen
        elif tag == "textarea":
            self._area, self._text = had.get("name", ""), []

    def handle_data(self, data):
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.inside and self._select:
            chosen = self._first if self._chosen is None else self._chosen
            if chosen is not None:
                self.sent.append((self._select, chosen))
        elif tag == "textarea" and self.inside and self._area:
            text = "".join(self._text).removeprefix("\n")
            self.sent.append((self._area, text.replace("\n", "\r\n")))
            self._area = ""


def form_of(page: bytes, form: str = FORM) -> dict[str, list[str]]:
    """What a browser would send of a page's form, by name."""
    reader = _Inputs(form)
    reader.feed(page.decode())
    sent: dict[str, list[str]] = {}
    for name, value in reader.sent:
        sent.setdefault(name, []).append(value)
    return sent
