"""The same rows on every engine: of the seeds, and of feeds whose pages its workers fetch.

Both in one run, since starting an engine takes longer than either.
"""

from __future__ import annotations

import json
import random

import pytest
from buckets import emulated_bucket
from engines import FLAGS, need_engine, worker_config
from http_faults import answer
from http_server import LocalServer
from live_feeds import SUMMARY, item, rss
from outputs import all_facts
from pipeline_helpers import SEEDS, rasd
from seed_pages import SITES, _variant, render

from pipeline.sinks.files import open_files

pytestmark = pytest.mark.engine
HOSTS = [f"127.78.1.{number + 1}" for number in range(4)]
OPTIONS = ("--allow-private-hosts", "--host-delay", "0", "--as-of", "2024-06-01T12:00:00Z")
HTML = {"Content-Type": "text/html"}
# What differs from one run to the next: times of answers, and where they are archived.
APART = {"elapsed_ms", "started_at", "raw_ref"}


def serve(server):
    """Two feeds that list twelve pages of four hosts, two of which are not there."""
    entries = []
    for number in range(12):
        host, site = HOSTS[number % len(HOSTS)], list(SITES)[number % len(SITES)]
        article = _variant(number, random.Random(number))  # noqa: S311 - varied text, no secret
        page = (
            answer("no", 404) if number in {3, 7} else answer(render(site, article), headers=HTML)
        )
        entries.append(item(server.on(host, f"/{number}", page), summary=SUMMARY))
    feeds = {"/a.xml": entries[:7], "/b.xml": entries[5:]}
    return [server.on(HOSTS[0], path, answer(rss(listed))) for path, listed in feeds.items()]


def rows(output):
    """The rows, without what differs from run to run."""
    facts = all_facts(output)
    return {
        table: sorted(
            repr({name: value for name, value in row.items() if name not in APART}) for row in each
        )
        for table, each in facts.items()
    }


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The inputs, the rows of a local run and its manifest: the same for every engine."""
    output = tmp_path_factory.mktemp("local") / "out"
    with LocalServer() as server:
        inputs = (str(SEEDS / "articles"), str(SEEDS / "pages"), *serve(server))
        done = rasd("run", *inputs, "--output", str(output), *OPTIONS)
        assert done.returncode == 0, done.stderr.decode()
        yield inputs, rows(output), manifest(output)


@pytest.mark.parametrize("engine", ["prism", "flink"])
def test_an_engine_gives_the_same_rows(engine, local, tmp_path, monkeypatch):
    """Documents of this machine and feeds of a server; output, staging and archive in a bucket."""
    need_engine(engine)
    inputs, expected, before = local
    workers = (worker_config(tmp_path),) if engine == "flink" else ()
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with emulated_bucket(monkeypatch) as bucket:
        archive = ("--archive", f"{bucket}/warc")
        asked = ("run", *inputs, "--output", f"{bucket}/out", *archive, *OPTIONS)
        remote = rasd(*asked, *FLAGS[engine], *workers)
        assert remote.returncode == 0, remote.stderr.decode()
        found, told = rows(f"{bucket}/out"), manifest(f"{bucket}/out")
        names = open_files(bucket).listing("")
    assert any(name.startswith("warc/") for name in names), "the answers were kept"
    assert not [name for name in names if "/_inbox/" in name and name.endswith(".parquet")]
    assert len(expected["articles"]) > 70
    assert found.keys() == expected.keys()
    for table, each in expected.items():
        assert found[table] == each, table
    assert told["runner"].startswith(FLAGS[engine][0].partition("=")[2]), "it says what ran"
    assert _counts(told) == _counts(before)
    for stage, name in (("extract", "words"), ("events", "coded"), ("rows", "rows")):
        assert told["measured"][stage][name] == before["measured"][stage][name]


def manifest(output):
    """The manifest of the only run of an output, a directory's or a bucket's."""
    files = open_files(str(output))
    (name,) = (name for name in files.listing("_runs") if name.endswith(".json"))
    return json.loads(files.read(name))


def _counts(manifest):
    """What the stages counted, without the time it took."""
    return {
        stage: {name: n for name, n in counts.items() if name != "ms"}
        for stage, counts in manifest["stages"].items()
    }
