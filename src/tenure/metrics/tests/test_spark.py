"""Every metric on a Spark cluster of real executor processes, against DuckDB."""

import pytest

from tenure.metrics.models import AccountSeries, AccountSnapshot, PanelFile, PanelState
from tenure.metrics.selectors import catalogue_current
from tenure.metrics.services import panel_refresh
from tenure.metrics.spark import SparkEngine, java_home
from tenure.metrics.tests.compare import differences, panel
from tenure.metrics.tests.world import make_world

pytest.importorskip("pyspark")

# Little data: generating and compiling code for it would take longer than computing, and the
# thorough compiler of the Java machine would keep both cores from the work itself.
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.locality.wait": "0",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": QUICK_JAVA,
    "spark.executor.extraJavaOptions": QUICK_JAVA,
}


class WatchedEngine(SparkEngine):
    """Counts, before it closes, the processes that held data: the executors and the driver."""

    processes = 0

    def close(self) -> None:
        self.processes = self._session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
        super().close()


@pytest.mark.spark
@pytest.mark.django_db
@pytest.mark.filterwarnings("default")
def test_every_metric_is_the_same_on_spark():
    make_world(5, events=300, facts=20)
    panel_refresh()
    expected = panel()
    for model in (PanelFile, PanelState, AccountSeries, AccountSnapshot):
        model.objects.all().delete()
    engine = WatchedEngine("local-cluster[2,1,512]", settings=SMALL)
    assert panel_refresh(engine=engine).full
    assert engine.processes == 3
    assert {key for key, _account, _week in expected} == set(catalogue_current().keys)
    assert differences(panel(), expected) == []


def test_a_java_is_found_by_its_version(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    assert java_home() != "/nowhere"
