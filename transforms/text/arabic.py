"""Normalise Arabic text and remember where every character came from.

The folds are the usual ones of Arabic retrieval (alef forms, final ya, ta marbuta, hamza seats,
Persian keyboard variants, Arabic-Indic digits) and the strips take what is no letter (vowel
marks, tatweel, bidi controls). ``Normalised.offsets`` leads every normalised index back to the
original, so that a rule matched on folded text can quote the article exactly.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# Taken out: harakat, Quranic marks, superscript alef, tatweel, zero-width and bidi controls, BOM.
_STRIPPED: Final = (
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u08d3-\u08ff\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u061c\u00ad"
)
_FOLDS: Final[dict[int, str]] = str.maketrans(
    {
        **dict.fromkeys("أإآٱٲٳ", "ا"),
        **dict.fromkeys("ىیېۍے", "ي"),
        **dict.fromkeys("ک\u06aa", "ك"),
        **dict.fromkeys("ةۃ", "ه"),
        **dict.fromkeys("ہھە", "ه"),
        "ؤ": "و",
        "ئ": "ي",
        **dict.fromkeys("\u00a0\u202f\u2007\u2009\u3000\t\r\x0b\x0c", " "),
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
        "٫": ".",
        "٬": ",",
    }
)
# Folds that nearly every text needs: replacing them one by one is faster than a translation.
_COMMON: Final = (
    ("أ", "ا"),
    ("إ", "ا"),
    ("آ", "ا"),
    ("ى", "ي"),
    ("ة", "ه"),
    ("ؤ", "و"),
    ("ئ", "ي"),
)
_OTHER: Final = re.compile(
    "["
    + "".join(re.escape(chr(code)) for code in _FOLDS if (chr(code), _FOLDS[code]) not in _COMMON)
    + "]"
)
_STRIPPED_RE: Final = re.compile(f"[{_STRIPPED}]+")
# A presentation form (may stand for several letters) or a combining mark: few texts have them.
_RARE: Final = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\u0300-\u036f]")
# One of: stripped characters, a presentation form, a Latin letter with combining marks.
_SPECIAL: Final = re.compile(
    f"[{_STRIPPED}]+|[\ufb50-\ufdff\ufe70-\ufefc]|[^\u0300-\u036f][\u0300-\u036f]+|[\u0300-\u036f]+"
)
_MARKS: Final = (
    r"[\pM\p{Cf}ـ]*"  # what is stripped, as RE2 names it: marks, controls of form, tatweel
)


@dataclass(frozen=True, slots=True)
class Normalised:
    """Folded text with the way back.

    Attributes:
        text: the normalised text.
        offsets: ``len(text) + 1`` entries: normalised index -> original index (code points); the
            last is the original length.
    """

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Lead a normalised span back to the original one.

        Args:
            start: first normalised index.
            end: normalised index after the last character.

        Returns:
            The original span; marks that follow its last letter belong to it.
        """
        return self.offsets[start], self.offsets[end]


def _expand(piece: str) -> str:
    """What a special piece becomes: nothing, letters of a ligature, or a composed letter."""
    first = piece[0]
    if "\ufb50" <= first <= "\ufefc":
        return _SPECIAL.sub("", unicodedata.normalize("NFKC", piece)).translate(_FOLDS)
    if len(piece) > 1 and not unicodedata.combining(first) and first not in "\u200b\u0640":
        return unicodedata.normalize("NFC", piece).translate(_FOLDS)
    return ""


def normalise_text(text: str) -> str:
    """Normalise without offsets: for hashing and comparing.

    >>> normalise_text("الأُمَّة في ٢٠٢٤") == normalise_text("الامة في 2024")
    True
    """
    if _RARE.search(text) is None:
        return _fold(_STRIPPED_RE.sub("", text))
    return _fold(_SPECIAL.sub(lambda match: _expand_match(match.group()), text))


def any_spelling(text: str) -> str:
    r"""A regular expression that finds a text however it is spelled.

    What ``normalise_text`` makes one is found as one: a letter by all that fold into it, with or
    without marks behind it. Presentation forms, which hardly any text has, are not.

    Args:
        text: what is looked for.

    Returns:
        A pattern of RE2, which DuckDB and BigQuery both have; it tells no capital letters apart.
        It is empty where nothing of the text is a letter.

    >>> print(any_spelling("غزة"))
    (?i)غ[\pM\p{Cf}ـ]*ز[\pM\p{Cf}ـ]*[هةۃہھە]
    """
    letters = normalise_text(text).encode("utf-8", "ignore").decode("utf-8")
    return letters and "(?i)" + _MARKS.join(map(_letter, letters))


def _letter(letter: str) -> str:
    variants = "".join(chr(code) for code, folded in _FOLDS.items() if folded == letter)
    plain = letter if letter.isalnum() else rf"\x{{{ord(letter):x}}}"
    return f"[{plain}{variants}]" if variants else plain


def _expand_match(piece: str) -> str:
    return "" if _is_stripped(piece) else _expand(piece)


def _is_stripped(piece: str) -> bool:
    return _STRIPPED_RE.fullmatch(piece) is not None


def _fold(text: str) -> str:
    """Fold letters and digits, one character to one."""
    for letter in set(_OTHER.findall(text)):
        text = text.replace(letter, _FOLDS[ord(letter)])
    for letter, folded in _COMMON:
        text = text.replace(letter, folded)
    return text


def normalise(text: str) -> Normalised:
    """Normalise Arabic text, keeping offsets.

    Args:
        text: any text; lone surrogates and control characters pass through.

    Returns:
        The folded text and the map back (see ``Normalised``).
    """
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    rare = _RARE.search(text) is not None
    for match in (_SPECIAL if rare else _STRIPPED_RE).finditer(text):
        start, end = match.span()
        pieces.append(text[position:start])
        offsets += range(position, start)
        if rare:
            letters = _expand_match(match.group())
            pieces.append(letters)
            offsets += [start] * len(letters)
        position = end
    pieces.append(text[position:])
    offsets += range(position, len(text) + 1)
    return Normalised(_fold("".join(pieces)), tuple(offsets))
