"""The tracking door: a lean ASGI application that speaks Segment's and PostHog's protocols."""

from tenure.intake.tracking.app import TrackingApp

app = TrackingApp()

__all__ = ["TrackingApp", "app"]
