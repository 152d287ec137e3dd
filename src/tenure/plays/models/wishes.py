"""Wishes for no more mails that outlive the person who had them."""

from django.db import models


class KeptWish(models.Model):
    """That whoever has an address wants no mails of plays; the address cannot be read from it.

    `digest`: of the address, keyed with the installation's secret (`selectors.wishes.digest_of`).
    """

    digest = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"a wish since {self.since:%Y-%m-%d}"
