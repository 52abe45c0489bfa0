"""Process single documents as a run does, and keep what every stage found."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import orjson

from pipeline.sources.prefetched import parse_line
from pipeline.workers.pool import Failure, KillablePool, Workers
from transforms.document import process_document
from transforms.enrich import code_events
from transforms.enrich.own import OwnTables, own_tables, use
from transforms.enrich.why import Considered, considered
from transforms.feeds.publishers import PublisherIndex, publishers_of
from transforms.records import Article, Document, Event, Page, Rejected, Topic
from transforms.rows.rows import Provenance, article_row, clean_text, event_row

_NOBODY: Final = Provenance("", "", datetime(1970, 1, 1, tzinfo=UTC))
ARTICLE_COLUMNS: Final = tuple(each.name for each in fields(Article))
_PROVENANCE: Final = ("run_id", "pipeline_version", "date")


@dataclass(frozen=True, slots=True)
class Explained:
    """What every stage found in one document; ``considered`` only when it was asked for."""

    source_id: str | None
    article: Article | None
    events: tuple[Event, ...] = ()
    rejected: Rejected | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    considered: tuple[Considered, ...] | None = None


def with_reasons(explained: Explained) -> Explained:
    """Add every word that was considered, and why it was coded or not."""
    article = explained.article
    if article is None or explained.rejected is not None:
        return explained
    return replace(explained, considered=tuple(considered(article, explained.events)))


def explain_page(page: Page | Rejected) -> Explained:
    """Take one page through every stage, by what the catalogue knows of its publisher."""
    if isinstance(page, Rejected):
        return Explained(page.source_id, None, rejected=page)
    if page.final_url or page.url or page.feed_url:
        page = _publishers().complete(page)
    return _explained(page.source_id, process_document(page))


@cache
def _publishers() -> PublisherIndex:
    return publishers_of(())


def explain_row(row: Mapping[str, Any]) -> Explained:
    """Code a stored article as today's rules do; what was coded once stands in ``events``.

    Args:
        row: its columns, at least ``ARTICLE_COLUMNS``.
    """
    given = {name: row[name] for name in ARTICLE_COLUMNS}
    topics = tuple(Topic(**each) for each in row["topics"] or ())
    article = Article(**given | {"topics": topics, "authors": tuple(row["authors"] or ())})
    return Explained(article.source_id, article, tuple(code_events(article)))


def explain_line(line: bytes) -> Explained:
    """Take one prefetched document, given as a JSON line, through every stage."""
    return explain_page(parse_line(line))


@dataclass(frozen=True, slots=True)
class _ExplainLine:
    """The work of the pool: a JSON line to a JSON line."""

    own: OwnTables

    def __call__(self, line: bytes) -> bytes:
        use(self.own)
        return to_json(explain_line(line))


def explain_lines(lines: Iterable[bytes], *, processes: int) -> Iterator[bytes]:
    """Answer JSON lines with JSON lines, in order, never fewer, by the own tables in use.

    Args:
        lines: prefetched documents; a line that is not JSON is answered too.
        processes: workers that can be killed, so that no line stops the others.
    """
    taken: deque[bytes] = deque()  # read ahead, not answered yet

    def taking() -> Iterator[bytes]:
        for line in lines:
            taken.append(line)
            yield line

    with KillablePool(_ExplainLine(own_tables()), Workers(processes)) as pool:
        for answer in pool.map(taking()):
            line = taken.popleft()
            if isinstance(answer, Failure):
                rejected = Rejected("document", answer.reason, answer.detail)
                yield to_json(Explained(parse_line(line).source_id, None, rejected=rejected))
            else:
                yield answer


def _explained(source_id: str | None, outcome: Document | Rejected) -> Explained:
    if isinstance(outcome, Rejected):
        return Explained(source_id, outcome.article, (), outcome, outcome.timings_ms)
    return Explained(source_id, outcome.article, outcome.events, None, outcome.timings_ms)


def to_json(explained: Explained) -> bytes:
    """Write an explanation as one JSON object: columns as in the tables, times in ISO 8601."""
    rejected = explained.rejected
    return orjson.dumps(
        {
            "source_id": None if explained.source_id is None else clean_text(explained.source_id),
            "article": _columns(article_row(explained.article, _NOBODY))
            if explained.article
            else None,
            "events": [_columns(event_row(event, _NOBODY)) for event in explained.events],
            "rejected": {
                "stage": rejected.stage,
                "reason": rejected.reason,
                "detail": clean_text(rejected.detail),
            }
            if rejected
            else None,
            "timings_ms": dict(explained.timings_ms),
        }
        | (
            {}
            if explained.considered is None
            else {"considered": [asdict(each) for each in explained.considered]}
        )
    )


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _PROVENANCE}
