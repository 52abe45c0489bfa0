"""Compare outputs as the contract means it: every column but provenance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.data import open_data
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


def files(output: Path) -> set[str]:
    """The names of all data files: they are hashes of their content."""
    return {path.relative_to(output).as_posix() for path in output.rglob("*.parquet")}
