"""Take an article's body from a page: our own cut, trafilatura's cleaning, our own repairs."""

from __future__ import annotations

import logging
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from lxml import etree
from lxml.html import document_fromstring
from trafilatura.core import trafilatura_sequence
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt

from transforms.extract import blocks as b
from transforms.extract import bounds, phrases
from transforms.extract.lines import render_lines, tidy
from transforms.extract.markup import MAX_ELEMENTS
from transforms.extract.paragraphs import plain_paragraphs
from transforms.extract.threads import Threads, is_plain_article, measure_threads

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_OPTIONS: Final = Extractor(output_format="python", fast=True, precision=True, comments=False)
_CAPTION: Final = re.compile(
    r"caption|(?:photo|image|img|media|pic)[-_]*(?:credit|desc|title|source|copy|text|info)|"
    r"copyright|\bcredits?\b",
    re.IGNORECASE,
)
_ASIDE: Final = re.compile(
    r"related|read-?(?:also|more|next)|see-?also|recommend|more-(?:news|stories|from|on)|"
    r"most-(?:read|popular|viewed)|trending|also-read|inread|newsletter|subscri|disqus|"
    r"comment(?!ary)|social|share|sharing|\btags?\b|keywords|breadcrumb|author-(?:box|bio|card)|by-?line",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    r"author|byline|meta|\bbio|disclaimer|\btags?\b|date|caption|footer|copyright", re.IGNORECASE
)
_STANDFIRST: Final = re.compile(
    r"standfirst|announce|stand-first|\blede\b|\blead\b|lead-text|article[-_]*lead|chapo|sapo\b|"
    r"\bintro\b|article[-_]*(?:intro|summary|excerpt|description)|"
    r"post[-_]*(?:excerpt|summary|intro)|news[-_]*(?:summary|intro|lead)|\bkicker\b",
    re.IGNORECASE,
)
# trafilatura drops joiners as unprintable, but they are spelling: two Lisu letters stand in.
_JOINERS: Final = re.compile("[\u200c\u200d]")
_VISIBLE: Final = {0x200C: 0xA4F8, 0x200D: 0xA4F9}
_INVISIBLE: Final = {visible: joiner for joiner, visible in _VISIBLE.items()}
_VERSE: Final = 100  # characters: a longer line is a block of its own
_MIN_LINE: Final = 25  # characters of a line worth keeping where nothing judges it
_SEARCHED: Final = 200_000  # letters of a text in which lines are looked for, however cut
_LONG: Final = 50  # letters of a line that stands twice by mistake only
_NO_LETTERS: Final = re.compile(r"[\W_]+")
_SENTENCE_END: Final = re.compile(r"[.!?؟…:،\"”»)]\s*$")


@dataclass(frozen=True, slots=True)
class Body:
    """An extracted body and what was measured on the way.

    Attributes:
        text: paragraphs joined by newlines.
        region: the container it came from.
        layout: what surrounds the prose in that container.
        threads: what the page's prose hangs together as.
        coverage: characters of the text for each character of prose in the container.
        page_text: the start of all text of the page, for recognising walls.
        declared: the text stands only in what the page declares of itself (JSON-LD).
    """

    text: str
    region: b.Region
    layout: b.Layout
    threads: Threads
    coverage: float
    page_text: str
    declared: bool = False


def extract_body(
    root: Any,
    *,
    title: str,
    description: str,
    scope: Any | None = None,
    live: bool = False,
    others: tuple[str, ...] = (),
    sure: bool = False,
) -> Body:
    """Extract the body.

    Args:
        root: the page's tree; it is cut in place, so read the metadata first.
        title: the page's title; a first line that repeats it is dropped.
        description: the page's own summary, evidence for a standfirst outside the container.
        scope: the microdata scope of the page's own article; None when there is none.
        live: the page is a live blog, whose updates are parts of it.
        others: headlines of other articles that the page describes.
        sure: the page is an article in any case, so nobody asks for its threads.

    Returns:
        The body; its text is "" when there is none.
    """
    b.clean(root)
    page = root.find("body")
    page = root if page is None else page
    page_text = " ".join("".join(page.itertext())[:20_000].split())[:6000]
    wanted = text_key(title)

    def is_headline(text: str) -> bool:
        return bool(wanted) and text_key(text) == wanted

    if not live:
        keys = {key for other in others if (key := text_key(other)) and key != wanted}
        bounds.take_out_following(page, is_headline, lambda text: text_key(text) in keys)
    sure = sure or is_plain_article(page, is_headline)
    threads = Threads() if sure else measure_threads(page, is_headline)
    layout = b.take_out_teasers(page, is_headline)
    all_blocks = b.find_blocks(page)
    weights = b.weigh(all_blocks)
    marked = bounds.marked_body(page, scope, lambda element: weights.get(element, 0))
    region = b.find_region(page if marked is None else marked, all_blocks, weights)
    standfirst = _standfirst(all_blocks, page, description)
    b.take_out_farms(region.element, weights)
    _prune(region.element)
    prose = _paragraphs(all_blocks, region.element)
    lines = _without_boilerplate(_article_lines(region, prose))
    short = _without_boilerplate([line for line in threads.lines if len(line) < _VERSE])
    if len(short) > 1 and max(region.total, 3 * sum(map(len, lines))) < sum(map(len, short)) // 2:
        lines = short  # verses and lines of speech, too short for blocks
    lines, repeated = _once(_without_title(lines, title))
    if standfirst and not _repeats(standfirst, lines):
        lines.insert(0, standfirst)
    text = "\n".join(lines)
    coverage = (len(text) + repeated) / max(1, region.weight)
    return Body(text, region, layout, threads, coverage, page_text)


def _paragraphs(blocks: list[b.Block], container: Any) -> list[tuple[str, int]]:
    """The container's paragraphs that read as prose, each with the identity of its parent."""
    inside = set(container.iter("p"))
    return [
        (tidy(block.text), id(block.element.getparent()))
        for block in blocks
        if block.element in inside
        and not block.card
        and block.links <= 0.3 * block.weight
        and not _ABOUT.search(block.element.get("class") or "")
    ]


def _with_lost(lines: list[str], prose: list[tuple[str, int]]) -> list[str]:
    """Put back paragraphs that were dropped from between kept ones of the same parent."""
    plain = "\n".join(lines)
    missing = [text for text, _ in prose if text not in plain]
    if not lines or not missing:
        return lines
    whole = text_key(plain)
    missing = [text for text in missing if text_key(text) not in whole]
    if not missing:
        return lines
    kept = [text not in missing for text, _ in prose]
    homes = Counter(parent for (_, parent), found in zip(prose, kept, strict=True) if found)
    previous = ""
    for (text, parent), found in zip(prose, kept, strict=True):
        if found:
            previous = text_key(text)[-40:]
        elif len(text) >= 60 and homes[parent] >= 2 and _SENTENCE_END.search(text):
            at = _after(lines, previous)
            if at and not phrases.is_boilerplate_line(text):
                lines.insert(at, text)
                previous = text_key(text)[-40:]
    return lines


def _after(lines: list[str], ending: str) -> int:
    """The place after the line that ends so; 0 when there is none."""
    for at, line in enumerate(lines):
        if ending and text_key(line).endswith(ending):
            return at + 1
    return 0


def _article_lines(region: b.Region, prose: list[tuple[str, int]]) -> list[str]:
    """Read plain paragraphs; let trafilatura clean all else, and render what it loses."""
    if next(islice(region.element.iter(), MAX_ELEMENTS, None), None) is not None:
        return render_lines(region.element)
    plain = plain_paragraphs(region.element)
    if plain:
        return plain
    lines = _with_lost(_trafilatura(region.element), prose)
    if sum(map(len, lines)) >= 0.8 * region.longest_run or region.longest_run < 250:
        return lines
    if _share_of_prose(region.element) <= 0.6:
        return lines
    rendered = [
        line
        for line in render_lines(region.element)
        if len(line) >= _MIN_LINE or _SENTENCE_END.search(line)
    ]
    return max(lines, rendered, key=lambda found: sum(map(len, found)))


def _share_of_prose(element: Any) -> float:
    """Share of an element's text that stands outside links."""
    total = len("".join(element.itertext()))
    links = sum(len("".join(link.itertext())) for link in element.iter("a"))
    return 1 - links / total if total else 0.0


def _trafilatura(element: Any) -> list[str]:
    """Run trafilatura over a copy of one element (body or below), dressed as a page of its own."""
    inner = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    document = document_fromstring(f"<html><body><article>{inner}</article></body></html>")
    joined = _JOINERS.search("".join(document.itertext())) is not None
    if joined:
        _translate(document, _VISIBLE)
    try:
        found, _, _, _ = trafilatura_sequence(document, _OPTIONS)
        text = xmltotxt(found, include_formatting=False)
    except (ValueError, TypeError, AttributeError, RecursionError, etree.LxmlError):
        return []
    text = text.translate(_INVISIBLE) if joined else text
    return [line for raw in text.split("\n") if (line := _without_bars(tidy(raw)))]


def _translate(root: Any, table: dict[int, int]) -> None:
    for element in root.iter():
        if element.text:
            element.text = element.text.translate(table)
        if element.tail:
            element.tail = element.tail.translate(table)


def _without_bars(line: str) -> str:
    """Undo the bars that trafilatura draws round table rows."""
    return line.strip("| ").replace("\\|", "|") if line.startswith("|") else line


def _prune(container: Any) -> None:
    """Take captions, related boxes and share bars out of the container, by name and by words."""
    doomed = [
        element
        for element in container.iter(
            "div", "p", "ul", "section", "span", "h2", "h3", "h4", "li", "a"
        )
        if element is not container and _is_noise(element)
    ]
    for element in doomed:
        if element.tag in {"p", "h2", "h3", "h4", "div", "span"}:
            _remove_following_links(element)
        b.remove(element)


@lru_cache(maxsize=4096)
def _named(names: str) -> str:
    """What class and id say an element is: "caption", "aside" or ""."""
    if _CAPTION.search(names):
        return "caption"
    return "aside" if _ASIDE.search(names) else ""


def _is_noise(element: Any) -> bool:
    label = element.get("aria-labelledby") or element.get("aria-label") or ""
    names = f"{element.get('class') or ''} {element.get('id') or ''} {label}"
    kind = _named(names) if len(names) > 2 else ""
    if kind == "caption" and len(_text(element)) < 300:
        return True
    if kind == "aside" and element.tag in {"div", "ul", "section", "p"}:
        return _is_light(element)
    if element.get("rel") == "author" and element.getparent().tag != "p":
        return len(_text(element)) < 60  # a byline, not a name in a sentence
    first = (element.text or "").lstrip()
    if len(first) >= 4 and element.tag != "li" and phrases.is_related_label(first):
        return len(_text(element)) <= 250
    return False


def _is_light(element: Any) -> bool:
    """Short, or made of links: what a box round the article may be and its body never is."""
    text = _text(element)
    if len(text) < 250:
        return True
    links = sum(len(_text(link)) for link in element.iter("a"))
    return links > 0.4 * len(text)


def _remove_following_links(label: Any) -> None:
    """After a bare "read also" heading, take out the links it announces."""
    if not phrases.is_bare_related_label(_text(label)):
        return
    for _ in range(8):
        follower = label.getnext()
        if follower is None:
            return
        text = _text(follower)
        links = sum(len(_text(link)) for link in follower.iter("a"))
        if text and links < 0.7 * len(text):
            return
        b.remove(follower)


def _text(element: Any) -> str:
    return tidy("".join(element.itertext()))


def _without_boilerplate(lines: list[str]) -> list[str]:
    return [line for line in lines if not phrases.is_boilerplate_line(line)]


def _without_title(lines: list[str], title: str) -> list[str]:
    """Drop a first line that only repeats the title, or says nothing but a date."""
    if title and lines and text_key(lines[0]) == text_key(title) and len(lines) > 1:
        lines = lines[1:]
    if len(lines) > 1 and phrases.is_date_line(lines[0]):
        lines = lines[1:]
    return lines


def _once(lines: list[str]) -> tuple[list[str], int]:
    """Drop what stands twice: the copy for phones, the print version, pull quotes.

    A line of ``_LONG`` letters that stood before is dropped, however it was cut into lines then;
    a shorter one only beside a dropped one, since refrains and answers come again in earnest.

    Returns:
        The lines, and the characters that were dropped.
    """
    before, gone = "", [False] * len(lines)
    keys = [text_key(line) for line in lines]
    first: dict[str, int] = {}
    for at, key in enumerate(keys):
        stood = key in first or (len(before) < _SEARCHED and key in before)
        gone[at] = len(key) >= _LONG and stood
        first.setdefault(key, at)
        before += key if len(before) < _SEARCHED else ""
    for at in range(1, len(lines)):
        beside = gone[at - 1] or gone[min(at + 1, len(lines) - 1)]
        if beside and not gone[at] and first[keys[at]] < at:
            gone[at] = True
    kept = [line for line, dropped in zip(lines, gone, strict=True) if not dropped]
    return kept, sum(len(line) for line, dropped in zip(lines, gone, strict=True) if dropped)


def text_key(text: str) -> str:
    """Letters and digits only, for comparing texts that differ in typography."""
    return _NO_LETTERS.sub("", text)


def _repeats(text: str, lines: list[str]) -> bool:
    """Whether the body says the text already."""
    key = text_key(text)
    return key in text_key(" ".join(lines[:4])) or any(
        text_key(line)[:60] == key[:60] for line in lines
    )


def _standfirst(blocks: list[b.Block], page: Any, description: str) -> str | None:
    """Find the standfirst: prose between headline and body, named so or equal to the summary."""
    heading = next(page.iter("h1"), None)
    wanted = text_key(description)[:60]
    seen_heading = heading is None
    order = {id(block.element): block for block in blocks}
    for element in page.iter("h1", "p", "div", "section", "span", "h2", "article", "td"):
        seen_heading = seen_heading or element is heading
        block = order.get(id(element))
        if block is None or not seen_heading or block.links > 0.3 * block.weight:
            continue
        text = tidy(block.text)
        if not 40 <= len(text) <= 800:
            continue
        if len(wanted) >= 40 and text_key(text).startswith(wanted):
            return text
        names = " ".join(
            f"{holder.get('class') or ''} {holder.get('id') or ''}"
            for holder in (element, element.getparent())
            if holder is not None and holder.tag not in {"body", "article", "main"}
        )
        if _STANDFIRST.search(names) and _SENTENCE_END.search(text):
            return text
    return None
