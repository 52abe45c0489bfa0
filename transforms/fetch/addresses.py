"""Which addresses a fetch may connect to, and which URLs it may try.

What an attacker writes into a feed or a redirect must never reach a service that trusts its
network: loopback, private and link-local ranges, carrier NAT, multicast, tunnels that carry such
addresses inside, and the metadata hosts of clouds. The ranges are IANA's special-purpose
registries (RFC 6890 and its updates); the standard library of Python 3.11 misjudges some of them.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import idna

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_PUBLIC_V4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's platform service on a public-looking address
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_METADATA_HOSTS: Final = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "localhost"}
)
_PRIVATE_SUFFIXES: Final = (".localhost", ".localdomain", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f\\\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_HOST_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")


class BlockedError(Exception):
    """A URL or an address that must not be fetched; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges addresses and URLs.

    Attributes:
        allow_private: let everything through (intranets, local tests).
        stand_ins: networks to treat as public, so that a test can put its hosts on loopback.
    """

    allow_private: bool = False
    stand_ins: tuple[Network, ...] = ()

    def is_allowed(self, address: str) -> bool:
        """Whether a connection to an address may be made.

        Args:
            address: an IP address as text; a scope id (``%eth0``) makes it local.
        """
        if self.allow_private:
            return True
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        if any(parsed.version == net.version and parsed in net for net in self.stand_ins):
            return True
        return is_public(parsed)

    def target(self, url: str) -> str:
        """Check a URL and write it so that no two parsers can disagree on its host.

        Args:
            url: absolute; any scheme.

        Returns:
            The URL with an ASCII host and without fragment.

        Raises:
            BlockedError: not http(s), credentials, an unclear host, or a host that is not public.
        """
        if _FORBIDDEN.search(url):
            raise BlockedError("the URL has spaces, control characters or backslashes")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BlockedError(f"the URL does not parse: {error}") from error
        if parts.scheme.lower() not in {"http", "https"} or not parts.netloc:
            raise BlockedError(f"only http and https are fetched, not {parts.scheme or 'this'}")
        if "@" in parts.netloc:
            raise BlockedError("the URL carries credentials")
        host = ascii_host(parts.hostname or "")
        literal = literal_address(host)
        if literal is not None:
            if not self.is_allowed(str(literal)):
                raise BlockedError(f"{literal} is not a public address")
            host = f"[{literal}]" if literal.version == 6 else str(literal)
        elif not self.allow_private and _is_private_name(host):
            raise BlockedError(f"{host} is not a public host")
        where = host if port is None else f"{host}:{port}"
        return urlunsplit((parts.scheme.lower(), where, parts.path or "/", parts.query, ""))


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public Internet.

    An IPv4 address inside an IPv6 one (mapped, NAT64) is judged as itself.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        return address in _GLOBAL_V6 and not any(address in each for each in _NOT_PUBLIC_V6)
    return not any(address in each for each in _NOT_PUBLIC_V4)


def ascii_host(host: str) -> str:
    """Write a host name as DNS takes it: compatibility forms folded, IDNA, no final dot.

    Raises:
        BlockedError: it is no host name.
    """
    folded = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    if ":" in folded:  # an IPv6 literal
        return folded
    if not folded.isascii():
        digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in folded)
        try:
            folded = digits if digits.isascii() else idna.encode(digits, uts46=True).decode()
        except idna.IDNAError as error:
            raise BlockedError(f"no host name: {error}") from error
    if not _HOST_NAME.fullmatch(folded) or len(folded) > 253:
        raise BlockedError("the URL has no valid host name")
    return folded


def literal_address(host: str) -> Address | None:
    """Read a host that is an address in any form a C library takes (2130706433, 0x7f.1).

    Returns:
        The address, or None for a name.
    """
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    last = host.rpartition(".")[2]
    if not re.fullmatch(r"0x[0-9a-f]*|\d+", last):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError as error:
        raise BlockedError("the host ends in a number and is no address") from error


def _is_private_name(host: str) -> bool:
    return host in _METADATA_HOSTS or host.endswith(_PRIVATE_SUFFIXES) or "." not in host
