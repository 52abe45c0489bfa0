"""Pages a second of the whole pipeline against a bare trafilatura loop, as a ratio in one run.

Both get the same prefetched pages of 80 to 120 KB and the same two processes. The bare loop calls
``trafilatura.extract`` with its defaults and writes JSON: no dates, no language, no events, no
deduplication, no Parquet. Run it with ``make bench``.
"""

from __future__ import annotations

import argparse
import base64
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from seed_pages import bench_pages

from benchmarks import ROOT  # noqa: F401 - lets the next line find the sources

PROCESSES = 2


def _bare(line: bytes) -> bytes:
    import trafilatura  # noqa: PLC0415 - in the worker

    document = orjson.loads(line)
    text = trafilatura.extract(base64.b64decode(document["html_base64"]))
    return orjson.dumps({"url": document["url"], "text": text})


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from stream


def bare_seconds(documents: Path, output: Path) -> float:
    """Time the bare loop, its processes already warm."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        first = next(_lines(documents))
        pool.map(_bare, [first] * PROCESSES * 4, chunksize=1)
        started = time.perf_counter()
        with output.open("wb") as stream:
            for answer in pool.imap_unordered(_bare, _lines(documents), chunksize=4):
                stream.write(answer + b"\n")
        return time.perf_counter() - started


def rasd_run(documents: Path, output: Path) -> tuple[float, dict[str, Any]]:
    """Time ``rasd run`` and read its manifest.

    Returns:
        Seconds from the first document to the last commit, and the manifest.
    """
    command = [sys.executable, "-m", "pipeline", "run", str(documents), "--output", str(output)]
    subprocess.run([*command, "--offline", "--processes", str(PROCESSES)], check=True)
    (manifest,) = (output / "_runs").glob("*.json")
    described: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    return described["wall_seconds"], described


def write_documents(path: Path, pages: int) -> int:
    """Write prefetched pages as JSON lines and return their bytes of HTML."""
    size = 0
    with path.open("wb") as stream:
        for url, html in bench_pages(pages):
            size += len(html)
            line = {"url": url, "html_base64": base64.b64encode(html).decode()}
            stream.write(orjson.dumps(line) + b"\n")
    return size


def main() -> None:
    """Run both and print the ratio, each stage's share, and the peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory(prefix="rasd-bench-") as folder:
        work = Path(folder)
        size = write_documents(work / "pages.jsonl", pages)
        print(f"{pages} pages of {size / pages / 1024:.0f} KB on average, {PROCESSES} processes")
        bare = bare_seconds(work / "pages.jsonl", work / "bare.jsonl")
        seconds, manifest = rasd_run(work / "pages.jsonl", work / "out")
    print(f"bare trafilatura loop: {pages / bare:8.1f} pages/s ({bare:.1f} s)")
    print(f"rasd, everything:      {pages / seconds:8.1f} pages/s ({seconds:.1f} s)")
    print(f"ratio: {bare / seconds:.2f}")
    print(f"peak memory: {manifest['peak_memory_bytes'] / 2**20:.0f} MB")
    print(f"new rows: {manifest['committed']}")
    timed = {name: stage["ms"] for name, stage in manifest["stages"].items() if "ms" in stage}
    total = timed["document"]  # all that is done to a page in its process
    for name, milliseconds in sorted(timed.items(), key=lambda pair: -pair[1]):
        print(f"  {name:<10} {milliseconds / pages:7.2f} ms a page  {milliseconds / total:6.1%}")


if __name__ == "__main__":
    main()
