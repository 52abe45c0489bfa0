"""Tell a thread of prose from a list of items, by the shape of a page alone.

A page is read as lines. A line that opens with a link, or is a linked heading, or is the headline
of a list item, announces something; the prose up to the next one is its blurb. An article is one
long thread, whatever stands round it; a front page, a section or a directory is many short ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
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
_NUMBERED: Final = re.compile(r"[\d\s:./|•*–—#()-]{1,20}\Z")
_MAX_LINES: Final = 4000
_ALTERNATING: Final = 6  # paragraphs of nothing but a link that make a list
_ALIKE: Final = 5  # containers of one shape that make a list
_PARTS: Final = frozenset({"h2", "h3", "h4", "h5", "p", "div", "br", "ul", "td"})
_CONTAINERS: Final = ("div", "li", "article", "section", "tr", "td", "dd")
_LISTS: Final = frozenset({"ul", "ol", "dl", "table"})
_END_OF_LIST: Final = "/list"
_LEAD: Final = 3  # characters of a link that announces something
_HEAD: Final = range(20, 150)  # characters of an unlinked headline
_WORDS: Final = 4  # of a headline that no section has
_PARAGRAPHS: Final = 3  # in a row that no blurb has
_LITTLE: Final = 20  # characters of a blurb at least
_FEW: Final = 2000  # characters of a thread whose lines are kept
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
    shaped: bool = False  # the first of one of many containers of one shape
    text: str = ""


@dataclass(slots=True)
class _Thread:
    """What stands between two announcements."""

    lead: int = 0  # characters of what announces it
    prose: int = 0
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Threads:
    """What a page's prose hangs together as.

    Attributes:
        items: how many lines announce something.
        blurbs: how many of them have a blurb, some prose but no text of their own.
        texts: how many have more prose than a blurb.
        prose: characters of prose on the page.
        longest: those of the longest thread.
        free: those of the longest thread that nothing announces; a single text counts as free.
        headed: those of the thread below the page's own headline.
        lines: its lines, or those of the longest free thread, when they are few.
    """

    items: int = 0
    blurbs: int = 0
    texts: int = 0
    prose: int = 0
    longest: int = 0
    free: int = 0
    headed: int = 0
    lines: tuple[str, ...] = ()


def is_plain_article(page: Any, is_headline: Callable[[str], bool]) -> bool:
    """Whether a page is plainly one thread, so that its lines need not be read.

    Args:
        page: its body, cleaned, not yet cut.
        is_headline: tells whether a heading's text is the page's own headline.

    Returns:
        Whether below a headline of some words, itself no link, stands a run of paragraphs without
        links: blurbs come one by one.
    """
    for heading in page.iter("h1", "h2"):
        text = "".join(heading.itertext())
        if len(text.split()) >= _WORDS and is_headline(text):
            break
    else:
        return False
    if heading.find(".//a") is not None or heading.getparent().tag == "a":
        return False
    run, count, before, below = 0, 0, None, False
    for element in page.iter("p", heading.tag):
        below = below or element is heading
        if not below or element.tag != "p":
            continue
        if element.getprevious() is not before or before is None:
            run, count = 0, 0
        before = element
        if element.find(".//a") is None:
            run += len("".join(element.itertext()))
            count += 1
        if run >= BLURB and count >= _PARAGRAPHS:
            return True
    return False


def measure_threads(page: Any, is_headline: Callable[[str], bool]) -> Threads:
    """Measure a cleaned page.

    Args:
        page: its body, not yet cut.
        is_headline: tells whether a line is the page's own headline.
    """
    threads, own = _split(_lines(page), is_headline)
    announced = [thread for thread in threads if thread.lead]
    texts = [thread for thread in announced if thread.prose > BLURB]
    free = [thread for thread in threads if not thread.lead] + (texts if len(texts) == 1 else [])
    longest_free = max(free, key=lambda thread: thread.prose, default=_Thread())
    told = own if own is not None and own.prose else longest_free
    return Threads(
        items=len(announced),
        blurbs=sum(_LITTLE <= thread.prose <= BLURB for thread in announced),
        texts=len(texts),
        prose=sum(thread.prose for thread in threads),
        longest=max(thread.prose for thread in threads),
        free=longest_free.prose,
        headed=own.prose if own is not None else 0,
        lines=tuple(told.lines) if told.prose <= _FEW else (),
    )


def _split(
    lines: list[_Line], is_headline: Callable[[str], bool]
) -> tuple[list[_Thread], _Thread | None]:
    """Split a page's lines into threads, and find the one below its own headline."""
    threads, own = [_Thread()], None
    headlines = _linked_paragraphs(lines)
    for number, line in enumerate(lines):
        if line.tag == _END_OF_LIST:
            if threads[-1].lead:  # what its last item announced ends with it
                threads.append(_Thread())
        elif line.tag in _HEADINGS and own is None and is_headline(line.text):
            own = _Thread()
            threads.append(own)
        elif line.closes:
            threads[-1].lead += line.linked
            threads[-1].prose += line.chars - line.linked
            threads.append(_Thread())
        elif number in headlines or _announces(line):
            lead = line.linked or min(line.chars, _HEAD.stop)
            threads.append(_Thread(lead, line.chars - lead))
        elif line.linked < 0.5 * line.chars:
            threads[-1].prose += line.chars
            threads[-1].lines.append(line.text)
    return threads, own


def _linked_paragraphs(lines: list[_Line]) -> set[int]:
    """Numbers of the paragraphs that are headlines of a list: links alone, each above prose.

    A few of them stand in articles, too ("read also"); a list has many, close together.
    """
    found = [
        number
        for number, line in enumerate(lines[:-1])
        if line.tag == "p"
        and line.linked >= 0.8 * line.chars
        and line.chars in _HEAD
        and 2 * lines[number + 1].linked < lines[number + 1].chars
    ]
    if len(found) < _ALTERNATING:
        return set()
    between = sum(line.chars for line in lines[found[0] : found[-1]] if not line.linked)
    return set(found) if between <= 400 * len(found) else set()


def _announces(line: _Line) -> bool:
    if line.shaped:
        return True
    if line.opens and line.linked >= _LEAD:
        # A paragraph of prose may open with a link, too; a headline has its line for itself.
        return line.tag != "p" or (line.broken and line.linked >= 0.8 * line.chars)
    if line.item and line.broken and line.chars in _HEAD and not line.linked:
        return not _SENTENCE_END.search(line.text)
    return line.tag in _HEADINGS and line.linked >= 0.8 * line.chars


def _lines(page: Any) -> list[_Line]:
    """A page's lines, with what is needed to tell what announces and what is prose."""
    reader = _Reader()
    items = _alike(page)
    for event, element in etree.iterwalk(page, events=("start", "end")):
        if event == "start":
            reader.start(element.tag, shaped=element in items)
            reader.add(element.text)
        else:
            reader.end(element.tag)
            if element is not page:
                reader.add(element.tail)
        if len(reader.lines) >= _MAX_LINES:
            break
    return reader.lines


def _alike(page: Any) -> set[Any]:
    """The containers that stand beside many of their shape, each with a link and little prose."""
    found: set[Any] = set()
    shapes: dict[tuple[Any, ...], list[Any]] = {}
    for element in page.iter(*_CONTAINERS):
        if len(element) < 2 or len(element) > 12 or element.find(".//a") is None:
            continue
        parts = tuple(child.tag for child in element)
        if not _PARTS.intersection(parts):
            continue  # running text with links in it
        shapes.setdefault((element.getparent(), element.tag, parts), []).append(element)
    for alike in shapes.values():
        if len(alike) >= _ALIKE and all(map(_is_short, alike)):
            found.update(alike)
    return found


def _is_short(element: Any) -> bool:
    """Whether a container holds no more than an announcement and its blurb."""
    length = 0
    for text in element.itertext():
        length += len(text)
        if length > 2 * BLURB:
            return False
    return True


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
        self._shaped = False  # the same of a container of many of one shape

    def start(self, tag: str, *, shaped: bool) -> None:
        """An element begins."""
        if tag == "a":
            self._link = []
        elif tag not in _INLINE:
            self._end_line(broken=tag == "br")
            if tag != "br":
                self._blocks.append(tag)
                self._fresh = self._fresh or tag in _ITEMS
                self._shaped = self._shaped or shaped
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
            if tag in _LISTS:
                self.lines.append(_Line(tag=_END_OF_LIST))
            self._line.tag = self._blocks[-1] if self._blocks else ""

    def add(self, text: str | None) -> None:
        """Text stands between two tags."""
        if not text:
            return
        self._pieces.append(text)
        letters = len(text.strip())
        if not letters or (not self._line.chars and self._link is None and _NUMBERED.match(text)):
            return  # a bullet, a rank or a time before a headline
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
            line.text = tidy("".join(self._pieces))[:_FEW]
            line.broken = broken
            line.closes = bool(self._last) and phrases.is_more_label(self._last)
            line.item, self._fresh = self._fresh, False
            line.shaped, self._shaped = self._shaped, False
            self.lines.append(line)
        self._pieces.clear()
        self._last = ""
        self._line = _Line(tag=self._blocks[-1] if self._blocks else "")
