"""The index of a run's inputs: which document lies where, under which URL; no bodies.

Directories are walked; each file's kind is found by its suffix, then by its content. A feed list
is polled only when it is named itself. Unknown files in a directory are skipped (the manifest
says so); named explicitly they become dead letters.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Final, Literal

from pipeline import storage
from pipeline.errors import UsageError, not_there
from pipeline.sources import feeds, pages, prefetched, tables, texts, warc
from pipeline.sources.base import Indexed, Skipped, empty_file
from pipeline.sources.members import NO_RENAMES, Renames
from pipeline.sources.spool import Spool
from pipeline.storage import UnreadableError
from pipeline.workers.pool import Workers
from transforms.feeds.lists import read_feed_list
from transforms.records import Feed, Rejected
from transforms.text.redact import redact_url

Kind = Literal["text", "page", "feed", "feeds", "prefetched", "table", "warc", "unknown", "empty"]

_SUFFIXES: Final[dict[str, Kind]] = {
    ".txt": "text",
    ".html": "page",
    ".htm": "page",
    ".mhtml": "page",
    ".mht": "page",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
    ".opml": "feeds",
    ".toml": "feeds",
    ".jsonl": "prefetched",
    ".ndjson": "prefetched",
    ".csv": "table",
    ".tsv": "table",
    ".xlsx": "table",
    ".xlsm": "table",
    ".warc": "warc",
}
_BEGINNINGS: Final[dict[Kind, tuple[bytes, ...]]] = {
    "page": (b"<!doctype html", b"<html"),
    "feed": (b"<?xml", b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex"),
    "warc": (b"warc/1.",),
}
# What is asked for most among the files that nothing reads, and the way round.
_WAYS_ROUND: Final = {
    **dict.fromkeys((".xls", ".ods", ".numbers"), "save it as .xlsx or .csv"),
    **dict.fromkeys((".doc", ".docx", ".odt", ".pdf", ".rtf"), "save it as text (.txt)"),
    **dict.fromkeys((".zip", ".tar", ".rar", ".7z"), "unpack it and name the directory"),
    ".json": "write one object a line (.jsonl)",
}
_SNIFFED: Final = 4096
_SCHEMES: Final = ("http", "https", "gs")


def kind_of(path: str) -> Kind:
    """Tell what kind of input a file is, by suffix, then by content.

    Raises:
        UnreadableError: its content was needed and cannot be read.
    """
    name = PurePath(path).name.lower()
    suffix = PurePath(name.removesuffix(".gz")).suffix
    kind = _SUFFIXES.get(suffix)
    if kind == "text" and _lists_urls(path):
        return "feeds"
    if kind is not None:
        return kind
    return _sniff(storage.read_bytes(path, 0, _SNIFFED), suffix)


def _sniff(head: bytes, suffix: str) -> Kind:
    if not head:
        return "empty"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    for kind, beginnings in _BEGINNINGS.items():
        if start.startswith(beginnings):
            return kind
    if start.startswith(b"{"):
        if b"jsonfeed.org/version" in head:
            return "feed"
        return "prefetched" if suffix != ".json" or b"}\n{" in head else "unknown"
    return "unknown"


def _lists_urls(path: str) -> bool:
    """Whether every line of a .txt file is a URL: then it is a list of feeds."""
    lines = [line.strip() for line in storage.read_bytes(path, 0, 65536).splitlines()]
    lines = [line for line in lines if line]
    return bool(lines) and all(line.startswith((b"http://", b"https://")) for line in lines)


def check_inputs(inputs: Sequence[str]) -> None:
    """Refuse inputs that are not there before anything is written.

    Raises:
        UsageError: a local path does not exist, or nothing reads a URI's scheme.
    """
    for given in inputs:
        scheme, *_ = given.split("://")
        if storage.is_remote(given) and scheme not in _SCHEMES:
            known = "give a path, http://, https:// or gs://"
            raise UsageError(f"unknown scheme {scheme}:// in {redact_url(given)}: {known}")
        if given != "-" and not storage.is_remote(given) and not Path(given).exists():
            raise UsageError(not_there(given))


class FileIndex:
    """Lists the documents of local paths, ``gs://`` URIs and standard input.

    Args:
        spool: where entries and standard input are put down until they are read.
        workers: who parses feeds.
        renames: what documents and tables call the members they have (``--map``).
    """

    def __init__(self, spool: Spool, workers: Workers, renames: Renames = NO_RENAMES) -> None:
        """Keep the settings; nothing is read yet."""
        self._spool = spool
        self._workers = workers
        self._renames = renames

    def index(self, inputs: Sequence[str]) -> Iterator[Indexed]:
        """List every document of the inputs.

        Args:
            inputs: paths, URIs, or ``-`` for JSON lines on standard input.

        Raises:
            UsageError: an input is not there.
        """
        feed_files: list[str] = []
        for given in inputs:
            if given == "-":
                path = self._spool.take("stdin.jsonl", sys.stdin.buffer)
                yield from prefetched.index(path, self._spool, self._renames)
                continue
            if given.startswith(("http://", "https://")):
                yield Feed(given)
                continue
            named = storage.is_remote(given) or not Path(given).is_dir()
            for path in storage.walk(given):
                yield from self._index_file(path, feed_files, named=named and path == given)
        yield from feeds.index(feed_files, self._spool, self._workers)

    def _index_file(self, path: str, feed_files: list[str], *, named: bool) -> Iterator[Indexed]:
        try:
            kind = kind_of(path)
            if kind == "text":
                yield from texts.index(path)
            elif kind == "page":
                yield from pages.index(path)
            elif kind == "prefetched":
                yield from prefetched.index(path, self._spool, self._renames)
            elif kind == "table":
                yield from tables.index(path, self._spool, self._renames)
            elif kind == "warc":
                yield from warc.index(path, self._spool, self._workers)
            elif kind == "feed":
                feed_files.append(path)
            elif kind == "feeds" and named:
                yield from _feed_list(path)
            else:
                yield _not_indexed(path, kind, named=named)
        except UnreadableError as error:
            yield Rejected("read", "unreadable", str(error), url=f"file:{PurePath(path).name}")


def feeds_of(source: str) -> tuple[Feed, ...]:
    """Read the feeds of a list, or the one an address names.

    Raises:
        UsageError: there is no such list, or it cannot be understood.
        UnreadableError: it cannot be read.
    """
    if source.startswith(("http://", "https://")):
        return (Feed(source),)
    if not storage.is_remote(source) and not Path(source).is_file():
        raise UsageError(not_there(source))
    if kind_of(source) != "feeds":
        raise UsageError(f"{source} is no list of feeds: name a .toml, .opml or .txt of addresses")
    return tuple(_feed_list(source))


def _feed_list(path: str) -> Iterator[Feed]:
    """List the feeds to poll.

    Raises:
        UsageError: the list cannot be understood, or is empty.
    """
    try:
        yield from read_feed_list(storage.read_bytes(path), path)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _not_indexed(path: str, kind: Kind, *, named: bool) -> Skipped | Rejected:
    """What becomes of a file that holds no documents."""
    name = PurePath(path).name
    if kind == "empty":
        return empty_file(path)
    if kind == "feeds":
        return Skipped(path, "a feed list is polled only when it is named itself")
    if named:
        suffixes = f"known suffixes: {' '.join(sorted(_SUFFIXES))}"
        way_round = _WAYS_ROUND.get(PurePath(name.lower()).suffix, suffixes)
        detail = f"{path}: no kind of input this version reads; {way_round}"
        return Rejected("read", "unknown_format", detail, url=f"file:{name}")
    return Skipped(path, "unknown kind of file")
