"""Who got a play and who was held out, by intention to treat, with what was known before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef

from tenure.contracts.selectors.money import family_roots
from tenure.engine.effects import Entries
from tenure.plays.effects.endpoints import columns
from tenure.plays.effects.outcomes import Floats, Started
from tenure.plays.models import Play, Run


@dataclass(frozen=True)
class Arms:
    """The first entry of every account of one version, in the order in which they started."""

    started: tuple[Started, ...]
    family: Floats
    held_out: Floats
    propensity: Floats
    known: Mapping[str, Floats]

    def entries(self, name: str, value: Floats) -> Entries:
        """As the engine takes them, for one endpoint."""
        return Entries(
            account=self.family.astype(np.int64),
            held_out=self.held_out.astype(bool),
            propensity=self.propensity,
            entered=np.array([one.day.toordinal() for one in self.started], dtype=float),
            value=value,
            covariates=np.column_stack([self.known[column] for column in columns(name)]),
        )

    def with_more(self, other: "Arms") -> "Arms":
        """Both one after the other; an account may stand in each of them."""
        return Arms(
            started=self.started + other.started,
            family=np.concatenate([self.family, other.family]),
            held_out=np.concatenate([self.held_out, other.held_out]),
            propensity=np.concatenate([self.propensity, other.propensity]),
            known={
                name: np.concatenate([self.known[name], other.known[name]]) for name in self.known
            },
        )


def arms_of(play: Play, version: int) -> Arms:
    """Who started and who was held out, by intention to treat."""
    roots = family_roots()
    rows = Run.objects.filter(play=play, version=version, held_out__isnull=False)
    first: dict[int, tuple[Any, ...]] = {}
    wanted = ("account_id", "started_at", "held_out", "propensity", "known")
    for row in (
        rows.filter(started_at__isnull=False).order_by("started_at", "pk").values_list(*wanted)
    ):
        first.setdefault(row[0], row)
    found = list(first.values())
    return Arms(
        started=tuple(Started(row[0], row[1].date()) for row in found),
        family=np.array([roots.get(row[0], row[0]) for row in found], dtype=float),
        held_out=np.array([row[2] for row in found], dtype=float),
        propensity=np.array([row[3] for row in found], dtype=float),
        known={name: _column(found, name) for name in columns("")},
    )


def crossed(play: Play, version: int) -> int:
    """How many of those held out a person started by hand after all. They stay held out here."""
    after = Run.objects.filter(
        play=play, account=OuterRef("account"), held_out__isnull=True, started_by__isnull=False,
        started_at__gte=OuterRef("started_at"),
    )  # fmt: skip
    held = Run.objects.filter(Exists(after), play=play, version=version, held_out=True)
    return held.values("account").distinct().count()


def _column(found: Sequence[tuple[Any, ...]], name: str) -> Floats:
    values = [row[4].get(name) for row in found]
    return np.array([np.nan if value is None else value for value in values], dtype=float)
