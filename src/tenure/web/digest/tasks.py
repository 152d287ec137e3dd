"""Sending one digest, as the worker does it."""

from django_tasks import task

from tenure.web.digest.services.sending import send


@task()  # type: ignore[untyped-decorator]
def digest_send(key: int) -> str:
    """Send the digest of a row, if nobody else does; what became of it."""
    return send(key)
