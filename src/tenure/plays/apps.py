from django.apps import AppConfig


class PlaysConfig(AppConfig):
    name = "tenure.plays"
    label = "plays"

    def ready(self) -> None:
        """Register the stages: after every number that a trigger may rest on."""
        from tenure.core.pipeline import Stage, register
        from tenure.plays.effects.stage import effects_refresh
        from tenure.plays.starting.stage import plays_refresh

        register(Stage("plays", plays_refresh, after=("segments", "outlook", "training")))
        register(Stage("effects", effects_refresh, after=("segments", "plays")))
