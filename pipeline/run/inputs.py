"""What the index of a run found, and the run's id."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from pipeline.options import Config
from pipeline.sources.base import Indexed, Ref, SeenFeed, Skipped, Unread
from pipeline.version import __version__
from transforms.records import Feed, Rejected, content_id


@dataclass(slots=True)
class Inputs:
    """What the index of a run found."""

    refs: list[Ref] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    feeds: list[SeenFeed] = field(default_factory=list)
    to_poll: list[Feed] = field(default_factory=list)
    not_due: list[Feed] = field(default_factory=list)
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # of polls

    def take(self, found: Iterable[Indexed]) -> None:
        """Sort what an index lists into its kinds."""
        places: dict[type, list[Any]] = {
            Ref: self.refs,
            Rejected: self.rejected,
            Skipped: self.skipped,
            Unread: self.unread,
            SeenFeed: self.feeds,
            Feed: self.to_poll,
        }
        for each in found:
            places[type(each)].append(each)

    def leave_out(self, pages: Collection[str]) -> None:
        """Take out what leads to pages that were taken down.

        Args:
            pages: their ids.
        """
        if pages:
            self.refs = [ref for ref in self.refs if content_id(ref.key) not in pages]

    def ticks(self, size: int) -> list[list[Ref]]:
        """Slice the refs by hash of their key; one key is never in two slices."""
        keys = {ref.key for ref in self.refs}
        slices = max(1, -(-len(keys) // size))
        ticks: list[list[Ref]] = [[] for _ in range(slices)]
        for ref in self.refs:
            digest = sha256(ref.key.encode("utf-8", "replace")).digest()
            ticks[int.from_bytes(digest[:8], "big") % slices].append(ref)
        return [tick for tick in ticks if tick]


def run_id_of(config: Config) -> str:
    """The run's id: a hash of version, options, clock and inputs."""
    options = sorted((name, str(value)) for name, value in config.describe().items())
    return content_id(__version__, repr(options), config.as_of.isoformat(), *sorted(config.inputs))
