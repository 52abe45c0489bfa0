"""The commands on a dataset, as the operations page tells them: one road for every output."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bigquery_emulator import new_dataset
from pipeline_helpers import ROOT, SEEDS, rasd

from pipeline.sinks.base import Sink, open_sink
from pipeline.sinks.bigquery import BigQuerySink
from transforms.rows.schema import PROVENANCE, STORED

# What a run did, not what its inputs say.
OF_THE_RUN = {"_commits"}


@pytest.fixture(scope="module")
def dataset(bigquery_host: str, tmp_path_factory: Any) -> Any:
    """The seeds in a dataset, brought there by the command itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIGQUERY_EMULATOR_HOST", bigquery_host)
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        uri = new_dataset()
        done = rasd("run", str(SEEDS), "--output", uri, "--offline")
        assert done.returncode == 0, done.stderr.decode()
        yield uri


def facts(sink: Sink, table: str) -> list[dict[str, Any]]:
    columns = [column.name for column in STORED[table].columns if column.name not in PROVENANCE]
    return sink.read(table, columns).to_pylist()


@pytest.mark.parametrize("table", sorted(set(STORED) - OF_THE_RUN))
def test_the_rows_are_those_of_parquet(dataset: str, seeds_output: Path, table: str) -> None:
    here, there = open_sink(str(seeds_output)), open_sink(dataset)
    one, other = facts(here, table), facts(there, table)
    assert len(one) == len(other)
    differing = sum(
        row[name] != twin[name] for row, twin in zip(one, other, strict=True) for name in row
    )
    assert differing == 0
    assert here.dates(table) == there.dates(table)


def test_the_manifest_is_in_the_dataset(dataset: str) -> None:
    sink = open_sink(dataset)
    assert isinstance(sink, BigQuerySink)
    runs = sink.session.select(f"SELECT * FROM {sink.address.quoted('_runs')}").to_pylist()
    manifest = json.loads(runs[0]["manifest"])
    assert manifest["run_id"] == runs[0]["run_id"]
    assert manifest["committed"]["articles"] > 0


def test_a_second_run_adds_nothing(dataset: str) -> None:
    before = {table: facts(open_sink(dataset), table) for table in STORED}
    done = rasd("run", str(SEEDS), "--output", dataset, "--offline")
    assert done.returncode == 0
    assert b"new or changed rows: none" in done.stderr
    assert b"table _runs, run_id" in done.stderr
    after = {table: facts(open_sink(dataset), table) for table in STORED}
    for table in set(STORED) - OF_THE_RUN:
        assert after[table] == before[table], table


def test_settle_and_recode_change_nothing(dataset: str) -> None:
    done = rasd("settle", "--data", dataset)
    assert done.returncode == 0
    assert b"new or changed rows: none" in done.stderr
    done = rasd("recode", "--data", dataset)
    assert done.returncode == 0, done.stderr.decode()
    assert b"0 events differ" in done.stderr


def test_prune_takes_an_article_out_for_good(dataset: str) -> None:
    sink = open_sink(dataset)
    article = sink.read("articles", ["article_id", "url"]).to_pylist()[0]
    done = rasd("prune", "--data", dataset, "--article", article["article_id"])
    assert done.returncode == 0, done.stderr.decode()
    gone = {"article_id": [article["article_id"]]}
    for table in ("articles", "clusters", "events", "_fingerprints"):
        assert sink.read(table, where=gone).num_rows == 0, table
    again = rasd("run", str(SEEDS), "--output", dataset, "--offline")
    assert again.returncode == 0
    assert sink.read("articles", where=gone).num_rows == 0


def test_no_dataset_is_told_in_one_line(bigquery: str) -> None:
    for command in ("settle", "recode", "query"):
        words = ["SELECT 1 AS x"] if command == "query" else []
        done = rasd(command, *words, "--data", "bigquery://p.nothing")
        assert done.returncode == 2, bigquery
        (line,) = done.stderr.decode().splitlines()
        assert "no output at bigquery://p.nothing" in line


def test_the_operations_page_word_by_word(
    bigquery: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a newcomer types in the second terminal; the emulator is that of the tests."""
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    (block,) = re.findall(r"```\n(export BIGQUERY_EMULATOR_HOST.*?)```", page, re.DOTALL)
    first, *lines = block.splitlines()
    assert first == "export BIGQUERY_EMULATOR_HOST=http://localhost:9050"
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", bigquery)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    said = []
    for line in lines:
        words = line.split()
        assert words[0] == ".venv/bin/rasd"
        done = rasd(*words[1:], cwd=ROOT)
        assert done.returncode == 0, done.stderr.decode()
        said.append(done.stdout.decode() + done.stderr.decode())
    assert "ASSAULT" in said[1]
    assert "new or changed rows: none" in said[-1]
