"""What a stream tells Prometheus: a page of plain text on a port of its own.

Names and meanings are those of ``pipeline.run.measures``, as engines tell them, too.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from pipeline.errors import UsageError
from pipeline.run.measures import OF_STREAM, STAGES, Measure, Spread

if TYPE_CHECKING:
    from pipeline.run.job import Summary


@dataclass(slots=True)
class Metrics:
    """Counters and gauges of a stream, and what its stages told, since it began."""

    ticks: int = 0
    failed_ticks: int = 0
    polls: int = 0
    articles: int = 0
    events: int = 0
    dead_letters: int = 0
    feeds: int = 0
    failing_feeds: int = 0
    lag_seconds: float = 0.0
    last_tick_seconds: float = 0.0
    peak_memory_bytes: int = 0
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    spreads: dict[tuple[str, str], Spread] = field(default_factory=dict)

    def add(self, summary: Summary, polled: int) -> None:
        """Count a tick."""
        self.ticks += 1
        self.polls += polled
        self.articles += summary.new_rows.get("articles", 0)
        self.events += summary.new_rows.get("events", 0)
        self.dead_letters += summary.dead_letters
        self.last_tick_seconds = summary.manifest["wall_seconds"]
        self.peak_memory_bytes = summary.manifest["peak_memory_bytes"]
        for stage, counted in summary.manifest["stages"].items():
            for name, found in counted.items():
                if isinstance(found, dict):
                    self.counts.update({(stage, name, why): n for why, n in found.items()})
                else:
                    self.counts[stage, name, ""] += found
        for stage, measured in summary.manifest["measured"].items():
            for name, found in measured.items():
                more, known = Spread(**found), self.spreads.get((stage, name))
                self.spreads[stage, name] = known + more if known else more

    def text(self) -> str:
        """Return the metrics in Prometheus' text format; what never happened is not told."""
        lines: list[str] = []
        for each in OF_STREAM:
            (name,) = each.prometheus
            lines += _told(name, each.kind, each.about, {"": getattr(self, each.name)})
        for each in STAGES:
            lines += self._of_stage(each)
        return "\n".join(lines) + "\n"

    def _of_stage(self, each: Measure) -> Iterator[str]:
        if each.kind == "counter":
            values = {
                f'{{reason="{why}"}}' if why else "": n
                for (stage, name, why), n in sorted(
                    dict(self.counts).items()
                )  # a tick may be adding
                if (stage, name) == (each.stage, each.name)
            }
            yield from _told(each.prometheus[0], "counter", each.about, values)
            return
        spread = self.spreads.get((each.stage, each.name))
        if spread is None:
            return
        yield from _told(each.full_name, "summary", each.about, {})
        yield f"{each.full_name}_count {spread.count}"
        yield f"{each.full_name}_sum {spread.sum}"
        for part, about, value in (("min", "least", spread.min), ("max", "greatest", spread.max)):
            name = f"{each.full_name}_{part}"
            yield from _told(name, "gauge", f"The {about} so far: {each.about}", {"": value})


def _told(name: str, kind: str, about: str, values: Mapping[str, float]) -> Iterator[str]:
    """The lines of one metric; none where a counter has not counted yet."""
    if values or kind == "summary":
        yield f"# HELP {name} {about}"
        yield f"# TYPE {name} {kind}"
    for labels, value in values.items():
        yield f"{name}{labels} {value}"


def serve_metrics(metrics: Metrics, host: str, port: int | None) -> ThreadingHTTPServer | None:
    """Serve ``/metrics`` beside the stream.

    Args:
        metrics: what to tell.
        host: the address; loopback unless told otherwise.
        port: the port; None serves nothing, 0 takes any free one.

    Returns:
        The server, to be shut down.

    Raises:
        UsageError: the port is taken or may not be opened.
    """
    if port is None:
        return None

    class _Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path.split("?")[0] == "/metrics"
            body = metrics.text().encode() if found else b"see /metrics\n"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing: standard error is for people."""

    try:
        server = ThreadingHTTPServer((host, port), _Page)
    except OSError as error:
        raise UsageError(f"--metrics-port {port}: {error.strerror}; name another port") from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
