"""Refs of one URL -> the page to process, the page to fetch, or why there is none.

Bodies never go through a shuffle: refs are grouped, and everything from reading to delivered files
happens in one fused stage. A page that stands alone is read by the process that works on it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.sources.base import Ref
from pipeline.steps.documents import GivenPage, PageRequest, read_documents, told
from transforms.feeds.publishers import NO_PUBLISHERS, PublisherIndex
from transforms.metrics import count, measure
from transforms.records import Page, Rejected


@dataclass
class ReadDocuments(beam.PTransform):
    """``(key, refs)`` -> pages, joined with the entries that link to them; and rejections.

    A page that stands alone goes on unread, as a ``GivenPage``.

    Attributes:
        online: pages that no input gave become ``PageRequest`` (output ``wanted``) instead of
            rejections.
        publishers: tells publisher, country and zone of a feed or a host.
    """

    online: bool = False
    publishers: PublisherIndex = NO_PUBLISHERS

    def expand(self, grouped: Any) -> Any:
        """Read each group."""
        read = grouped | "ReadGroups" >> beam.FlatMap(_read_counted, self.online, self.publishers)
        return read | "PartWanted" >> beam.Partition(_is_wanted, 2)


def _is_wanted(record: Any, _parts: int) -> int:
    return int(isinstance(record, PageRequest))


def _read_counted(
    group: tuple[str, Iterable[Ref]], online: bool, publishers: PublisherIndex
) -> Iterator[Page | Rejected | PageRequest | GivenPage]:
    key, refs = group[0], list(group[1])
    given = GivenPage.of(key, refs, online=online)
    if given is not None:
        yield given
        return
    count("read", "in")
    started = time.thread_time()
    records = read_documents(key, refs, online=online, publishers=publishers)
    measure("read", "microseconds", round((time.thread_time() - started) * 1e6))
    for record in records:
        count("read", told(record))
        yield record
