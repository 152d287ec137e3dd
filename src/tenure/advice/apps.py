from django.apps import AppConfig


class AdviceConfig(AppConfig):
    name = "tenure.advice"
    label = "advice"

    def ready(self) -> None:
        """Register the stage: after every number it plans with, and after plays looked around."""
        from tenure.advice.stage import advice_refresh
        from tenure.core.pipeline import Stage, register

        after = ("forecast", "relationship", "outlook", "segments", "plays", "effects")
        register(Stage("advice", advice_refresh, after=after))
