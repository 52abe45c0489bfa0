"""Decide the language of a text by script, letters and small words, stretch by stretch.

A character model alone takes Uyghur or Sorani for Arabic and is slow; but Arabic is full of small
words, of the article ال and of spellings nobody else has, and its neighbours are full of letters
and small words that Arabic never uses. Each word is weighed; the text is then cut into Arabic and
foreign stretches such that the weights speak for it, a change of language having its price, so
that a name or a short quote changes nothing. The share of letters in Arabic stretches is the
verdict. langdetect, seeded, is asked only about a text whose words do not tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final

from transforms.language import fallback, naming
from transforms.language.weigh import tokens, weigh
from transforms.records import Verdict

_GLANCE: Final = 1_000  # characters looked at; enough where there is one language only
_CLOSE_LOOK: Final = 12_000  # characters looked at where there is more than one
_SLICES: Final = 10  # spread over the text
_NAMES: Final = 4  # words; fewer are no sentence
_FINE: Final = 100  # words; longer texts are cut clause by clause
_CLAUSE: Final = 4  # words
_CHANGE: Final = 3.5  # the price of changing the language, in weight
_ARABIC_FROM: Final = 0.8  # share of letters in Arabic stretches
_OTHER_TO: Final = 0.2
_SCRIPT_TO: Final = 0.15  # share of letters of Arabic script
_SILENT: Final = 0.6  # a difference in weight that says nothing


@dataclass(frozen=True, slots=True)
class LanguageVerdict:
    """What a text is written in.

    Attributes:
        verdict: ``ar`` keep; ``mixed`` keep, it mixes languages; ``other`` not Arabic.
        language: ``ar``; for ``other`` the language when it is known, else ``und``.
        arabic_share: share of the letters that stand in Arabic stretches, 0 to 1.
        reason: one line on what decided.
    """

    verdict: Verdict
    language: str
    arabic_share: float
    reason: str


def detect_language(text: str, *, title: str = "") -> LanguageVerdict:
    """Decide whether a text is Arabic.

    Args:
        text: the body.
        title: the title; it counts as text of its own, and alone when there is no body.

    Returns:
        The verdict; ``other`` with share 0 for a text without letters.
    """
    whole = f"{title}\n{text}" if title else text
    found = _detect(_sample(whole, _GLANCE))
    if len(whole) > _GLANCE and 0.0 < found.arabic_share < 1.0:
        return _detect(_sample(whole, _CLOSE_LOOK))
    return found


def _sample(text: str, size: int) -> str:
    """The text itself, or slices of that many characters in all, spread evenly over it."""
    if len(text) <= size:
        return text
    part = size // _SLICES
    step = (len(text) - part) // (_SLICES - 1)
    return "\n".join(text[start : start + part] for start in range(0, step * _SLICES, step))


def _detect(text: str) -> LanguageVerdict:
    """Decide about a text of bounded length."""
    words = tokens(text)
    if not words:
        return LanguageVerdict("other", "und", 0.0, "no letters")
    weights, in_script = zip(*map(weigh, words), strict=True)
    lengths = list(map(len, words))
    total = sum(lengths)
    written = sum(compress(lengths, in_script))
    if written < _SCRIPT_TO * total:
        language = naming.name_elsewhere(words, " ".join(words))
        return LanguageVerdict("other", language, round(written / total, 4), "another script")
    return _judge(words, weights, lengths)


def _judge(
    words: Sequence[str], weights: Sequence[float], lengths: Sequence[int]
) -> LanguageVerdict:
    """Cut the text into stretches and read the verdict off the share of Arabic ones."""
    balance = sum(weights)
    size = 1 if len(words) <= _FINE else _CLAUSE
    if size > 1:
        starts = range(0, len(words), size)
        weights = [sum(weights[start : start + size]) for start in starts]
        lengths = [sum(lengths[start : start + size]) for start in starts]
    for_it = sum(weight for weight in weights if weight > 0)
    against = for_it - balance
    if -_SILENT < balance < _SILENT / 2 and for_it + against < _CHANGE:
        share, reason = _undecided(words)
    else:
        if min(for_it, against) <= _CHANGE:  # no change can pay
            share = 1.0 if balance >= 0 else 0.0
        else:
            share = round(sum(compress(lengths, _cheapest(weights))) / sum(lengths), 4)
        reason = f"weight for Arabic {for_it:.1f}, against {against:.1f}"
    if share >= _ARABIC_FROM:
        return LanguageVerdict("ar", "ar", share, reason)
    if share > _OTHER_TO:
        return LanguageVerdict("mixed", "ar", share, reason)
    return LanguageVerdict("other", naming.name_in_script(words), share, reason)


def _undecided(words: Sequence[str]) -> tuple[float, str]:
    """Judge a text whose words do not tell: (share, reason).

    Fewer than four words, mostly names, tell langdetect nothing either; what comes in is thought
    to be Arabic.
    """
    if len(words) < _NAMES:
        return 1.0, "a few words that do not tell; taken for Arabic"
    share = 1.0 if fallback.is_arabic(" ".join(words)) else 0.0
    return share, "words and letters do not tell; langdetect decided"


def _cheapest(weights: Sequence[float]) -> list[bool]:
    """Cut a row of weights into Arabic (True) and foreign stretches at the least cost.

    A weight against its stretch is its cost, a change costs ``_CHANGE`` (Viterbi's algorithm
    over two states).
    """
    arabic = foreign = 0.0
    stays: list[tuple[bool, bool]] = []  # the best way into (Arabic, foreign) stays there
    for weight in weights:
        stay_arabic = arabic <= foreign + _CHANGE
        stay_foreign = foreign <= arabic + _CHANGE
        stays.append((stay_arabic, stay_foreign))
        from_arabic = arabic
        if not stay_arabic:
            arabic = foreign + _CHANGE
        if not stay_foreign:
            foreign = from_arabic + _CHANGE
        if weight > 0:
            foreign += weight
        else:
            arabic -= weight
    state = arabic < foreign
    path = []
    for stay_arabic, stay_foreign in reversed(stays):
        path.append(state)
        if not (stay_arabic if state else stay_foreign):
            state = not state
    path.reverse()
    return path
