from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "tenure.contracts"
    label = "contracts"

    def ready(self) -> None:
        """Register the stage."""
        from tenure.contracts.stage import contracts_refresh
        from tenure.core.pipeline import Stage, register

        register(Stage("contracts", contracts_refresh))
