"""The tables of a dataset that hold no rows of the contract, and how all are told apart."""

from __future__ import annotations

from typing import Any, Final

from transforms.rows.schema import SCHEMA_VERSION

# Every dataset, table and view of ours carries it; its value is the schema's version.
LABEL: Final = "rasd_schema"
LABELS: Final = {LABEL: str(SCHEMA_VERSION)}
VIEWS_LABEL: Final = "rasd_views"  # of the dataset: a hash of the text of its views

LEDGER: Final = "_ledger"  # one row a commit, in the order in which they were made
RUNS: Final = "_runs"  # the manifests of runs
STAGE: Final = "_stage_"  # tables of rows on their way, one for each file loaded
OP: Final = "_op"  # what becomes of a staged row

# Hidden tables of this sink alone: name -> what it holds, and its fields as BigQuery has them.
OWN: Final[dict[str, tuple[str, list[dict[str, Any]]]]] = {
    LEDGER: (
        "The commits made to this dataset, each naming the one that came after it.",
        [
            {"name": "commit_id", "type": "STRING", "mode": "REQUIRED"},
            {"name": "number", "type": "INT64", "mode": "REQUIRED"},
            {"name": "successor", "type": "STRING", "mode": "NULLABLE"},
            {"name": "committed_at", "type": "TIMESTAMP", "mode": "NULLABLE"},
        ],
    ),
    RUNS: (
        "The manifest of every run, as JSON.",
        [
            {"name": "run_id", "type": "STRING", "mode": "REQUIRED"},
            {"name": "manifest", "type": "STRING", "mode": "REQUIRED"},
        ],
    ),
}
