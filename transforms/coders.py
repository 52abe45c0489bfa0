"""The one coder of in-flight records.

Beam would infer a schema for a dataclass and, in a separate worker process, hand it back as an
anonymous class without methods. This coder carries the record's class by reference, so a record
is the same type wherever it comes out. Every module that wires records into Beam imports this one.
"""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from typing import Any

from apache_beam import coders

from transforms import records


class RecordCoder(coders.Coder):
    """Encode one record class as the pickled tuple of its fields."""

    def __init__(self, record: type) -> None:
        """Make the coder of ``record``, a dataclass in an importable module."""
        self._record = record
        self._names = tuple(each.name for each in dataclasses.fields(record))

    @classmethod
    def from_type_hint(cls, typehint: type, registry: Any) -> RecordCoder:  # noqa: ARG003 - Beam's signature
        """Make the coder of a type hint, as Beam's registry asks for it."""
        return cls(typehint)

    def encode(self, value: Any) -> bytes:
        """Encode one record."""
        return pickle.dumps(tuple(getattr(value, name) for name in self._names), protocol=5)

    def decode(self, encoded: bytes) -> Any:
        """Decode one record; the bytes were written by a worker of this very job."""
        return self._record(*pickle.loads(encoded))  # noqa: S301 - our own bytes, see above

    def is_deterministic(self) -> bool:
        """Records are values, never keys: keys are plain strings."""
        return False

    def to_type_hint(self) -> type:
        """The record class."""
        return self._record

    def __reduce__(self) -> tuple[type[RecordCoder], tuple[type]]:
        """Carry the class by reference into worker processes."""
        return RecordCoder, (self._record,)

    def __eq__(self, other: object) -> bool:
        """Coders of the same record are the same coder."""
        return isinstance(other, RecordCoder) and self._record is other._record

    def __hash__(self) -> int:
        """Agree with ``__eq__``."""
        return hash((RecordCoder, self._record))


RECORDS: tuple[type, ...] = tuple(
    cls
    for _, cls in inspect.getmembers(records, inspect.isclass)
    if dataclasses.is_dataclass(cls) and cls.__module__ == records.__name__
)
for _record in RECORDS:
    coders.registry.register_coder(_record, RecordCoder)
