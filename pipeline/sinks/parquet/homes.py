"""Where the keys of a commit are stored: the partitions it has to merge, and those it adds to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sinks.files import Files
from pipeline.sinks.inbox import opened
from pipeline.sinks.parquet.layout import Part, partition_name
from pipeline.sinks.parquet.parts import ROW_GROUP, key_column, read_keys, row_count
from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.schema import STORED


@dataclass(slots=True)
class Homes:
    """What a commit finds of its keys in a table.

    Attributes:
        of: for each staged key the partition to merge it in: where it is stored, or its own.
        met: the partitions that hold a staged key.
        voided: the partitions that hold a void row.
    """

    of: dict[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    voided: set[str] = field(default_factory=set)


def find_homes(
    files: Files,
    table: str,
    parts: Mapping[str, Sequence[Part]],
    staged: Sequence[str],
    void: pa.Array,
    dates: Collection[date | None] | None,
) -> Homes:
    """Find where the keys of a commit are stored. A void row is not stored any more.

    Only key columns of stored files are read, and only files of partitions that may hold one.

    Args:
        files: the output.
        table: the table's name.
        parts: its files by partition.
        staged: names of staged files.
        void: keys whose stored rows no longer hold.
        dates: the partitions in which rows of these keys may be stored, beside those the staged
            rows name; None for any.
    """
    found = Homes()
    for name in staged:
        for key, home in _own(files, table, name):
            found.of[key] = min(found.of.get(key, home), home)
    wanted = pa.array(found.of, pa.string())
    for partition, names in _likely(table, parts, set(found.of.values()), dates):
        for part in names:
            for data in read_keys(files, table, part.name):
                keys = key_column(table, data)
                gone = pc.is_in(keys, value_set=void)
                if pc.any(gone).as_py():
                    found.voided.add(partition)
                    keys = keys.filter(pc.invert(gone))
                for key in keys.filter(pc.is_in(keys, value_set=wanted)).to_pylist():
                    found.of[key] = partition
                    found.met.add(partition)
    return found


def _own(files: Files, table: str, name: str) -> Iterator[tuple[str, str]]:
    """The keys of a staged file, each with the partition its row names."""
    partitioned = STORED[table].partition is not None
    columns = [*STORED[table].key, *([PARTITION_COLUMN] if partitioned else [])]
    with opened(files, name) as parquet:
        data = parquet.read(columns=list(dict.fromkeys(columns)))
    keys = key_column(table, data).to_pylist()
    if not partitioned:
        return zip(keys, [""] * len(keys), strict=True)
    days = data.column(PARTITION_COLUMN).to_pylist()
    return zip(keys, map(partition_name, days), strict=True)


def _likely(
    table: str,
    parts: Mapping[str, Sequence[Part]],
    own: set[str],
    dates: Collection[date | None] | None,
) -> Iterator[tuple[str, Sequence[Part]]]:
    """The partitions in which rows of staged and void keys may be stored."""
    spec = STORED[table]
    fixed = spec.partition in spec.key
    everywhere = spec.partition is None or (dates is None and not fixed)
    named = own | set(map(partition_name, dates or ()))
    for partition, names in parts.items():
        if everywhere or partition in named:
            yield partition, names


def parts_to_merge(
    files: Files, parts: Mapping[str, Sequence[Part]], homes: Homes
) -> Iterator[tuple[str, list[Part]]]:
    """Leave large files alone where a commit only adds to their partition.

    The new rows take in the files that are not much larger than they are, so that a row is
    written anew a few times at most, however many commits its day has (decision 0038).

    Args:
        files: the output.
        parts: a table's files by partition.
        homes: where the commit's keys are stored.

    Yields:
        For each partition that is only added to, the files that are merged with the new rows.
    """
    for partition, rows in Counter(homes.of.values()).items():
        if partition in homes.met | homes.voided:
            continue
        stored = parts.get(partition, ())
        taken: list[Part] = []
        size = rows
        for count, part in sorted((row_count(files, each.name), each) for each in stored):
            if count > max(2 * size, ROW_GROUP):
                break
            size += count
            taken.append(part)
        yield partition, sorted(taken)
