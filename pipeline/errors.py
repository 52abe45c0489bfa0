"""Errors a user can act on, and the exit codes of the commands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from enum import IntEnum
from typing import Final

# What looks like an address, written without its scheme or with half of it.
_HOST: Final = re.compile(r"(?:https?:/?)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:/.*)?", re.IGNORECASE)
_FILE: Final = re.compile(
    r"\.(?:atom|bin|csv|docx?|gz|html?|jsonl?|md|mht(?:ml)?|opml|pdf|py|rdf|rss|sql|toml|tsv|txt|warc"
    r"|xlsx?|xml|zip)$",
    re.IGNORECASE,
)


class Exit(IntEnum):
    """What a command's end tells a script."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOTHING_USABLE = 3
    DEAD_LETTERS = 4


class UsageError(Exception):
    """The command cannot do what was asked: the message says what, where, and what to do.

    Several messages are told a line each.
    """


class NotBuiltError(UsageError):
    """An option or command whose feature is not there yet: refused, never ignored."""


class JobError(Exception):
    """A job on an engine has failed: the message says of which engine, why, and what counts."""

    exit_code = Exit.FAILED


def not_there(given: str) -> str:
    """Say that a path does not exist; what looks like an address is told how one is written.

    Args:
        given: the path as somebody named it.
    """
    if given.startswith("www.") or (_HOST.fullmatch(given) and not _FILE.search(given)):
        address = re.sub(r"^https?:/*", "", given)
        return f"no such file: {given}; an address begins with its scheme: https://{address}"
    return f"no such file or directory: {given}"


def nearest(name: str, known: Collection[str], otherwise: str = "") -> str:
    """Say which of the known names was meant.

    Args:
        name: as somebody wrote it.
        known: those there are.
        otherwise: what to say when none is near; the list of them by default.

    Returns:
        The end of a message, from its semicolon on.
    """
    near = difflib.get_close_matches(name.lower(), [each.lower() for each in known], n=1)
    meant = next((each for each in known if near and each.lower() == near[0]), None)
    rest = otherwise or f"there are {', '.join(known)}"
    return f"; did you mean {meant}?" if meant else f"; {rest}"
