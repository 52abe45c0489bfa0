"""How much a word speaks for Arabic or against it: its letters, its spelling, itself.

One number a word; see ``words`` for its scale.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from transforms.language.words import FOREIGN_ENDINGS, NO_ARTICLE, QUOTED, WEIGHTS

_KEYBOARD: Final = str.maketrans("یک", "يك", "ـ\u200b\u200d\u200e\u200f\u061c\u00ad\ufeff\u2060")
# What of harakat and Koranic signs Arabic uses; other languages use the rest as letters.
_HARAKAT: Final = re.compile("[\u064b-\u0652\u0670\u0610-\u0614\u06d6-\u06ed]+")
_TO_COMPOSE: Final = re.compile("[\u0653-\u0655\ufb50-\ufdff\ufe70-\ufefc]")
_TOKEN: Final = re.compile("(?:[^\\W\\d_]|[\u0656-\u065f\u200c\u06fd\u06fe])+")
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|@\w+|&[a-z]+;|<[^<>]{1,200}>")

_IN_SCRIPT: Final = re.compile("[\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_STANDARD: Final = "\u0621-\u063a\u0641-\u064a"
# Arabic takes these for loan words, dialect sounds and ornament.
_LOAN: Final = "پچڤڨگژڭݣڥ"
_ORNAMENT: Final = "ھہڪەۆۉېۓ"
_ALIEN: Final = re.compile(
    f"[^{_STANDARD}{_LOAN}{_ORNAMENT}یک\u0653-\u0655\u200c]|^..?ة(?!ال).|^ئ|ۀ"
)
_HINT: Final = re.compile("[پچگژ]|^ؤ|^ن?مي.+ند$")
_ADORNED: Final = re.compile(f"[{_ORNAMENT}]")
_ARTICLE: Final = re.compile("^[وف]?(?:[بك]?ال.{3,}|لل.{2,})")
_HAMZA: Final = re.compile("^[وفبلك]?[أإ][^إ]")
_VERB: Final = re.compile(
    "^[وفل]?س?[يت].{2,}ون$|.{3,}وا$|.{3,}[هكت]ما$|.ناها$|^[وف]?ما.{3,}ش$|اء$|.ئ.|^ه{3,}$"
)
_EMPHATIC: Final = re.compile("[عحصضطظثذ]")
_PARTICLE: Final = "وفبل"


def tokens(text: str) -> list[str]:
    """Split a text into its words as the tables know them.

    Addresses are left out; the Persian keyboard's kaf and ya become Arabic ones; marks go.
    """
    if "@" in text or "http" in text or "www." in text or "<" in text or "&" in text:
        text = _ADDRESS.sub(" ", text)
    if _TO_COMPOSE.search(text):
        text = unicodedata.normalize("NFKC", text)
    found: list[str] = _TOKEN.findall(_HARAKAT.sub("", text.translate(_KEYBOARD)))
    return found


@lru_cache(maxsize=1 << 16)
def weigh(word: str) -> tuple[float, bool]:
    """Weigh one word, as ``tokens`` gives it.

    Returns:
        Above zero for Arabic, below against it, between -3 and 3; and whether the word is
        written in Arabic script.
    """
    if not _IN_SCRIPT.match(word):
        return _weigh_outside(word), False
    parts = [part for part in word.split("\u200c") if part]
    if len(parts) == 1:
        return _weigh_plain(parts[0]), True
    # Arabic has no use for the non-joiner.
    return max(-3.0, -1.0 + sum(map(_weigh_plain, parts))), True


def _weigh_outside(word: str) -> float:
    """Weigh a word of another script: names in capitals say little, running text much."""
    if word in QUOTED:
        return -1.5
    return -1.0 if word.islower() and len(word) > 1 else -0.1


def _weigh_plain(word: str) -> float:
    known = WEIGHTS.get(word)
    if known is not None:
        return known
    if _ALIEN.search(word):
        return -2.5
    weight = _spelling(word)
    if word[:1] in _PARTICLE:
        weight = max(weight, WEIGHTS.get(word[1:], 0.0))
    elif word.startswith("ما"):
        weight = max(weight, WEIGHTS.get(word[2:], 0.0))
    if _ADORNED.search(word):
        weight -= 1.2
    if _HINT.search(word):
        weight -= 0.9
    return weight


def _spelling(word: str) -> float:
    """What the shape of a word tells: article, endings, hamza, the letters of the throat."""
    weight = 0.3 if _EMPHATIC.search(word) else -0.1
    if word.endswith("ة"):
        weight += 1.6
    if _ARTICLE.match(word) and not word.startswith(NO_ARTICLE):
        weight += 1.4
    if _HAMZA.match(word):
        weight += 0.8
    if _VERB.search(word):
        weight += 0.5
    if word.endswith(FOREIGN_ENDINGS):
        weight -= 0.9
    return weight
