"""Every metric on a Spark cluster of real executor processes, against DuckDB."""

import pytest

from tenure.metrics.models import AccountSeries, AccountSnapshot, PanelFile, PanelState
from tenure.metrics.selectors import catalogue_current
from tenure.metrics.services import panel_refresh
from tenure.metrics.spark import SparkEngine, java_home
from tenure.metrics.tests.compare import differences, panel
from tenure.metrics.tests.world import make_world

pytest.importorskip("pyspark")

# Little data: generating and compiling code for it would take longer than computing.
SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.locality.wait": "0",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


@pytest.mark.spark
@pytest.mark.django_db
@pytest.mark.filterwarnings("default")
def test_every_metric_is_the_same_on_spark():
    make_world(5, events=800)
    panel_refresh()
    expected = panel()
    for model in (PanelFile, PanelState, AccountSeries, AccountSnapshot):
        model.objects.all().delete()
    result = panel_refresh(engine=SparkEngine("local-cluster[2,1,512]", settings=SMALL))
    assert result.full
    assert {key for key, _account, _week in expected} == set(catalogue_current().keys)
    assert differences(panel(), expected) == []


def test_a_java_is_found_by_its_version(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    assert java_home() != "/nowhere"
