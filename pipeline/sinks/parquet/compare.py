"""Stored and staged rows compared column by column, without making Python rows of them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


def equal_rows(stored: pa.Table, staged: pa.Table, columns: Sequence[str]) -> pa.Array:
    """Say for each row of two tables of equal length whether the columns are equal.

    NULL equals NULL. Nested columns are compared in Python, and only where all others agree.

    Args:
        stored: one table.
        staged: the other, its rows in the same order.
        columns: the columns to compare.

    Returns:
        A boolean array without NULLs.
    """
    same = pa.array([True] * stored.num_rows, pa.bool_())
    nested = []
    for name in columns:
        one, other = stored.column(name).combine_chunks(), staged.column(name).combine_chunks()
        if pa.types.is_nested(one.type):
            nested.append((one, other))
            continue
        both_null = pc.and_(pc.is_null(one), pc.is_null(other))
        same = pc.and_(
            same, pc.or_(both_null, pc.fill_null(pc.equal(one, other), fill_value=False))
        )
    for one, other in nested:
        if one.equals(other):
            continue
        rows = pc.indices_nonzero(same)
        pairs = zip(one.take(rows).to_pylist(), other.take(rows).to_pylist(), strict=True)
        differ = {row for row, (a, b) in zip(rows.to_pylist(), pairs, strict=True) if a != b}
        same = pc.and_(same, pa.array([row not in differ for row in range(len(same))], pa.bool_()))
    return same
