"""Decide the language of a text by script, letters and small words, window by window.

A character model alone takes Uyghur or Sorani for Arabic and is slow; but Arabic is full of small
words, of the article ال and of spellings nobody else has, and its neighbours are full of letters
and small words that Arabic never uses. Each window of a text weighs the two kinds of evidence;
a window with none asks langdetect, seeded, on a few hundred characters. The windows together tell
the share of Arabic, and with it ``mixed``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from transforms.language import fallback
from transforms.language.words import AL, ARABIC, FOREIGN, SPELLING, STRONG, WEAK, fold
from transforms.records import Verdict

_ARABIC_SCRIPT: Final = re.compile(
    "[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"
)
_TOKEN: Final = re.compile(r"[^\W\d_]+")
_WINDOW: Final = 12  # tokens; about a clause
_CAP: Final = 20_000  # characters; what follows rarely changes the answer
_ARABIC_FROM: Final = 0.8  # share of letters in Arabic windows
_OTHER_TO: Final = 0.15


@dataclass(frozen=True, slots=True)
class LanguageVerdict:
    """What a text is written in.

    Attributes:
        verdict: ``ar`` keep; ``mixed`` keep, it mixes languages; ``other`` not Arabic.
        language: ``ar``; for ``other`` the language when it is known, else ``und``.
        arabic_share: share of the letters that stand in Arabic windows, 0 to 1.
        reason: one line on what decided.
    """

    verdict: Verdict
    language: str
    arabic_share: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Window:
    """The evidence of some consecutive words."""

    text: str
    letters: int
    arabic: float
    foreign: float
    in_script: int  # letters of Arabic script

    @property
    def is_arabic(self) -> bool | None:
        """Whether the window is Arabic; None when it cannot be told."""
        if self.in_script * 2 < self.letters:
            return False
        if self.arabic == self.foreign:
            return None
        return self.arabic > self.foreign


@lru_cache(maxsize=65536)
def _weigh(word: str) -> tuple[float, float]:
    """The evidence of one folded word: (for Arabic, against it)."""
    if STRONG.search(word):
        return 0.0, 1.5
    if word in ARABIC:
        return 1.0, 0.0
    if word in FOREIGN:
        return 0.0, 1.0
    weak = 0.6 if WEAK.search(word) else 0.0
    if AL.search(word):
        return 1.0, weak
    if SPELLING.search(word):
        return 0.8, weak
    return 0.0, weak


def _windows(text: str) -> Iterator[_Window]:
    tokens = _TOKEN.findall(fold(text[:_CAP]))
    for start in range(0, len(tokens), _WINDOW):
        words = tokens[start : start + _WINDOW]
        letters = in_script = 0
        arabic = foreign = 0.0
        for word in words:
            letters += len(word)
            if _ARABIC_SCRIPT.match(word):
                in_script += len(word)
                for_it, against = _weigh(word)
                arabic += for_it
                foreign += against
        yield _Window(" ".join(words), letters, arabic, foreign, in_script)


def detect_language(text: str, *, title: str = "") -> LanguageVerdict:
    """Decide whether a text is Arabic.

    Args:
        text: the body.
        title: the title; it counts as text of its own, and alone when there is no body.

    Returns:
        The verdict; ``other`` with share 0 for a text without letters.
    """
    windows = [window for part in (title, text) for window in _windows(part) if window.letters]
    total = sum(window.letters for window in windows)
    if not total:
        return LanguageVerdict("other", "und", 0.0, "no letters")
    in_script = sum(window.in_script for window in windows)
    if in_script < _OTHER_TO * total:
        share = round(in_script / total, 4)
        return LanguageVerdict("other", fallback.name_of(text or title), share, "another script")
    return _judge(windows, total)


def _judge(windows: list[_Window], total: int) -> LanguageVerdict:
    """Let undecided windows follow the whole text, and the whole text follow its letters."""
    arabic = sum(window.arabic for window in windows)
    foreign = sum(window.foreign for window in windows)
    if arabic == foreign:
        whole = fallback.is_arabic(" ".join(window.text for window in windows))
        reason = "no small words or telling letters; langdetect decided"
    else:
        whole = arabic > foreign
        reason = f"evidence for Arabic {arabic:.1f}, against {foreign:.1f}"
    share = 0.0
    for window in windows:
        decided = window.is_arabic
        if whole if decided is None else decided:
            share += window.letters / total
    share = round(min(share, 1.0), 4)
    if share >= _ARABIC_FROM:
        return LanguageVerdict("ar", "ar", share, reason)
    if share <= _OTHER_TO:
        return LanguageVerdict("other", "und", share, reason)
    return LanguageVerdict("mixed", "ar", share, reason)
