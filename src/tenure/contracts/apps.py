from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "tenure.contracts"
    label = "contracts"
