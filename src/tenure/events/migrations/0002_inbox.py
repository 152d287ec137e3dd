"""The inbox's tables, on PostgreSQL only: with SQLite the inbox is a file of its own."""

from django.db import migrations

CREATE = """
CREATE TABLE events_inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, dialect text NOT NULL,
    call text NOT NULL, key_id bigint NOT NULL, received_at timestamptz NOT NULL,
    n_events integer NOT NULL, lease text, leased_by integer, session_started timestamptz,
    leased_until timestamptz, payload bytea NOT NULL);
CREATE TABLE events_inbox_reject (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, received_at timestamptz NOT NULL,
    call text NOT NULL, place integer NOT NULL, "column" text NOT NULL, value text NOT NULL,
    reason text NOT NULL);
"""
DROP = "DROP TABLE events_inbox; DROP TABLE events_inbox_reject;"


def _on_postgres(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunPython(_on_postgres(CREATE), _on_postgres(DROP))]
