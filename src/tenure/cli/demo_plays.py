"""The demo's plays: some that come with Tenure are on, and in its largest book two have begun."""

ON = (
    "onboarding_guided",
    "onboarding_personal",
    "adoption_stall",
    "champion_left",
    "usage_drop",
    "detractor_follow_up",
    "thank_you_letter",
    "renewal",
    "renewal_at_risk",
    "failed_payment",
    "expansion_signal",
    "slipping_client",
    "new_client",
    "sponsor_change",
)
BEGUN = 2


def plays_switch_on() -> None:
    """Switch them on before the first refresh, so that what holds already sets nothing off."""
    from tenure.plays.models import Play
    from tenure.plays.services import play_switch_on

    on = set(Play.objects.filter(running__isnull=False).values_list("key", flat=True))
    for key in ON:
        if key not in on:
            play_switch_on(actor=None, key=key)


def plays_begin(email: str) -> int:
    """Accept the first suggestions of a success manager and let the plays take their first steps;
    how many were accepted.
    """
    from tenure.accounts.selectors import accounts_visible
    from tenure.advice.models import Suggestion
    from tenure.advice.selectors import suggestions_seen
    from tenure.advice.services import suggestion_accept
    from tenure.core import clock
    from tenure.core.models import User
    from tenure.plays.running.conditions import Holding
    from tenure.plays.running.stepping import advance

    user = User.objects.filter(email=email).first()
    if user is None or Suggestion.objects.filter(run__isnull=False).exists():
        return 0
    seen = suggestions_seen(accounts_visible(user), clock.today(), user)
    first = list(seen[:BEGUN])
    for suggestion in first:
        suggestion_accept(actor=user, suggestion=suggestion)
    holding = Holding(clock.today())
    while advance(holding=holding):
        pass
    return len(first)
