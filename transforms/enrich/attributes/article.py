"""What a whole article tells of its sentences: its domain, and whether it is history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transforms.enrich.words import lists
from transforms.enrich.words.cues import find_domain
from transforms.text.dates import weekdays

# Types whose words serve as figures of speech for games, prices, plots and the weather.
PHYSICAL: Final = frozenset({"ASSAULT", "COERCE", "RETREAT", "MOBILIZE"})
_LEAD: Final = 80  # words in which a history feature names its time
_OLD_YEARS: Final = 3  # years before publication from which a year is history
_MIN_OLD: Final = 2
_NOW: Final = lists.words("attributes", "now") | frozenset(weekdays())


@dataclass(frozen=True, slots=True)
class Countries:
    """The countries of an article.

    Attributes:
        weights: country -> its share of what the article says, the greatest first.
    """

    weights: Mapping[str, float]


NO_COUNTRIES: Final = Countries({})


@dataclass(frozen=True, slots=True)
class ArticleContext:
    """What an article as a whole tells of its sentences.

    Attributes:
        domain: ``sport``, ``arts``, ``weather``, ``market`` or "".
        past: its undated sentences tell history.
        homes: the country or the two that it is about (``main_countries``).
        countries: those that it names, by weight.
    """

    domain: str = ""
    past: bool = False
    homes: tuple[str, ...] = ()
    countries: Countries = NO_COUNTRIES


def context_of(words: Sequence[str], anchor: dt.date | None) -> ArticleContext:
    """Read the context that an article gives its sentences.

    Args:
        words: the tokens of its title and body.
        anchor: the day it was published; without it nothing is history.
    """
    return ArticleContext(find_domain(words), anchor is not None and _is_history(words, anchor))


def _is_history(words: Sequence[str], anchor: dt.date) -> bool:
    """Whether an article opens in years long past, and has more of them than days of now."""
    old = [i for i, word in enumerate(words) if word[0] in "012" and _old(word, anchor)]
    if len(old) < _MIN_OLD or old[0] >= _LEAD:
        return False
    now = [
        index
        for index, word in enumerate(words)
        if word in _NOW and words[max(0, index - 1)] != "هذا"  # في مثل هذا اليوم من عام
    ]
    return len(old) > len(now) and not (now and now[0] < _LEAD)


def _old(word: str, anchor: dt.date) -> bool:
    return len(word) == 4 and word.isdigit() and 600 <= int(word) <= anchor.year - _OLD_YEARS
