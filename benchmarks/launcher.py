"""CPU of the launcher: what a run costs beside the processes that work on pages.

The launcher indexes, reads, hands pages to the pool, collects packed rows, and settles them into
the tables; its share limits how many workers it can feed. CPU time, not wall time, of one process
with all its threads. Two sizes tell what a page costs from what a run costs. Run it with
``make bench``.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.throughput import PROCESSES, write_documents
from pipeline import graph
from pipeline.options import Config
from pipeline.render.progress import Progress
from pipeline.run.job import run_job

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def cpu_seconds() -> float:
    """CPU seconds of this process so far, without its children."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def launcher_seconds(pages: int) -> tuple[float, float]:
    """Run over so many pages in this process, as the launcher.

    Returns:
        Its CPU seconds in all, and those of them that settling took.
    """
    settling = 0.0
    settle: Callable[..., Any] = graph.settle

    def timed(*given: Any) -> Any:
        nonlocal settling
        before = cpu_seconds()
        settled = settle(*given)
        settling = cpu_seconds() - before
        return settled

    with tempfile.TemporaryDirectory(prefix="rasd-bench-") as folder:
        work = Path(folder)
        write_documents(work / "pages.jsonl", pages)
        inputs, output = (str(work / "pages.jsonl"),), str(work / "out")
        config = Config(inputs, output, NOW, offline=True, processes=PROCESSES)
        graph.settle = timed
        before = cpu_seconds()
        try:
            run_job(config, Progress(quiet=True))
        finally:
            graph.settle = settle
        return cpu_seconds() - before, settling


def main() -> None:
    """Run twice and print milliseconds of CPU a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=600)
    pages = parser.parse_args().pages
    launcher_seconds(8)  # imports, tables and Beam's own first time
    few, settled_few = launcher_seconds(pages // 4)
    many, settled = launcher_seconds(pages)
    print(f"launcher, all of a run: {1000 * many / pages:.2f} ms of CPU a page (bar 3)")
    print(f"  settling, one file a day and table: {1000 * settled / pages:.2f} ms a page")
    before = (many - settled) - (few - settled_few)
    print(f"  a page more, before settling: {1000 * before / (pages - pages // 4):.2f} ms")


if __name__ == "__main__":
    main()
