"""Errors a user can act on, and the exit codes of the commands."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's end tells a script."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOTHING_USABLE = 3
    DEAD_LETTERS = 4


class UsageError(Exception):
    """The command cannot do what was asked: the message says what, where, and what to do."""


class NotBuiltError(UsageError):
    """An option or command whose feature is not there yet: refused, never ignored."""
