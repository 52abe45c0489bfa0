"""A text with what was found in it marked: by offset, whatever overlaps whatever."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, Final

ROLES: Final = ("trigger", "actor", "recipient", "place", "date")
"""What a stretch of text is to an event; the first one colours a stretch that is several."""
_WORDS: Final = 6_000  # of a text that is compared
_WORD: Final = re.compile(r"\s*\S+\s*")


@dataclass(frozen=True, slots=True)
class Highlight:
    """A stretch of text that an event is made of.

    Attributes:
        start: its first code point.
        end: behind its last one.
        role: one of ``ROLES``.
        event: the event's number on the page.
    """

    start: int
    end: int
    role: str
    event: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same highlights.

    Attributes:
        text: the stretch.
        roles: what it is, in the order of ``ROLES``; empty where nothing was found.
        events: the numbers of the events it belongs to.
    """

    text: str
    roles: tuple[str, ...] = ()
    events: tuple[int, ...] = ()


def highlights_of(events: Sequence[dict[str, Any]], field: str, text: str) -> list[Highlight]:
    """Where the parts of events stand in one field of their article.

    Args:
        events: rows of ``events``.
        field: ``title`` or ``body``.
        text: the field's text. A span that is not in it is left out.
    """
    return [
        Highlight(span["char_start"], span["char_end"], role, number)
        for number, event in enumerate(events, 1)
        for role, span in _spans(event, field, text)
    ]


def _spans(event: dict[str, Any], field: str, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    given = [("trigger", event["trigger"]), ("place", event["place"])]
    given += [("actor", each) for each in event["actors"] or ()]
    given += [("recipient", each) for each in event["recipients"] or ()]
    for role, span in given:
        if span and span["field"] == field and _inside(span, text):
            yield role, span
    yield from (("date", span) for span in _date(event, field, text))


def _inside(span: dict[str, Any], text: str) -> bool:
    start, end = span["char_start"], span["char_end"]
    return start is not None and end is not None and 0 <= start < end <= len(text)


def _date(event: dict[str, Any], field: str, text: str) -> Iterator[dict[str, int]]:
    """The date's words, looked for in the event's own sentence: rows hold no offsets of them."""
    words = event["event_date_text"]
    for each in event["evidence"] or ():
        if words and each["field"] == field and _inside(each, text):
            found = text.find(words, each["char_start"], each["char_end"])
            if found >= 0:
                yield {"char_start": found, "char_end": found + len(words)}
                return


def pieces(text: str, highlights: Iterable[Highlight]) -> list[Piece]:
    """Cut a text where highlights begin and end.

    Args:
        text: the whole text.
        highlights: stretches of it.

    Returns:
        All of the text, in order.
    """
    highlights = list(highlights)
    cuts = sorted({0, len(text)} | {m.start for m in highlights} | {m.end for m in highlights})
    found = []
    for start, end in pairwise(cuts):
        over = [each for each in highlights if each.start <= start and end <= each.end]
        roles = tuple(role for role in ROLES if any(each.role == role for each in over))
        events = tuple(sorted({each.event for each in over}))
        found.append(Piece(text[start:end], roles, events))
    return found


def paragraphs(found: Sequence[Piece]) -> list[list[Piece]]:
    """Divide pieces at the ends of lines; lines without words are left out.

    Args:
        found: what ``pieces`` gave.
    """
    lines: list[list[Piece]] = [[]]
    for piece in found:
        first, *others = piece.text.split("\n")
        for number, part in enumerate([first, *others]):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Piece(part, piece.roles, piece.events))
    return [line for line in lines if any(piece.text.strip() for piece in line)]


def differences(old: str, new: str) -> list[tuple[str, str]] | None:
    """What differs between two texts, word by word.

    Args:
        old: the text that is measured against.
        new: the one that is read.

    Returns:
        Stretches as (``same``, ``gone`` or ``come``, text) in order; None for texts that are too
        long.
    """
    before, after = _WORD.findall(old), _WORD.findall(new)
    if max(len(before), len(after)) > _WORDS:
        return None
    found: list[tuple[str, str]] = []
    bare = [word.strip() for word in before], [word.strip() for word in after]
    matcher = SequenceMatcher(None, bare[0], bare[1], autojunk=len(after) > _WORDS // 3)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(after[c:d])))
            continue
        if b > a:
            found.append(("gone", "".join(before[a:b])))
        if d > c:
            found.append(("come", "".join(after[c:d])))
    return found
