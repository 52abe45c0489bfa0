"""Split Arabic news text into sentences, in one pass and with original offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LONG: Final = 240  # code points: above this a sentence is also split at its semicolons
_PIECE: Final = 40  # no piece of a sentence split at semicolons is shorter
_PAIRS: Final = {"«": "»", "“": "”", "(": ")", "[": "]", "{": "}", "„": "”", "﴾": "﴿"}
_CLOSERS: Final = {
    closer: tuple(opener for opener, other in _PAIRS.items() if other == closer)
    for closer in _PAIRS.values()
}
_MARK: Final = re.compile(r'[«»“”„"()\[\]{}﴾﴿؛;]|[.؟?!…]+')
_ENDS: Final = frozenset(".؟?!…")
_LETTER_BEFORE: Final = re.compile(r"(?<![^\W_])[^\W\d_][\u064b-\u0652\u0640]*$")
_LATIN_ABBREVIATION: Final = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|vs|Inc|Jr|Sr|Prof|Gen|Lt)$")
_GLUED: Final = re.compile(r"[\u0621-\u064a]{3}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text.

    Attributes:
        start: its first code point in the original text (never white space).
        end: the code point after its last.
        paragraph: its paragraph, counted from 0 over the lines that are not empty.
    """

    start: int
    end: int
    paragraph: int


def split_sentences(text: str) -> list[Sentence]:
    """Split a text into sentences.

    A sentence ends at a line's end, at ``. ؟ ! …`` and, when it is long, at ``؛``; never inside
    quotes or brackets that are closed in their paragraph, inside numbers, or after an
    abbreviation of one letter (د. , أ.ف.ب).

    Args:
        text: any text.

    Returns:
        The sentences in order; white space between them belongs to none.
    """
    sentences: list[Sentence] = []
    paragraph = -1
    position = 0
    for line in text.split("\n"):
        if line and not line.isspace():
            paragraph += 1
            for start, end in _split_paragraph(line):
                sentences.append(Sentence(position + start, position + end, paragraph))
        position += len(line) + 1
    return sentences


def _split_paragraph(line: str) -> list[tuple[int, int]]:
    marks = list(_MARK.finditer(line))
    cuts: list[int] = []
    semicolons: list[int] = []
    protected = _protected(marks)
    span = 0
    for mark in marks:
        start, end = mark.span()
        while span < len(protected) and protected[span][1] <= start:
            span += 1
        inside = span < len(protected) and protected[span][0] < start
        first = line[start]
        if inside:
            # A full stop just before the closing quote ends the sentence after the quote.
            closed = protected[span][1]
            if (
                first == "."
                and closed == end + 1
                and line[end] not in ")]}"
                and _breaks(line, closed)
            ):
                cuts.append(closed)
        elif first in _ENDS:
            if _is_end(line, start, end):
                cuts.append(end)
        elif first in "؛;":
            semicolons.append(end)
    return _pieces(line, cuts, semicolons)


def _protected(marks: list[re.Match[str]]) -> list[tuple[int, int]]:
    """The outermost closed quotes and brackets: (start, end), in order."""
    spans: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    waiting: dict[str, int] = {}
    for mark in marks:
        char = mark.group()
        if char in _PAIRS or (char == '"' and not waiting.get('"')):
            stack.append((char, mark.start()))
            waiting[char] = waiting.get(char, 0) + 1
            continue
        openers = ('"',) if char == '"' else _CLOSERS.get(char, ())
        if not any(waiting.get(opener) for opener in openers):
            continue
        while stack:
            opener, start = stack.pop()
            waiting[opener] -= 1
            if opener in openers:
                while spans and spans[-1][0] > start:
                    spans.pop()
                spans.append((start, mark.end()))
                break
    return spans


def _breaks(line: str, position: int) -> bool:
    """Whether a sentence may begin here: at the line's end or after white space."""
    return position >= len(line) or line[position].isspace()


def _is_end(line: str, start: int, end: int) -> bool:
    """Whether a run of end marks ends a sentence."""
    glued = end < len(line) and not line[end].isspace()
    if line[start:end] != ".":
        return not glued or line[end] not in ".,،؛:)]»”\"'"
    before = line[max(0, start - 8) : start]
    if _LETTER_BEFORE.search(before) or _LATIN_ABBREVIATION.search(before):
        return end >= len(line.rstrip())
    if glued:
        # A missing space after the full stop ("النهاية.وقال"), unlike "العربية.نت" or "3.5".
        return bool(_GLUED.fullmatch(before[-3:]) and _GLUED.match(line, end))
    if before[-1:].isdigit():
        following = line[end : end + 3].lstrip()
        numbered = start - len(before) <= 0 and before.strip().isdigit()  # "1. ..." opens a list
        return not (numbered or following[:1].isdigit())
    return True


def _pieces(line: str, cuts: list[int], semicolons: list[int]) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    start = 0
    waiting = iter([*semicolons, len(line) + 1])
    semicolon = next(waiting)
    for end in [*cuts, len(line)]:
        long = end - start > _LONG
        while semicolon < end:
            if long and semicolon - start >= _PIECE and end - semicolon >= _PIECE:
                _append(pieces, line, start, semicolon)
                start = semicolon
            semicolon = next(waiting)
        _append(pieces, line, start, end)
        start = end
    return pieces


def _append(pieces: list[tuple[int, int]], line: str, start: int, end: int) -> None:
    """Append a piece without the white space round it; a piece of marks alone joins the last."""
    piece = line[start:end]
    stripped = piece.strip()
    if not stripped:
        return
    begin = start + len(piece) - len(piece.lstrip())
    if pieces and not any(char.isalnum() for char in stripped):
        pieces[-1] = (pieces[-1][0], begin + len(stripped))
    else:
        pieces.append((begin, begin + len(stripped)))
