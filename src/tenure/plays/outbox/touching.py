"""What reached somebody of an account is a touch on its timeline, as one that a person notes is."""

from datetime import datetime

from tenure.accounts.models import Account, Person
from tenure.core.mail.addresses import message_id
from tenure.core.models import User
from tenure.plays.models import Outgoing
from tenure.timeline.replies import OURS
from tenure.timeline.rows import TouchpointRow
from tenure.timeline.services import touchpoint_upsert_many


def mail_id(key: str) -> str:
    """The Message-ID of the mail of a row; the same at every attempt."""
    return message_id("play", key)


def touch_write(
    *,
    key: str,
    kind: str,
    account: Account,
    at: datetime,
    words: tuple[str, str],
    author: User | None = None,
    person: Person | None = None,
    mail: str = "",
) -> None:
    """Note that title and text (`words`) went to a person; under its key it is noted once.

    `mail`: its Message-ID, by which an answer tells what it answers.
    """
    subject, body = words
    touchpoint_upsert_many(
        rows=[
            TouchpointRow(
                id=f"{OURS}{key}",
                account_id=account.external_id,
                kind=kind,
                occurred_at=at,
                direction="out",
                subject=subject,
                body=body,
                csm_email=author.email if author else "",
                person_ids=(person.external_id,) if person else (),
                message_id=mail,
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
        mail=mail_id(outgoing.key),
    )
