"""Which addresses belong to somebody who wanted no more mails and was erased since."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.crypto import salted_hmac

from tenure.plays.models import KeptWish

FEW = 500
_PURPOSE = "tenure.plays.kept_wish"


def digest_of(address: str) -> str:
    """An address as it is kept: nobody who lacks the installation's secret can try addresses."""
    return salted_hmac(_PURPOSE, address.strip().lower(), algorithm="sha256").hexdigest()


def wishes_kept(addresses: Iterable[str]) -> dict[str, datetime]:
    """Those of some addresses that are not to be written to, as given, and since when."""
    by_digest = {digest_of(address): address for address in set(addresses) if address.strip()}
    if not by_digest:
        return {}
    rows = KeptWish.objects.all()
    if len(by_digest) <= FEW:
        rows = rows.filter(digest__in=by_digest)
    kept = dict(rows.values_list("digest", "since"))
    return {address: kept[name] for name, address in by_digest.items() if name in kept}
