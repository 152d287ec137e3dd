"""What would lower a risk, and between what the chances of other causes lie."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forecast", "0001_initial")]

    operations = [
        migrations.AddField("prediction", "ranges", models.JSONField(default=dict)),
        migrations.AddField("prediction", "lowers", models.JSONField(null=True)),
    ]
