"""Looks and loads that take too long for a page."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from tenure.core.turn import turn
from tenure.intake.models import Upload

LATER = timedelta(seconds=5)


@task()  # type: ignore[untyped-decorator]
def upload_look(upload_id: int) -> str:
    """Look at the files of an upload, unless they are gone by now."""
    from tenure.intake.uploads.looking import looked_at

    upload = Upload.objects.filter(pk=upload_id, state=Upload.State.LOOKING).first()
    if upload is None:
        return "gone"
    looked_at(upload)
    return "looked"


@task()  # type: ignore[untyped-decorator]
def upload_load(upload_id: int) -> str:
    """Load the files of a confirmed upload; while another is loaded, come back a little later."""
    from tenure.intake.uploads.services import upload_run

    with turn("upload") as mine:
        if mine:
            upload = Upload.objects.filter(pk=upload_id).first()
            if upload is None:
                return "gone"
            upload_run(upload)
            return "loaded"
    # The queue compares with its own clock, so the moment is the machine's, not Tenure's.
    upload_load.using(run_after=timezone.now() + LATER).enqueue(upload_id)
    return "later"
