"""``rasd recode``: code stored articles again under today's rules, no fetching (decision 0045).

All events of an article are replaced in one commit. What a rule has changed is told by type, with
examples.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from datetime import date
from typing import Any, Final

import pyarrow as pa

from pipeline.render.progress import Progress
from pipeline.sinks.base import Sink
from pipeline.sinks.inbox import INBOX
from pipeline.sinks.staged import stage_rows
from pipeline.steps import incidents
from pipeline.workers.pool import Failure, KillablePool, Workers
from pipeline.workers.tally import tick, ticked
from transforms.enrich import code_events
from transforms.enrich.own import OwnTables, use
from transforms.records import Article, Event, content_id
from transforms.rows.merge import same_facts
from transforms.rows.rows import Provenance, Row
from transforms.settle import Report, event_rows

_AT_ONCE: Final = 2_000  # articles
_EXAMPLES: Final = 5
_KINDS: Final = ("came", "went", "changed")
_COLUMNS: Final = tuple(each.name for each in fields_of(Article))


@dataclass(slots=True)
class Recoded:
    """What coding again has changed.

    Attributes:
        articles: how many were coded.
        failed: how many could not be: their events stay as they are.
        refused: events that the schema does not take: dead letters tell of them.
        renamed: events that differ in nothing but the version of the coder.
        counts: by what became of an event (``came``, ``went``, ``changed``) and its type.
        examples: some of each, as (type, trigger, sentence).
    """

    articles: int = 0
    failed: int = 0
    refused: int = 0
    renamed: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, row: Mapping[str, Any]) -> None:
        """Count one event, and keep its sentence if there are few examples yet."""
        key = (kind, row["event_type"])
        self.counts[key] += 1
        if len(self.examples[key]) < _EXAMPLES and row["evidence"]:
            self.examples[key].append(row["evidence"][0]["text"])


@dataclass(frozen=True, slots=True)
class CodeArticle:
    """The work of the pool: an article to its events, by the user's own rules and names, too."""

    own: OwnTables | None

    def __call__(self, article: Article) -> list[Event]:
        """Code the article."""
        use(self.own)
        return code_events(article)


def recode(
    sink: Sink,
    provenance: Provenance,
    workers: Workers,
    progress: Progress,
    own: OwnTables | None = None,
) -> Recoded:
    """Code every stored article again.

    Args:
        sink: the output, prepared.
        provenance: who writes the rows that change.
        workers: who codes.
        progress: told what happens.
        own: the user's own rules and names.

    Raises:
        SinkError: a commit failed; the articles before it are coded anew, the rest as before.
    """
    incidents.complete(sink, provenance)
    days = sorted(sink.dates("articles"), key=lambda day: day or date.min)
    found = Recoded()
    total = sum(sink.read("articles", ("article_id",), {day}).num_rows for day in days)
    progress.start("articles", total, ticked)
    with KillablePool(CodeArticle(own), workers) as pool:
        for day in days:
            data = sink.read("articles", _COLUMNS, {day})
            for batch in data.to_batches(max_chunksize=_AT_ONCE):
                _recode_some(sink, provenance, pool, day, batch, found)
    progress.finish()
    return found


def _recode_some(
    sink: Sink,
    provenance: Provenance,
    pool: KillablePool[Article, list[Event]],
    day: date | None,
    batch: pa.RecordBatch,
    found: Recoded,
) -> None:
    """Code some articles of a day and commit what their events have become."""
    articles = [Article(**row) for row in batch.to_pylist()]
    where = {"article_id": {each.article_id for each in articles}}
    before: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in sink.read("events", None, {day}, where).to_pylist():
        before[row["article_id"]][row["event_id"]] = row
    rows: list[Row] = []
    letters: list[Row] = []
    void: list[tuple[str]] = []
    answers: dict[int, list[Event] | Failure] = {}
    for index, answer in pool.as_completed(articles):
        tick()
        answers[index] = answer
    for index, article in enumerate(articles):  # what is told may not hang on who was first
        answer = answers[index]
        found.articles += 1
        if isinstance(answer, Failure):
            found.failed += 1
            continue
        events, refused = event_rows(answer, provenance)
        letters += refused
        coded = {row["event_id"]: row for row in events}
        rows += _compare(coded, before[article.article_id], found)
        gone = set(before[article.article_id]) - set(coded)
        void += [(event_id,) for event_id in sorted(gone)]
    found.refused += len(letters)
    if rows or void or letters:
        stored = [each for coded in before.values() for each in coded.values()]
        brought = {"events": rows, "dead_letters": letters}
        _commit(sink, provenance, day, incidents.reports_of(stored), brought, void)


def _commit(
    sink: Sink,
    provenance: Provenance,
    day: date | None,
    before: Mapping[str, Report],
    brought: Mapping[str, Sequence[Row]],
    void: Sequence[tuple[str]],
) -> None:
    """Commit events and dead letters of some articles of a day, and the incidents that follow."""
    rows = brought["events"]
    now: dict[str, Report | None] = {key: None for (key,) in void}
    found = incidents.reports_of(rows)
    changed = [row["event_id"] for row in rows]
    now |= {key: found.get(key) for key in changed if key in found or key in before}
    made = incidents.regroup(sink, provenance, now, before)
    folder = f"{INBOX}/{provenance.run_id}"
    staged = [
        stage_rows(sink.inbox.files, folder, table, each)
        for table, each in (*brought.items(), (incidents.TABLE, made.rows))
        if each
    ]
    gone = {"events": void, incidents.TABLE: made.void}
    days = {"events": {day}, incidents.TABLE: made.dates}
    commit_id = content_id(provenance.run_id, str(day), *(f.path for f in staged), repr(void))
    sink.commit(commit_id, staged, gone, days)
    sink.inbox.forget(provenance.run_id)


def _compare(coded: Mapping[str, Row], before: Mapping[str, Row], found: Recoded) -> list[Row]:
    """Count what came, went and changed; return the rows to store."""
    rows: list[Row] = []
    for event_id, row in sorted(coded.items()):
        stored = before.get(event_id)
        if stored is not None and same_facts("events", stored, row):
            continue
        rows.append(row)
        if stored is not None and same_facts("events", stored, row | _version(stored)):
            found.renamed += 1
        else:
            found.add("came" if stored is None else "changed", row)
    for event_id, row in sorted(before.items()):
        if event_id not in coded:
            found.add("went", row)
    return rows


def _version(row: Mapping[str, Any]) -> Row:
    return {"coder_version": row["coder_version"]}


def told(found: Recoded) -> Iterator[str]:
    """Tell what changed, a line a type and kind, each with its examples."""
    for kind in _KINDS:
        for (what, event_type), count in sorted(found.counts.items()):
            if what == kind:
                yield f"{kind} {count} {event_type}"
                yield from (f"    {sentence}" for sentence in found.examples[what, event_type])
