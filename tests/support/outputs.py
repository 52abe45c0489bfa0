"""Compare outputs as the contract means it: every column but provenance."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pipeline.sinks.base import CommitReport, Sink, StagedFile
from pipeline.sinks.staged import read_staged
from pipeline.sql.data import open_data
from transforms.rows.schema import TABLES

PROVENANCE = {
    "run_id", "pipeline_version", "source_id", "fetched_at", "first_seen_at", "last_seen_at",
    "failed_at", "attempts", "decided_at",
}  # fmt: skip


def facts(output: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table without provenance, sorted by key."""
    columns = [name for name in TABLES[table].names if name not in PROVENANCE]
    rows = open_data(str(output)).sql(f"SELECT {', '.join(f'`{c}`' for c in columns)} FROM {table}")
    return sorted(rows.to_pylist(), key=lambda row: repr([row[name] for name in TABLES[table].key]))


def all_facts(output: Path) -> dict[str, list[dict[str, Any]]]:
    """Every table's rows without provenance."""
    return {table: facts(output, table) for table in TABLES}


def put(sink: Sink, rows: Mapping[str, list[dict[str, Any]]], run: str = "run1") -> CommitReport:
    """Stage and commit rows, one file a table."""
    staged = [sink.inbox.stage(run, table, group) for table, group in rows.items()]
    report = sink.commit(run, staged)
    sink.inbox.forget(run)
    return report


def delete(sink: Sink, keys: Mapping[str, Collection[tuple[Any, ...]]]) -> CommitReport:
    """Take rows out of the tables by primary key."""
    return sink.commit("delete", (), keys)


def keys_of(sink: Sink, table: str) -> set[tuple[Any, ...]]:
    """The primary keys of a table, as tuples of its key columns."""
    data = sink.read(table, TABLES[table].key)
    return set(zip(*(column.to_pylist() for column in data.columns), strict=True))


def staged_rows(sink: Sink, staged: StagedFile) -> list[dict[str, Any]]:
    """The rows of a staged file."""
    rows: list[dict[str, Any]] = read_staged(sink.inbox.files, staged).to_pylist()
    return rows


def parquet_files(root: Path) -> dict[str, bytes]:
    """Every table file of an output with its bytes; staged ones are none."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*.parquet"))
        if not {"_staging", "_inbox"} & set(path.parts)
    }


def files(output: Path) -> set[str]:
    """The names of all data files: they are hashes of their content."""
    return {path.relative_to(output).as_posix() for path in output.rglob("*.parquet")}
