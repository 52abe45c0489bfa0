"""Tables as plain files, with or without what articles say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.render.tables import write_table
from transforms.rows.schema import TABLES

# What quotes an article, or a stranger's words about it, by table; "a.b" is a field of a STRUCT.
# Every other text is an id, a code, an address, or a name of the gazetteer.
QUOTES: Final[Mapping[str, tuple[str, ...]]] = {
    "articles": ("title", "body", "summary", "dateline", "published_raw"),
    "events": (
        "actors.text", "recipients.text", "place.text", "event_date_text", "trigger.text",
        "evidence.text", "speaker",
    ),
    "dead_letters": ("detail", "payload"),
    "fetch_log": ("robots",),
    "feeds": ("state",),
}  # fmt: skip

# What names a party: as the gazetteer does, or, where that knows none, in the article's own words.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {"events": ("actors", "recipients")}


class _Asked(Protocol):
    def sql(self, query: str) -> pa.Table: ...


def export(data: _Asked, output: Path, form: str, *, text: bool) -> dict[str, int]:
    """Write every table into a file of its own.

    Args:
        data: the output, opened.
        output: the directory; made when missing.
        form: ``parquet`` or ``csv``.
        text: keep what articles say.

    Returns:
        File name -> rows.

    Raises:
        UsageError: the directory cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        written: dict[str, int] = {}
        for table in TABLES:
            rows = data.sql(f"SELECT * FROM {table}")  # noqa: S608 - the name is the schema's
            if not text:
                rows = without(rows, QUOTES.get(table, ()))
                rows = named_by_tables(rows, NAMES.get(table, ()))
            name = f"{table}.{form}"
            with (output / name).open("wb") as stream:
                write_table(rows, form, stream)
            written[name] = rows.num_rows
    except OSError as error:
        raise UsageError(f"{error.filename or output}: {error.strerror}") from error
    return written


def without(rows: pa.Table, paths: Iterable[str]) -> pa.Table:
    """Leave columns out of a table, and fields out of STRUCTs.

    Args:
        rows: the table.
        paths: column names; ``a.b`` is the field b of the STRUCT (or of each of the ARRAY) a.
    """
    for path in paths:
        column, _, inner = path.partition(".")
        index = rows.schema.get_field_index(column)
        if not inner:
            rows = rows.remove_column(index)
            continue
        kind = rows.schema.field(index).type
        values: list[Any] = [_stripped(each, inner) for each in rows.column(index).to_pylist()]
        rows = rows.set_column(index, column, pa.array(values, _narrowed(kind, inner)))
    return rows


def named_by_tables(rows: pa.Table, columns: Iterable[str]) -> pa.Table:
    """Keep the names that stand in the program's own tables; any other is an article's words.

    Args:
        rows: the table.
        columns: its ARRAYs of STRUCTs with a field ``name``, which becomes NULL.
    """
    from transforms.enrich.entities.names import lexicon  # noqa: PLC0415 - takes a moment

    known = {form.lexeme.name for forms in lexicon().forms.values() for form in forms}
    for column in columns:
        index = rows.schema.get_field_index(column)
        kept = [
            [each | {"name": each["name"] if each["name"] in known else None} for each in parties]
            for parties in rows.column(index).to_pylist()
        ]
        rows = rows.set_column(index, column, pa.array(kept, rows.schema.field(index).type))
    return rows


def _stripped(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_stripped(each, name) for each in value]
    return value if value is None else {key: each for key, each in value.items() if key != name}


def _narrowed(kind: pa.DataType, name: str) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_narrowed(kind.value_type, name))
    return pa.struct([field for field in kind if field.name != name])
