"""The forecast's definition as a form: the numbers a company sets, the rest left as it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

SAME = 5e-5


@dataclass(frozen=True)
class Setting:
    """One number of the definition; a share is shown in percent."""

    name: str
    label: Promise
    hint: Promise
    share: bool = False


@dataclass(frozen=True)
class Part:
    """Settings that belong together."""

    title: Promise
    text: Promise
    settings: tuple[Setting, ...]


PARTS = (
    Part(
        _("How far ahead"),
        _("Curves run to the last month; the page Models judges the forecast at one of them."),
        (
            Setting("horizons", _("Months ahead"), _("3 to 36")),
            Setting(
                "backtest_horizon",
                _("Months the backtest judges"),
                _("not further than the months ahead"),
            ),
        ),
    ),
    Part(
        _("The team and the money"),
        _("What a list of the riskiest is judged by, and what an account is worth."),
        (
            Setting(
                "capacity_share",
                _("Capacity of the team (%)"),
                _("of accounts that it can look after specially"),
                share=True,
            ),
            Setting(
                "margin",
                _("Margin (%)"),
                _("of what an account pays, what is left after serving it"),
                share=True,
            ),
            Setting(
                "discount_yearly",
                _("Discount rate a year (%)"),
                _("by which money a year away is worth less"),
                share=True,
            ),
        ),
    ),
    Part(
        _("Training"),
        _("A new model takes the place of the live one only if it is not worse."),
        (
            Setting("retrain_days", _("Train anew after (days)"), _("1 to 365")),
            Setting("stale_days", _("Old after (days)"), _("from then on a notice says so")),
            Setting("history_months", _("Months back, at most"), _("to learn from: 6 to 120")),
            Setting(
                "learned_months",
                _("Account-months, at most"),
                _("to learn from; of more, a sample is taken"),
            ),
            Setting("features", _("Features, at most"), _("the most telling ones are taken")),
            Setting(
                "resamples",
                _("Refits to resampled accounts"),
                _("to see how steady reasons are: 0 to 200"),
            ),
        ),
    ),
    Part(
        _("Backtest"),
        _("Past dates on which a model of then is trained and asked."),
        (
            Setting("replays", _("Past dates"), _("0 to 24; each takes a training")),
            Setting("replay_months", _("Months between them"), _("1 to 12")),
        ),
    ),
    Part(
        _("What counts as known"),
        _("Days that keep out what is written down late."),
        (
            Setting("delay_days", _("An end is reported within (days)"), _("0 to 90")),
            Setting("gap_days", _("Blind days after a test date"), _("0 to 90")),
        ),
    ),
)


class ForecastForm(forms.Form):
    """The settings; `body` is the definition it starts from, and keeps what has no field."""

    exclude = forms.CharField(
        label=_("Features never to use"),
        required=False,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line, by the key that the page of a run shows, as segment=SMB."),
    )
    note = forms.CharField(label=_("Why, for the history"), max_length=500, required=False)

    def __init__(self, body: Mapping[str, Any], post: Mapping[str, Any] | None = None) -> None:
        super().__init__(post)
        self.body = body
        self.fields["exclude"].initial = "\n".join(body["exclude"])
        for setting in every_setting():
            kind = forms.FloatField if setting.share else forms.IntegerField
            self.fields[setting.name] = kind(
                label=str(setting.label),
                help_text=str(setting.hint),
                initial=as_shown(body[setting.name], setting),
            )

    def parts(self) -> Iterator[dict[str, Any]]:
        """The settings with their bound fields."""
        for part in PARTS:
            bound = [self[setting.name] for setting in part.settings]
            yield {"title": part.title, "text": part.text, "fields": bound}

    def definition(self) -> dict[str, Any]:
        """The body that the form describes. A value left as shown stays exactly what it was."""
        made = dict(self.body)
        for setting in every_setting():
            given, old = self.cleaned_data[setting.name], self.body[setting.name]
            value = given / 100 if setting.share else given
            made[setting.name] = old if abs(value - old) < SAME else value
        lines = self.cleaned_data["exclude"].replace("\x00", "").splitlines()
        made["exclude"] = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
        return made

    def problems(self) -> list[str]:
        """A sentence for each field that could not be read."""
        return [
            _t("%(field)s: %(problem)s") % {"field": self.fields[name].label, "problem": str(text)}
            for name, texts in self.errors.items()
            for text in texts
        ]


def every_setting() -> Iterator[Setting]:
    """All settings of all parts, in order."""
    for part in PARTS:
        yield from part.settings


def as_shown(value: Any, setting: Setting) -> Any:
    """The value of a setting as its field shows it."""
    if not setting.share:
        return value
    percent = round(value * 100, 2)
    return int(percent) if percent == int(percent) else percent
