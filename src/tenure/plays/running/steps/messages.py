"""Steps that send: mails to people of the account, webhooks and chat messages to channels."""

from tenure.accounts.models import Person
from tenure.accounts.selectors import owner_of
from tenure.core.mail.lines import one_line
from tenure.core.models import User
from tenure.plays.definition.shape import MailStep, SendStep, words_in
from tenure.plays.merging import Missing
from tenure.plays.models import Channel, Outgoing
from tenure.plays.outbox.putting import outbox_put
from tenure.plays.running.facts import About, language_among
from tenure.plays.running.quiet import awake
from tenure.plays.running.recipients import recipients
from tenure.plays.running.steps.shape import Did, Visit, merged, merged_inside, skipped


def mail(visit: Visit, step: MailStep) -> Did:
    """Put one mail for each recipient into the outbox."""
    at = awake(visit.now, visit.definition.quiet)
    apart = visit.definition.limits.person
    found = recipients(visit.account, step.to, step.most, apart, at)
    if not found.people:
        return skipped(found.reason)
    owner, written, missing = owner_of(visit.account), [], ""
    for place, person in enumerate(found.people):
        try:
            payload = _letter_to(person, visit, step, owner)
        except Missing as error:
            missing = str(error)
            continue
        outbox_put(
            key=visit.key(place),
            kind=Outgoing.Kind.MAIL,
            account=visit.account,
            run=visit.run,
            person=person,
            author=owner,
            payload=payload,
            try_at=at,
        )
        written.append(person.pk)
    return Did(detail={"people": written}) if written else skipped(missing)


def _letter_to(person: Person, visit: Visit, step: MailStep, owner: User | None) -> dict[str, str]:
    language = language_among(person.language, visit.account.language)
    about = About(visit.account, language, owner, person)
    return {
        "to": person.email,
        "name": one_line(person.name),
        "subject": one_line(merged(step.subject, about)),
        "body": merged(step.body, about),
        "reply_to": owner.email if owner else "",
        "reply_name": one_line(owner.name) if owner else "",
        "language": language,
    }


def send(visit: Visit, step: SendStep) -> Did:
    """Put a webhook or a chat message into the outbox."""
    channel = Channel.objects.filter(
        name=step.channel, kind=step.kind, retired_at__isnull=True
    ).first()
    if channel is None:
        return skipped("no_channel", channel=step.channel)
    payload = _told(visit) if step.kind == "webhook" else _said(visit, step)
    outbox_put(
        key=visit.key(0),
        kind=Outgoing.Kind(step.kind),
        account=visit.account,
        run=visit.run,
        channel=channel,
        author=owner_of(visit.account),
        payload=payload,
        try_at=awake(visit.now, visit.definition.quiet),
    )
    return Did(detail={"channel": channel.name})


def _said(visit: Visit, step: SendStep) -> dict[str, str]:
    about = About(visit.account, language_among(), owner_of(visit.account))
    return {"text": merged_inside(step.text, about)}


def _told(visit: Visit) -> dict[str, object]:
    """The event in the form of the Standard Webhooks: a type, a time, and the facts."""
    account, run, owner = visit.account, visit.run, owner_of(visit.account)
    return {
        "type": "play.step",
        "timestamp": visit.now.isoformat(),
        "data": {
            "play": {
                "key": visit.definition.key,
                "version": run.version,
                "title": words_in(visit.definition.title, "en"),
            },
            "account": {"id": account.external_id, "name": account.name},
            "owner": owner.email if owner else None,
            "run": run.pk,
            "step": visit.line.place,
            "because": run.because,
        },
    }
