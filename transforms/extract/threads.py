"""Tell a thread of prose from a list of items, by the shape of a page alone.

A page is read as lines. A line that opens with a link, or is a linked heading, or is the headline
of a list item, announces something; the prose up to the next one is its blurb. An article is one
long thread, whatever stands round it; a front page, a section or a directory is many short ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from transforms.extract import phrases
from transforms.extract.lines import tidy

_INLINE: Final = frozenset(
    {"a", "span", "sub", "sup", "q", "code", "time", "del", "var", "kbd", "samp"}
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS: Final = frozenset({"li", "dt", "article", "tr"})
_SENTENCE_END: Final = re.compile(r"[.!?؟؛،,:…][\s\"”»)]*\Z")
_MAX_LINES: Final = 4000
_LEAD: Final = 3  # characters of a link that announces something
_HEAD: Final = range(20, 150)  # characters of an unlinked headline
BLURB: Final = 600  # characters: more prose than that below one headline is a text


@dataclass(slots=True)
class _Line:
    """One line of a page."""

    chars: int = 0
    linked: int = 0
    opens: bool = False  # with a link
    broken: bool = False  # it ends in a line break, so its block goes on
    closes: bool = False  # with a link that says "more"
    tag: str = ""
    item: bool = False  # the first of its list item
    text: str = ""


@dataclass(frozen=True, slots=True)
class Threads:
    """What a page's prose hangs together as.

    Attributes:
        items: how many lines announce something.
        blurbs: how many of them have a blurb, some prose but no text of their own.
        texts: how many have more prose than a blurb.
        prose: characters of prose on the page.
        longest: those of the longest thread.
        headed: those of the thread below the page's own headline.
        listed: share of the page's characters in what is announced and its blurbs.
    """

    items: int = 0
    blurbs: int = 0
    texts: int = 0
    prose: int = 0
    longest: int = 0
    headed: int = 0
    listed: float = 0.0


def measure_threads(page: Any, is_headline: Callable[[str], bool]) -> Threads:
    """Measure a cleaned page.

    Args:
        page: its body, not yet cut.
        is_headline: tells whether a line is the page's own headline.
    """
    threads: list[list[int]] = [[0, 0]]  # announcement and prose; the first was never announced
    own = -1
    for line in _lines(page):
        if line.tag in _HEADINGS and own < 0 and is_headline(line.text):
            threads.append([0, 0])
            own = len(threads) - 1
        elif _announces(line):
            lead = line.linked if line.opens and line.linked else line.chars
            threads.append([lead, line.chars - lead])
        elif line.linked < 0.5 * line.chars:
            threads[-1][1] += line.chars
            if line.closes:
                threads[-1][0] += line.linked
                threads.append([0, 0])
    announced = [(lead, prose) for lead, prose in threads if lead]
    blurbs = [prose for _, prose in announced if 20 <= prose <= BLURB]
    listed = sum(lead + prose for lead, prose in announced if prose <= BLURB)
    whole = sum(lead + prose for lead, prose in threads)
    return Threads(
        items=len(announced),
        blurbs=len(blurbs),
        texts=sum(prose > BLURB for _, prose in announced),
        prose=sum(prose for _, prose in threads),
        longest=max(prose for _, prose in threads),
        headed=threads[own][1] if own >= 0 else 0,
        listed=listed / whole if whole else 0.0,
    )


def _announces(line: _Line) -> bool:
    if line.opens and line.linked >= _LEAD:
        # A paragraph of prose may open with a link, too; a headline has its line for itself.
        return line.tag != "p" or (line.broken and line.linked >= 0.8 * line.chars)
    if line.item and line.chars in _HEAD and not line.linked:
        return not _SENTENCE_END.search(line.text)
    return line.tag in _HEADINGS and line.linked >= 0.8 * line.chars


def _lines(page: Any) -> list[_Line]:
    """A page's lines, with what is needed to tell what announces and what is prose."""
    reader = _Reader()
    for event, element in etree.iterwalk(page, events=("start", "end")):
        if event == "start":
            reader.start(element.tag)
            reader.add(element.text)
        else:
            reader.end(element.tag)
            if element is not page:
                reader.add(element.tail)
        if len(reader.lines) >= _MAX_LINES:
            break
    return reader.lines


class _Reader:
    """Makes lines of the events of a walk."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self._line = _Line()
        self._pieces: list[str] = []
        self._link: list[str] | None = None  # the text of the link we are in
        self._last = ""  # of the link that the line so far ends in
        self._blocks: list[str] = []
        self._fresh = False  # a list item has begun, and nothing of it stands in a line yet

    def start(self, tag: str) -> None:
        """An element begins."""
        if tag == "a":
            self._link = []
        elif tag not in _INLINE:
            self._end_line(broken=tag == "br")
            if tag != "br":
                self._blocks.append(tag)
                self._fresh = self._fresh or tag in _ITEMS
                self._line.tag = tag

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "a" and self._link is not None:
            self._last = "".join(self._link)
            self._link = None
        elif tag not in _INLINE and tag not in {"a", "br"}:
            self._end_line()
            self._blocks.pop()
            self._fresh = self._fresh and tag not in _ITEMS
            self._line.tag = self._blocks[-1] if self._blocks else ""

    def add(self, text: str | None) -> None:
        """Text stands between two tags."""
        if not text:
            return
        self._pieces.append(text)
        letters = len(text.strip())
        if not letters:
            return
        if self._link is None:
            self._last = ""
            self._line.chars += letters
        else:
            self._line.opens = self._line.opens or not self._line.chars
            self._line.chars += letters
            self._line.linked += letters
            self._link.append(text)

    def _end_line(self, *, broken: bool = False) -> None:
        line = self._line
        if line.chars:
            line.text = tidy("".join(self._pieces))[:300]
            line.broken = broken
            line.closes = not line.opens and phrases.is_more_label(self._last)
            line.item, self._fresh = self._fresh, False
            self.lines.append(line)
        self._pieces.clear()
        self._last = ""
        self._line = _Line(tag=self._blocks[-1] if self._blocks else "")
