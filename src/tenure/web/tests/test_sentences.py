"""Sentences that rooms store in English are told in the reader's language, values and all."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from django.utils import translation

from tenure.core import reasons
from tenure.core.reasons import REASONS
from tenure.core.wording import retold
from tenure.engine import sentences as engine
from tenure.engine.panel.leakage import lint_table
from tenure.engine.panel.leakage.tests import honest
from tenure.forecast import sentences
from tenure.forecast.sentences import SENTENCES
from tenure.intake.loading import LoadRefused, load_folder
from tenure.intake.models import Load, Reject
from tenure.intake.refusals import REFUSALS
from tenure.intake.tests.sending import batch, track
from tenure.web.sentences import (
    DAYS,
    NUMBERS,
    stored_reason,
    stored_refusals,
    stored_sentence,
)

PARTS = re.compile(r"%\((\w+)\)s")
TOLD = ((SENTENCES, stored_sentence), (REASONS, stored_reason), (REFUSALS, stored_refusals))
EVERY = [(text, told) for texts, told in TOLD for text in texts]


def filled(template):
    """A sentence as a room makes it, with a value of its own in each part."""
    names = dict.fromkeys(PARTS.findall(template))
    values = {name: f"{name}_{at}" for at, name in enumerate(names)}
    for at, name in enumerate(names):
        if name in NUMBERS:
            values[name] = str(7_001 + at)
        if name in DAYS:
            values[name] = f"2026-01-{at + 10}"
    return template % values, values


@pytest.mark.parametrize(("template", "told"), EVERY)
def test_each_stored_sentence_is_known_again_with_its_values(template, told):
    sentence, values = filled(template)
    same = {name: f"{name}={value}" for name, value in values.items()}
    patterns = next(texts for texts, how in TOLD if how is told)
    with translation.override("en"):
        again = retold(sentence, patterns, lambda name, value: f"{name}={value}")
    assert again == template % same, "another template takes the sentence for its own"
    with translation.override("de"):
        german = told(sentence)
        assert german != sentence, "nobody translated it"
        for name, value in values.items():
            if name not in DAYS:
                assert value in german, name


def test_what_no_template_made_stays_as_it_is():
    with translation.override("de"):
        assert stored_reason("Ein Satz von 1,5 m.") == "Ein Satz von 1,5 m."


def test_numbers_days_and_names_of_models_are_told_as_the_reader_writes_them():
    ends = {"gap": "+0.0123", "low": "-0.0010", "high": "+0.0256"}
    worse = sentences.WORSE % (ends | {"months": 4, "day": "2026-03-16"})
    with translation.override("de"):
        said = stored_sentence(worse)
        many = stored_reason(reasons.TOO_MANY_CHARACTERS % {"n": "1,200", "most": "1,000"})
        none = stored_sentence(engine.NO_SIGNAL % {"cause": "churn", "chosen": "base rate"})
    assert "+0,0123 (−0,0010 bis +0,0256)" in said
    assert "16. März 2026" in said
    assert "1.200" in many
    assert "1.000" in many
    assert "churn" not in none
    assert "base rate" not in none


def rows_refused(folder):
    """The reasons of rejects that the loader really writes, of every kind of table."""
    bad = {
        "plans": "id,name,tier\np,P,x\np,P,1\np,Q,1\nq,Q,1.5\n,R,1\n",
        "accounts": "id,name,parent_id,csm_email,created_at\na,A,a,nobody,soon\na,A,,,1800-01-01\n"
        'b,B,zzz,nobody,2026-01-01\nc,C,c,,2026-01-01\nd,"D,,\n',
        "people": "id,account_id,role\np1,zzz,boss\np2,zzz,user\n",
        "subscriptions": "id,account_id,plan_id,started_at,mrr,currency,interval\n"
        "s,a,zzz,2026-01-01,ten,EURO,weekly\nt,zzz,p,2026-01-01,10,EUR,month\n"
        "u,b,zzz,2026-01-01,10,EUR,month\n",
        "survey_answers": "id,account_id,person_id,kind,score,answered_at\n"
        "x,b,,nps,11,2026-01-01\ny,,zzz,nps,9,2026-01-01\nz,,,nps,9,2026-01-01\n"
        "w,b,zzz,nps,9,2026-01-01\n",
        "events": "event,timestamp,user_id,properties\n,2026-01-01,u,\ne,,u,\ne,soon,u,\n"
        "e,1950-01-01,u,\ne,2026-01-01,,\ne,2026-01-01,u,[1]\n",
    }
    for table, text in bad.items():
        (folder / f"{table}.csv").write_text(text)
    load_folder(folder)
    return set(Reject.objects.values_list("reason", flat=True))


def events_refused():
    given = [
        {"type": "track", "userId": "u"},
        track(userId="x" * 301),
        track(event=""),
        {"type": "nonsense"},
        track(userId=True),
        track(timestamp="soon"),
        track(userId=None),
        3,
    ]
    return {reject.reason for reject in batch(*given).rejects}


def columns_refused():
    table = honest.table(1, accounts=600, origins=8, rate=0.1)
    came, origin = table.label > 0, table.origin
    traps = {
        "ended": np.where(came, origin + 20, np.datetime64("NaT")),
        "why": np.where(came, "price", ""),
        "state": np.where(came, "gone", "here"),
        "number": table.account_code + 1.0,
        "name": np.char.add("n", table.account_code.astype(str)),
        "same": np.zeros(came.size),
        "left": np.where(came, origin - 3, origin - 300),
        "unit": np.where(origin == origin.max(), 1e5, 1.0) * (1 + table.account_code % 7),
    }
    return {one.sentence for one in lint_table(honest.with_columns(table, **traps)).findings}


@pytest.mark.django_db
def test_what_the_rooms_really_write_is_known_again(settings, tmp_path):
    settings.EVENTS_URL, settings.HOME = str(tmp_path / "store"), tmp_path / "home"
    folder = tmp_path / "in"
    folder.mkdir()
    found = rows_refused(folder), events_refused(), columns_refused()
    with translation.override("nl"):
        left = [
            text
            for texts, told in zip(
                found, (stored_reason, stored_reason, stored_sentence), strict=True
            )
            for text in texts
            if told(text) == text
        ]
    assert not left, "\n".join(left)
    assert [len(texts) for texts in found] == [22, 8, 9], found


@pytest.mark.django_db
def test_each_fault_of_files_that_were_refused_is_told(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    (tmp_path / "accounts.csv").write_text("id,id,\n")
    (tmp_path / "tickets.csv").write_text("id,account_id,opened\n")
    with pytest.raises(LoadRefused):
        load_folder(tmp_path)
    kept = Load.objects.get().message.split("\n")
    with translation.override("nl"):
        told = stored_refusals("\n".join(kept)).split("\n")
    assert len(told) == len(kept) == 5
    assert not set(told) & set(kept), told
    assert all(line.startswith(("accounts.csv", "tickets.csv")) for line in told)


# What makes a reject, and which of its arguments is the reason.
MAKERS = {
    "RowReject": 3, "BadCell": 1, "CellError": 2, "Fault": 1, "RowRejected": 2,
    "MessageRejected": 2, "Record": 2, "NoBoosting": 0, "found": 3, "BrokenFile": 0,
}  # fmt: skip
ROOMS = ("accounts", "contracts", "core", "engine", "events", "forecast", "intake", "timeline")


def loose(path):
    """Calls in a file that put a reason together instead of taking it from the one place."""
    text = path.read_text()
    if not any(f"{name}(" in text for name in (*MAKERS, "ValueError")):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            at = 0 if name == "ValueError" and path.name == "cells.py" else MAKERS.get(name)
            reason = node.args[at] if at is not None and len(node.args) > at else None
            if isinstance(reason, ast.JoinedStr) or (
                isinstance(reason, ast.Constant) and isinstance(reason.value, str) and reason.value
            ):
                yield f"{path.name}:{node.lineno}"


def test_no_room_puts_a_reason_together_elsewhere():
    package = Path(reasons.__file__).parents[1]
    files = [path for room in ROOMS for path in (package / room).rglob("*.py")]
    assert not [line for path in files if "tests" not in path.parts for line in loose(path)]
