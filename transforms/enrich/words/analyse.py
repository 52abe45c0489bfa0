"""What a written token may be: the packaged table of forms, looked up past its clitics.

A token of normalised text is taken apart from outside in (``وبالهجوم`` = و + ب + ال + هجوم,
``سيجتمعون`` = س + يجتمعون, ``هاجمتهم`` = هاجمت + هم). Every reading is kept: which one holds is for
the sentence to say. Analyses are cached, so a text costs one dictionary look-up a token.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from transforms.enrich.own import follows
from transforms.enrich.words.clitics import CONJUNCTIONS, PRONOUNS, written
from transforms.enrich.words.memo import remembers
from transforms.enrich.words.own_words import own_forms

_TABLE: Final = Path(__file__).parent / "forms.tsv.gz"
_NOUN_PREFIXES: Final = (
    written("", definite=False),
    *(written(letter, definite=True) for letter in ("", *"بكل")),
    *(written(letter, definite=False) for letter in "بلك"),
)
MAX_TOKEN: Final = 24  # letters; nothing Arabic with its clitics is longer


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a token.

    Attributes:
        lemma: the entry of the word lists.
        pos: ``V`` verb, ``N`` noun, ``A`` active participle.
        voice: ``a``, ``p`` or ``?`` (the letters do not say).
        tense: ``past`` or ``imp`` for verbs.
        person: ``3ms`` ... for verbs; ``s`` or ``p`` for nouns.
        conjunction: a و or ف stands before it.
        future: a س stands before it.
        preposition: ب, ل or ك written together with it, else "".
        definite: it carries the article.
        pronoun: the attached pronoun, else "".
    """

    lemma: str
    pos: str
    voice: str
    tense: str
    person: str
    conjunction: bool = False
    future: bool = False
    preposition: str = ""
    definite: bool = False
    pronoun: str = ""


_Entry = tuple[str, str, str, str, str]


@cache
def _packaged() -> Mapping[str, tuple[_Entry, ...]]:
    """The packaged table, read once."""
    table: dict[str, tuple[_Entry, ...]] = {}
    text = gzip.decompress(_TABLE.read_bytes()).decode("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        surface, *entries = line.split("\t")
        table[surface] = tuple(
            (lemma, pos, voice, tense, person)
            for lemma, pos, voice, tense, person in (entry.split("|") for entry in entries)
        )
    return table


@follows
@cache
def _table() -> Mapping[str, tuple[_Entry, ...]]:
    """The packaged table, and what a user's own words add to it."""
    own = own_forms()
    if not own:
        return _packaged()
    table = dict(_packaged())
    for surface, entries in own.items():
        table[surface] = tuple(dict.fromkeys((*table.get(surface, ()), *entries)))
    return table


@follows
@cache
def lemmas() -> frozenset[str]:
    """Every lemma of the table."""
    return frozenset(entry[0] for entries in _table().values() for entry in entries)


def _verbs(word: str, *, conjunction: bool) -> list[Reading]:
    """Verb and participle readings of a word whose conjunction is already off."""
    table, found = _table(), []
    for prefix, future, preposition in (("", False, ""), ("س", True, ""), ("ل", False, "ل")):
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        for pronoun in ("", *PRONOUNS[:-1]):  # no verb takes ي without ن
            if not rest.endswith(pronoun) or len(rest) - len(pronoun) < 2:
                continue
            for lemma, pos, voice, tense, person in table.get(rest[: len(rest) - len(pronoun)], ()):
                if pos != "V" or (prefix and tense != "imp") or (pronoun and voice == "p"):
                    continue
                found.append(
                    Reading(
                        lemma, pos, voice, tense, person, conjunction, future, preposition,
                        definite=False, pronoun=pronoun,
                    )
                )  # fmt: skip
    return found


def _nouns(word: str, *, conjunction: bool) -> list[Reading]:
    """Noun and participle readings of a word whose conjunction is already off."""
    table, found = _table(), []
    for prefix, preposition, definite in _NOUN_PREFIXES:
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        for pronoun in ("",) if definite else ("", *PRONOUNS):
            if not rest.endswith(pronoun) or len(rest) - len(pronoun) < 2:
                continue
            stem = rest[: len(rest) - len(pronoun)]
            if pronoun and stem.endswith("ه"):
                continue
            for lemma, pos, voice, tense, person in table.get(stem, ()):
                if pos == "V":
                    continue
                found.append(
                    Reading(
                        lemma, pos, voice, tense, person, conjunction, preposition=preposition,
                        definite=definite or bool(pronoun), pronoun=pronoun,
                    )
                )  # fmt: skip
    return found


@follows
@remembers
def analyse(token: str) -> tuple[Reading, ...]:
    """Give every reading of a token.

    Args:
        token: one word of normalised text.

    Returns:
        The readings, those without clitics first; empty for an unknown word.
    """
    if len(token) < 2 or len(token) > MAX_TOKEN:
        return ()
    found = _verbs(token, conjunction=False) + _nouns(token, conjunction=False)
    if token[0] in CONJUNCTIONS and len(token) > 2:
        rest = token[1:]
        found += _verbs(rest, conjunction=True) + _nouns(rest, conjunction=True)
    return tuple(dict.fromkeys(found))


@follows
@remembers
def lemmas_of(token: str) -> frozenset[str]:
    """The lemmas of every reading of a token."""
    return frozenset(reading.lemma for reading in analyse(token))
