from django.apps import AppConfig


class AdviceConfig(AppConfig):
    name = "tenure.advice"
    label = "advice"
