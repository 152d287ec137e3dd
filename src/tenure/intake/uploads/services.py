"""Writes of uploads: taken in, told what they are, confirmed, loaded, let go."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.intake.loading import load_feeds
from tenure.intake.loading.headers import Feed
from tenure.intake.loading.report import kept_message
from tenure.intake.loading.tables import TABLES
from tenure.intake.models import Load, Upload, UploadedFile
from tenure.intake.uploads.keeping import (
    Given,
    check_sizes,
    folder_of,
    keep,
    let_go,
    path_of,
    safe_name,
    unpacked_size,
)
from tenure.intake.uploads.looking import feed_of, files_in_order, looked_at
from tenure.intake.uploads.recognising import recognised
from tenure.intake.uploads.seen import look_of
from tenure.intake.uploads.tasks import upload_load, upload_look

KEPT = timedelta(days=1)
PATIENCE = timedelta(minutes=5)
AT_ONCE = 512 * 1024
"""Bytes up to which files are looked at before the page answers; more is the worker's."""
State = Upload.State


def upload_create(*, actor: User, files: Sequence[Given]) -> Upload:
    """Take files in and look at them, at once or by the worker. Refuses what is too large."""
    require(actor, Permission.LOAD_DATA)
    check_sizes(files)
    uploads_sweep()
    now = clock.now()
    upload = Upload.objects.create(made_at=now, touched_at=now, made_by=actor)
    try:
        for place, given in enumerate(files, 1):
            _take(upload, place, given)
    except BaseException:
        let_go(upload)
        upload.delete()
        raise
    names = [file.name for file in upload.files.order_by("place")]
    audit(actor=actor, action="upload.create", subject=upload, detail={"files": names})
    _look(upload)
    return upload


def _take(upload: Upload, place: int, given: Given) -> None:
    file = UploadedFile(upload=upload, place=place, name=safe_name(given.name or ""))
    path = path_of(file)
    file.size = keep(given, path)
    file.unpacked = unpacked_size(path)
    file.table = recognised(path)
    file.save()


def _look(upload: Upload) -> None:
    if sum(file.unpacked for file in upload.files.all()) <= AT_ONCE:
        looked_at(upload)
    else:
        transaction.on_commit(lambda: upload_look.enqueue(upload.pk))


def upload_assign(*, actor: User, upload: Upload, tables: Mapping[int, str], history: bool) -> None:
    """Say which table each file (by its place) is, "" for none, and look again."""
    require(actor, Permission.LOAD_DATA)
    _check(upload, State.READY)
    for file in upload.files.all():
        table = tables.get(file.place, file.table)
        file.table = table if table in TABLES else ""
        file.save(update_fields=["table"])
    upload.history, upload.state, upload.touched_at = history, State.LOOKING, clock.now()
    upload.save(update_fields=["history", "state", "touched_at"])
    _look(upload)


@transaction.atomic
def upload_confirm(*, actor: User, upload: Upload) -> None:
    """Hand the files to the worker. Refuses while a file cannot be loaded as its table."""
    require(actor, Permission.LOAD_DATA)
    if upload.state != State.READY and not is_stuck(upload):
        raise _not_now(upload)
    chosen = files_in_order(upload)
    if not chosen:
        raise TenureError(_("Say of at least one file which table it is."))
    if bad := [file.name for file in chosen if not look_of(file.look).fits]:
        raise TenureError(
            _("%(files)s cannot be loaded as chosen; choose another table or leave it out.")
            % {"files": ", ".join(bad)}
        )
    upload.state, upload.confirmed_by, upload.message = State.QUEUED, actor, ""
    upload.touched_at, upload.done, upload.table = clock.now(), 0, ""
    upload.save()
    audit(actor=actor, action="upload.confirm", subject=upload, detail={"history": upload.history})
    transaction.on_commit(lambda: upload_load.enqueue(upload.pk))


def upload_discard(*, actor: User, upload: Upload) -> None:
    """Let the files go without loading them."""
    require(actor, Permission.LOAD_DATA)
    if upload.state not in {State.READY, State.LOOKING}:
        raise _not_now(upload)
    audit(actor=actor, action="upload.discard", subject=upload)
    let_go(upload)
    upload.delete()


def upload_run(upload: Upload) -> None:
    """Load the files of a confirmed upload, as a folder would be, and let them go."""
    if upload.state not in {State.QUEUED, State.LOADING} or upload.confirmed_by is None:
        return
    chosen = files_in_order(upload)
    upload.state, upload.touched_at = State.LOADING, clock.now()
    upload.total = sum(file.size for file in chosen)
    upload.save(update_fields=["state", "touched_at", "total"])
    named = f"upload {upload.pk}: {', '.join(file.name for file in chosen)}"
    try:
        done = load_feeds(
            named,
            lambda: (_feeds(chosen), []),
            history=upload.history,
            actor=upload.confirmed_by,
            report=_Progress(upload, chosen),
        )
    except Exception as error:
        _went_wrong(upload, error)
        raise
    upload.load = Load.objects.get(pk=done.load_id)
    upload.state, upload.touched_at = State.DONE, clock.now()
    upload.save(update_fields=["load", "state", "touched_at"])
    upload.files.update(look={})
    let_go(upload)


def _feeds(files: Sequence[UploadedFile]) -> list[Feed]:
    return [feed_of(file) for file in files]


def _went_wrong(upload: Upload, error: Exception) -> None:
    """Back to the person, with the reason; what was written stays and is unchanged next time."""
    upload.message = kept_message(error)
    upload.state, upload.touched_at = State.READY, clock.now()
    upload.save(update_fields=["message", "state", "touched_at"])


class _Progress:
    """Notes how far a load is, a second apart, for the page that shows it."""

    def __init__(self, upload: Upload, files: Sequence[UploadedFile]) -> None:
        self._upload = upload
        self._sizes = [(file.table, file.size) for file in files]
        self._table, self._before, self._last = "", 0, 0
        self._noted = clock.now()

    def __call__(self, table: str, done: int, size: int) -> None:
        if (table, size) != (self._table, self._last):
            self._before += self._last
            self._table, self._last = table, size
        now = clock.now()
        if now - self._noted < timedelta(seconds=1):
            return
        self._noted = now
        Upload.objects.filter(pk=self._upload.pk).update(
            table=table, done=min(self._before + done, self._upload.total), touched_at=now
        )


def uploads_sweep() -> bool:
    """Let go of files that nobody confirmed within a day; whether there were any."""
    old = Upload.objects.filter(touched_at__lt=clock.now() - KEPT)
    for upload in (found := list(old.exclude(state=State.DONE))):
        let_go(upload)
        upload.delete()
    return bool(found)


def is_stuck(upload: Upload) -> bool:
    """Whether a worker had it and has given no sign of life for minutes."""
    working = upload.state in {State.LOOKING, State.QUEUED, State.LOADING}
    return working and clock.now() - upload.touched_at > PATIENCE


def are_here(upload: Upload) -> bool:
    """Whether the files are on this machine."""
    return folder_of(upload).is_dir()


def _check(upload: Upload, state: Upload.State) -> None:
    if upload.state != state and not is_stuck(upload):
        raise _not_now(upload)


def _not_now(upload: Upload) -> TenureError:
    word = State(upload.state).label
    return TenureError(_("Not possible now: the state of these files is “%(s)s”.") % {"s": word})
