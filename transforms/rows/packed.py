"""Rows as packed bytes: what a worker process hands back, ready to be put into a file.

Packed rows are one Arrow record batch without its schema, which both ends know from the table's
name. Unpacking costs a fraction of taking the rows over as Python objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

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

    def __reduce__(self) -> tuple[type[PackedRows], tuple[str, int, bytes]]:
        """Travel as what it is made of: dataclasses with slots are slow to unpickle."""
        return (type(self), (self.table, self.count, self.data))


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
    order = pc.sort_indices(data, sort_keys=[(name, "ascending") for name in names])
    keys = data.select(names).take(order)
    again = pa.array([True] * max(0, len(order) - 1), pa.bool_())
    for column in keys.combine_chunks().itercolumns():
        again = pc.and_(again, pc.equal(column[1:], column[:-1]))
    if pc.any(again).as_py():
        order = pa.array(_order_equal(data, order.to_pylist(), again.to_pylist()), pa.int64())
    return data.take(order).combine_chunks()


def _order_equal(data: pa.Table, order: list[int], again: list[bool]) -> list[int]:
    """Sort the rows of each key by their canonical form.

    Args:
        data: the rows.
        order: their places, sorted by key.
        again: for each but the first whether its key is that of the one before.
    """
    ordered: list[int] = []
    groups = accumulate((not same for same in again), initial=0)
    for _, group in groupby(zip(groups, order, strict=True), key=itemgetter(0)):
        same = [place for _, place in group]
        if len(same) > 1:
            rows = data.take(pa.array(same, pa.int64())).to_pylist()
            forms = {place: canonical_json(row) for place, row in zip(same, rows, strict=True)}
            same.sort(key=forms.__getitem__)
        ordered += same
    return ordered
