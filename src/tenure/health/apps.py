from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "tenure.health"
    label = "health"

    def ready(self) -> None:
        """Register the stage."""
        from tenure.core.pipeline import Stage, register
        from tenure.health.stage import health_refresh

        register(Stage("health", health_refresh, after=("metrics", "contracts")))
