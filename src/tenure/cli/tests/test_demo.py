"""`tenure demo --out`: the company's files alone."""

import json

import pytest
import typer
from typer.testing import CliRunner

from tenure.cli import demo as module
from tenure.cli.demo_run import State, _people, board
from tenure.core.errors import TenureError
from tenure.core.models import User

app = typer.Typer()
module.register(app)


def _run(folder, *more):
    small = ("--accounts", "12", "--months", "4", "--seed", "1", "--end", "2026-03-18")
    return CliRunner().invoke(app, ["--out", str(folder), *small, *more])


def test_the_files_are_made_and_named(tmp_path):
    result = _run(tmp_path)
    assert result.exit_code == 0
    assert "accounts.csv" in result.stdout
    assert "--history" in result.stdout
    assert (tmp_path / "accounts.csv").is_file()


def test_a_second_run_keeps_them_and_says_so_in_json(tmp_path):
    _run(tmp_path)
    told = json.loads(_run(tmp_path, "--json").stdout)
    assert told["reused"] is True
    assert told["rows"]["accounts.csv"] == 12


def test_wrong_settings_are_a_sentence(tmp_path):
    result = CliRunner().invoke(app, ["--out", str(tmp_path), "--accounts", "3"])
    assert isinstance(result.exception, TenureError)
    assert "between 10 and 100,000 accounts" in str(result.exception)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("here already")
    result = _run(tmp_path / "file" / "below")
    assert isinstance(result.exception, TenureError)
    assert "choose another --out" in str(result.exception)


@pytest.mark.parametrize("end", ["yesterday", "2026-13-01"])
def test_a_wrong_day_is_refused(tmp_path, end):
    result = CliRunner().invoke(app, ["--out", str(tmp_path), "--end", end])
    assert result.exit_code == 2


@pytest.mark.django_db
def test_success_managers_of_the_demo_have_names_to_sign_letters_with(tmp_path):
    state = State(tmp_path / "demo.json", {"done": []})
    with board() as shown:
        _people(state, shown)
    names = dict(User.objects.values_list("email", "name"))
    assert names["joris.van-t-hoff@cirrus.example"] == "Joris van 't Hoff"
    assert all(names.values())
    assert not any(name.startswith("Björn") for name in names.values())  # he left
