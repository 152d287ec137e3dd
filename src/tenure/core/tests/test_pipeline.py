"""What a refresh leaves behind besides its numbers."""

import pytest
from django.db import connection

from tenure.core import pipeline
from tenure.core.models import StageRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = pipeline.Stage("counting", lambda refresh: {"counted": 3})
    monkeypatch.setattr(pipeline, "_stages", {stage.name: stage})


def surveyed() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchall():
            return set()
        cursor.execute("SELECT tbl FROM sqlite_stat1")
        return {table for (table,) in cursor.fetchall()}


@pytest.mark.once
def test_sqlite_is_told_how_its_tables_are_filled(one_stage: None) -> None:
    pipeline.run()
    assert StageRun._meta.db_table in surveyed()


@pytest.mark.once
def test_a_refresh_without_a_stage_leaves_the_tables_alone(one_stage: None) -> None:
    before = surveyed()
    assert pipeline.run(only=["another"]) == []
    assert surveyed() == before


def test_each_stage_keeps_what_it_did(one_stage: None) -> None:
    (run,) = pipeline.run()
    assert (run.stage, run.outcome, run.detail) == ("counting", "done", {"counted": 3})
    assert run.ended_at is not None
