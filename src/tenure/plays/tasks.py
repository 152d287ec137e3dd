"""Work of plays that takes too long for a page."""

from django_tasks import task


@task()  # type: ignore[untyped-decorator]
def preview_make(key: int) -> str:
    """Work out a preview that was asked for; what became of it."""
    from tenure.plays.services.previews import preview_work_out

    return preview_work_out(key)
