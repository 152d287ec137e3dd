"""Files loaded in the browser: given, looked at, confirmed, and what became of them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.intake.models import Upload
from tenure.intake.uploads import services
from tenure.web.access import page, user_of
from tenure.web.sources.stages import refresh_waits
from tenure.web.sources.uploading import ACCEPTED, LARGEST_MB, shapes, shown, totals
from tenure.web.views.sources import draw

MOVING = {Upload.State.LOOKING, Upload.State.QUEUED, Upload.State.LOADING}
LISTED = 10


@page(Permission.LOAD_DATA)
def upload_new(request: HttpRequest) -> HttpResponse:
    """Choose files; what every table needs; uploads that wait."""
    problem = ""
    if request.method == "POST":
        try:
            files = request.FILES.getlist("files")
            upload = services.upload_create(actor=user_of(request), files=files)
        except (TenureError, RequestDataTooBig) as error:
            problem = str(error)
        else:
            return redirect("data_upload_one", upload.pk)
    waiting = Upload.objects.exclude(state=Upload.State.DONE).select_related("made_by")
    context = {
        "problem": problem,
        "accepted": ACCEPTED,
        "largest": LARGEST_MB,
        "shapes": shapes(),
        "waiting": waiting.prefetch_related("files").order_by("-pk")[:LISTED],
    }
    return draw(request, "data_upload", "data_upload", context, 422 if problem else 200)


@page(Permission.LOAD_DATA)
def upload_one(request: HttpRequest, upload_id: int) -> HttpResponse:
    """One upload: its preview, how far it is, or what was loaded."""
    upload = Upload.objects.select_related("load", "made_by").filter(pk=upload_id).first()
    if upload is None:
        raise Http404(_("There is no such upload; files that nobody loads are kept for a day."))
    if request.method == "POST":
        return _act(request, upload)
    moving = upload.state in MOVING
    if getattr(request, "htmx", False):
        if moving:
            return draw(request, "data_upload", "upload_moving", _moving(upload))
        return HttpResponse(headers={"HX-Refresh": "true"})
    files = shown(upload)
    context = {**_moving(upload), "moving": moving, "files": files, "totals": totals(files)}
    if upload.state == Upload.State.READY:
        context |= {"shapes": shapes(), "here": services.are_here(upload)}
    if upload.load is not None:
        context |= {"tables": upload.load.tables.order_by("pk"), "waits": refresh_waits()}
    return draw(request, "data_upload", "data_upload_one", context)


def _moving(upload: Upload) -> dict[str, Any]:
    return {"upload": upload, "stuck": services.is_stuck(upload)}


def _act(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Look again, load or discard, as the button pressed says."""
    actor, asked = user_of(request), request.POST.get("do", "")
    try:
        if asked == "discard":
            services.upload_discard(actor=actor, upload=upload)
            messages.success(request, _("The files are deleted; nothing was loaded."))
            return redirect("data_upload")
        tables, history = _chosen(request, upload), "history" in request.POST
        if asked == "load" and not _differs(upload, tables, history):
            services.upload_confirm(actor=actor, upload=upload)
        else:
            services.upload_assign(actor=actor, upload=upload, tables=tables, history=history)
            if asked == "load":
                messages.info(request, _("Your choice changed what is loaded: look at it first."))
    except TenureError as error:
        messages.error(request, str(error))
    return redirect("data_upload_one", upload.pk)


def _chosen(request: HttpRequest, upload: Upload) -> dict[int, str]:
    return {
        file.place: request.POST.get(f"table-{file.place}", file.table)
        for file in upload.files.all()
    }


def _differs(upload: Upload, tables: dict[int, str], history: bool) -> bool:
    if upload.state != Upload.State.READY:
        return False
    now = {file.place: file.table for file in upload.files.all()}
    return tables != now or history != upload.history
