"""How many examples a property is tried on, by the database."""

import os


def examples(count: int) -> int:
    """All of them on SQLite, a quarter on PostgreSQL, where writing is what may differ."""
    return max(count // 4, 5) if "TENURE_TEST_POSTGRES" in os.environ else count
