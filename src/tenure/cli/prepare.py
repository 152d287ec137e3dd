"""What has to be in place before the first page: tables, default definitions, static files."""

import hashlib
from importlib import import_module
from pathlib import Path

from tenure.cli.output import notices

# Each room that ships definitions installs them with the named functions of its services.
DEFAULTS = {
    "tenure.contracts.churn": ("churns_install_defaults",),
    "tenure.metrics.services": ("metrics_install_defaults",),
    "tenure.health.services": ("scorecards_install_defaults",),
    "tenure.forecast.services": ("forecasts_install_defaults",),
    "tenure.relationship.services": ("ladders_install_defaults",),
}


def prepare() -> None:
    """Bring everything up to date; safe to repeat, and quick when nothing is to do."""
    from django.core.management import call_command

    notices.print("Setting up the database …")
    call_command("migrate", interactive=False, verbosity=0)
    install_defaults()
    collect_static()


def install_defaults() -> None:
    """Install the shipped definitions that are not there yet."""
    for module, names in DEFAULTS.items():
        for name in names:
            getattr(import_module(module), name)()


def collect_static() -> None:
    """Gather the pages' files, unless they are the ones gathered last."""
    from django.conf import settings
    from django.contrib.staticfiles import finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".gathered"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    notices.print("Gathering the pages' files …")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())
