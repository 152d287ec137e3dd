"""The ladder's thresholds as a form: one field for each number of its definition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import PersonRole

SAME = 5e-5


@dataclass(frozen=True)
class Threshold:
    """One number. `path`: part and name in the definition; a share is shown in percent."""

    path: tuple[str, ...]
    label: Promise
    share: bool = False
    whole: bool = True

    @property
    def field(self) -> str:
        return "__".join(self.path)


@dataclass(frozen=True)
class Part:
    """One clause with what it asks."""

    title: Promise
    text: Promise
    thresholds: tuple[Threshold, ...]
    roles: bool = False


PARTS = (
    Part(
        _("Length of time"),
        _("Paid long enough, and past the first free exit."),
        (
            Threshold(("length", "paid_months"), _("Paid months, at least"), whole=False),
            Threshold(("length", "renewals"), _("Completed renewals, at least")),
            Threshold(
                ("length", "monthly_paid_months"),
                _("On monthly terms: paid months instead"),
                whole=False,
            ),
        ),
    ),
    Part(
        _("Living relationship"),
        _("In use most weeks, and in touch both ways where touchpoints are collected."),
        (
            Threshold(
                ("living", "active_weeks_share"),
                _("Active weeks of the last 26, at least (%)"),
                share=True,
            ),
            Threshold(("living", "touch_days"), _("Two-way contact within (days)")),
        ),
    ),
    Part(
        _("Breadth"),
        _("Carried by several people, one of them with a say."),
        (
            Threshold(("breadth", "people"), _("Active people, at least")),
            Threshold(
                ("breadth", "seat_share"), _("or share of the seats, if fewer (%)"), share=True
            ),
            Threshold(("breadth", "active_days"), _("Active within (days)")),
        ),
        roles=True,
    ),
    Part(
        _("Outcome"),
        _("Something the account wanted was achieved or confirmed."),
        (Threshold(("outcome", "days"), _("Within (days)")),),
    ),
    Part(
        _("Attitude"),
        _("Surveys and sentiment pooled; not in the lowest part of all accounts."),
        (
            Threshold(("attitude", "days"), _("Answers of the last (days)")),
            Threshold(("attitude", "lowest_share"), _("The lowest part fails (%)"), share=True),
            Threshold(("attitude", "accounts"), _("Unknown with fewer accounts than")),
        ),
    ),
    Part(
        _("Outlook"),
        _("The probability of still paying in twelve months."),
        (
            Threshold(("outlook", "least"), _("At least (%)"), share=True),
            Threshold(("outlook", "customers"), _("Unknown with fewer customers ever than")),
            Threshold(
                ("outlook", "borrowed"),
                _("A segment's curve borrows at most (accounts)"),
                whole=False,
            ),
        ),
    ),
    Part(
        _("Advocacy"),
        _("Recommended us: reference, referral, review or case study."),
        (Threshold(("advocacy", "days"), _("Within (days)")),),
    ),
    Part(
        _("Pace"),
        _("So that nobody flaps between levels."),
        (
            Threshold(("promote_after",), _("Up after so many weeks in a row")),
            Threshold(("demote_after",), _("Down after so many weeks in a row")),
        ),
    ),
)


class LadderForm(forms.Form):
    """Every threshold of the ladder; `body` is the definition it starts from and keeps parts of."""

    roles = forms.MultipleChoiceField(
        label=_("Roles with a say"), choices=PersonRole.choices, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("Why, for the history"), max_length=500, required=False)

    def __init__(self, body: Mapping[str, Any], post: Mapping[str, Any] | None = None) -> None:
        super().__init__(post)
        self.body = body
        self.fields["roles"].initial = body["breadth"]["roles"]
        for threshold in _all():
            value = _value(body, threshold.path)
            kind = (
                forms.FloatField if threshold.share or not threshold.whole else forms.IntegerField
            )
            self.fields[threshold.field] = kind(
                label=str(threshold.label), initial=_shown(value, threshold)
            )

    def parts(self) -> Iterator[dict[str, Any]]:
        """The clauses with their bound fields."""
        for part in PARTS:
            yield {
                "title": part.title,
                "text": part.text,
                "fields": [self[threshold.field] for threshold in part.thresholds],
                "roles": self["roles"] if part.roles else None,
            }

    def definition(self) -> dict[str, Any]:
        """The body that the form describes. A value left as shown stays exactly what it was."""
        made = {k: dict(v) if isinstance(v, Mapping) else v for k, v in self.body.items()}
        for threshold in _all():
            given = self.cleaned_data[threshold.field]
            old = _value(self.body, threshold.path)
            value = given / 100 if threshold.share else given
            if isinstance(value, float) and value.is_integer() and not threshold.share:
                value = int(value)
            if abs(value - old) < SAME:
                value = old
            part = made if len(threshold.path) == 1 else made[threshold.path[0]]
            part[threshold.path[-1]] = value
        made["breadth"]["roles"] = self.cleaned_data["roles"]
        return made

    def problems(self) -> list[str]:
        """A sentence for each field that could not be read."""
        return [
            _t("%(field)s: %(problem)s") % {"field": self.fields[name].label, "problem": str(text)}
            for name, texts in self.errors.items()
            for text in texts
        ]


def _all() -> Iterator[Threshold]:
    for part in PARTS:
        yield from part.thresholds


def _value(body: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = body
    for name in path:
        value = value[name]
    return value


def _shown(value: Any, threshold: Threshold) -> Any:
    if not threshold.share:
        return value
    percent = round(value * 100, 2)
    return int(percent) if percent == int(percent) else percent


def filled(body: Mapping[str, Any], shipped: Mapping[str, Any]) -> dict[str, Any]:
    """The body with the shipped values where it says nothing."""
    made = {k: dict(v) if isinstance(v, Mapping) else v for k, v in shipped.items()}
    for part, value in body.items():
        made[part] = {**made[part], **value} if isinstance(value, Mapping) else value
    return made
