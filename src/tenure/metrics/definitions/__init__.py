"""What a metric is: declared as data, checked with sentences, ordered by what leans on what."""

from tenure.metrics.definitions.catalogue import Catalogue, catalogue_of
from tenure.metrics.definitions.metric import Clause, Metric, PropertyFilter
from tenure.metrics.definitions.parse import parse
from tenure.metrics.definitions.shipped import read_yaml, shipped_bodies

__all__ = [
    "Catalogue",
    "Clause",
    "Metric",
    "PropertyFilter",
    "catalogue_of",
    "parse",
    "read_yaml",
    "shipped_bodies",
]
