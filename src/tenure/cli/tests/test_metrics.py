"""`tenure metrics` and its subcommands."""

import json

import pytest
import typer
import yaml
from typer.testing import CliRunner

from tenure.cli import metrics as module
from tenure.core.errors import InvalidDefinition, TenureError
from tenure.core.selectors import definition_current
from tenure.metrics.models import AccountSnapshot
from tenure.metrics.selectors import catalogue_current
from tenure.metrics.tests.conftest import own_folders, wednesday  # noqa: F401 - fixtures
from tenure.metrics.tests.world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
app = typer.Typer()
module.register(app)
app.callback()(lambda: None)


def run(*words, code=0):
    result = CliRunner().invoke(app, ["metrics", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


def test_metrics_computes_snapshots_and_says_how_many():
    world = make_world(1, events=50)
    told = json.loads(run("--json"))
    assert told["full"]
    assert told["accounts"] == len(world.accounts) == AccountSnapshot.objects.count()
    assert "what changed" in run()
    assert json.loads(run("--since", "2025-03-05", "--json"))["since"] == "2025-03-03"


def test_an_unknown_engine_is_refused_with_a_sentence():
    with pytest.raises(TenureError, match="is no engine; use duckdb"):
        run("--engine", "abacus")


def test_every_metric_is_listed_with_its_sources():
    rows = {row["key"]: row for row in json.loads(run("list", "--json"))}
    assert set(rows) == set(catalogue_current().keys)
    assert rows["idle_seats"]["sources"] == ["contracts", "events"]
    assert "Idle seats" in run("list")


def test_exported_definitions_check_and_save_again_unchanged(tmp_path):
    file = tmp_path / "metrics.yaml"
    file.write_text(run("export"))
    assert len(yaml.safe_load(file.read_text())) == len(catalogue_current().keys)
    assert "all in order" in run("check", file)
    file.write_text(run("export", "events", "stickiness"))
    assert json.loads(run("save", file, "--json")) == [
        {"key": "events", "version": 1},
        {"key": "stickiness", "version": 1},
    ]
    assert definition_current("metric", "events").version == 1


def test_a_file_with_faults_is_refused_with_a_sentence_for_each(tmp_path):
    file = tmp_path / "metrics.yaml"
    file.write_text("- {key: mine, title: Mine, kind: ratio, over: events, by: nobody}\n")
    with pytest.raises(InvalidDefinition, match="'nobody', which is no metric"):
        run("check", file)
    with pytest.raises(TenureError, match="There is no metric 'nobody'"):
        run("export", "nobody")
