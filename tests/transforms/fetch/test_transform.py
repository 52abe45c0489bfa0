"""``FetchPages`` gives the same in one process and in separate worker processes."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from dataclasses import replace

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing.util import assert_that
from fetch_work import tell
from http_faults import answer
from http_server import GUARD
from pipeline_helpers import ROOT

from transforms.fetch.addresses import Guard
from transforms.fetch.messages import Request
from transforms.fetch.transform import FetchPages


@pytest.mark.parametrize("mode", ["in_memory", "multi_processing"])
def test_fetch_pages(server, settings, mode, monkeypatch):
    """Hosts are addresses here: a worker process knows nothing of the test's name server."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "tests" / "support"), str(ROOT)]))
    hosts = [f"127.77.3.{i}" for i in range(1, 9)]
    page = answer("x" * 100, after=0.01)
    urls = [server.on(host, f"/{i}", page) for host in hosts for i in range(4)]
    server.robots(hosts[0], "User-agent: *\nDisallow: /3")
    urls += ["http://127.0.0.1/", server.url(hosts[1], "/missing")]
    options = PipelineOptions(direct_running_mode=mode, direct_num_workers=2, runner="FnApiRunner")
    expected = Counter({None: 31, "robots_denied": 1, "blocked_address": 1, "http_4xx": 1})

    def right(found):
        assert sorted(url for url, *_ in found) == sorted(urls)
        assert Counter(reason for _, reason, *_ in found) == expected
        assert {size for _, reason, size, _ in found if reason is None} == {100}
        assert all(rows == 1 for *_, rows in found)

    with beam.Pipeline(options=options) as root:
        found = (
            root
            | "Urls" >> beam.Create([Request(url) for url in urls])
            | "Fetch" >> FetchPages(replace(settings, resolve=None, guard=GUARD))
            | "Tell" >> beam.Map(tell)
        )
        assert_that(found, right)
    assert max(server.max_in_flight(host) for host in hosts) <= 1


def test_settings_travel(settings):
    travelling = replace(settings, resolve=None, guard=Guard())
    assert pickle.loads(pickle.dumps(travelling)) == travelling  # noqa: S301 - our own bytes
