"""Which addresses a fetch may connect to, and which URLs it may try (decision 0021).

What an attacker writes into a feed or a redirect must never reach a service that trusts its
network: loopback, private and link-local ranges, carrier NAT, multicast, tunnels that carry such
addresses inside, and the metadata hosts of clouds. The ranges are IANA's special-purpose
registries (RFC 6890 and its updates); the standard library of Python 3.11 misjudges some of them.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import socket
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

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
# Services of clouds that answer with secrets, and what no intranet is: not even --allow-private.
_NEVER: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "192.0.0.192/32",
        "224.0.0.0/3",
        "::/128",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
        "fe80::/10",
        "ff00::/8",
    )
)
_METADATA_HOSTS: Final = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data"}
)
_PRIVATE_SUFFIXES: Final = (
    ".localhost",
    ".localdomain",
    ".local",
    ".internal",
    ".intranet",
    ".lan",
    ".home.arpa",
)
_URL: Final = re.compile(
    r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL
)
_AUTHORITY: Final = re.compile(
    r"(\[[0-9A-Fa-f:.%a-z]+\]|[^\s:@\[\]\\\x00-\x20\x7f]+)(?::(\d{0,5}))?"
)
_LOGIN: Final = re.compile(r"(https?://)([A-Za-z0-9._~%!$&'()*+,;=:-]+)@", re.IGNORECASE)
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_LINE_BREAKS: Final = re.compile(r"[\t\r\n]")
_SAFE: Final = "%!$&'()*+,/:;=@~[]|"
_DOTS: Final = re.compile(r"(?:\.|%2e)(?:\.|%2e)?", re.IGNORECASE)
_HOST_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_MAX_LENGTH: Final = 8192


class BlockedError(Exception):
    """A URL or an address that must not be fetched; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges addresses and URLs.

    Attributes:
        allow_private: let private hosts through too (intranets, local tests), though never the
            services of clouds that give secrets away.
        stand_ins: networks to treat as public, so that a test can put its hosts on loopback.
    """

    allow_private: bool = False
    stand_ins: tuple[Network, ...] = ()

    def is_allowed(self, address: str) -> bool:
        """Whether a connection to an address may be made.

        Args:
            address: an IP address as text; a scope id (``%eth0``) makes it local.
        """
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        if self.allow_private:
            return not is_never(parsed)
        if any(parsed.version == net.version and parsed in net for net in self.stand_ins):
            return True
        return is_public(parsed)

    def target(self, url: str) -> str:
        """Check a URL and write it so that no two parsers can disagree on its host.

        Path and query may be as sloppy as links are: spaces, Arabic letters and the like are
        escaped, dot segments resolved. The host may not.

        Args:
            url: absolute; any scheme.

        Returns:
            The URL in ASCII, without fragment.

        Raises:
            BlockedError: not http(s), credentials, an unclear host, or a host that is not public.
        """
        parts = _URL.fullmatch(url.strip(" \t\r\n\f"))
        if len(url) > _MAX_LENGTH or parts is None:
            scheme = url[:30].partition(":")[0]
            raise BlockedError(f"only http and https URLs are fetched, not {scheme!r}")
        scheme, authority, path, query = parts.groups()
        if "@" in authority:
            raise BlockedError("the URL carries credentials")
        where = _AUTHORITY.fullmatch(authority)
        if where is None or int(where[2] or 0) > 65535:
            raise BlockedError("the URL has no clear host")
        host = _judged_host(self, where[1])
        port = f":{int(where[2])}" if where[2] else ""
        asked = "" if query is None else "?" + _escaped(query, f"{_SAFE}?")
        return f"{scheme.lower()}://{host}{port}{_clean_path(path)}{asked}"


@functools.lru_cache(maxsize=4096)
def _judged_host(guard: Guard, written: str) -> str:
    """Write a host as it is asked for, if it may be."""
    host = ascii_host(written.strip("[]") if written.startswith("[") else written)
    literal = literal_address(host)
    if written.startswith("[") and (literal is None or literal.version != 6):
        raise BlockedError("what stands in brackets is no IPv6 address")
    if literal is not None:
        if not guard.is_allowed(str(literal)):
            raise BlockedError(f"{literal} is not a public address")
        return f"[{literal}]" if literal.version == 6 else str(literal)
    if host in _METADATA_HOSTS or (not guard.allow_private and _is_private_name(host)):
        raise BlockedError(f"{host} is not a public host")
    return host


def split_login(url: str) -> tuple[str, str]:
    """Take the credentials out of a URL that its owner wrote (never out of one found).

    Returns:
        The URL without them, and ``user:password``, "" when there is none.
    """
    match = _LOGIN.match(url)
    if match is None:
        return url, ""
    return match[1] + url[match.end() :], unquote(match[2])


def is_never(address: Address) -> bool:
    """Whether an address is one that no fetch may reach even where private hosts are allowed."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_never(inner)
        if address.scope_id is not None:
            return True
    return any(address.version == net.version and address in net for net in _NEVER)


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
    if _INVISIBLE.search(host):
        raise BlockedError("the host has invisible characters")
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
    return host == "localhost" or host.endswith(_PRIVATE_SUFFIXES) or "." not in host


def _clean_path(path: str) -> str:
    """Escape a path and resolve its dot segments, so that robots rules see what the server does."""
    escaped = _escaped(path.replace("\\", "/"), _SAFE)
    if "/." not in escaped and "/%2" not in escaped:
        return escaped or "/"
    kept: list[str] = []
    segments = escaped.split("/")[1:]
    for i, segment in enumerate(segments):
        if not _DOTS.fullmatch(segment):
            kept.append(segment)
            continue
        if len(segment.lower().replace("%2e", ".")) == 2:
            del kept[-1:]
        if i == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _escaped(text: str, safe: str) -> str:
    clean = _LINE_BREAKS.sub("", text)
    return quote(clean.encode("utf-8", "surrogateescape"), safe=safe)
