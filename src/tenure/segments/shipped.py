"""Segments that come as examples: the demo sets them up, and anybody may start from one."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tenure.segments.models import Segment
from tenure.segments.services import segment_create

EXAMPLES = Path(__file__).parent / "examples"


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Key → body of each example."""
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(EXAMPLES.glob("*.yaml"))
    }


def segments_install_examples() -> int:
    """Make the examples, shared and without an owner, where no segment was made yet; how many."""
    if Segment.objects.exists():
        return 0
    for body in examples().values():
        segment_create(actor=None, body=body, shared=True, note="Example")
    return len(examples())
