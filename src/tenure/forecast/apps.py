from django.apps import AppConfig


class ForecastConfig(AppConfig):
    name = "tenure.forecast"
    label = "forecast"

    def ready(self) -> None:
        """Register the stages: predicting comes before the ladder, training after it."""
        from tenure.core.pipeline import Stage, register
        from tenure.forecast.stage import forecast_refresh, training_refresh

        register(Stage("forecast", forecast_refresh, after=("metrics", "contracts", "health")))
        register(Stage("training", training_refresh, after=("forecast", "relationship")))
