from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "tenure.intake"
    label = "intake"

    def ready(self) -> None:
        from tenure.core.pipeline import Stage, register
        from tenure.intake.findings import run_stage

        register(Stage("findings", run_stage, after=("events",)))
