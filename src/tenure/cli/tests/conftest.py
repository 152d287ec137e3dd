"""A runner that calls commands as a shell would."""

import json

import pytest
from typer.testing import CliRunner

from tenure.cli.app import build


class Shell:
    """Calls `tenure …` in this process."""

    def __init__(self):
        self._app = build()
        self._runner = CliRunner()

    def __call__(self, *words, code=0):
        result = self._runner.invoke(self._app, [str(w) for w in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.stdout

    def json(self, *words, code=0):
        return json.loads(self(*words, "--json", code=code))


@pytest.fixture
def tenure():
    return Shell()
