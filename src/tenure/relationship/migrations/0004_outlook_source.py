from django.db import migrations, models


def told_by_evidence(apps, schema_editor):
    """Rows from before say what they rest on in the evidence of C6."""
    rows = apps.get_model("relationship", "Evaluation").objects.using(
        schema_editor.connection.alias
    )
    rows.filter(clauses__C6__1__forecast=True).update(outlook_source="forecast")
    curves = rows.filter(clauses__C6__1__forecast=False).exclude(clauses__C6__1__chance=None)
    curves.update(outlook_source="curves")


class Migration(migrations.Migration):
    dependencies = [
        ("relationship", "0003_hidden_states"),
    ]

    operations = [
        migrations.AddField(
            model_name="evaluation",
            name="outlook_source",
            field=models.CharField(
                blank=True,
                choices=[("forecast", "forecast"), ("curves", "retention curves")],
                max_length=10,
            ),
        ),
        migrations.RunPython(told_by_evidence, migrations.RunPython.noop),
    ]
