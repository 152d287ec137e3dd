from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tenure.web"
    label = "web"

    def ready(self) -> None:
        """Register the stages that keep what the pages Retention and Renewals read."""
        from tenure.core.pipeline import Stage, register
        from tenure.web.renewals.stage import renewals_refresh
        from tenure.web.retention.stage import retention_refresh

        after = ("metrics", "relationship", "outlook")
        register(Stage("retention", retention_refresh, after=after))
        register(Stage("renewals", renewals_refresh, after=("contracts", "forecast", "training")))
