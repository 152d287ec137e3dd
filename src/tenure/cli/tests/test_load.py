"""`tenure load`."""

import json

import pytest
import typer
from typer.testing import CliRunner

from tenure.cli import load
from tenure.intake.loading import LoadRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path, settings):
    settings.EVENTS_URL = str(tmp_path / "store")
    app = typer.Typer()
    app.callback()(lambda: None)
    load.register(app)
    (tmp_path / "in").mkdir()

    def call(*words):
        return CliRunner().invoke(app, ["load", str(tmp_path / "in"), *words])

    call.folder = tmp_path / "in"
    return call


def test_a_clean_load_ends_with_0_and_says_what_it_did(run):
    (run.folder / "accounts.csv").write_text("id,name\na,A\nb,B\n")
    (run.folder / "readme.txt").write_text("x")
    result = run()
    assert result.exit_code == 0
    assert "accounts" in result.stdout
    assert "readme.txt" in result.stdout


def test_rejects_end_with_2_and_say_where_they_are(run):
    (run.folder / "accounts.csv").write_text("id,name\na,\n")
    result = run()
    assert result.exit_code == 2
    assert "accounts.rejected.csv" in result.stdout.replace("\n", "")


def test_json_is_one_document(run):
    (run.folder / "accounts.csv").write_text("id,name\na,A\n")
    shown = json.loads(run("--json", "--history").stdout)
    assert shown["tables"][0]["loaded"] == 1


def test_a_refused_folder_is_an_error_with_a_sentence(run):
    (run.folder / "accounts.csv").write_text("name\n")
    with pytest.raises(LoadRefused, match="'id' is missing"):
        raise run().exception


def test_a_mapping_can_be_given(run, tmp_path):
    (run.folder / "kunden.csv").write_text("nr,firma\n1,Acme\n")
    mapping = tmp_path / "m.yaml"
    mapping.write_text("tables: {accounts: {from: kunden.csv, columns: {id: nr, name: firma}}}")
    result = run("--map", str(mapping), "--json")
    assert json.loads(result.stdout)["tables"][0]["loaded"] == 1
