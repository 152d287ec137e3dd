from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tenure.web"
    label = "web"

    def ready(self) -> None:
        """Register the stage that keeps the books of the page Retention."""
        from tenure.core.pipeline import Stage, register
        from tenure.web.retention.stage import retention_refresh

        register(Stage("retention", retention_refresh, after=("metrics", "relationship")))
