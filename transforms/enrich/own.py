"""What users add to the coder: their own rules and names, beside the shipped ones (decision 0062).

The coder's tables are read once a process. ``use`` says which own ones they hold; whoever codes
for somebody calls it first, a worker process with every item, since it costs nothing while nothing
changes. What is remembered of the tables is marked with ``follows`` and forgotten when they change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol, TypeVar

_DIGITS: Final = 12  # of the hash that names own tables in a coder version


@dataclass(frozen=True, slots=True)
class OwnTables:
    """Own rules and names as they were read, so that they can travel to any worker.

    Attributes:
        rules: rule files: what each is called, and its text (TOML).
        names: the file of names, likewise (tab-separated); none by default.
    """

    rules: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """A hash of what the files say, whatever they are called: same content, same digest."""
        kinds = (("rules", self.rules), ("names", self.names))
        said = sorted(f"{kind}\0{text}" for kind, files in kinds for _, text in files)
        parts = [sha256(each.encode("utf-8", "replace")).hexdigest() for each in said]
        return sha256(" ".join(parts).encode()).hexdigest()[:_DIGITS]


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be meant in an own file: where, what, and what to do."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        """One line, as compilers write it."""
        return f"{self.file}:{self.line}: {self.what}"


NOTHING: Final = OwnTables()


class _Remembering(Protocol):
    """A function that remembers its answers, as ``functools.cache`` makes it."""

    @property
    def cache_clear(self) -> Callable[[], Any]:
        """What makes it forget them."""


Remembering = TypeVar("Remembering", bound=_Remembering)

_current: list[OwnTables] = [NOTHING]
_following: list[_Remembering] = []


def follows(function: Remembering) -> Remembering:
    """Mark a remembering function whose answers depend on own tables."""
    _following.append(function)
    return function


def own_tables() -> OwnTables:
    """The own tables that this process codes with."""
    return _current[0]


def use(tables: OwnTables | None) -> None:
    """Let this process code with own tables from now on.

    Args:
        tables: they were checked before; None for the shipped rules and names alone.
    """
    wanted = tables or NOTHING
    if wanted == _current[0]:
        return
    _current[0] = wanted
    for function in _following:
        function.cache_clear()
