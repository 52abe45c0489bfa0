"""Feeds through an engine: pages fetched by its workers, all that is shared lying in a bucket."""

from __future__ import annotations

import random

import pytest
from buckets import emulated_bucket
from engines import FLAGS, need_engine, worker_config
from http_faults import answer
from http_server import LocalServer
from live_feeds import SUMMARY, item, rss
from outputs import all_facts
from pipeline_helpers import rasd
from seed_pages import SITES, _variant, render

from pipeline.sinks.files import open_files

pytestmark = pytest.mark.engine
HOSTS = [f"127.78.1.{number + 1}" for number in range(4)]
CLOCK = ("--as-of", "2024-06-01T12:00:00Z")
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


@pytest.mark.parametrize("engine", ["prism", "flink"])
def test_feeds_through_an_engine_into_a_bucket_give_the_same_rows(engine, tmp_path, monkeypatch):
    need_engine(engine)
    workers = (worker_config(tmp_path),) if engine == "flink" else ()
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with LocalServer() as server, emulated_bucket(monkeypatch) as bucket:
        feeds = serve(server)
        options = ("--allow-private-hosts", "--host-delay", "0", *CLOCK)
        local = rasd("run", *feeds, "--output", str(tmp_path / "out"), *options)
        assert local.returncode == 0, local.stderr.decode()
        archive = ("--archive", f"{bucket}/warc")
        asked = ("run", *feeds, "--output", f"{bucket}/out", *archive, *options)
        remote = rasd(*asked, *FLAGS[engine], *workers)
        assert remote.returncode == 0, remote.stderr.decode()
        found, expected = rows(f"{bucket}/out"), rows(tmp_path / "out")
        archived = open_files(bucket).listing("warc")
    assert len(expected["articles"]) == 12
    assert archived, "the answers were kept"
    assert found.keys() == expected.keys()
    for table, each in expected.items():
        assert found[table] == each, table
