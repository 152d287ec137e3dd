"""Properties of product events as JSON text, made a column at a time."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.engine.simulation.catalogue import EVENTS
from tenure.engine.simulation.settings import Ints

Chance = np.random.Generator


def _numbers(head: str, values: np.ndarray, tail: str) -> pa.Array:
    text = pc.cast(pa.array(values), pa.string())
    return pc.binary_join_element_wise(head, text, tail, "")


def _sized(head: str, centre: float, spread: float, tail: str) -> Callable[[Chance, int], pa.Array]:
    """A whole number, log-normal around `centre`."""

    def make(chance: Chance, count: int) -> pa.Array:
        drawn = np.exp(chance.normal(np.log(centre), spread, count)).astype(np.int64) + 1
        return _numbers(head, drawn, tail)

    return make


def _one_of(*choices: str) -> Callable[[Chance, int], pa.Array]:
    def make(chance: Chance, count: int) -> pa.Array:
        return pa.array(choices, pa.string()).take(
            pa.array(chance.integers(len(choices), size=count))
        )

    return make


def _amount(chance: Chance, count: int) -> pa.Array:
    cents = np.exp(chance.normal(np.log(64.0), 0.9, count))
    return _numbers('{"amount":', np.round(cents, 2), ',"currency":"EUR"}')


_MAKERS: dict[str, Callable[[Chance, int], pa.Array]] = {
    "login": _one_of('{"device":"web"}', '{"device":"web"}', '{"device":"mobile"}'),
    "dashboard_viewed": _one_of('{"dashboard":"overview"}', '{"dashboard":"team"}'),
    "record_created": _one_of('{"kind":"item"}', '{"kind":"contact"}', '{"kind":"Ärger & Süßes"}'),
    "report_exported": _sized('{"rows":', 900, 1.1, ',"format":"csv"}'),
    "data_imported": _sized('{"rows":', 2500, 1.3, ',"format":"xlsx"}'),
    "automation_run": _sized('{"duration_ms":', 800, 0.7, "}"),
    "order_synced": _amount,
    "api_called": _sized('{"calls":', 40, 1.0, "}"),
    "onboarding_step_completed": _sized('{"step":', 1, 0.0, "}"),
    "integration_connected": _one_of('{"kind":"erp"}', '{"kind":"crm"}', '{"kind":"sso"}'),
}


def properties(chance: Chance, code: Ints, number: Ints) -> pa.Array:
    """JSON (or null) for each event.

    Args:
        chance: where to draw from.
        code: index into the catalogue's events, shape (events,).
        number: the step of an onboarding event, otherwise ignored, shape (events,).

    Returns:
        Strings in the order of `code`.
    """
    order = np.argsort(code, kind="stable")
    counts = np.bincount(code, minlength=len(EVENTS))
    parts = []
    for event, count in zip(EVENTS, counts, strict=True):
        if event == "onboarding_step_completed":
            parts.append(
                _numbers('{"step":', number[order][code[order] == EVENTS.index(event)], "}")
            )
        elif event in _MAKERS:
            parts.append(_MAKERS[event](chance, int(count)))
        else:
            parts.append(pa.nulls(int(count), pa.string()))
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return pa.concat_arrays([p.cast(pa.string()) for p in parts]).take(pa.array(back))
