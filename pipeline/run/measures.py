"""Everything that is counted and measured, in one table: what it is called and what it means.

The stages write it through ``transforms.metrics``, which gives it to Beam under the name that
stands here; a stream on one machine tells Prometheus the same names. ``docs/metrics.md`` is made
from this table; a name that is not in it is written nowhere (decision 0070).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, Self

Kind = Literal["counter", "gauge", "distribution"]
STREAM: Final = "stream"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted or measured.

    Attributes:
        stage: who counts: a stage's folder, a step, or the stream.
        name: what; with the reason behind a dot where ``by_reason``.
        kind: counters only grow; a gauge is as of now; a distribution keeps how many values there
            were, their sum, the least and the greatest.
        about: what it means, unit included.
        by_reason: counted apart for every reason of the closed list.
    """

    stage: str
    name: str
    kind: Kind
    about: str
    by_reason: bool = False

    @property
    def full_name(self) -> str:
        """What Beam, and so Dataflow and Flink, call it.

        >>> Measure("extract", "words", "distribution", "...").full_name
        'rasd_extract_words'
        """
        return f"rasd_{self.name}" if self.stage == STREAM else f"rasd_{self.stage}_{self.name}"

    @property
    def prometheus(self) -> tuple[str, ...]:
        """What Prometheus calls it, by its own habits: a name for each figure.

        >>> Measure("extract", "in", "counter", "...").prometheus
        ('rasd_extract_in_total',)
        """
        if self.kind == "counter":
            return (f"{self.full_name}_total",)
        if self.kind == "gauge":
            return (self.full_name,)
        return tuple(f"{self.full_name}_{part}" for part in ("count", "sum", "min", "max"))


@dataclass(frozen=True, slots=True)
class Spread:
    """What is kept of the values of a distribution."""

    count: int
    sum: int
    min: int
    max: int

    @classmethod
    def of(cls, values: Iterable[int]) -> Self:
        """Spread of some values, one at least.

        >>> Spread.of([3, 1])
        Spread(count=2, sum=4, min=1, max=3)
        """
        found = tuple(values)
        return cls(len(found), sum(found), min(found), max(found))

    def __add__(self, other: Spread) -> Spread:
        """Spread of the values of both."""
        return Spread(
            self.count + other.count,
            self.sum + other.sum,
            min(self.min, other.min),
            max(self.max, other.max),
        )


def _through(stage: str, what: str) -> tuple[Measure, ...]:
    """What every stage counts of a page."""
    return (
        Measure(stage, "in", "counter", f"{what} that reached the stage."),
        Measure(stage, "out", "counter", f"{what} that left it."),
        Measure(stage, "rejected", "counter", f"{what} that ended in it.", by_reason=True),
    )


def _timed(stage: str, what: str) -> Measure:
    """What took time, waiting included."""
    return Measure(stage, "microseconds", "distribution", f"Microseconds {what}.")


def _worked(stage: str, what: str) -> Measure:
    """What a processor was busy with, however long it had to wait for one."""
    return _timed(stage, f"of CPU {what}")


STAGES: Final[tuple[Measure, ...]] = (
    Measure("beat", "in", "counter", "Beats of a stream inside an engine."),
    Measure("beat", "feeds_ordered", "counter", "Feeds that a beat had asked."),
    Measure("beat", "feeds_put_off", "counter", "Feeds that were due and wait for a later beat."),
    Measure("beat", "groups_ordered", "counter", "Groups of a queue that a beat had taken."),
    Measure("beat", "claimed_already", "counter", "Pages wanted again while they were under way."),
    Measure("beat", "not_settled", "counter", "Beats at which another writer was at the output."),
    Measure("feeds", "rejected", "counter", "Feeds that gave no entries.", by_reason=True),
    Measure(
        "feeds",
        "polled",
        "counter",
        "Requests for feeds; the reason is their outcome, alarms included.",
        by_reason=True,
    ),
    Measure("feeds", "pages_put_off", "counter", "Pages that wait for a later beat."),
    Measure("feeds", "bytes", "distribution", "Bytes of a feed, unpacked."),
    _timed("feeds", "a feed took to answer, redirects included"),
    Measure("queue", "groups", "counter", "Groups that were put into a queue, or taken from it."),
    Measure("queue", "bytes", "distribution", "Bytes of a group, packed."),
    Measure("queue", "pages", "counter", "Pages that a fetcher handed on."),
    Measure("queue", "in", "counter", "Lines that were read from a queue."),
    Measure("queue", "rejected", "counter", "Lines or groups that gave nothing.", by_reason=True),
    Measure("read", "in", "counter", "URLs that were looked up, each with all that names it."),
    Measure("read", "out", "counter", "Pages that were read, and pages to be fetched."),
    Measure("read", "rejected", "counter", "Inputs that gave no page.", by_reason=True),
    _worked("read", "a URL took to be read"),
    Measure("fetch", "in", "counter", "Pages that were asked for."),
    Measure("fetch", "out", "counter", "Pages that came."),
    Measure("fetch", "failed", "counter", "Pages that did not come.", by_reason=True),
    Measure("fetch", "stood_in", "counter", "Feed summaries that stood in for a failed page."),
    Measure("fetch", "rejected", "counter", "Failed pages without a summary.", by_reason=True),
    Measure("fetch", "bytes", "distribution", "Bytes of an answer's body, unpacked."),
    Measure("fetch", "attempts", "distribution", "Tries that one page took."),
    _timed("fetch", "an answer took, redirects included"),
    *_through("extract", "Pages"),
    Measure("extract", "bytes", "distribution", "Bytes of a page as it came in."),
    Measure("extract", "words", "distribution", "Words of an article's body."),
    _worked("extract", "a page took to become an article"),
    *_through("language", "Articles"),
    _worked("language", "an article's language took"),
    *_through("topics", "Articles"),
    _worked("topics", "an article's topics took"),
    *_through("events", "Articles"),
    Measure("events", "coded", "distribution", "Events of an article, of any status."),
    _worked("events", "an article's events took"),
    *_through("dedup", "Articles"),
    _worked("dedup", "an article's fingerprint took"),
    Measure("document", "rejected", "counter", "Pages that cost a process.", by_reason=True),
    _worked("document", "a page took in its process: all stages, rows, packing"),
    Measure("rows", "in", "counter", "Rows that were made."),
    Measure("rows", "out", "counter", "Rows that were kept."),
    Measure("rows", "rejected", "counter", "Rows that the schema refused.", by_reason=True),
    Measure("rows", "outside_dates", "counter", "Articles left out by --from and --to."),
    Measure(
        "rows",
        "outside_dates_in_utc_only",
        "counter",
        "Those among them that are inside by the publisher's own day.",
    ),
    Measure("rows", "undated_kept", "counter", "Articles kept although without any date."),
    Measure("rows", "rows", "distribution", "Rows a page gave, of all tables."),
    Measure("rows", "bytes", "distribution", "Bytes of a page's rows, packed."),
    Measure("deliver", "rows", "distribution", "Rows of a file that was put into the inbox."),
    Measure("settle", "bundles", "distribution", "Bundles that one settling folded in."),
    _timed("settle", "one settling took"),
)
OF_STREAM: Final[tuple[Measure, ...]] = (
    Measure(STREAM, "ticks", "counter", "Ticks that were committed."),
    Measure(STREAM, "failed_ticks", "counter", "Ticks that failed and were tried again."),
    Measure(STREAM, "polls", "counter", "Polls of feeds."),
    Measure(STREAM, "articles", "counter", "New or changed articles."),
    Measure(STREAM, "events", "counter", "New or changed events."),
    Measure(STREAM, "dead_letters", "counter", "Elements that could not go on."),
    Measure(STREAM, "feeds", "gauge", "Feeds in the list."),
    Measure(STREAM, "failing_feeds", "gauge", "Feeds whose last poll failed."),
    Measure(
        STREAM, "lag_seconds", "gauge", "How long the longest waiting feed has been due, seconds."
    ),
    Measure(STREAM, "last_tick_seconds", "gauge", "Wall time of the last tick, seconds."),
    Measure(
        STREAM, "peak_memory_bytes", "gauge", "Peak memory of the last tick, workers included."
    ),
)
MEASURES: Final = (*OF_STREAM, *STAGES)
