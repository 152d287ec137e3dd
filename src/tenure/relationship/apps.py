from django.apps import AppConfig


class RelationshipConfig(AppConfig):
    name = "tenure.relationship"
    label = "relationship"

    def ready(self) -> None:
        """Register the stage."""
        from tenure.core.pipeline import Stage, register
        from tenure.relationship.stage import relationship_refresh

        register(Stage("relationship", relationship_refresh, after=("metrics", "contracts")))
