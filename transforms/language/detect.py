"""Decide the language of a text by script, letters and small words, stretch by stretch.

A character model alone takes Uyghur or Sorani for Arabic and is slow; but Arabic is full of small
words, of the article ال and of spellings nobody else has, and its neighbours are full of letters
and small words that Arabic never uses. Each word is weighed; the text is then cut into Arabic and
foreign stretches such that the weights speak for it, a change of language having its price, so
that a name or a short quote changes nothing. The share of letters in Arabic stretches is the
verdict. langdetect, seeded, is asked about a text only when no word of it speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transforms.language import fallback, naming
from transforms.language.weigh import tokens, weigh
from transforms.records import Verdict

_CAP: Final = 20_000  # characters looked at, in _SLICES slices spread over the text
_SLICES: Final = 5
_CHANGE: Final = 3.5  # the price of changing the language, in weight
_ARABIC_FROM: Final = 0.8  # share of letters in Arabic stretches
_OTHER_TO: Final = 0.2
_SCRIPT_TO: Final = 0.15  # share of letters of Arabic script
_SILENT: Final = 0.25  # weight below which no word has spoken


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
    sample = _sample(f"{title}\n{text}" if title else text)
    words = tokens(sample)
    weighed = list(map(weigh, words))
    total = sum(map(len, words))
    if not total:
        return LanguageVerdict("other", "und", 0.0, "no letters")
    written = sum(
        len(word) for word, (_, in_script) in zip(words, weighed, strict=True) if in_script
    )
    if written < _SCRIPT_TO * total:
        language = naming.name_elsewhere(words, " ".join(words))
        return LanguageVerdict("other", language, round(written / total, 4), "another script")
    return _judge(words, [weight for weight, _ in weighed], total)


def _sample(text: str) -> str:
    """The text itself, or slices spread evenly over a very long one."""
    if len(text) <= _CAP:
        return text
    size = _CAP // _SLICES
    step = (len(text) - size) // (_SLICES - 1)
    return "\n".join(text[start : start + size] for start in range(0, step * _SLICES, step))


def _judge(words: Sequence[str], weights: Sequence[float], total: int) -> LanguageVerdict:
    """Cut the text into stretches and read the verdict off the share of Arabic ones."""
    for_it = sum(weight for weight in weights if weight > 0)
    against = for_it - sum(weights)
    if abs(for_it - against) < _SILENT and for_it + against < 4 * _SILENT:
        share = 1.0 if fallback.is_arabic(" ".join(words)) else 0.0
        reason = "no word or letter tells; langdetect decided"
    else:
        stretches = _stretches(weights)
        letters = sum(len(word) for word, arabic in zip(words, stretches, strict=True) if arabic)
        share = round(letters / total, 4)
        reason = f"weight for Arabic {for_it:.1f}, against {against:.1f}"
    if share >= _ARABIC_FROM:
        return LanguageVerdict("ar", "ar", share, reason)
    if share > _OTHER_TO:
        return LanguageVerdict("mixed", "ar", share, reason)
    return LanguageVerdict("other", naming.name_in_script(words), share, reason)


def _stretches(weights: Sequence[float]) -> list[bool]:
    """Cut a row of weights into Arabic (True) and foreign stretches at the least cost.

    A word against its stretch costs its weight, a change costs ``_CHANGE`` (Viterbi's algorithm
    over two states).
    """
    arabic = foreign = 0.0
    stays: list[tuple[bool, bool]] = []  # word by word: the best way into (Arabic, foreign) stays
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
