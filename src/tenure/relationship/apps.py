from django.apps import AppConfig


class RelationshipConfig(AppConfig):
    name = "tenure.relationship"
    label = "relationship"

    def ready(self) -> None:
        """Register the stages, and tell the forecasts who is a client since when."""
        from tenure.core.pipeline import Stage, register
        from tenure.forecast.inputs import levels
        from tenure.relationship.opinion import opinion_refresh
        from tenure.relationship.selectors.flows import client_changes
        from tenure.relationship.stage import relationship_refresh
        from tenure.relationship.stage.becoming import becoming_refresh
        from tenure.relationship.stage.outlook import outlook_refresh

        levels.register(client_changes)
        after = ("metrics", "contracts", "forecast")
        register(Stage("relationship", relationship_refresh, after=after))
        register(Stage("outlook", outlook_refresh, after=("relationship", "training")))
        register(Stage("becoming", becoming_refresh, after=("outlook", "training")))
        register(Stage("opinion", opinion_refresh, after=("relationship",)))
