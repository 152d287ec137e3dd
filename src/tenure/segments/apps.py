from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "tenure.segments"
    label = "segments"

    def ready(self) -> None:
        """Register the stage: after every number that a condition may rest on."""
        from tenure.core.pipeline import Stage, register
        from tenure.segments.stage import segments_refresh

        after = (
            "contracts", "metrics", "health", "forecast", "relationship", "outlook", "becoming",
        )  # fmt: skip
        register(Stage("segments", segments_refresh, after=after))
