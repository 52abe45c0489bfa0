"""Archives of any size pass in the memory of one record."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest
from pipeline_helpers import ROOT
from warc_bytes import response, write

MEGABYTE = 1 << 20
MEASURE = """
import pathlib, re, sys
from pipeline.workers.pool import Workers
from pipeline.sources import warc
from pipeline.sources.spool import Spool
for path in sys.argv[1:]:
    found = list(warc.index(path, Spool(pathlib.Path("unused")), Workers()))
    status = pathlib.Path("/proc/self/status").read_text()  # getrusage() counts our parent in
    print(len(found), *re.findall(r"VmHWM:\\s+(\\d+)", status))
"""


def records(megabytes):
    """Pages that hardly compress; a video now and then."""
    noise = random.Random(3)  # noqa: S311 - made-up bytes
    for number in range(megabytes * 10):
        url = f"https://a.example/{number}"
        yield response(b"<html>" + noise.randbytes(104_000), url)
        if number % 100 == 99:
            yield response(bytes(3 * MEGABYTE), url, {"Content-Type": "video/mp4"})


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_memory_does_not_grow_with_the_archive(tmp_path, sized, name):
    megabytes = sized(40, 200)
    small, large = tmp_path / f"small-{name}", tmp_path / f"large-{name}"
    write(small, records(10))
    write(large, records(megabytes))
    assert large.stat().st_size > megabytes * 1_000_000
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(small), str(large)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=600,
    )
    (few, before), (many, after) = (map(int, line.split()) for line in done.stdout.splitlines())
    grown = (after - before) / 1024
    print(f"\n{megabytes} MB, {many} documents: {before / 1024:.0f} MB and {grown:.1f} MB more")
    assert (few, many) == (101, megabytes * 10 + 1)
    assert grown < 10
    assert done.stderr == b""


def test_a_record_larger_than_memory_should_hold_is_passed_over(tmp_path):
    path = tmp_path / "big.warc.gz"
    write(path, [response(bytes(300 * MEGABYTE), headers={"Content-Type": "video/mp4"})])
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=600,
    )
    ((count, peak),) = (map(int, line.split()) for line in done.stdout.splitlines())
    print(f"\na record of 300 MB: {peak / 1024:.0f} MB")
    assert count == 1
    assert peak < 250 * 1024
