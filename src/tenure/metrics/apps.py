from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "tenure.metrics"
    label = "metrics"

    def ready(self) -> None:
        """Register the stage that computes the panel and the snapshots."""
        from tenure.core import pipeline
        from tenure.metrics.stage import STAGE

        pipeline.register(STAGE)
