"""Plays that were run before Tenure, as the company's log of them tells."""

from typing import ClassVar

from django.db import models

from tenure.plays.models.plays import Play


class PastPlay(models.Model):
    """A name in the log of past plays, and what the last refresh found under it.

    What such a play did is kept as `PlayEffect` of version 0 of `play`, a number that no version
    accounts enter has. Counts are of accounts, each by its first entry.

    Attributes:
        play: Under a key made from the name.
        name: As it was said.
        treated, held_out: Accounts that had it, and that were left out.
        unchanced: Of these, accounts without a logged chance between 0 and 1.
        bar: Why nothing can be said of what it did; empty: nothing stands against it.
        first_on, last_on: Days on which the first account and the last one entered.
        covered: Key of the newest record that the last look saw; null: never looked at.
    """

    class Bar(models.TextChoices):
        NOBODY_HELD_OUT = "nobody_held_out"
        NOBODY_HAD_IT = "nobody_had_it"
        NO_CHANCE = "no_chance"

    play = models.OneToOneField(Play, on_delete=models.CASCADE, related_name="past")
    name = models.CharField(max_length=200, unique=True)
    treated = models.PositiveIntegerField(default=0)
    held_out = models.PositiveIntegerField(default=0)
    unchanced = models.PositiveIntegerField(default=0)
    bar = models.CharField(max_length=20, choices=Bar.choices, blank=True)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    covered = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
