"""The page over a bucket: what is seen is what is seen over a directory."""

from __future__ import annotations

import re

from buckets import emulated_bucket
from copies import copy_output
from served import served

from pipeline.sinks.base import open_sink


def test_rows_in_a_bucket_are_shown(seeds_output, page, monkeypatch):
    with emulated_bucket(monkeypatch) as bucket:
        uri = f"{bucket}/out"
        copy_output(open_sink(str(seeds_output)), open_sink(uri), "copied")
        with served(uri) as there:
            path = "/incidents?lang=en&type=ASSAULT"
            here, seen = (_rows(each.get(path)[1]) for each in (page, there))
    assert seen == here
    assert len(here) > 10


def _rows(text):
    return re.findall(r'<td class="title">.*?</td>', text)
