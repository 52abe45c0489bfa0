"""The page over a dataset of BigQuery: what is seen is what is seen over Parquet."""

from __future__ import annotations

import re

import pytest
from copies import copy_output
from served import served

from pipeline.errors import UsageError
from pipeline.serve.snapshot import Snapshots
from pipeline.sinks.base import open_sink


@pytest.mark.usefixtures("bigquery")
def test_a_dataset_is_copied_once_and_shows_the_same(seeds_output, page, capfd):
    uri = "bigquery://rasd-test.page"
    copy_output(open_sink(str(seeds_output)), open_sink(uri), "copied")
    capfd.readouterr()
    with served(uri) as there:
        told = capfd.readouterr().err
        for path in ("/?lang=en", "/incidents?lang=en&type=ASSAULT", "/stories?lang=en"):
            here, seen = (_plain(each.get(path)[1]) for each in (page, there))
            assert seen == here, path
        assert len(re.findall("reads", told)) == 9, told
        assert "reads" not in capfd.readouterr().err, "looking costs nothing more"


def _plain(text):
    """A page without what tells where and how fast it was made."""
    text = re.sub(r"<footer.*?</footer>", "", text, flags=re.DOTALL)
    return re.sub(r'<span class="quiet">[\d.,]+ ms</span>', "", text)


@pytest.mark.usefixtures("bigquery")
def test_a_dataset_that_is_none_is_refused():
    with pytest.raises(UsageError, match="no output at"):
        Snapshots("bigquery://rasd-test.nothing")
