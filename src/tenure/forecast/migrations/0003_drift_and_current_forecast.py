"""Drift of calibration and of inputs, and what lists show of the newest predictions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("forecast", "0002_reasons"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalibrationTrend",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField()),
                ("source", models.CharField(max_length=10)),
                ("months", models.JSONField(default=list)),
                ("trend", models.JSONField(default=dict)),
                ("computed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("as_of", "source"), name="one_trend_per_day_and_source"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CurrentForecast",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="foresight",
                        serialize=False,
                        to="accounts.account",
                    ),
                ),
                ("as_of", models.DateField(db_index=True)),
                ("horizon", models.PositiveSmallIntegerField()),
                ("churn", models.FloatField(db_index=True)),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forecast.forecastrun",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeatureDrift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField()),
                ("rows", models.PositiveIntegerField()),
                ("features", models.JSONField(default=list)),
                ("computed_at", models.DateTimeField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drifts",
                        to="forecast.forecastrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "as_of"), name="one_feature_drift_per_run_and_day"
                    )
                ],
            },
        ),
    ]
