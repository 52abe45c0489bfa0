"""Letters that Arabic writes onto the next word: conjunctions, prepositions, the article, pronouns.

``written`` is the one table: how a clitic and the article look before a word (و + ال = وال,
ل + ال = لل). Who looks words up says which clitics it takes off and how many letters must be left;
tests hold each of them to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

CONJUNCTIONS: Final = "وف"
PREPOSITIONS: Final = "بلك"
ARTICLE: Final = "ال"
# Longest first: هما before ها.
PRONOUNS: Final = ("هما", "كما", "ها", "هم", "هن", "نا", "كم", "ني", "ه", "ك", "ي")


def with_conjunctions(words: Iterable[str]) -> frozenset[str]:
    """Words as they are, and with what joins them to the text before: وفارق، ففارق."""
    return frozenset(clitic + word for word in words for clitic in ("", *CONJUNCTIONS))


class Prefix(NamedTuple):
    """What may stand before a word: as it is written, the clitic in it, and whether ال is in it."""

    letters: str
    clitic: str
    definite: bool


def written(clitic: str, *, definite: bool) -> Prefix:
    """A clitic before a word.

    Args:
        clitic: و, ف, ب, ل, ك, two of them, or "".
        definite: whether the word has the article.
    """
    if definite and clitic.endswith("ل"):
        return Prefix(clitic + "ل", clitic, definite)
    return Prefix(clitic + ARTICLE * definite, clitic, definite)


def prefixes(clitics: Iterable[str]) -> tuple[Prefix, ...]:
    """Every way to write some clitics onto a word: with the article first, then without.

    Args:
        clitics: in the order in which they are to be tried; "" for none.
    """
    tried = tuple(clitics)
    return (
        *(written(clitic, definite=True) for clitic in tried),
        *(written(clitic, definite=False) for clitic in tried if clitic),
    )


# One clitic at most.
SINGLE: Final = prefixes(("و", "ف", "ب", "ك", "ل", ""))


def rests(word: str, tried: Iterable[Prefix], least: int) -> Iterator[tuple[Prefix, str]]:
    """What is left of a word behind each prefix that it begins with.

    Args:
        word: a token of normalised text.
        tried: the prefixes, in order.
        least: letters that must be left.
    """
    for prefix in tried:
        if word.startswith(prefix.letters) and len(word) - len(prefix.letters) >= least:
            yield prefix, word[len(prefix.letters) :]


def light_stem(word: str, articles: Iterable[Prefix]) -> str:
    """A word without its article and what stands before it, else without a و.

    Args:
        word: a token of normalised text.
        articles: the prefixes with the article; three letters must be left.
    """
    for _, rest in rests(word, articles, 3):
        return rest
    return word[1:] if word[0] == "و" and len(word) > 4 else word


def readings(word: str) -> list[tuple[str, str, int]]:
    """A folded word without its proclitics, in every way: (preposition, rest, characters off).

    ``لل`` gives back the article (للجيش: الجيش) and takes off nothing, since the ل of the article
    is written.
    """
    found = [("", word, 0)]
    if len(word) > 3 and word[0] in CONJUNCTIONS:
        found.append(("", word[1:], 1))
    for _, rest, taken in tuple(found):
        if len(rest) > 3 and rest.startswith("لل"):
            found.append(("ل", "ا" + rest[1:], taken))
            found.append(("ل", ARTICLE + rest[1:], taken))
        if len(rest) > 3 and rest[0] in PREPOSITIONS:
            found.append((rest[0], rest[1:], taken + 1))
    return found
