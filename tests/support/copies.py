"""Copy the rows of one output into another, by the road every row takes: inbox, then commit."""

from __future__ import annotations

from pipeline.sinks.base import CommitReport, Sink
from pipeline.sinks.staged import stage_table
from transforms.rows.schema import STORED


def copy_output(source: Sink, target: Sink, commit_id: str = "copy") -> CommitReport:
    """Bring every row of an output into another one, hidden tables and columns too."""
    inbox = target.inbox
    staged = []
    for name, table in STORED.items():
        data = source.read(name, [column.name for column in table.stored_columns])
        if data.num_rows:
            staged.append(stage_table(inbox.files, inbox.folder(commit_id), name, data))
    report = target.commit(commit_id, staged)
    inbox.forget(commit_id)
    return report
