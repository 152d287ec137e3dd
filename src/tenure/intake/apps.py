from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "tenure.intake"
    label = "intake"
