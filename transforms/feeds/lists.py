"""Feed lists: OPML, the native TOML, plain text; and the catalogue that comes with rasd.

The native form is one TOML file for one publisher:

    [publisher]
    name = "صحيفة الميناء"
    country = "EGY"              # ISO 3166 alpha-3
    tz = "Africa/Cairo"          # IANA name or ±HH:MM
    language = "ar"

    [[feed]]
    url = "https://news.example/rss.xml"
    category = "general"
    alternatives = ["https://news.example/feed"]
    poll_seconds = 900
    user_agent = "..."
    headers = { Authorization = "Bearer ${NEWS_TOKEN}" }

A list of several publishers writes ``[[publisher]]`` with ``[[publisher.feed]]`` below each; a
feed may set ``publisher``, ``country``, ``tz`` and ``language`` itself. ``${NAME}`` stays as it is
in the record; the fetcher reads it from the environment, so that no secret is stored.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import resources
from typing import Any, Final

from lxml import etree

from transforms.feeds.clean import prepare, repair
from transforms.records import Feed
from transforms.text.encoding import decode_bytes
from transforms.text.urls import resolve_link

_COUNTRY_RE: Final = re.compile(r"[A-Z]{3}\Z")
_TZ_RE: Final = re.compile(r"[A-Za-z]+(?:/[A-Za-z_+-]+\d*){0,2}\Z|[+-]\d\d:\d\d\Z")
_FEED_KEYS: Final = frozenset(
    {
        *("url", "category", "alternatives", "poll_seconds", "user_agent", "headers"),
        *("publisher", "country", "tz", "language", "verified", "note"),
    }
)
_PUBLISHER_KEYS: Final = frozenset(
    {"name", "name_en", "country", "tz", "language", "verified", "note", "home", "feed"}
)
_MAX_OUTLINES: Final = 100_000


def read_feed_list(data: bytes, name: str) -> tuple[Feed, ...]:
    """Read a list of feeds.

    Args:
        data: the file.
        name: its name; the suffix says what it is (.opml, .toml, .txt), else its content.

    Returns:
        The feeds in the order of the file, each URL once.

    Raises:
        ValueError: it holds no feed, or says something no feed list can mean. One sentence.
    """
    suffix = name.lower().rpartition(".")[2]
    if suffix == "toml":
        feeds = _read_toml(data, name)
    elif suffix == "opml" or (suffix != "txt" and data.lstrip()[:1] == b"<"):
        feeds = _read_opml(data, name)
    else:
        feeds = _read_text(data, name)
    found: dict[str, Feed] = {}
    for feed in feeds:
        found.setdefault(feed.url, feed)
    if not found:
        raise ValueError(f"{name}: no feed in this list")
    return tuple(found.values())


def load_catalogue() -> tuple[Feed, ...]:
    """Read the catalogue that comes with rasd: real outlets, one file a publisher."""
    return tuple(feed for name, data in _files() for feed in read_feed_list(data, name))


def verified_addresses() -> frozenset[str]:
    """Tell which addresses of the catalogue somebody has polled and found to be the outlet's.

    A feed says so itself (``verified = true``); it is a note on the catalogue, so that a ``Feed``
    does not carry it.
    """
    documents = (tomllib.loads(data.decode("utf-8-sig")) for _, data in _files())
    return frozenset(
        resolve_link("", feed["url"])
        for document in documents
        for feed in document["feed"]
        if feed.get("verified") is True
    )


def _files() -> Iterator[tuple[str, bytes]]:
    folder = resources.files("transforms.feeds") / "catalogue"
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".toml"):
            yield path.name, path.read_bytes()


def _read_text(data: bytes, name: str) -> Iterator[Feed]:
    for number, line in enumerate(_decode(data).splitlines(), start=1):
        url = line.strip()
        if not url or url.startswith("#"):
            continue
        yield Feed(url=_address(url, f"{name}, line {number}"))


def _read_opml(data: bytes, name: str) -> Iterator[Feed]:
    source = prepare(_decode(data), _MAX_OUTLINES)
    if source.root != "opml":
        raise ValueError(f"{name}: not an OPML file (the root element is not opml)")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, encoding="utf-8"
    )
    root = etree.fromstring(repair(source).encode("utf-8", "replace"), parser)
    for outline in root.iter("{*}outline") if root is not None else ():
        known = {key.lower(): value.strip() for key, value in outline.attrib.items()}
        url = resolve_link("", known.get("xmlurl", ""))
        if not url:
            continue
        folder = outline.getparent()
        parent = folder.get("text") if folder.tag == outline.tag else None
        yield Feed(
            url=url,
            publisher=known.get("title") or known.get("text") or None,
            language=known.get("language") or None,
            category=known.get("category") or parent or None,
        )


def _read_toml(data: bytes, name: str) -> Iterator[Feed]:
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: not valid TOML: {error}") from error
    unknown = set(document) - {"publisher", "feed"}
    if unknown:
        raise ValueError(f"{name}: unknown key {min(unknown)!r} (known: publisher, feed)")
    publishers = document.get("publisher", {})
    several = isinstance(publishers, list)
    for publisher in publishers if several else ():
        base = _publisher(_table(publisher, name), name)
        yield from _feeds(publisher.get("feed", []), base, name)
    base = Feed("") if several else _publisher(_table(publishers, name), name)
    yield from _feeds(document.get("feed", []), base, name)


def _publisher(table: Mapping[str, Any], name: str) -> Feed:
    _no_other_keys(table, _PUBLISHER_KEYS, name)
    return _placed(Feed("", publisher=_text(table, "name", name)), table, name)


def _feeds(tables: object, base: Feed, name: str) -> Iterator[Feed]:
    if not isinstance(tables, list):
        raise ValueError(f"{name}: feed must be an array of tables ([[feed]])")  # noqa: TRY004 - one error for the user
    for table in tables:
        yield _feed(_table(table, name), base, name)


def _feed(table: Mapping[str, Any], base: Feed, name: str) -> Feed:
    _no_other_keys(table, _FEED_KEYS, name)
    url = _address(_text(table, "url", name) or "", name)
    alternatives = _typed(table, "alternatives", list, name) or []
    headers = _typed(table, "headers", dict, name) or {}
    poll = _typed(table, "poll_seconds", int, name)
    if poll is not None and poll <= 0:
        raise ValueError(f"{name}: poll_seconds must be above 0")
    feed = replace(
        base,
        url=url,
        publisher=_text(table, "publisher", name) or base.publisher,
        category=_text(table, "category", name),
        poll_seconds=poll,
        alternatives=tuple(_address(str(each), name) for each in alternatives),
        user_agent=_text(table, "user_agent", name),
        headers=tuple(sorted((str(key), str(value)) for key, value in headers.items())),
    )
    return _placed(feed, table, name)


def _placed(feed: Feed, table: Mapping[str, Any], name: str) -> Feed:
    """Set country, zone and language where the table gives them."""
    country = _text(table, "country", name)
    tz = _text(table, "tz", name)
    if country is not None and not _COUNTRY_RE.match(country):
        raise ValueError(f"{name}: country {country!r} is no ISO 3166 alpha-3 code such as EGY")
    if tz is not None and not _TZ_RE.match(tz):
        raise ValueError(f"{name}: tz {tz!r} is neither an IANA name nor ±HH:MM")
    return replace(
        feed,
        country=country or feed.country,
        tz=tz or feed.tz,
        language=_text(table, "language", name) or feed.language,
    )


def _address(url: str, where: str) -> str:
    found = resolve_link("", url)
    if not found:
        raise ValueError(f"{where}: {url[:200]!r} is no http(s) address")
    return found


def _table(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name}: publisher and feed must be tables")  # noqa: TRY004 - one error for the user
    return value


def _no_other_keys(table: Mapping[str, Any], known: frozenset[str], name: str) -> None:
    unknown = set(table) - known
    if unknown:
        raise ValueError(
            f"{name}: unknown key {min(unknown)!r} (known: {', '.join(sorted(known))})"
        )


def _text(table: Mapping[str, Any], key: str, name: str) -> str | None:
    value: str | None = _typed(table, key, str, name)
    return value.strip() or None if value is not None else None


def _typed(table: Mapping[str, Any], key: str, kind: type, name: str) -> Any:
    value = table.get(key)
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        raise ValueError(f"{name}: {key} must be of type {kind.__name__}")
    return value


def _decode(data: bytes) -> str:
    return decode_bytes(data, markup="xml").text.lstrip("\ufeff")
