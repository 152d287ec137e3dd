"""The backtest as files: every stored figure, and nothing that a spreadsheet would run."""

import json

import pytest

from tenure.core.roles import Role
from tenure.forecast.models import BacktestResult
from tenure.web.tests.evidence import backtest_make, bins, run_make

pytestmark = pytest.mark.django_db


def test_the_backtest_can_be_taken_away_as_csv_and_json(sign_in):
    client = sign_in(Role.VIEWER)
    assert client.get("/models/backtests.csv").status_code == 404
    run = run_make()
    backtest_make(run, segments=("=cmd()",))
    answer = client.get("/models/backtests.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert lines[0].endswith("metric,value,low,high")
    assert "churn,forecast,,,6,1840,126,auc,0.78,0.74,0.82" in lines
    assert "churn,forecast,,,6,1840,126,predicted,0.07,," in lines
    assert any("'=cmd()" in line for line in lines)
    document = json.loads(client.get("/models/backtests.json").content)
    assert document["digest"] == run.digest
    assert len(document["results"]) == BacktestResult.objects.count()
    results = [r for r in document["results"] if r["method"] == "forecast"]
    pooled = [r for r in results if not r["origin"]]
    assert pooled[0]["bins"] == bins()
