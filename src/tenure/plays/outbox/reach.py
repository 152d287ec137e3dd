"""Which addresses of the network may be reached, so that no channel asks what is inside.

A name is resolved once, every address it has is looked at, and the connection goes to that very
address: what the name means a moment later changes nothing.
"""

import ipaddress
import socket
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from tenure.core.errors import TenureError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = {"http": 80, "https": 443}
METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254",
        "fd20:ce::254",
    )
)  # fmt: skip
"""Where machines in the clouds ask for their own secrets; of these even `private` opens none."""
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
SITE = ipaddress.ip_network("fec0::/10")
"""Networks of a site, which Python takes for public since they were given up."""
NOWHERE = tuple(
    ipaddress.ip_network(text) for text in ("64:ff9b:1::/48", "192.88.99.0/24", "100::/64")
)


class Forbidden(TenureError):
    """An address that must not be reached."""


class NotFound(Exception):
    """A name that has no address now."""


@dataclass(frozen=True)
class Target:
    """Where a request goes: the name for headers and certificates, the addresses to connect to."""

    secure: bool
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


def parts_of(url: str) -> SplitResult:
    """The parts of an address outside; raises `TenureError` for one that is none."""
    clean = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    try:
        parts = urlsplit(url)
        usual = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        clean = usual = False
    if not clean or not usual:
        raise TenureError(
            _("Give a whole address in plain letters, as https://hooks.company.com/tenure.")
        )
    if parts.username is not None or parts.password is not None:
        raise TenureError(_("Leave user and password out of the address; everybody could read it."))
    return parts


def target_of(url: str, *, private: bool) -> Target:
    """Where an address leads now.

    Raises:
        TenureError: it is no address, or (`Forbidden`) leads where it must not.
        NotFound: its name has no address now.
    """
    parts = parts_of(url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFound(f"{host}: {error}") from error
    addresses = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    for address in addresses:
        if not may_reach(address, private=private):
            raise Forbidden(
                _("%(host)s is in a network that Tenure does not reach: %(address)s.")
                % {"host": host, "address": address}
            )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, path, addresses)


def may_reach(text: str, *, private: bool) -> bool:
    """Whether an address may be connected to; `private`: also one inside the own networks."""
    try:
        address = _meant(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if address in METADATA or address.is_link_local or address.is_multicast:
        return False
    if address.is_unspecified or any(address in one for one in NOWHERE):
        return False
    if address.is_loopback or address.is_private or not address.is_global or address in SITE:
        return private
    return not address.is_reserved


def _meant(address: Address) -> Address:
    """The address that one written in another form stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
    if inner is None and address in TRANSLATED:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is None and int(address) >> 32 == 0 and int(address) > 1:  # ::a.b.c.d, long gone
        inner = ipaddress.IPv4Address(int(address))
    return inner or address
