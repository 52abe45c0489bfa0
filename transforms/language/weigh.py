"""How much a word speaks for Arabic or against it: its letters, its spelling, itself.

One number a word; see ``words`` for its scale.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from transforms.language.words import FOREIGN_ENDINGS, NO_ARTICLE, QUOTED, WEIGHTS

JOINT: Final = "\u02bc"  # stands for the zero-width non-joiner, being a letter to a regex
# Code points that are another keyboard's, ornament or invisible; str.replace is the fastest way.
_REPLACED: Final = (
    ("ی", "ي"),
    ("ک", "ك"),
    ("ـ", ""),
    *((haraka, "") for haraka in "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"),
    *((code, "") for code in "\u200b\u200d\u200e\u200f\u061c\u00ad\ufeff\u2060"),
)
# Signs of the Koran are no evidence; what marks are left are vowels of other languages.
_KORANIC: Final = re.compile("[\u0610-\u061a\u06d6-\u06ed]+")
_VOWELS: Final = re.compile("[\u0656-\u065f\u06fd\u06fe]")
_MARKS: Final = re.compile("[\u0610-\u061a\u0656-\u065f\u06d6-\u06ed\u06fd\u06fe]")  # both
_ALIEN_MARK: Final = "ˇ"  # Gilaki's; here for every such vowel
_JOINED: Final = re.compile("\u200c(?<=\\w\u200c)(?=\\w)")
_TO_COMPOSE: Final = re.compile("[\u0653-\u0655\ufb50-\ufdff\ufe70-\ufefc]")
_TOKEN: Final = re.compile(r"[^\W\d_]+")
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|@\w+|&[a-z]+;|<[^<>]{1,200}>")

_IN_SCRIPT: Final = re.compile("[\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_STANDARD: Final = "\u0621-\u063a\u0641-\u064a"
_PLAIN: Final = "\u0621-\u062a\u062c\u062e\u062f\u0631-\u0634\u063a\u0641-\u064a"
# A word of the Arabic alphabet; its group is the first of the letters of the throat.
_USUAL: Final = re.compile(f"[{_PLAIN}]*(?:([عحصضطظثذ])[{_STANDARD}]*)?")
# Arabic takes these for loan words, dialect sounds and ornament.
_LOAN: Final = "پچڤڨگژڭݣڥ"
_ORNAMENT: Final = "ھہڪەۆۉېۓ"
_ALIEN: Final = re.compile(f"[^{_STANDARD}{_LOAN}{_ORNAMENT}\u0654]")
_ADORNED: Final = re.compile(f"[{_ORNAMENT}]")
_PERSIAN: Final = re.compile("[پچگژ]")
_ARTICLE: Final = tuple(
    prefix + article for article in ("ال", "بال", "كال", "لل") for prefix in ("", "و", "ف")
)
_IMPERFECT: Final = tuple(prefix + person for person in "يت" for prefix in ("", *"وفلس", "وس"))
_PRONOUNS: Final = ("وا", "هما", "كما", "تما", "ناها")
_PARTICLE: Final = "وفبل"
_LAST: Final = frozenset(ending[-1] for ending in (*_PRONOUNS, *FOREIGN_ENDINGS, "ون", "يت", "ند"))


def tokens(text: str) -> list[str]:
    """Split a text into its words as the tables know them.

    Addresses are left out; the Persian keyboard's kaf and ya become Arabic ones; marks go.
    """
    if "@" in text or "http" in text or "www." in text or "<" in text or "&" in text:
        text = _ADDRESS.sub(" ", text)
    if _TO_COMPOSE.search(text):
        text = unicodedata.normalize("NFKC", text).replace("ه\u0654", "ۀ")
    for old, new in _REPLACED:
        text = text.replace(old, new)
    if "\u200c" in text:
        text = _JOINED.sub(JOINT, text)
    if _MARKS.search(text):
        text = _VOWELS.sub(_ALIEN_MARK, _KORANIC.sub("", text))
    found: list[str] = _TOKEN.findall(text)
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
    parts = [part for part in word.split(JOINT) if part]
    if len(parts) == 1:
        return _weigh_plain(parts[0]), True
    # Arabic has no use for the non-joiner.
    return max(-3.0, -1.0 + sum(map(_weigh_plain, parts))), True


def _weigh_outside(word: str) -> float:
    """Weigh a word of another script: names in capitals say little, running text much."""
    if word in QUOTED:
        return -1.5
    return -1.0 if word.lower() == word and len(word) > 1 else -0.1


def _weigh_plain(word: str) -> float:
    known = WEIGHTS.get(word)
    if known is not None:
        return known
    usual = _USUAL.fullmatch(word)
    strange = 0.0 if usual else _strange(word)
    first = word[0]
    if strange <= -2.5 or first == "ئ" or ("ة" in word[1:3] and not _is_glued(word)):
        return -2.5
    weight = strange + _ending(word) + (0.3 if usual and usual.group(1) else -0.1)
    if first in "الوفبك" and len(word) > 4 and word.startswith(_ARTICLE):
        return weight + (0.0 if word in NO_ARTICLE else 1.4)
    if first in "أإ" or (first in _PARTICLE and word[1:2] in ("أ", "إ")):
        weight += 0.8
    elif first == "ؤ":
        weight -= 0.9
    elif first == "ي" and 4 <= len(word) <= 6:  # he does, as headlines begin
        weight += 0.3
    if first in _PARTICLE:
        return max(weight, WEIGHTS.get(word[1:], min(0.0, strange)))
    if first == "م" and word.startswith("ما"):
        return max(weight, WEIGHTS.get(word[2:], 0.5 if word[-1] == "ش" else weight))
    return weight


def _strange(word: str) -> float:
    """What letters beyond the Arabic alphabet tell."""
    if _ALIEN.search(word):
        return -2.5
    return (-1.2 if _ADORNED.search(word) else 0.0) + (-0.9 if _PERSIAN.search(word) else 0.0)


def _is_glued(word: str) -> bool:
    """Whether an early ة ends a word that lost its space; elsewhere it is a vowel of Laki."""
    head, _, rest = word.partition("ة")
    return rest.startswith("ال") or not rest or len(head) > 2


def _ending(word: str) -> float:
    """What the end of a word tells."""
    last = word[-1]
    if last == "ة":
        return 1.6
    if last == "ء" or "ئ" in word:
        return 0.5
    if word.startswith("ههه"):
        return 0.5
    return _long_ending(word) if last in _LAST and len(word) > 4 else 0.0


def _long_ending(word: str) -> float:
    """What a verb's or plural's ending tells."""
    if word.endswith(_PRONOUNS) or (word.endswith("ون") and word.startswith(_IMPERFECT)):
        return 0.5
    if (
        (word.endswith("يت") and word[0] not in "اأإ")
        or (word.endswith("ند") and word.startswith(("مي", "نمي")))
        or word.endswith(FOREIGN_ENDINGS)
    ):
        return -0.9
    return 0.0
