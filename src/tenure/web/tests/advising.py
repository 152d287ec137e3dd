"""A plan of the week with a suggestion of each kind, for tests of all pages."""

from tenure.accounts.models import Account, OwnerAssignment
from tenure.advice.models import Suggestion
from tenure.advice.services import suggestion_dismiss, week_plan
from tenure.advice.tests.world import PRIOR, play

TITLE = "Quarterly Look"
TYPED = (TITLE, PRIOR["source"], "Keep the account.", "Judgement of the team")


def advice_make(accounts: list[Account], decider) -> None:
    """A play that is on, one account of nobody's, the plan, and a suggestion that was dismissed."""
    OwnerAssignment.objects.filter(account=accounts[-1]).delete()
    play("quarterly-look", hours=1.0, title=TITLE, prior={**PRIOR, "mean": 0.2})
    play("training", hours=2.0, title=TITLE, on=False)
    week_plan(actor=None)
    last = Suggestion.objects.filter(pooled=False).order_by("value").first()
    suggestion_dismiss(actor=decider, suggestion=last, reason="unfit", words="Too small")
