"""The plain words that stand for places in the texts of plays."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from django.conf import settings
from django.utils import translation

from tenure.accounts.models import Account, Person
from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.core.mail.lines import one_line
from tenure.core.models import User
from tenure.health.models import Band, CurrentHealth
from tenure.metrics.selectors import snapshot_of
from tenure.relationship.models import Standing

UNKNOWN = "–"


def language_among(*wanted: str) -> str:
    """The first of some languages that Tenure speaks, else the installation's own."""
    for code in wanted:
        try:
            return translation.get_supported_language_variant(code.lower().replace("_", "-"))
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


@dataclass(frozen=True)
class About:
    """Whom a text is about, who sends it, and who reads it in which language."""

    account: Account
    language: str
    owner: User | None = None
    person: Person | None = None

    @property
    def locale(self) -> Locale:
        return Locale.parse(translation.to_locale(self.language))


def facts_for(about: About, places: Iterable[str]) -> dict[str, str]:
    """Place → its words, for the places named; what is not known is not in it."""
    with translation.override(about.language):
        found = {place: FACTS[place](about) for place in places if place in FACTS}
    return {place: one_line(words) for place, words in found.items() if one_line(words)}


def _first_name(about: About) -> str:
    return about.person.name.split(" ")[0] if about.person and about.person.name else ""


def _contract(about: About) -> ContractState | None:
    return ContractState.objects.select_related("plan").filter(account=about.account).first()


def _plan(about: About) -> str:
    contract = _contract(about)
    return contract.plan.name if contract and contract.plan else ""


def _renews_on(about: About) -> str:
    contract = _contract(about)
    return _day(contract.renews_at, about) if contract and contract.renews_at else ""


def _mrr(about: About) -> str:
    contract = _contract(about)
    if contract is None or contract.mrr is None:
        return ""
    locale = about.locale
    whole = locale.currency_formats["standard"].pattern.replace(".00", "")
    code = settings.REPORTING_CURRENCY
    words: str = format_currency(contract.mrr, code, whole, locale, currency_digits=False)
    return words


def _seats(about: About) -> str:
    contract = _contract(about)
    return _number(contract.seats, about) if contract and contract.seats else ""


def _level(about: About) -> str:
    standing = Standing.objects.filter(account=about.account).first()
    return str(standing.get_level_display()) if standing else ""


def _health(about: About) -> str:
    health = CurrentHealth.objects.filter(account=about.account).exclude(band=Band.UNKNOWN).first()
    return "" if health is None or health.value is None else _number(round(health.value), about)


def _active_people(about: About) -> str:
    snapshot = snapshot_of(about.account)
    value = snapshot.values.get("active_people") if snapshot else None
    return "" if value is None else _number(round(value), about)


def _number(value: int, about: About) -> str:
    words: str = format_decimal(value, locale=about.locale)
    return words


def _day(value: date, about: About) -> str:
    words: str = format_date(value, "long", locale=about.locale)
    return words


FACTS: Mapping[str, Callable[[About], str]] = {
    "account.name": lambda about: about.account.name,
    "account.domain": lambda about: about.account.domain,
    "person.first_name": _first_name,
    "person.name": lambda about: about.person.name if about.person else "",
    "person.title": lambda about: about.person.title if about.person else "",
    "owner.name": lambda about: about.owner.name if about.owner else "",
    "owner.email": lambda about: about.owner.email if about.owner else "",
    "company.name": lambda _about: settings.COMPANY,
    "contract.plan": _plan,
    "contract.renews_on": _renews_on,
    "contract.mrr": _mrr,
    "contract.seats": _seats,
    "level": _level,
    "health": _health,
    "usage.active_people": _active_people,
    "today": lambda about: _day(clock.now().astimezone(settings.COMPANY_TIME_ZONE), about),
}
