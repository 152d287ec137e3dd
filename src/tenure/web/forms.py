"""Forms of the shell."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("a person", "Name"), max_length=200, required=False,
        widget=forms.TextInput({**TEXT, "autocomplete": "name"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.Select(SELECT)
    )
