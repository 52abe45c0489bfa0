"""What a stream tells Prometheus: a page of plain text on a port of its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.run.job import Summary

_HELP: Final = {
    "ticks": ("counter", "Ticks that were committed."),
    "failed_ticks": ("counter", "Ticks that failed and were tried again."),
    "polls": ("counter", "Polls of feeds."),
    "articles": ("counter", "New or changed articles."),
    "events": ("counter", "New or changed events."),
    "dead_letters": ("counter", "Elements that could not go on."),
    "feeds": ("gauge", "Feeds in the list."),
    "failing_feeds": ("gauge", "Feeds whose last poll failed."),
    "lag_seconds": ("gauge", "How long the longest waiting feed has been due."),
    "last_tick_seconds": ("gauge", "Wall time of the last tick."),
    "peak_memory_bytes": ("gauge", "Peak memory of the last tick, workers included."),
}


@dataclass(slots=True)
class Metrics:
    """Counters and gauges of a stream; ``_HELP`` says what each means."""

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

    def add(self, summary: Summary, polled: int) -> None:
        """Count a tick."""
        self.ticks += 1
        self.polls += polled
        self.articles += summary.new_rows.get("articles", 0)
        self.events += summary.new_rows.get("events", 0)
        self.dead_letters += summary.dead_letters
        self.last_tick_seconds = summary.manifest["wall_seconds"]
        self.peak_memory_bytes = summary.manifest["peak_memory_bytes"]

    def text(self) -> str:
        """Return the metrics in Prometheus' text format."""
        lines: list[str] = []
        for each in fields(self):
            kind, about = _HELP[each.name]
            name = f"rasd_{each.name}_total" if kind == "counter" else f"rasd_{each.name}"
            lines += [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]
            lines.append(f"{name} {getattr(self, each.name)}")
        return "\n".join(lines) + "\n"


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
