"""The single source of what is stored: every table with its key, partition and columns.

Arrow, BigQuery, DuckDB, JSON Schema and the data dictionary are all derived from here
(``transforms.rows.dialects``). A change may only add nullable columns or tables: older outputs
are read by the union of names.
"""

from __future__ import annotations

from typing import Final

from transforms.rows.columns import PARTITION_COLUMN, Column, ColumnType, Table
from transforms.rows.tables_articles import ARTICLES, CLUSTERS, DUPLICATES
from transforms.rows.tables_events import EVENTS, INCIDENTS
from transforms.rows.tables_hidden import COMMITS, FINGERPRINTS, REMOVED
from transforms.rows.tables_operations import APPEARANCES, DEAD_LETTERS, FEEDS, FETCH_LOG

__all__ = [
    "PARTITION_COLUMN",
    "PROVENANCE",
    "SCHEMA_VERSION",
    "STORED",
    "TABLES",
    "Column",
    "ColumnType",
    "Table",
    "schema_document",
]

SCHEMA_VERSION: Final = 1

TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        ARTICLES,
        CLUSTERS,
        DUPLICATES,
        EVENTS,
        INCIDENTS,
        APPEARANCES,
        DEAD_LETTERS,
        FETCH_LOG,
        FEEDS,
    )
}

# Everything a sink stores: the tables people ask, and the hidden ones.
STORED: Final[dict[str, Table]] = TABLES | {
    table.name: table for table in (FINGERPRINTS, COMMITS, REMOVED)
}

# Columns that tell who wrote a row and when, not what it says: two rows that differ only here
# are the same row.
PROVENANCE: Final[frozenset[str]] = frozenset(
    {
        "run_id",
        "pipeline_version",
        "source_id",
        "fetched_at",
        "first_seen_at",
        "last_seen_at",
        "failed_at",
        "attempts",
        "decided_at",
        "settled_at",
        "removed_at",
    }
)


def _column_document(column: Column) -> dict[str, object]:
    """Return one column as plain JSON values, without descriptions."""
    document: dict[str, object] = {"name": column.name, "type": column.type}
    if column.repeated:
        document["repeated"] = True
    if column.fields:
        document["fields"] = [_column_document(field) for field in column.fields]
    return document


def schema_document() -> dict[str, object]:
    """Return the whole schema as plain JSON values: what an output remembers of its own form."""
    return {
        "version": SCHEMA_VERSION,
        "tables": {
            table.name: {
                "key": list(table.key),
                "partition": table.partition,
                "columns": [_column_document(column) for column in table.columns],
            }
            for table in STORED.values()
        },
    }
