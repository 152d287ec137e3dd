"""How well the ids in events match the people and accounts that are loaded."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from tenure.events.models import AccountRef, Identifier, StoreFile


@dataclass(frozen=True)
class Matched:
    """Ids seen and ids matched. `waiting`: stored events whose account is not known."""

    users: int
    users_known: int
    anonymous: int
    anonymous_known: int
    accounts: int
    accounts_known: int
    stored: int
    waiting: int

    @property
    def user_share(self) -> float | None:
        return self.users_known / self.users if self.users else None

    @property
    def account_share(self) -> float | None:
        return self.accounts_known / self.accounts if self.accounts else None

    @property
    def event_share(self) -> float | None:
        return 1 - self.waiting / self.stored if self.stored else None


def matched() -> Matched:
    """The state of identity now."""
    ids = {
        row["kind"]: row
        for row in Identifier.objects.values("kind").annotate(
            n=Count("pk"), known=Count("pk", filter=Q(person__isnull=False))
        )
    }
    refs = AccountRef.objects.aggregate(
        n=Count("pk"), known=Count("pk", filter=Q(account__isnull=False))
    )
    store = StoreFile.objects.filter(retired_at__isnull=True).aggregate(
        n=Sum("rows"), waiting=Sum("waiting")
    )
    none = {"n": 0, "known": 0}
    user, anonymous = ids.get("user", none), ids.get("anonymous", none)
    return Matched(
        users=user["n"],
        users_known=user["known"],
        anonymous=anonymous["n"],
        anonymous_known=anonymous["known"],
        accounts=refs["n"],
        accounts_known=refs["known"],
        stored=store["n"] or 0,
        waiting=store["waiting"] or 0,
    )


def unmatched() -> QuerySet[AccountRef]:
    """Account ids that events name and no account carries, the most waited for first."""
    rows = AccountRef.objects.filter(account__isnull=True)
    return rows.order_by("-waiting", "-last_seen_at", "pk")
