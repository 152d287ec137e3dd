"""All metrics together: references resolved, circles refused, in an order that can be computed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition
from tenure.metrics.definitions.metric import Metric


@dataclass(frozen=True)
class Catalogue:
    """Metrics in an order in which each comes after those it leans on."""

    metrics: tuple[Metric, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, sorted."""
        return tuple(sorted(metric.key for metric in self.metrics))

    def __getitem__(self, key: str) -> Metric:
        return next(metric for metric in self.metrics if metric.key == key)

    def __contains__(self, key: object) -> bool:
        return any(metric.key == key for metric in self.metrics)

    @property
    def base(self) -> tuple[Metric, ...]:
        """The metrics computed from facts."""
        return tuple(metric for metric in self.metrics if not metric.derived)

    @property
    def derived(self) -> tuple[Metric, ...]:
        """The metrics computed from other metrics, in computable order."""
        return tuple(metric for metric in self.metrics if metric.derived)

    def only(self, keys: Iterable[str]) -> "Catalogue":
        """The named metrics and everything they lean on."""
        wanted: set[str] = set()
        stack = list(keys)
        while stack:
            key = stack.pop()
            if key not in wanted:
                wanted.add(key)
                stack += self[key].inputs
        return Catalogue(tuple(metric for metric in self.metrics if metric.key in wanted))

    def sources_of(self, key: str) -> tuple[str, ...]:
        """The sources a metric is built on, through what it leans on."""
        found = dict.fromkeys(
            source for metric in self.only([key]).metrics for source in metric.own_sources
        )
        return tuple(sorted(found))

    def fingerprint(self, extra: Mapping[str, object]) -> str:
        """Changes whenever a number could: 64 hex digits over all definitions and `extra`."""
        bodies = {
            metric.key: {name: metric.body[name] for name in metric.body if name not in _WORDS}
            for metric in self.metrics
        }
        text = json.dumps([bodies, dict(extra)], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


_WORDS = frozenset({"title", "description", "unit", "higher_is_better"})


def catalogue_of(metrics: Iterable[Metric]) -> Catalogue:
    """Put metrics in computable order.

    Raises:
        InvalidDefinition: a key is used twice, a reference names no metric, or there is a circle.
    """
    by_key: dict[str, Metric] = {}
    problems = []
    for metric in metrics:
        if metric.key in by_key:
            problems.append(
                _("Metric %(key)r is defined twice; give one another key.") % {"key": metric.key}
            )
        by_key[metric.key] = metric
    for metric in by_key.values():
        problems += [
            _("Metric %(key)r refers to %(name)r, which is no metric; correct the name.")
            % {"key": metric.key, "name": name}
            for name in metric.inputs
            if name not in by_key
        ]
    if problems:
        raise InvalidDefinition(problems)
    sorter = TopologicalSorter({key: sorted(by_key[key].inputs) for key in sorted(by_key)})
    try:
        return Catalogue(tuple(by_key[key] for key in sorter.static_order()))
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        raise InvalidDefinition(
            [
                _("Metrics refer to each other in a circle: %(circle)s. Break it at one of them.")
                % {"circle": circle}
            ]
        ) from error
