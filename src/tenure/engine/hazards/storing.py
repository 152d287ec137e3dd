"""A fitted model as bytes: JSON for its shape, npz for its numbers, never pickle."""

import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from tenure.engine.hazards.base import Base
from tenure.engine.hazards.basis import Basis
from tenure.engine.hazards.boosted import Boosted
from tenure.engine.hazards.choosing import Calibration
from tenure.engine.hazards.design import Ahead, Design
from tenure.engine.hazards.lookup import Lookup
from tenure.engine.hazards.model import CauseModel, Resamples
from tenure.engine.hazards.report import Candidate, CauseReport, Report
from tenure.engine.hazards.ridge import Ridge
from tenure.engine.hazards.spread import Spread

VERSION = 2
READ = (1, 2)
"""The first version held quartiles of all accounts, and knew no resamples."""
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Ahead,
        Base,
        Basis,
        Boosted,
        Calibration,
        Candidate,
        CauseModel,
        CauseReport,
        Design,
        Lookup,
        Report,
        Resamples,
        Ridge,
        Spread,
    )
}


def pack(content: Mapping[str, Any]) -> bytes:
    """Content of plain values, arrays, tuples, mappings and the dataclasses of a model."""
    arrays: list[np.ndarray[Any, Any]] = []
    shape = {"version": VERSION, "content": _down(dict(content), arrays)}
    text = json.dumps(shape, sort_keys=True).encode()
    stored = {f"a{i}": array for i, array in enumerate(arrays)}
    out = io.BytesIO()
    np.savez_compressed(out, shape=np.frombuffer(text, dtype=np.uint8), **stored)  # type: ignore[arg-type]
    return out.getvalue()


def unpack(blob: bytes) -> dict[str, Any]:
    """What was packed.

    Raises:
        ValueError: The bytes are of another version or no packed model.
    """
    with np.load(io.BytesIO(blob), allow_pickle=False) as stored:
        shape = json.loads(stored["shape"].tobytes())
        if shape.get("version") not in READ:
            raise ValueError(f"A model of version {shape.get('version')} can't be read here.")
        content = _up(shape["content"], stored)
    return dict(content)


def _down(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if is_dataclass(value):
        inner = {f.name: _down(getattr(value, f.name), arrays) for f in fields(value)}
        return {"kind": type(value).__name__, "fields": inner}
    if isinstance(value, Mapping):
        return {"mapping": [[key, _down(item, arrays)] for key, item in value.items()]}
    if isinstance(value, tuple | list):
        return {"tuple": [_down(item, arrays) for item in value]}
    return value.item() if isinstance(value, np.generic) else value


def _up(value: Any, stored: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return stored[f"a{value['array']}"]
    if "tuple" in value:
        return tuple(_up(item, stored) for item in value["tuple"])
    if "mapping" in value:
        return {key: _up(item, stored) for key, item in value["mapping"]}
    inner = {name: _up(item, stored) for name, item in value["fields"].items()}
    return _KINDS[value["kind"]](**inner)
