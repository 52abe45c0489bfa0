"""A query while somebody else commits: it is asked again, and answers."""

from __future__ import annotations

import shutil

import pytest

from pipeline.errors import UsageError
from pipeline.sql.data import open_data

QUERY = "SELECT COUNT(*) AS n FROM articles"


def renamed(output):
    """What a commit does to a file: another one, of the same rows, takes its place."""
    for path in list(output.rglob("articles/*/*.parquet")):
        path.rename(path.with_name(f"a{path.name}"))


def test_a_query_sees_the_files_that_took_the_place_of_those_it_knew(seeds_output, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(seeds_output, output)
    data = open_data(str(output))
    before = data.sql(QUERY).to_pylist()
    renamed(output)
    assert data.sql(QUERY).to_pylist() == before


def test_files_that_are_gone_for_good_are_told(seeds_output, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(seeds_output, output)
    data = open_data(str(output))
    shutil.rmtree(output)
    with pytest.raises(UsageError):
        data.sql(QUERY)
