"""The members of a document: those that are read, what others call them, and ``--map``."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from pipeline.errors import UsageError, nearest

MEMBERS: Final = (
    "id",
    "url",
    "html_base64",
    "html",
    "body",
    "title",
    "published_at",
    "fetched_at",
    "content_type",
    "feed_url",
    "publisher",
)
"""What is read of a document."""
TEXTS: Final = frozenset({"html_base64", "html", "body", "title"})
"""The members of which a document needs one."""

_NAMED: Final = 12  # names of what nothing reads that are told
_NAME: Final = 40  # characters of one of them

Renames = Mapping[str, str]
"""Our name -> the name that a document has it under."""
NO_RENAMES: Final[Renames] = MappingProxyType({})


@cache
def _aliases() -> Mapping[str, str]:
    """What others call a member, in lower case -> the member."""
    text = (files(__package__) / "members.toml").read_text("utf-8")
    given: dict[str, list[str]] = tomllib.loads(text)
    return {alias.lower(): ours for ours, aliases in given.items() for alias in aliases}


def read_renames(written: str) -> tuple[tuple[str, str], ...]:
    """Read what ``--map`` is given.

    Args:
        written: such as ``body=text,published_at=date``: our name, then the document's.

    Returns:
        (our name, the document's name), in the order written.

    Raises:
        UsageError: it is not of that form, or names a member that nothing reads.
    """
    found: list[tuple[str, str]] = []
    for part in written.split(","):
        ours, equals, theirs = (each.strip() for each in part.partition("="))
        if not (ours and equals and theirs):
            raise UsageError(f"--map {part.strip()}: write OURS=THEIRS, such as body=text")
        if ours not in MEMBERS:
            swapped = f"; did you mean {theirs}={ours}?" if theirs in MEMBERS else ""
            meant = swapped or nearest(ours, MEMBERS)
            raise UsageError(f"--map {part.strip()}: rasd reads nothing called {ours}{meant}")
        if ours in dict(found):
            raise UsageError(f"--map {written}: {ours} is given twice")
        found.append((ours, theirs))
    return tuple(found)


def rename(given: Mapping[str, Any], renames: Renames) -> dict[str, Any]:
    """Give a document's members our names; what is renamed wins over what is called so already.

    Args:
        given: a document as its file has it.
        renames: from ``--map``.
    """
    taken = {ours: given[theirs] for ours, theirs in renames.items() if theirs in given}
    left = {name: value for name, value in given.items() if name not in renames.values()}
    return {**left, **taken}


def columns_of(header: Iterable[str], renames: Renames) -> dict[int, str]:
    """Find which column of a table is which member.

    Names are compared without regard to case and blanks; the first of two columns of one name
    counts.

    Args:
        header: the names of the columns, as written.
        renames: from ``--map``.

    Returns:
        Column, from 0 -> member.
    """
    plain = [_plain(name) for name in header]
    by_theirs = {_plain(theirs): ours for ours, theirs in renames.items()}
    found: dict[int, str] = {}
    for known in (by_theirs, {name: name for name in MEMBERS}):  # what is renamed goes first
        for number, name in enumerate(plain):
            member = known.get(name) or known.get(name.replace(" ", "_"))
            if member and number not in found and member not in found.values():
                found[number] = member
    return found


def absent(renames: Renames, present: Collection[str]) -> tuple[str, ...]:
    """What ``--map`` names that no document has, as it was written.

    Args:
        renames: from ``--map``.
        present: the members, by our names, that the documents have.
    """
    return tuple(f"{ours}={theirs}" for ours, theirs in renames.items() if ours not in present)


def _plain(name: str) -> str:
    return " ".join(name.split()).lower()


def unread(names: Iterable[str], present: Collection[str]) -> dict[str, str]:
    """Say of names that nothing reads what may have been meant.

    Args:
        names: members or columns of documents.
        present: the members of ours that the documents have: those are not meant.

    Returns:
        Name -> the member that may have been meant; "" when none comes to mind.
    """
    return {name: _meant(name, present) for name in names if name not in MEMBERS}


def _meant(name: str, present: Collection[str]) -> str:
    plain = _plain(name)
    ours = _aliases().get(plain) or _aliases().get(plain.replace(" ", "_").replace("-", "_"))
    if ours is None:
        near = difflib.get_close_matches(plain, [*MEMBERS, *_aliases()], n=1, cutoff=0.85)
        ours = _aliases().get(near[0], near[0]) if near else ""
    return "" if ours in present else ours


def unread_line(found: Mapping[str, str], lacking: Collection[str] = ()) -> str:
    """Tell in one line which members nothing reads, and what to write where one was meant.

    Args:
        found: from ``unread``; several names may mean one member: the first is proposed.
        lacking: from ``absent``.
    """
    proposed: dict[str, str] = {}
    for name, ours in found.items():
        if ours and ours not in proposed.values():
            proposed[name] = ours
    others = [name[:_NAME] for name in found if name not in proposed]
    if len(others) > _NAMED:
        others[_NAMED:] = [f"and {len(others) - _NAMED} more"]
    parts = [f"{name}: did you mean {ours}?" for name, ours in proposed.items()]
    if proposed:
        parts[-1] += " --map " + ",".join(f"{ours}={name}" for name, ours in proposed.items())
    if others:
        parts.append(f"nothing reads {', '.join(others)}")
    if lacking:
        parts.insert(0, f"--map {','.join(lacking)}: there is nothing called so")
    return "; ".join(parts)
