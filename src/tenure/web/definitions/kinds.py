"""The kinds of definitions behind one face: what is in force, how one saves and restores."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenure.accounts import workload as workload_definitions
from tenure.advice import definitions as advice_definitions
from tenure.contracts import benchmarks as benchmark_definitions
from tenure.contracts import definitions as churn_definitions
from tenure.contracts.benchmarks import benchmarks_save
from tenure.contracts.churn import churn_save
from tenure.core.errors import TenureError
from tenure.core.models import DefinitionVersion, User
from tenure.core.selectors import definition_current
from tenure.forecast import definitions as forecast_definitions
from tenure.forecast.services import forecast_definition_save
from tenure.health import definitions as health_definitions
from tenure.health.services import scorecard_restore, scorecard_retire, scorecard_save
from tenure.metrics.definitions import shipped_bodies
from tenure.metrics.services import metric_retire, metric_save
from tenure.relationship import definitions as ladder_definitions
from tenure.relationship.services import ladder_restore, ladder_save

Body = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind. `shipped`: key → body that comes with Tenure. `page`: the address of a key."""

    kind: str
    name: Promise
    shipped: Callable[[], dict[str, Body]]
    save: Callable[..., DefinitionVersion]
    page: Callable[[str], str]
    restore_with: Callable[..., DefinitionVersion] | None = None
    retire: Callable[..., DefinitionVersion] | None = None

    def body(self, key: str) -> Body | None:
        """The body in force; the shipped one while none is stored; None once retired."""
        stored = DefinitionVersion.objects.filter(kind=self.kind, key=key)
        if not stored.exists():
            return self.shipped().get(key)
        current = definition_current(self.kind, key)
        return current.body if current else None

    def exists(self, key: str) -> bool:
        """Whether there ever was such a definition."""
        if "\x00" in key:
            return False
        stored = DefinitionVersion.objects.filter(kind=self.kind, key=key)
        return key in self.shipped() or stored.exists()

    def refuse_known(self, key: str) -> None:
        """Raise when a new definition would take the name of one there is or was."""
        if self.exists(key):
            raise TenureError(_t("There is a %(key)s already; edit it instead.") % {"key": key})

    def restore(self, *, actor: User, key: str, version: int) -> DefinitionVersion:
        """Make an old version the newest again."""
        if self.restore_with is not None:
            return self.restore_with(actor=actor, key=key, version=version)
        stored = DefinitionVersion.objects.filter(kind=self.kind, key=key, version=version).first()
        body = stored.body if stored else self.shipped().get(key) if version == 0 else None
        if body is None:
            raise TenureError(
                _("There is no version %(version)s of %(key)r to restore.")
                % {"version": version, "key": key}
            )
        return self.save(
            actor=actor,
            key=key,
            body=body,
            note=_("Version %(version)s restored") % {"version": version},
        )


def _ladder_restore(*, actor: User, key: str, version: int) -> DefinitionVersion:
    return ladder_restore(actor=actor, version=version)


KINDS = {
    "metric": Kind(
        "metric",
        _("Metric"),
        shipped_bodies,
        metric_save,
        lambda key: reverse("settings_metric", args=[key]),
        retire=metric_retire,
    ),
    "scorecard": Kind(
        "scorecard",
        _("Scorecard"),
        health_definitions.shipped,
        scorecard_save,
        lambda key: reverse("settings_scorecard", args=[key]),
        scorecard_restore,
        scorecard_retire,
    ),
    "ladder": Kind(
        "ladder",
        _("Ladder"),
        lambda: {ladder_definitions.KEY: ladder_definitions.shipped()},
        ladder_save,
        lambda key: reverse("settings_ladder"),
        _ladder_restore,
    ),
    "churn": Kind(
        "churn",
        _("Churn"),
        churn_definitions.shipped,
        churn_save,
        lambda key: reverse("settings_churn"),
    ),
    "benchmarks": Kind(
        "benchmarks",
        _("Benchmarks"),
        benchmark_definitions.shipped,
        benchmarks_save,
        lambda key: reverse("settings_benchmarks"),
    ),
    "workload": Kind(
        "workload",
        _("Hours"),
        workload_definitions.shipped,
        workload_definitions.workload_save,
        lambda key: reverse("settings_workload"),
    ),
    "advice": Kind(
        "advice",
        _("Advice"),
        advice_definitions.shipped,
        advice_definitions.advice_save,
        lambda key: reverse("settings_advice"),
    ),
    "forecast": Kind(
        "forecast",
        _("Forecast"),
        lambda: {forecast_definitions.KEY: forecast_definitions.shipped()},
        forecast_definition_save,
        lambda key: reverse("settings_forecast"),
    ),
}
