from django.apps import AppConfig


class PlaysConfig(AppConfig):
    name = "tenure.plays"
    label = "plays"

    def ready(self) -> None:
        """Register the stages, after every number a trigger may rest on, and who sees accounts."""
        from tenure.accounts.selectors import see_also
        from tenure.core.pipeline import Stage, register
        from tenure.plays.effects.stage import effects_refresh
        from tenure.plays.running.leaving import runs_refresh
        from tenure.plays.selectors.tasks import given_by_plays
        from tenure.plays.starting.stage import plays_refresh

        see_also("plays", given_by_plays)
        register(Stage("runs", runs_refresh, after=("segments", "outlook", "training")))
        register(Stage("plays", plays_refresh, after=("segments", "outlook", "training", "runs")))
        register(Stage("effects", effects_refresh, after=("segments", "plays")))
