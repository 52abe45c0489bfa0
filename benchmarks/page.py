"""How long the page takes: every view's first look, every kind of filter, at two sizes.

The seeds are processed once and their rows repeated with other ids, days, titles and texts until
there are so many events; these lie in Parquet, a partition a day, as a run leaves them. The page's
own server shows them on loopback and is asked over HTTP, compressed as a browser asks for it. No
answer is held from before: each of several rounds begins with none, and the best round counts,
since other work on the machine only ever adds; CPU seconds stand beside, for it adds few of those.
Run it with ``make bench``; a million events need 1 GB of disk for some minutes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import duckdb
import uvicorn

from pipeline.serve.app import make_app
from pipeline.serve.server import listening
from pipeline.serve.snapshot import Snapshots
from pipeline.serve.views.incidents import WAYS
from pipeline.sinks.base import open_sink
from pipeline.sinks.parquet.layout import SCHEMA_NAME
from pipeline.sql.data import open_data
from transforms.rows.schema import TABLES

SEEDS: Final = Path(__file__).parents[1] / "seeds"
SPREAD: Final = 730
"""Days over which the repeated rows lie, beside the year that the seeds span."""
FIRST_LOOK: Final = 1.0
"""Seconds that the first look at a view may take with a million events."""
FILTER: Final = 1.5
"""The same of a filter."""
FILTERS: Final = (
    "q=غزة", "q=الأمم المتحدة", "q=nosuchword", "q=غزة&within=title", "status=negated",
    "type=ASSAULT", "quad=material_conflict",
    "mode=aerial", "actor=ISR", "actor_sector=MIL", "recipient=PSE", "recipient_sector=CVL",
    "country=PSE", "place=غزة", "from=2024-06-01", "to=2024-06-01", "publisher=صدى النيل",
    "confidence=0.9", "reports=2", "dead=5",
    "q=غزة&type=ASSAULT&country=PSE&from=2023-12-01&confidence=0.6",
)  # fmt: skip
_IDS: Final = frozenset({
    "article_id", "page_id", "content_hash", "norm_hash", "cluster_id", "duplicate_of", "article_a",
    "article_b", "event_id", "event_key", "incident_id", "text_id", "dead_letter_id",
})  # fmt: skip
_TEXTS: Final = frozenset({"title", "body", "url", "canonical_url"})
_ONCE: Final = frozenset({"feeds", "fetch_log"})  # a list of feeds does not grow with the years


def repeat(seeds: str, output: str, events: int) -> None:
    """Repeat the rows of an output until there are so many events.

    Args:
        seeds: the output.
        output: a directory that is not there yet.
        events: rows of ``events`` at least.
    """
    sink: Any = open_sink(seeds)
    there = open_data(seeds).sql("SELECT COUNT(*) AS n FROM events").to_pylist()[0]["n"]
    copies = -(-events // there)
    Path(output).mkdir()
    Path(output, SCHEMA_NAME).write_bytes(Path(seeds, SCHEMA_NAME).read_bytes())
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    connection.execute("SET partitioned_write_max_open_files = 2000; SET threads = 1")
    for table in TABLES:
        dataset = sink.dataset(table)
        if not dataset.count_rows():
            continue
        connection.register("rows_of_seeds", dataset)
        times = 1 if table in _ONCE else copies
        columns = ", ".join(_again(each.name, str(each.type)) for each in dataset.schema)
        select = f"SELECT {columns} FROM rows_of_seeds, range({times}) AS copy(n)"  # noqa: S608
        if "date" in dataset.schema.names:
            form = "FORMAT parquet, PARTITION_BY (date)"
            connection.execute(f"COPY ({select}) TO '{output}/{table}' ({form})")
        else:
            Path(output, table).mkdir()
            connection.execute(f"COPY ({select}) TO '{output}/{table}/all.parquet'")
        connection.unregister("rows_of_seeds")


def _again(name: str, kind: str) -> str:
    """A column of the n-th copy, as SQL of DuckDB's."""
    if name in _IDS:
        return f'md5("{name}" || n) AS "{name}"'
    if name in _TEXTS:
        return f'"{name}" || \' \' || n AS "{name}"'
    if kind.startswith(("date", "timestamp")):
        return f'("{name}" + to_days((n % {SPREAD})::INT))::{_sql_type(kind)} AS "{name}"'
    return f'"{name}"'


def _sql_type(kind: str) -> str:
    return "DATE" if kind.startswith("date") else "TIMESTAMPTZ"


@contextmanager
def serving(data: Snapshots) -> Iterator[http.client.HTTPConnection]:
    """Show rows on a free port of loopback, and give a connection to it."""
    socket = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(make_app(data), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    connection = http.client.HTTPConnection(*socket.getsockname()[:2], timeout=120)
    while not server.started:
        time.sleep(0.02)
    try:
        yield connection
    finally:
        connection.close()
        server.should_exit = True
        thread.join(10)


class Took(NamedTuple):
    """What one answer took: seconds, and CPU seconds of all threads.

    On a machine with nothing else to do the former hardly exceed the latter.
    """

    wall: float
    cpu: float


def ask(connection: http.client.HTTPConnection, path: str) -> Took:
    """Ask for one address; return what it took until all of it was there.

    Raises:
        RuntimeError: it did not answer as it should.
    """
    began, busy = time.perf_counter(), time.process_time()
    connection.request("GET", quote(path, safe="/?&=%#"), headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    took = Took(time.perf_counter() - began, time.process_time() - busy)
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return took


def views(uri: str) -> dict[str, str]:
    """What a view is called -> its address, of each view of the page."""
    data = open_data(uri)
    # The busiest one of each kind, which is the slowest.
    of = {"incident_id": "incidents", "article_id": "events", "cluster_id": "clusters"}
    busiest = "SELECT {} AS id FROM {} GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1"
    incident, article, cluster = (
        data.sql(busiest.format(key, name)).to_pylist()[0]["id"] for key, name in of.items()
    )
    return {
        "overview": "/",
        **{way: f"/incidents?view={way}" for way in WAYS},
        "list, another order": "/incidents?list_sort=-fatalities",
        "list, a page far behind": "/incidents?list_page=1000",
        "an incident": f"/incident/{incident}",
        "an article": f"/article/{article}",
        "stories": "/stories",
        "a story": f"/story/{cluster}",
        "feeds": "/feeds",
        "console": "/sql",
        "console, a shipped query": "/sql?named=events",
    }


def measure(uri: str, rounds: int) -> dict[str, Any]:
    """Time every view and every filter in every way to look, on one output.

    Args:
        uri: the output.
        rounds: times that each is asked; the best one counts.

    Returns:
        ``copy`` (seconds of the page's start), ``megabytes`` (peak memory), ``incidents``,
        ``views`` (name -> what it took), ``filters`` (filter -> way to look -> what it took).
    """
    addresses = views(uri)
    began = time.perf_counter()
    data = Snapshots(uri)
    copied = time.perf_counter() - began
    count = data.ask("SELECT COUNT(*) AS n FROM v_incidents", rows=1).rows()[0]["n"]
    filtered = {each: {way: f"/incidents?view={way}&{each}" for way in WAYS} for each in FILTERS}
    paths = [*addresses.values(), *(path for ways in filtered.values() for path in ways.values())]
    best: dict[str, Took] = {}
    with serving(data) as connection:
        ask(connection, "/feeds")  # the server's own first time: templates, imports
        for _ in range(rounds):  # round by round, so that a busy minute spoils one time of each
            for path in paths:
                data.forget()
                took = ask(connection, path)
                best[path] = Took(*map(min, took, best.get(path, took)))
    looks = {name: best[path] for name, path in addresses.items()}
    filters = {
        each: {way: best[path] for way, path in ways.items()} for each, ways in filtered.items()
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "copy": copied, "megabytes": peak, "incidents": count, "views": looks, "filters": filters,
    }  # fmt: skip


def table(found: dict[int, dict[str, Any]]) -> Iterator[str]:
    """The figures as a table of Markdown, a column a size; CPU seconds in brackets."""
    measured = list(found.values())
    yield _row(("", *(f"{size:,} events" for size in found)))
    yield f"|{'---|' * (len(found) + 1)}"
    yield _row(("incidents", *(f"{each['incidents']:,}" for each in measured)))
    yield _row(("copying the rows, once", *(f"{each['copy']:.1f}" for each in measured)))
    yield _row(("memory at most, MB", *(f"{each['megabytes']:,.0f}" for each in measured)))
    for name in measured[0]["views"]:
        yield _row((name, *(_shown(each["views"][name]) for each in measured)))
    for name in FILTERS:
        ways = (each["filters"][name] for each in measured)
        yield _row((f"`{name}`, in its slowest view", *(_slowest(each) for each in ways)))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(took: Took) -> str:
    return f"{took.wall:.2f} ({took.cpu:.2f})"


def _slowest(ways: dict[str, Took]) -> str:
    way = max(ways, key=lambda each: ways[each].wall)
    return f"{_shown(ways[way])} {way}"


def slowest(found: Iterable[dict[str, Any]]) -> tuple[Took, Took]:
    """What the slowest first look took, and the slowest filter; in wall and CPU, each its own."""
    found = list(found)
    looks = [each for one in found for each in one["views"].values()]
    filters = [each for one in found for ways in one["filters"].values() for each in ways.values()]
    worst = [Took(*map(max, zip(*each, strict=True))) for each in (looks, filters)]
    return worst[0], worst[1]


def main() -> None:
    """Make the rows, measure, and print a table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", help="a directory that holds the rows from one time to the next")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rasd-bench-") as temporary:
        folder = Path(asked.keep or temporary)
        folder.mkdir(exist_ok=True, parents=True)
        seeds = folder / "seeds"
        if not seeds.exists():
            run = [
                "-m",
                "pipeline",
                "run",
                str(SEEDS),
                "--output",
                str(seeds),
                "--offline",
            ]
            subprocess.run([sys.executable, *run], check=True, stderr=subprocess.DEVNULL)
        found: dict[int, dict[str, Any]] = {}
        for size in asked.events:
            output = folder / str(size)
            if not output.exists():
                repeat(str(seeds), str(output), size)
            # A process of its own for each, so that its peak memory is its own.
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                found[size] = pool.apply(measure, (str(output), asked.rounds))
    print("\n".join(table(found)))
    looks, filters = slowest(found.values())
    print(f"slowest first look {_shown(looks)} s (bar {FIRST_LOOK})")
    print(f"slowest filter {_shown(filters)} s (bar {FILTER})")
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
