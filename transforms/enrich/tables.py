"""Read the data files that lie beside the code: tab-separated lines under a ``#`` header."""

from __future__ import annotations

import gzip
from importlib import resources


def read_text(name: str) -> str:
    """The text of a packaged data file.

    Args:
        name: path below ``transforms/enrich``; ``.gz`` files are unpacked.

    Returns:
        The whole file, decoded as UTF-8.
    """
    data = (resources.files(__package__) / name).read_bytes()
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    return data.decode("utf-8")


def read_rows(name: str) -> list[list[str]]:
    """The rows of a packaged table.

    Args:
        name: path below ``transforms/enrich``.

    Returns:
        One list of cells a line; blank lines and lines that start with ``#`` are left out.
    """
    return [line.split("\t") for line in read_text(name).splitlines() if line and line[0] != "#"]
