from django.apps import AppConfig


class PlaysConfig(AppConfig):
    name = "tenure.plays"
    label = "plays"
