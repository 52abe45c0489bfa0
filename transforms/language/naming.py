"""Name the language of a text that is not Arabic.

Within Arabic script by the letters and small words each language is known by; in Latin script by
its function words; elsewhere by the script. langdetect is asked only where these say nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from transforms.language import fallback
from transforms.language.words import LATIN, LETTERS, NAMES

_SAMPLE: Final = 60  # words
_SCRIPTS: Final = (
    ("\u0590", "\u05ff", "he"),
    ("\u0370", "\u03ff", "el"),
    ("\u0530", "\u058f", "hy"),
    ("\u10a0", "\u10ff", "ka"),
    ("\u1200", "\u137f", "am"),
    ("\u3040", "\u30ff", "ja"),
    ("\uac00", "\ud7af", "ko"),
    ("\u0e00", "\u0e7f", "th"),
    ("\u0980", "\u09ff", "bn"),
    ("\u0b80", "\u0bff", "ta"),
)


def _inverted(languages: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Language -> its words, turned into word -> its languages."""
    table: defaultdict[str, list[str]] = defaultdict(list)
    for language, words in languages.items():
        for word in words:
            table[word].append(language)
    return {word: tuple(each) for word, each in table.items()}


_BY_WORD: Final = _inverted(NAMES)
_BY_LATIN: Final = _inverted(LATIN)
# A language known by many letters needs more of them.
_BY_LETTER: Final = {
    letter: tuple((language, len(LETTERS[language]) ** -0.5) for language in languages)
    for letter, languages in _inverted(LETTERS).items()
}


def name_in_script(words: Sequence[str]) -> str:
    """Name a language other than Arabic, of Arabic script.

    Args:
        words: the folded words.

    Returns:
        Its code (ISO 639), or ``und`` when no letter and no word tells.
    """
    sample = words[:_SAMPLE]
    scores: defaultdict[str, float] = defaultdict(float)
    for word in sample:
        if word in _BY_WORD:
            for language in _BY_WORD[word]:
                scores[language] += 2.0
    letters = "".join(sample)
    for letter in _BY_LETTER.keys() & set(letters):
        count = letters.count(letter)
        for language, weight in _BY_LETTER[letter]:
            scores[language] += weight * count
    return max(sorted(scores), key=lambda language: scores[language], default="und")


def name_elsewhere(words: Sequence[str], text: str) -> str:
    """Name the language of a text in another script.

    Args:
        words: its words.
        text: the text itself, for langdetect.

    Returns:
        Its code (ISO 639-1), or ``und``.
    """
    sample = words[:_SAMPLE]
    for low, high, language in _SCRIPTS:
        if sum(low <= word[0] <= high for word in sample) * 2 > len(sample):
            return language
    return _by_function_words(sample) or fallback.name_of(text)


def _by_function_words(words: Sequence[str]) -> str | None:
    """The language with the most function words and letters; None when there is no telling."""
    text = " ".join(words).lower()
    scores: Counter[str] = Counter()
    for token in (*text.split(), *set(text)):
        scores.update(_BY_LATIN.get(token, ()))
    del scores["tr" if "ə" in text else "az"]
    ranked = [*scores.most_common(2), ("", 0), ("", 0)]
    (language, best), (_, second) = ranked[:2]
    return language if best > second else None
