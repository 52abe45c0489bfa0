"""Where things lie in an output, and whether its schema can be read and added to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pipeline.sinks.base import OutputRefused, SinkError
from pipeline.sinks.files import Files
from transforms.rows.schema import STORED, schema_document

SCHEMA_NAME: Final = "_schema.json"
JOURNAL_NAME: Final = "_commit.json"
STAGING: Final = "_staging"
RUNS: Final = "_runs"
UNDATED: Final = "__HIVE_DEFAULT_PARTITION__"
_PARTITION: Final = re.compile(r"^[a-z_]+/date=([^/]+)/[^/]+\.parquet$")


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One file of a table.

    Attributes:
        partition: the value of its ``date=`` directory; empty in an unpartitioned table.
        name: relative to the output.
    """

    partition: str
    name: str


def partition_name(day: date | None) -> str:
    """Return the value of a ``date=`` directory."""
    return UNDATED if day is None else day.isoformat()


def partition_day(partition: str) -> date | None:
    """Return the date of a partition; None for the undated one and the unpartitioned table."""
    return None if partition in ("", UNDATED) else date.fromisoformat(partition)


def part_name(table: str, partition: str, content: str) -> str:
    """Return the name of a file of a table: its content's hash, in its partition's directory."""
    directory = f"{table}/date={partition}" if partition else table
    return f"{directory}/{content}.parquet"


def _part(name: str) -> Part:
    """Return the file of a name, its partition read from its directory."""
    match = _PARTITION.match(name)
    return Part(match[1] if match else "", name)


def read_journal(files: Files) -> dict[str, Any] | None:
    """Return the journal of a commit that is under way or was cut off, if there is one."""
    if files.kind(JOURNAL_NAME) != "file":
        return None
    try:
        journal: dict[str, Any] = json.loads(files.read(JOURNAL_NAME))
    except ValueError as error:
        raise SinkError(
            f"{files.path(JOURNAL_NAME)} cannot be read: {error}; it was not written by rasd"
        ) from error
    return journal


def table_parts(files: Files, table: str) -> list[Part]:
    """Return a table's files as of the last commit, sorted by partition.

    A commit past its point of no return counts as done, whether or not its renames are.
    """
    journal = read_journal(files)
    while True:  # until no commit has begun or ended meanwhile
        names = {name for name in files.listing(table) if _visible(name)}
        seen, journal = journal, read_journal(files)
        if journal == seen:
            break
    found = {name: _part(name) for name in names}
    if journal is not None:
        for source, target in journal["moves"]:
            if target.startswith(f"{table}/") and target not in names:
                name = source if files.kind(source) == "file" else target
                found[target] = Part(_part(target).partition, name)
        for name in journal["deletes"]:
            found.pop(name, None)
    return sorted(found.values())


def _visible(name: str) -> bool:
    """Tell a table's files from temporary and foreign ones."""
    return name.endswith(".parquet") and not name.rsplit("/", 1)[-1].startswith((".", "_"))


def check_schema(files: Files) -> bool:
    """Hold an output's schema against the code's.

    Returns:
        Whether ``_schema.json`` has to be written: it is missing or older.

    Raises:
        OutputRefused: the output has tables without a schema, or a schema this version of rasd
            cannot add to.
    """
    if files.kind(SCHEMA_NAME) != "file":
        foreign = [table for table in STORED if table_parts(files, table)]
        if foreign:
            raise OutputRefused(
                f"{files.root} holds Parquet files in {foreign[0]}/ but no {SCHEMA_NAME}: they "
                "were not written by rasd; name another --output"
            )
        return True
    try:
        stored = json.loads(files.read(SCHEMA_NAME))
        problem = _schema_problem(stored)
    except (ValueError, KeyError, TypeError, AttributeError):
        problem = "it cannot be read"
    if problem:
        raise OutputRefused(
            f"{files.path(SCHEMA_NAME)} is another schema ({problem}): upgrade with "
            "`pip install -U rasd`, or name another --output and run again"
        )
    return bool(stored != schema_document())


def _schema_problem(stored: Mapping[str, Any]) -> str:
    """Say what an older additive schema could not hold; empty when the stored one is that."""
    tables: Any = schema_document()["tables"]
    for name, table in stored["tables"].items():
        known = tables.get(name)
        if known is None:
            return f"table {name} is unknown"
        if [table["key"], table["partition"]] != [known["key"], known["partition"]]:
            return f"table {name} has another key or partition"
        problem = _columns_problem(table["columns"], known["columns"])
        if problem:
            return f"{name}.{problem}"
    return ""


def _columns_problem(
    stored: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]
) -> str:
    """Say which stored column is unknown or of another type; fields of a STRUCT likewise."""
    by_name = {column["name"]: column for column in known}
    for column in stored:
        name = column["name"]
        match = by_name.get(name)
        if match is None:
            return f"{name} is unknown"
        kinds = [(side["type"], bool(side.get("repeated"))) for side in (column, match)]
        if kinds[0] != kinds[1]:
            return f"{name} is {kinds[0][0]}, here {kinds[1][0]}"
        problem = _columns_problem(column.get("fields", ()), match.get("fields", ()))
        if problem:
            return f"{name}.{problem}"
    return ""
