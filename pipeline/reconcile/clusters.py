"""Relations between articles: what follows from all that is known so far.

Facts (articles, pairs) never change; clusters are assigned anew for every connected component
that a run touches, by one pure function, at the commit. An article of which an earlier delivery
came counts as touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from pipeline.reconcile.precedence import Deliveries, Void
from pipeline.sinks.base import Sink
from pipeline.steps.spill import read_pickled, save_fingerprints, write_list
from transforms.dedup import assign_clusters, find_pairs, fingerprint, touched_component
from transforms.records import Article, Duplicate, Fingerprint
from transforms.rows.rows import Provenance, Row, cluster_row, duplicate_row

_LIGHT: Final = (
    "article_id",
    "page_id",
    "published_at",
    "modified_at",
    "fetched_at",
    "event_time",
)
_MARKED: Final = (*_LIGHT, "title", "body", "norm_hash", "content_hash", "publisher", "agency")
_TEXTS_AT_ONCE: Final = 2_048
_PAIR: Final = (
    "article_a",
    "article_b",
    "kind",
    "jaccard",
    "containment",
    "day_gap",
    "same_publisher",
    "origin_agency",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What clustering needs of an article."""

    article_id: str
    page_id: str
    published_at: datetime | None
    modified_at: datetime | None
    fetched_at: datetime | None
    event_time: datetime | None


def _key(pair: Duplicate) -> tuple[str, str]:
    return pair.article_a, pair.article_b


def _undated_first(counted: tuple[date | None, int]) -> date:
    return counted[0] or date.min


class Relations:
    """The duplicate pairs and clusters of one run.

    Args:
        sink: knows what is stored.
        deliveries: the run's articles; those that are stored like this change nothing.
    """

    def __init__(self, sink: Sink, deliveries: Deliveries) -> None:
        """Remember what is new."""
        self._sink = sink
        self._new = deliveries.new
        self._changed = deliveries.changed

    def fingerprint_files(self, directory: str) -> list[str]:
        """Put down the fingerprints among which pairs are looked for.

        Args:
            directory: where the files go.

        Returns:
            Files of the new articles' fingerprints and of the stored ones within seven days of
            them; none when nothing is new.
        """
        if not self._new:
            return []
        files = [save_fingerprints(directory, list(self._new.values()))]
        stored = list(self._stored_nearby())
        if stored:
            files.append(save_fingerprints(directory, stored))
        return files

    def _stored_nearby(self) -> Iterator[Fingerprint]:
        for days in self._stored_days():
            table = self._sink.read("articles", columns=_MARKED, dates=days)
            for batch in table.to_batches(max_chunksize=_TEXTS_AT_ONCE):
                for row in batch.to_pylist():
                    if row["article_id"] not in self._new:
                        yield fingerprint(Article(**row))

    def _stored_days(self) -> Iterator[list[date | None]]:
        """The partitions to read, in lots of some thousand articles: their texts are long."""
        dates = self._sink.read("articles", columns=("date",), dates=self._days())["date"]
        lot: list[date | None] = []
        count = 0
        for day, articles in sorted(Counter(dates.to_pylist()).items(), key=_undated_first):
            lot.append(day)
            count += articles
            if count >= _TEXTS_AT_ONCE:
                yield lot
                lot, count = [], 0
        if lot:
            yield lot

    def _days(self) -> list[date | None] | None:
        """The partitions that can hold a partner: undated ones always do."""
        days: set[date | None] = {None}
        for each in self._new.values():
            if each.event_time is None:
                return None  # an undated article may be a copy of any
            day = each.event_time.astimezone(UTC).date()
            days.update(day + timedelta(days=gap) for gap in range(-7, 8))
        return sorted(days, key=lambda day: day or date.min)

    def rows(
        self, pairs: Sequence[Duplicate], provenance: Provenance
    ) -> tuple[dict[str, list[Row]], Void]:
        """Make the rows of pairs and of every cluster they touch.

        Args:
            pairs: the run's verified pairs.
            provenance: who writes the rows.

        Returns:
            Rows of ``duplicates`` and of ``clusters``; and the keys of stored pairs that no longer
            hold, because an article turned out to be of another time.
        """
        known = self._known()
        stored = [
            Duplicate(**row) for row in self._sink.read("duplicates", columns=_PAIR).to_pylist()
        ]
        found = {_key(pair) for pair in pairs}
        before = [pair for pair in stored if _key(pair) not in found]
        void = [_key(pair) for pair in before if not self._changed.isdisjoint(_key(pair))]
        touched = touched_component(set(self._new), [*pairs, *stored], known.values())
        edges = [*pairs, *(pair for pair in before if self._changed.isdisjoint(_key(pair)))]
        clusters = assign_clusters(
            (known[each] for each in sorted(touched) if each in known), edges
        )
        rows = {
            "duplicates": [
                duplicate_row(pair, provenance, event_time=known[pair.article_a].event_time)
                for pair in pairs
            ],
            "clusters": [
                cluster_row(cluster, provenance, event_time=known[each].event_time)
                for each, cluster in sorted(clusters.items())
            ],
        }
        return rows, {"duplicates": void} if void else {}

    def _known(self) -> dict[str, Known]:
        """Every article by its id, stored and new, without its text."""
        known = {
            row["article_id"]: Known(**row)
            for row in self._sink.read("articles", columns=_LIGHT).to_pylist()
        }
        for each in self._new.values():
            known[each.article_id] = Known(
                each.article_id,
                each.page_id,
                each.published_at,
                each.modified_at,
                each.fetched_at,
                each.event_time,
            )
        return known


def write_pairs(files: Sequence[str], path: str) -> str:
    """Find the verified pairs of new articles and write them down as one list.

    Args:
        files: those of ``Relations.fingerprint_files``.
        path: where the list goes.

    Returns:
        The path: a pair an element would cost Beam more than to find it.
    """
    new = [each.article_id for each in read_pickled(files[0])]
    return write_list(find_pairs(load_fingerprints(files), touched=new), path)


def load_fingerprints(files: Sequence[str]) -> list[Fingerprint]:
    """Read the fingerprints that the ticks of a run put down."""
    return [each for path in files for each in read_pickled(path)]
