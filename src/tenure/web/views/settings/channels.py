"""Settings: channels that plays send through. A secret is shown once, where it is made."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.models import Channel
from tenure.plays.services import channels as services
from tenure.web.access import page, user_of
from tenure.web.views.settings.frame import draw, problems_of

SECTION = "settings_channels"


class AddressForm(forms.Form):
    url = forms.CharField(label=gettext_lazy("Address"), max_length=500)
    private = forms.BooleanField(
        label=gettext_lazy("It may be an address of a private network"),
        required=False,
        help_text=gettext_lazy("Otherwise only addresses of the public internet are called."),
    )


class ChannelForm(AddressForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Plays name it so.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("What is sent"), choices=Channel.Kind.choices)
    field_order = ("name", "kind", "url", "private")


@page(Permission.MANAGE_KEYS)
def channels(request: HttpRequest) -> HttpResponse:
    """The channels; making one answers with its secret, and nothing ever shows it again."""
    form = ChannelForm(request.POST or None)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            row = services.channel_create(actor=user_of(request), **form.cleaned_data)
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            context |= {"made": row, "secret": row.secret}
            form = ChannelForm()
    failed = context.get("problems") or (form.is_bound and form.errors)
    rows = Channel.objects.select_related("created_by").order_by("retired_at", "name")
    context |= {"form": form, "rows": rows}
    return _secretly(draw(request, SECTION, "channels", context, 422 if failed else 200))


def _secretly(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def _channel_or_404(channel_id: int) -> Channel:
    row = Channel.objects.filter(pk=channel_id).first()
    if row is None:
        raise Http404(_("There is no such channel."))
    return row


@page(Permission.MANAGE_KEYS)
def channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """One channel: where it leads, and a new secret, which is shown once."""
    row = _channel_or_404(channel_id)
    start = {"url": row.url, "private": row.private}
    form = AddressForm(request.POST or None, initial=start)
    context: dict[str, Any] = {"channel": row, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            services.channel_edit(actor=user_of(request), channel=row, **form.cleaned_data)
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            said = _("The channel %(name)s leads to the new address.")
            messages.success(request, said % {"name": row.name})
            return redirect(SECTION)
    failed = context.get("problems") or (form.is_bound and form.errors)
    return draw(request, SECTION, "channel", context, 422 if failed else 200)


@require_POST
@page(Permission.MANAGE_KEYS)
def channel_secret(request: HttpRequest, channel_id: int) -> HttpResponse:
    """A new secret, shown on the answer alone."""
    row = _channel_or_404(channel_id)
    context: dict[str, Any] = {
        "channel": row, "form": AddressForm(initial={"url": row.url, "private": row.private}),
    }  # fmt: skip
    try:
        made = services.channel_renew_secret(actor=user_of(request), channel=row)
    except TenureError as error:
        context["problems"] = problems_of(error)
    else:
        context |= {"made": made, "secret": made.secret}
    status = 422 if context.get("problems") else 200
    return _secretly(draw(request, SECTION, "channel", context, status))


@require_POST
@page(Permission.MANAGE_KEYS)
def channel_retire(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Take a channel out of use, or put it back."""
    row = _channel_or_404(channel_id)
    again = request.POST.get("again") == "yes"
    act = services.channel_restore if again else services.channel_retire
    said = _("%(name)s is in use again.") if again else _("Nothing goes through %(name)s any more.")
    act(actor=user_of(request), channel=row)
    messages.success(request, said % {"name": row.name})
    return redirect(SECTION)
