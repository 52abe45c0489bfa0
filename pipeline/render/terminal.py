"""Text for a person's eye: no control characters, and Arabic that leaves a line's columns in place.

A terminal that knows right-to-left reorders whole lines: two Arabic cells of one row would change
places with the border between them. Each is put into an isolate there. Anything but a terminal
gets plain text.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from rich.console import Console

# Left-to-right and right-to-left embeddings, overrides, isolates and marks of the text's own.
_DIRECTIONS: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ARABIC: Final = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_BETWEEN: Final = re.compile(r"(\s{2,}|\s*[│┃]\s*)")
_ISOLATE: Final = "\u2068"
_END: Final = "\u2069"


def one_line(text: str) -> str:
    """Make one line of a text: its white space is folded, what would steer a terminal taken out."""
    return _CONTROLS.sub("\ufffd", _DIRECTIONS.sub("", " ".join(text.split())))


def isolated(text: str) -> str:
    """Put what is Arabic between borders, or between wider gaps, into directional isolates.

    Args:
        text: lines as they go to a terminal; a cell that is folded is isolated line by line.
    """
    lines = text.split("\n")
    return "\n".join("".join(map(_isolated_part, _BETWEEN.split(line))) for line in lines)


def _isolated_part(part: str) -> str:
    return f"{_ISOLATE}{part}{_END}" if _ARABIC.search(part) else part


@contextmanager
def page(stream: BinaryIO, *, width: int) -> Iterator[Console]:
    """Give a console to print on; what was printed goes to the stream at the end.

    Args:
        stream: where to; a terminal gets colours and isolates.
        width: columns of what is no terminal.

    Yields:
        The console.
    """
    terminal = stream.isatty()
    text = io.StringIO()
    yield Console(
        file=text,
        force_terminal=terminal,
        width=shutil.get_terminal_size().columns if terminal else width,
        highlight=False,
        markup=False,
    )
    lines = (line.rstrip() for line in text.getvalue().split("\n"))
    shown = isolated(text.getvalue()) if terminal else "\n".join(lines)
    stream.write(shown.encode("utf-8", "replace"))
