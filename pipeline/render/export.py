"""Tables as plain files, with or without what articles say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.render.flat import flatten
from pipeline.render.geojson import MAP_QUERY
from pipeline.render.geoparquet import INCIDENTS_QUERY
from pipeline.render.shapes import SHAPES, Asked, emptied, spaced
from pipeline.render.tables import write_table
from transforms.rows.schema import TABLES

# What quotes an article, or a stranger's words about it, by table; "a.b" is a field of a STRUCT.
# Every other text is an id, a code, an address, or a name: of a
# person, place or party; one that no table knows is the words of the text.
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
_PARTIES: Final = ("actors", "recipients")


# The same of what views add, by file.
_MAP_QUOTES: Final = ("title",)
_INCIDENT_QUOTES: Final = ("actors.text", "recipients.text", "place.text", "title")
_FLAT_QUOTES: Final = (*QUOTES["events"], "title")
_ALL_EVENTS: Final = (
    "SELECT * FROM v_events ORDER BY IFNULL(event_date, DATE '9999-12-31'), event_id"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """How an export is to be written.

    Attributes:
        form: ``parquet``, ``csv``, ``jsonl`` or ``xlsx``: every table; ``geojson``: a map;
            ``geoparquet``: incidents with their points;
            ``gdelt``, ``polecat``, ``acled``: the shapes of those datasets; ``flat``: one table
            of events.
        text: keep what articles say.
        raw: cells exactly as stored.
        excel: CSV that Excel opens as it is.
    """

    form: str
    text: bool = True
    raw: bool = False
    excel: bool = False


def export(data: Asked, output: Path, wish: Wish) -> dict[str, int]:
    """Write what is stored into files.

    Args:
        data: the output, opened.
        output: the directory; made when missing.
        wish: what to write, and how.

    Returns:
        File name -> rows.

    Raises:
        UsageError: the directory cannot be written, or a file cannot hold the rows.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        written: dict[str, int] = {}
        for name, rows, form in _files(data, wish):
            part = output / f".{name}.part"  # nobody takes half a file for a whole one
            with part.open("wb") as stream:
                write_table(rows, form, stream, raw=wish.raw, excel=wish.excel)
            part.replace(output / name)
            written[name] = rows.num_rows
    except OSError as error:
        raise UsageError(f"{error.filename or output}: {error.strerror}") from error
    return written


def _files(data: Asked, wish: Wish) -> Iterator[tuple[str, pa.Table, str]]:
    """The files of an export: name, rows, how they are written."""
    if wish.form in SHAPES:
        for shape in SHAPES[wish.form]:
            rows = data.sql(shape.query)
            if not wish.text:
                rows = named_by_tables(emptied(rows, shape.quotes), shape.names)
            yield shape.file, spaced(rows) if shape.spaced else rows, shape.form
    elif wish.form == "geojson":
        rows = data.sql(MAP_QUERY)
        yield "map.geojson", rows if wish.text else _unquoted(rows, _MAP_QUOTES), "geojson"
    elif wish.form == "geoparquet":
        rows = data.sql(INCIDENTS_QUERY)
        rows = rows if wish.text else _unquoted(rows, _INCIDENT_QUOTES)
        yield "incidents.parquet", rows, "geoparquet"
    elif wish.form == "flat":
        rows = data.sql(_ALL_EVENTS)
        rows = rows if wish.text else _unquoted(rows, _FLAT_QUOTES)
        yield "events_flat.csv", flatten(rows), "csv"
    else:
        for table in TABLES:
            rows = data.sql(f"SELECT * FROM {table}")  # noqa: S608 - the name is the schema's
            rows = rows if wish.text else _unquoted(rows, QUOTES.get(table, ()))
            yield f"{table}.{wish.form}", rows, wish.form


def _unquoted(rows: pa.Table, quotes: Iterable[str]) -> pa.Table:
    """Leave out the words of articles, also where they name a party."""
    parties = [name for name in _PARTIES if name in rows.column_names]
    return named_by_tables(without(rows, quotes), parties)


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
        columns: names, or ARRAYs of STRUCTs with a field ``name``; what is no such name becomes
            NULL.
    """
    from transforms.enrich.entities.names import lexicon  # noqa: PLC0415 - takes a moment

    known = {form.lexeme.name for forms in lexicon().forms.values() for form in forms}
    for column in columns:
        index = rows.schema.get_field_index(column)
        kept = [_known(each, known) for each in rows.column(index).to_pylist()]
        rows = rows.set_column(index, column, pa.array(kept, rows.schema.field(index).type))
    return rows


def _known(value: Any, known: Collection[str]) -> Any:
    """A name if it is known; of parties each with its own."""
    if isinstance(value, list):
        return [each | {"name": _known(each["name"], known)} for each in value]
    return value if value in known else None


def _stripped(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_stripped(each, name) for each in value]
    return value if value is None else {key: each for key, each in value.items() if key != name}


def _narrowed(kind: pa.DataType, name: str) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_narrowed(kind.value_type, name))
    return pa.struct([field for field in kind if field.name != name])
