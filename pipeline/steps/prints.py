"""Read the fingerprints of articles: those a commit brings and those that are kept (decision 0036).

Light ones (what tells deliveries apart, no hashes) are read by page and by id; of those within
seven days of a new article the keys are read too, and only what shares one is read whole. So a
tick costs what it brings, not what is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sinks.base import Sink, StagedFile
from pipeline.sinks.staged import read_staged
from transforms.dedup import fingerprint
from transforms.dedup.fingerprint import VERSION
from transforms.records import Article, Fingerprint
from transforms.rows.rows import Provenance, fingerprint_row

TABLE: Final = "_fingerprints"
_WHOLE: Final = tuple(field.name for field in fields(Fingerprint))
_HASHES: Final = ("keys", "shingles", "words", "names", "numbers")
LIGHT: Final = tuple(name for name in _WHOLE if name not in _HASHES)
_KEYED: Final = (*LIGHT, "keys")
_MARKED: Final = (
    "article_id", "page_id", "published_at", "published_on", "modified_at", "fetched_at",
    "event_time", "title", "body", "norm_hash", "content_hash", "publisher", "agency", "guid",
)  # fmt: skip
_TEXTS_AT_ONCE: Final = 2_048
_WINDOW: Final = 7  # days

Dates = set[date | None]


def day_of(moment: datetime | None) -> date | None:
    """Return the partition of an event time."""
    return None if moment is None else moment.astimezone(UTC).date()


def days_near(prints: Iterable[Fingerprint]) -> Dates | None:
    """Return the partitions that can hold a copy of one of these; None when any can."""
    days: Dates = {None}  # an undated article may be a copy of any
    for each in prints:
        if each.event_time is None:
            return None
        day = each.event_time.astimezone(UTC).date()
        days.update(day + timedelta(days=gap) for gap in range(-_WINDOW, _WINDOW + 1))
    return days


def light_of(data: pa.Table) -> list[Fingerprint]:
    """Make light fingerprints of rows with the columns ``LIGHT``."""
    return [Fingerprint(**row) for row in data.select(LIGHT).to_pylist()]


class Prints:
    """The fingerprints of one commit: those it brings and those that are stored.

    Args:
        sink: the output.
        staged: the files that the commit takes in.
    """

    def __init__(self, sink: Sink, staged: Sequence[StagedFile]) -> None:
        """Remember where they lie; nothing is read yet."""
        self._sink = sink
        self._staged = [file for file in staged if file.table == TABLE]

    def brought(self) -> list[Fingerprint]:
        """Read the light fingerprints of every delivery."""
        files = self._sink.inbox.files
        return [each for file in self._staged for each in light_of(read_staged(files, file, LIGHT))]

    def of_pages(self, pages: Collection[str]) -> list[Fingerprint]:
        """Read the light fingerprints of every stored version of these pages."""
        if not pages:
            return []
        return light_of(self._sink.read(TABLE, LIGHT, where={"page_id": pages}))

    def of_articles(self, ids: Collection[str], dates: Dates | None) -> list[Fingerprint]:
        """Read the light fingerprints of stored articles that lie in these partitions."""
        if not ids:
            return []
        return light_of(self._sink.read(TABLE, LIGHT, dates, {"article_id": ids}))

    def of_days(self, dates: Collection[date | None]) -> list[Fingerprint]:
        """Read the light fingerprints of every article stored in these partitions."""
        return light_of(self._sink.read(TABLE, LIGHT, dates))

    def nearby(self, new: Mapping[str, Fingerprint]) -> list[Fingerprint]:
        """Find the articles among which pairs of new ones are looked for.

        Args:
            new: the articles that are new, by id, as they stand.

        Returns:
            The new ones with their keys, and the stored ones of the days round them that share a
            key, a text or a page with one.
        """
        found = list(self._keyed_new(new))
        keys = np.unique(np.frombuffer(b"".join(each.keys for each in found), "<u8"))
        pages = pa.array(sorted({each.page_id for each in found}), pa.string())
        texts = pa.array(sorted({each.norm_hash for each in found}), pa.string())
        fresh = pa.array(sorted(new), pa.string())
        data = self._sink.read(TABLE, _KEYED, days_near(found))
        for batch in data.to_batches(max_chunksize=16_384):
            mask = pc.or_(
                pc.is_in(batch["page_id"], value_set=pages),
                pc.is_in(batch["norm_hash"], value_set=texts),
            )
            mask = pc.or_(mask, pa.array(_sharing(batch["keys"], keys)))
            mask = pc.and_not(mask, pc.is_in(batch["article_id"], value_set=fresh))
            found += [Fingerprint(**row) for row in batch.filter(mask).to_pylist()]
        return found

    def _keyed_new(self, new: Mapping[str, Fingerprint]) -> Iterator[Fingerprint]:
        """The new articles with the keys of their text, each once."""
        missing = dict(new)
        for file in self._staged:
            data = read_staged(self._sink.inbox.files, file, ("article_id", "keys"))
            for article_id, keys in zip(
                data["article_id"].to_pylist(), data["keys"].to_pylist(), strict=True
            ):
                each = missing.pop(article_id, None)
                if each is not None:
                    light = {name: getattr(each, name) for name in LIGHT}
                    yield Fingerprint(**light, keys=keys)

    def loader(self, near: Dates | None) -> Any:
        """Return what reads whole fingerprints by id for ``find_pairs``.

        Args:
            near: the partitions in which stored ones are looked for.
        """

        def load(ids: Collection[str]) -> dict[str, Fingerprint]:
            wanted = pa.array(sorted(set(ids)), pa.string())
            found: dict[str, Fingerprint] = {}
            for file in self._staged:
                data = read_staged(self._sink.inbox.files, file, _WHOLE)
                mask = pc.is_in(data["article_id"], value_set=wanted)
                found |= _by_id(data.filter(mask))
            rest = sorted(set(ids) - set(found))
            if rest:
                found |= _by_id(self._sink.read(TABLE, _WHOLE, near, {"article_id": rest}))
            return found

        return load


def _by_id(data: pa.Table) -> dict[str, Fingerprint]:
    return {row["article_id"]: Fingerprint(**row) for row in data.to_pylist()}


def _sharing(column: pa.Array, keys: Any) -> Any:
    """Tell which rows hold one of the given keys, both as packed uint64."""
    lengths = pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False) // 8
    packed = np.frombuffer(b"".join(value or b"" for value in column.to_pylist()), "<u8")
    rows = np.repeat(np.arange(len(column)), lengths)
    if len(keys) == 0 or len(packed) == 0:
        return np.zeros(len(column), np.bool_)
    places = np.minimum(np.searchsorted(keys, packed), len(keys) - 1)
    shared = np.zeros(len(column), np.bool_)
    shared[rows[keys[places] == packed]] = True
    return shared


def remade(
    sink: Sink, provenance: Provenance, near: Dates | None
) -> Iterator[list[dict[str, Any]]]:
    """Make the fingerprints anew that are missing, or of another version and needed now.

    Args:
        sink: the output.
        provenance: who writes the rows.
        near: the partitions that are about to be compared; None for all.

    Yields:
        Rows of ``_fingerprints``, some thousand at a time; none for an output that is whole.
    """
    days = sink.dates("articles")
    missing = days - sink.dates(TABLE)
    looked = days - missing if near is None else (days - missing) & near
    stale = {day for day in looked if _is_stale(sink, day)}
    for day in sorted(missing | stale, key=lambda each: each or date.min):
        data = sink.read("articles", _MARKED, {day})
        for batch in data.to_batches(max_chunksize=_TEXTS_AT_ONCE):
            yield [
                fingerprint_row(fingerprint(Article(**row)), provenance, version=VERSION)
                for row in batch.to_pylist()
            ]


def _is_stale(sink: Sink, day: date | None) -> bool:
    older = sink.read(TABLE, ("version",), {day}, {"version": range(1, VERSION)})
    return older.num_rows > 0
