"""What an article costs: bytes by table and in the inbox, CPU, rows; the figures of docs/scale.md.

``python -m benchmarks.sizes`` measures the generated pages of the other benchmarks, all of one day,
and prints the block ``[generated]`` of ``benchmarks/scale.toml``; ``python -m benchmarks.sizes
INPUT...`` measures pages, texts or prefetched documents of your own.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from seed_pages import bench_pages

from benchmarks.launcher import cpu_seconds
from benchmarks.throughput import PROCESSES
from pipeline import graph
from pipeline.context import RunContext
from pipeline.options import Config
from pipeline.render.progress import Progress
from pipeline.run.job import run_job
from pipeline.sinks.base import MANY_ROWS
from pipeline.sinks.parquet import plans
from pipeline.steps import beside, process
from pipeline.steps.prints import LIGHT, TABLE
from pipeline.steps.rows import AnswerPage, Recording
from transforms.document import process_document
from transforms.records import Page
from transforms.rows.rows import Provenance

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
DAY: Final = datetime(2025, 12, 1, tzinfo=UTC)
# Text and bytes: their length and two more; of all else every type takes eight (BigQuery's rule).
_FIXED: Final = 8
_OVERHEAD: Final = 2


def logical_bytes(column: pa.Array | pa.ChunkedArray) -> int:
    """The bytes BigQuery counts of a column: what it stores, and what a query of it reads.

    Args:
        column: of a table; NULL counts nothing.
    """
    if isinstance(column, pa.ChunkedArray):
        return sum(map(logical_bytes, column.chunks))
    if pa.types.is_list(column.type):
        return logical_bytes(column.flatten())
    if pa.types.is_struct(column.type):
        return sum(map(logical_bytes, column.flatten()))
    valid = len(column) - column.null_count
    if pa.types.is_dictionary(column.type):
        return logical_bytes(column.dictionary_decode())
    if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
        return int(pc.sum(pc.binary_length(column)).as_py() or 0) + _OVERHEAD * valid
    return (1 if pa.types.is_boolean(column.type) else _FIXED) * valid


def table_bytes(data: pa.Table, columns: Sequence[str] = ()) -> int:
    """The logical bytes of a table, or of some of its columns."""
    return sum(logical_bytes(data[name]) for name in columns or data.column_names)


def file_bytes(folder: Path) -> int:
    """The bytes of the Parquet files below a directory."""
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def write_day(path: Path, pages: int) -> None:
    """Write prefetched pages of one day, as dense as a day of thousands is stored."""
    with path.open("wb") as stream:
        for number, (url, html) in enumerate(bench_pages(pages)):
            moment = DAY + timedelta(seconds=number * 86_400 // pages)
            line = {
                "url": url,
                "html_base64": base64.b64encode(html).decode(),
                "published_at": moment.isoformat(),
            }
            stream.write(orjson.dumps(line) + b"\n")


def run(inputs: Sequence[str], output: Path, *, alone: bool = False) -> dict[str, float]:
    """Run over documents; measure inbox and launcher on the way.

    Args:
        inputs: the documents.
        output: a directory that is not there yet.
        alone: the launcher does all beside the pages itself: what it costs in any process.

    Returns:
        ``inbox`` bytes; CPU seconds of the ``launcher``, of them ``settling``.
    """
    rows = sys.maxsize if alone else MANY_ROWS
    with patch.object(beside, "MANY_ROWS", rows), patch.object(plans, "MANY_ROWS", rows):
        kept = patch.object(process, "keeps", lambda _: False) if alone else nullcontext()
        with kept:
            return _run(inputs, output)


def _run(inputs: Sequence[str], output: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    settle: Callable[[RunContext], Any] = graph.settle

    def measured(context: RunContext) -> Any:
        states = context.sink.inbox.files.states("_inbox")
        found["inbox"] = sum(size for name, size, _ in states if name.endswith(".parquet"))
        before = cpu_seconds()
        settled = settle(context)
        found["settling"] = cpu_seconds() - before
        return settled

    graph.settle = measured
    before = cpu_seconds()
    config = Config(tuple(inputs), str(output), NOW, offline=True, processes=PROCESSES)
    try:
        run_job(config, Progress(quiet=True))
    finally:
        graph.settle = settle
    return found | {"launcher": cpu_seconds() - before}


def stored(output: Path) -> dict[str, pa.Table]:
    """Read the tables as they are stored, with their partition column."""
    return {
        folder.name: ds.dataset(folder, format="parquet", partitioning="hive").to_table()
        for folder in sorted(output.iterdir())
        if any(folder.rglob("*.parquet")) and folder.name != "_inbox"
    }


def pages_of(inputs: Sequence[str], count: int) -> list[Page]:
    """The pages that bytes and CPU of a page are measured on.

    Args:
        inputs: directories of saved pages; generated ones where none are given.
        count: how many are generated.
    """
    if not inputs:
        return [Page(html, "html", url=url) for url, html in bench_pages(count)]
    paths = [path for each in inputs for path in sorted(Path(each).rglob("*.html"))]
    return [Page(path.read_bytes(), "html") for path in paths]


def report_pages(pages: Sequence[Page]) -> None:
    """Print bytes of a page, plain and packed, and CPU from its bytes to packed rows."""
    answer = AnswerPage(process_document, Recording(Provenance("r", "0", NOW)))
    for page in pages[:8]:  # tables load with the first
        answer((page, None))
    before = time.process_time()
    for page in pages:
        answer((page, None))
    took = time.process_time() - before
    packed = [len(gzip.compress(page.content)) for page in pages]
    print(f"page = {sum(len(page.content) for page in pages) / len(pages):.0f}")
    print(f"page_packed = {sum(packed) / len(pages):.0f}")
    print(f"worker_ms = {1000 * took / len(pages):.1f}")


def report(output: Path, told: dict[str, float], alone: dict[str, float]) -> None:
    """Print bytes and rows an article, as lines of ``benchmarks/scale.toml``.

    Args:
        output: of a run.
        told: what was measured of it.
        alone: the same where the launcher did all beside the pages itself.
    """
    tables = stored(output)
    articles = tables["articles"].num_rows
    words = sum(len(body.split()) for body in tables["articles"]["body"].to_pylist())
    print(f"articles = {articles}")
    print(f"words = {words / articles:.0f}")
    print(f"inbox = {told['inbox'] / articles:.0f}")
    print(f"launcher_ms = {1000 * alone['launcher'] / articles:.1f}")
    print(f"settling_ms = {1000 * alone['settling'] / articles:.1f}")
    print(f"own_ms = {1000 * told['launcher'] / articles:.1f}")
    prints = tables[TABLE]
    print(f"light = {table_bytes(prints, LIGHT) / articles:.0f}")
    print(f"keys = {table_bytes(prints, ['keys']) / articles:.0f}")
    print("# rows, bytes in Parquet, bytes as BigQuery counts them, an article")
    for name, data in tables.items():
        rows, parquet = data.num_rows / articles, file_bytes(output / name) / articles
        print(f"tables.{name} = [{rows:.2f}, {parquet:.0f}, {table_bytes(data) / articles:.0f}]")


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", nargs="*", metavar="INPUT")
    parser.add_argument("--pages", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rasd-bench-") as folder:
        work = Path(folder)
        pages = pages_of(given.inputs, given.pages // 5)
        if pages:
            report_pages(pages)
        inputs = given.inputs
        if not inputs:
            write_day(work / "pages.jsonl", given.pages)
            inputs = [str(work / "pages.jsonl")]
        told = run(inputs, work / "out")
        report(work / "out", told, run(inputs, work / "alone", alone=True))


if __name__ == "__main__":
    main()
