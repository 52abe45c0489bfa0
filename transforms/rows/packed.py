"""Rows as packed bytes: what a worker process hands back, ready to be put into a file.

Packed rows are one Arrow record batch without its schema, which both ends know from the table's
name. Unpacking costs a fraction of taking the rows over as Python objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyarrow as pa

from transforms.rows.arrow import arrow_schema, to_arrow
from transforms.rows.merge import canonical_json
from transforms.rows.schema import STORED


@dataclass(frozen=True, slots=True)
class PackedRows:
    """Valid rows of one table.

    Attributes:
        table: the table's name.
        count: how many rows; at least one.
        data: a record batch of the table's schema, ``date`` last, in Arrow's IPC form without the
            schema.
    """

    table: str
    count: int
    data: bytes


def pack_rows(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[PackedRows]:
    """Pack rows of any tables, one record batch a table.

    Args:
        rows: pairs of a table's name and one of its rows that ``validate_row`` finds nothing
            wrong with.

    Returns:
        One element a table, in the order in which the tables came; within it the rows keep theirs.
    """
    by_table: dict[str, list[Mapping[str, Any]]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    packed = []
    for table, each in by_table.items():
        (batch,) = to_arrow(table, each, with_date=True).to_batches()
        packed.append(PackedRows(table, len(each), batch.serialize().to_pybytes()))
    return packed


def unpack_rows(table: str, packed: Iterable[PackedRows]) -> pa.Table:
    """Make one Arrow table of packed rows of one table, in their order.

    Args:
        table: the table's name.
        packed: its rows; at least one element.
    """
    schema = arrow_schema(table, with_date=True)
    batches = [pa.ipc.read_record_batch(pa.py_buffer(each.data), schema) for each in packed]
    return pa.Table.from_batches(batches, schema)


def order_rows(table: str, data: pa.Table) -> pa.Table:
    """Sort rows by key, and rows of one key by their canonical form.

    Args:
        table: the table's name.
        data: its rows, ``date`` last; no key is NULL.

    Returns:
        One chunk a column: the same rows in another order give the same table.
    """
    names = STORED[table].key
    data = data.combine_chunks()
    places = data.select(names).to_pydict()
    keys = list(zip(*(places[name] for name in names), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    if len(set(keys)) < len(keys):
        order = _order_equal(data, keys, order)
    return data.take(pa.array(order, pa.int64())).combine_chunks()


def _order_equal(
    data: pa.Table, keys: Sequence[tuple[Any, ...]], order: Iterable[int]
) -> list[int]:
    """Sort the rows of each key by their canonical form."""
    ordered: list[int] = []
    for _, group in groupby(order, key=keys.__getitem__):
        same = list(group)
        if len(same) > 1:
            rows = data.take(pa.array(same, pa.int64())).to_pylist()
            forms = {place: canonical_json(row) for place, row in zip(same, rows, strict=True)}
            same.sort(key=forms.__getitem__)
        ordered += same
    return ordered
