from django.apps import AppConfig


class RelationshipConfig(AppConfig):
    name = "tenure.relationship"
    label = "relationship"
