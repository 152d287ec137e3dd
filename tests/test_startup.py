"""What a process loads before it has anything to do."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.once

LARGE = ["lightgbm", "matplotlib", "pandas", "pyarrow.dataset", "scipy.optimize", "sklearn"]
CODE = f"""
import sys, django
django.setup()
print(*[name for name in {LARGE} if name in sys.modules])
"""


def test_a_process_starts_without_the_large_libraries_that_only_some_work_needs():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tenure.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == []
