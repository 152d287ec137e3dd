from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "tenure.timeline"
    label = "timeline"
