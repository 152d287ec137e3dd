"""Letters to people of accounts: written, looked at, and printed or mailed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from tenure.accounts.models import Account, Person
from tenure.core.models import User
from tenure.plays.models.outgoing import Outgoing
from tenure.plays.models.runs import Run
from tenure.plays.models.tasks import Task


class Letter(models.Model):
    """A letter to one account. As long as it is a draft, its places are not filled in.

    Attributes:
        person: To whom; null: to the account as a whole, or the person is gone.
        title, body: As written, with places as `{{ person.first_name }}`.
        sent_title, sent_body: As it went out.
        task: Where somebody was asked to look at it; closed when it goes out.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("letter", "draft")
        PRINTED = "printed", pgettext_lazy("letter", "printed")
        MAILED = "mailed", pgettext_lazy("letter", "mailed")
        DISCARDED = "discarded", pgettext_lazy("letter", "thrown away")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="letters")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="letters"
    )
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="letters")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="letters")
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="letters")
    outgoing = models.ForeignKey(Outgoing, null=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    body = models.TextField()
    sent_title = models.CharField(max_length=200, blank=True)
    sent_body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "-made_at"], name="letters_of_account"),
            models.Index(
                fields=["author", "-made_at"], condition=Q(state="draft"), name="letters_to_send"
            ),
        ]

    def __str__(self) -> str:
        return self.title
