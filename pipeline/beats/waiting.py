"""Pages that wait for their host's turn, in files beside the inbox (decision 0077).

What a beat has no room for is put down in groups, each as many pages as one beat may ask for; the
plan orders a host's groups one a beat, the oldest first. A file that is taken stays for a while
under another name, so that a beat that an engine does again finds what it found. Nothing hangs on
these files: all their pages were told as seen, and a page that was seen and has no article is
wanted again when its feed is read the next time.
"""

from __future__ import annotations

import gzip
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, unquote

import orjson

from pipeline.beats.claims import HELD
from pipeline.queue.form import time_in_name, time_of_name, to_plain, to_record
from pipeline.sinks.base import SinkError
from pipeline.sinks.files import Files
from pipeline.sinks.inbox import WAITING
from pipeline.steps.documents import PageRequest
from transforms.feeds.publishers import PublisherIndex
from transforms.records import Entry, Feed, Sighting, content_id

_LOG: Final = logging.getLogger(__name__)
MOST: Final = 200  # groups of one host; what is beyond them is asked again when its feed is read
_GROUP: Final = ".pages"
_TAKEN: Final = ".taken-"
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Groups:
    """The groups of one host.

    Attributes:
        names: of their files, the oldest first.
        again: the one that this very beat has taken, should it be done again.
        asked_at: the beat at which pages of the host were last asked for.
    """

    names: list[str] = field(default_factory=list)
    again: str = ""
    asked_at: datetime = _LONG_AGO


class WaitingPages:
    """The groups of an output.

    Args:
        files: of its inbox.
    """

    def __init__(self, files: Files) -> None:
        """Keep the place; nothing is read or written yet."""
        self._files = files

    def put(self, host: str, pages: Sequence[PageRequest], as_of: datetime, size: int) -> int:
        """Put pages down; the same pages of the same beat give the same files.

        Args:
            host: the registrable host they are to be asked of.
            pages: in the order in which they are to be asked.
            as_of: the beat that found them.
            size: how many make a group.

        Returns:
            How many groups there are.
        """
        groups = [pages[start : start + size] for start in range(0, len(pages), size)]
        for number, group in enumerate(groups):
            lines = b"\n".join(orjson.dumps(_plain(each, as_of)) for each in group)
            data = gzip.compress(lines, compresslevel=6, mtime=0)
            name = f"{time_in_name(as_of)}-{number:04}-{content_id(lines)[:16]}{_GROUP}"
            self._files.write(f"{WAITING}/{quote(host, safe='')}/{name}", data)
        return len(groups)

    def look(self, now: datetime) -> dict[str, Groups]:
        """List the groups that can be taken; drop those that were taken a while ago.

        Args:
            now: the beat.

        Returns:
            By registrable host. Groups that this very beat has taken are among them, should it be
            done again.
        """
        found: dict[str, Groups] = defaultdict(Groups)
        asked: dict[str, datetime] = {}
        for path in self._files.listing(WAITING):
            name, _, written = path.partition(_TAKEN)
            if not name.endswith(_GROUP) or "/." in name:
                continue  # a worker is writing it, or has died of it
            taken, host = time_of_name(written) if written else now, host_of(name)
            if taken == now:
                found[host].names.append(name)
                if written:
                    found[host].again = name
            elif now - taken >= timedelta(seconds=HELD):
                self._files.remove(path)
                self._files.remove_empty(path.rpartition("/")[0])
            elif taken < now:  # a later beat is done again, too, and takes again what it took
                asked[host] = max(taken, asked.get(host, taken))
        for host, groups in found.items():
            # The host was asked when its pages were found, too.
            since = time_of_name(groups.names[0].rpartition("/")[2].partition("-")[0])
            groups.asked_at = max(since, asked.get(host, since))
        return dict(found)

    def keys(self, names: Iterable[str]) -> set[str]:
        """The canonical URLs of the pages in some groups; those taken meanwhile have none."""
        return {page.key for name in names for page in self._read(name)}

    def take(self, name: str, beat: datetime) -> list[PageRequest]:
        """Take a group, or take it again at the same beat; it is empty when another one has it."""
        aside = f"{name}{_TAKEN}{time_in_name(beat)}"
        pages = self._read(name)
        if pages:
            try:
                self._files.move(name, aside)
            except SinkError:
                if self._files.kind(name) == "file":
                    raise
            else:
                return pages
        return self._read(aside)  # this beat has had it, or another

    def _read(self, name: str) -> list[PageRequest]:
        """Read a group; one that is gone is empty, and so is one that cannot be read."""
        if self._files.kind(name) != "file":
            return []
        try:
            lines = gzip.decompress(self._files.read(name)).splitlines()
            return [_request(orjson.loads(line)) for line in lines]
        except (SinkError, OSError, EOFError, ValueError) as error:
            _LOG.warning("%s cannot be read; its pages are asked for later: %s", name, error)
            return []


def host_of(name: str) -> str:
    """The registrable host whose pages a group holds."""
    return unquote(name.split("/")[-2])


def _plain(page: PageRequest, as_of: datetime) -> dict[str, Any]:
    """Make JSON's values of a page; it was seen now, whenever it is fetched."""
    seen = (replace(each, seen_at=each.seen_at or as_of) for each in page.sightings)
    return {
        "key": page.key,
        "url": page.url,
        "entries": [to_plain(each) for each in page.entries],
        "sightings": [to_plain(each) for each in seen],
        "feeds": {name: to_plain(feed) for name, feed in page.publishers.by_feed.items()},
    }


def _request(given: Any) -> PageRequest:
    """Make a page of JSON's values.

    Raises:
        ValueError: they are not what they have to be.
    """
    try:
        return PageRequest(
            given["key"],
            given["url"],
            tuple(to_record(Entry, each) for each in given["entries"]),
            tuple(to_record(Sighting, each) for each in given["sightings"]),
            PublisherIndex({name: to_record(Feed, feed) for name, feed in given["feeds"].items()}),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no page that waits: {error!r}") from error
