from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "tenure.events"
    label = "events"

    def ready(self) -> None:
        """Register the stage that stores and attributes what came in."""
        from tenure.core import pipeline
        from tenure.events.stage import STAGE

        pipeline.register(STAGE)
