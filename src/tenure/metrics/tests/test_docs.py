"""docs/reference/metrics.md says of every shipped metric what its definition says."""

import re
from pathlib import Path

from tenure.metrics.definitions import Metric, catalogue_of, parse, shipped_bodies

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "metrics.md"


def sections() -> dict[str, str]:
    parts = re.split(r"^### `(\w+)`.*$", PAGE.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def window(metric: Metric) -> str:
    if metric.weeks:
        return f"{metric.weeks} weeks"
    if metric.window % 7:
        return f"{metric.window} days"
    return "one week" if metric.window == 7 else f"{metric.window // 7} weeks"


def test_every_shipped_metric_has_its_heading_and_no_other_has():
    assert set(sections()) == set(shipped_bodies())


def test_every_heading_says_description_unit_and_sources():
    catalogue = catalogue_of(parse(body) for body in shipped_bodies().values())
    for key, text in sections().items():
        metric = catalogue[key]
        assert metric.description in text
        assert f"Unit: {metric.unit}." in text
        assert f"Sources: {', '.join(catalogue.sources_of(key))}." in text
        if metric.kind in {"count", "people", "days", "breadth", "sum", "mean", "nps", "delay"}:
            assert f"Window: {window(metric)}." in text
