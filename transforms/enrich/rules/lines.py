"""Where keys and texts stand in a TOML file; the parser of the language does not tell."""

from __future__ import annotations

import re
from typing import Final

_HEADER: Final = re.compile(r"""\s*\[\[?\s*["']?([\w-]+)["']?\s*(\.[^\]]*)?\]""")
_KEY: Final = re.compile(r"""\s*["']?([\w-]+)["']?\s*(?:\.[^=]*)?=""")


class Lines:
    """The lines of a file, by section: "" before the first header, ``defaults``, ``rule 0`` ..."""

    def __init__(self, text: str) -> None:
        """Cut the file into sections.

        Args:
            text: what it holds; it need not be sound.
        """
        self._lines = text.split("\n")
        self._ranges: dict[str, tuple[int, int]] = {}
        name, start, rules = "", 0, 0
        for number, line in enumerate(self._lines):
            header = _HEADER.match(line)
            if header is None or header[2]:  # [rule.slots] goes on with its rule
                continue
            self._ranges.setdefault(name, (start, number))
            name, start = header[1], number
            if name == "rule":
                name, rules = f"rule {rules}", rules + 1
        self._ranges.setdefault(name, (start, len(self._lines)))

    def of(self, section: str, key: str = "", text: str = "") -> int:
        """The line of a key, or of a text in its value.

        Args:
            section: where it stands; the file's beginning when there is no such section.
            key: its name; the section's head when it is not there.
            text: a part of the value; the key's line when it is not found behind it.

        Returns:
            A number from 1.
        """
        start, stop = self._ranges.get(section, self._ranges.get(f"{section} 0", (0, 1)))
        span = range(start, stop)
        at = next((i for i in span if self._key(i) == key), None) if key else None
        if at is None:
            return start + 1
        behind = range(at, stop) if text else ()
        return next((i for i in behind if text in self._lines[i]), at) + 1

    def _key(self, index: int) -> str:
        """The key that a line begins with, or the last of a header such as ``[rule.slots]``."""
        line = self._lines[index]
        header = _HEADER.match(line)
        if header is not None:
            return (header[2] or "").strip(". \t\"'")
        found = _KEY.match(line)
        return found[1] if found else ""
