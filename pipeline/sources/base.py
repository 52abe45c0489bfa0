"""What the index of a run holds, and what a source is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Literal, Protocol

from transforms.records import Entry, Feed, Page, ParsedFeed, Rejected

RefKind = Literal["text", "page", "prefetched", "record", "entry"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Where one document lies, without its body.

    Attributes:
        key: the canonical URL, or ``file:`` and the content's hash: what joins a feed's entry to
            the page it links to, and what slices a run into ticks.
        kind: which source reads it.
        path: the file.
        offset: the document's first byte in the file.
        length: its bytes; -1 is the rest of the file.
    """

    key: str
    kind: RefKind
    path: str
    offset: int = 0
    length: int = -1


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that was passed over, and why; it stands in the run's manifest."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Members or columns of a file's documents that nothing reads.

    Attributes:
        path: the file.
        names: each -> the member that may have been meant, "" when none comes to mind.
        absent: what ``--map`` names and no document has.
    """

    path: str
    names: Mapping[str, str]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenFeed:
    """A feed read while indexing; its entries are refs of their own.

    Attributes:
        path: "" when it was polled.
        feed: what it says of itself.
        facts: what a feed list says of it and its publisher, where one is known.
    """

    path: str
    feed: ParsedFeed
    facts: Feed | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A page that was asked for once and did not come, as an archive tells it.

    Attributes:
        rejected: why.
        asked_at: when.
    """

    rejected: Rejected
    asked_at: datetime | None


Indexed = Ref | Skipped | Unread | Rejected | SeenFeed | Feed


class Source(Protocol):
    """One kind of input: a module of this package."""

    def index(self, path: str) -> Iterator[Indexed]:
        """List the documents of a file, without keeping their bodies."""
        ...

    def load(self, ref: Ref) -> Page | Entry | Missed | Rejected:
        """Read one document."""
        ...


def empty_file(path: str) -> Rejected:
    """Tell that there is nothing in a file."""
    name = PurePath(path).name
    return Rejected("read", "empty_input", f"{path}: the file is empty", url=f"file:{name}")
