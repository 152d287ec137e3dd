"""What reached somebody of an account is a touch on its timeline, as one that a person notes is."""

from datetime import datetime

from tenure.accounts.models import Account, Person
from tenure.core.models import User
from tenure.plays.models import Outgoing
from tenure.timeline.rows import TouchpointRow
from tenure.timeline.services import touchpoint_upsert_many


def touch_write(
    *,
    key: str,
    kind: str,
    account: Account,
    at: datetime,
    words: tuple[str, str],
    author: User | None = None,
    person: Person | None = None,
) -> None:
    """Note that title and text (`words`) went to a person; under its key it is noted once."""
    subject, body = words
    touchpoint_upsert_many(
        rows=[
            TouchpointRow(
                id=f"tenure:{key}",
                account_id=account.external_id,
                kind=kind,
                occurred_at=at,
                direction="out",
                subject=subject,
                body=body,
                csm_email=author.email if author else "",
                person_ids=(person.external_id,) if person else (),
            )
        ]
    )


def mail_touch(outgoing: Outgoing, at: datetime) -> None:
    """Note a mail that the server took."""
    touch_write(
        key=outgoing.key,
        kind="letter" if outgoing.key.startswith("letter:") else "email",
        account=outgoing.account,
        at=at,
        words=(outgoing.payload["subject"], outgoing.payload["body"]),
        author=outgoing.author,
        person=outgoing.person,
    )
