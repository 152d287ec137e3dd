from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "tenure.metrics"
    label = "metrics"

    def ready(self) -> None:
        """Register the stages that compute the panel, the snapshots and the use of features."""
        from tenure.core import pipeline
        from tenure.metrics.questions import stage as features
        from tenure.metrics.stage import STAGE

        pipeline.register(STAGE)
        pipeline.register(features.STAGE)
