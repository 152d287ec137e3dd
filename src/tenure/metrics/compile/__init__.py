"""Metric definitions compiled to a few queries over base tables, for DuckDB and for Spark."""

from tenure.metrics.compile.panel import Plan, plan_of
from tenure.metrics.compile.span import Span, week_index, week_monday

__all__ = ["Plan", "Span", "plan_of", "week_index", "week_monday"]
