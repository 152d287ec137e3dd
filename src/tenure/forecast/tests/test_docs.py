"""docs/explanation/forecast.md shows the shipped definition as it is."""

import re
from pathlib import Path

import yaml

from tenure.forecast.definitions import shipped

PAGE = Path(__file__).resolve().parents[4] / "docs" / "explanation" / "forecast.md"


def test_the_page_shows_the_shipped_definition():
    block = re.search(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL).group(1)
    assert yaml.safe_load(block) == shipped()
