"""The definitions that come with Tenure, read from `metrics/defaults/*.yaml`."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tenure.core.errors import InvalidDefinition

DEFAULTS = Path(__file__).resolve().parent.parent / "defaults"


@cache
def shipped_bodies() -> dict[str, dict[str, Any]]:
    """Key → body of each shipped metric."""
    bodies = [body for path in sorted(DEFAULTS.glob("*.yaml")) for body in read_yaml(path)]
    return {body["key"]: body for body in bodies}


def read_yaml(path: Path) -> list[dict[str, Any]]:
    """The definitions in a YAML file: one mapping, or a list of them.

    Raises:
        InvalidDefinition: the file is no YAML or holds something else.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidDefinition([f"{path} cannot be read as YAML: {error}."]) from error
    bodies = content if isinstance(content, list) else [content]
    if not all(isinstance(body, dict) for body in bodies):
        raise InvalidDefinition([f"{path} must hold one definition or a list of definitions."])
    return bodies
