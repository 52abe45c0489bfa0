"""The kinds of words by themselves, before a sentence decides: closed classes, verbs and nouns."""

from __future__ import annotations

from typing import NamedTuple

from transforms.enrich.own import follows
from transforms.enrich.words import closed_classes as grammar
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.clitics import CONJUNCTIONS
from transforms.enrich.words.memo import remembers


@remembers
def closed_kind(word: str) -> str:
    """The kind of a closed-class word or mark; "" for an open one."""
    first = word[0]
    if not first.isalnum():
        return _mark_kind(first)
    if first.isdigit():
        return "#"
    for candidate in (word, word[1:] if first in "وف" and len(word) > 2 else ""):
        kind = class_of(candidate)
        if kind:
            return kind
    return ""


def _mark_kind(mark: str) -> str:
    if mark in grammar.QUOTES:
        return '"'
    return "." if mark in grammar.STRONG_STOPS else ","


def class_of(word: str) -> str:
    """The kind of a word of a closed class; "" for others."""
    if word in grammar.PREPOSITIONS:
        return "P"
    if word in grammar.RELATIVES:
        return "R"
    if word in grammar.CLAUSE_OPENERS:
        return "C"
    if word in grammar.STOP_PARTICLES or word in grammar.NEGATORS:
        return "X"
    return "T" if word in grammar.TIME_WORDS else ""


@follows
@remembers
def open_kind(word: str) -> str:
    """``V``, ``N`` or ``?`` (both are possible) for an open-class word."""
    readings = analyse(word)
    verbs = [r for r in readings if r.pos == "V" and (r.person[0] == "3" or r.person == "1p")]
    nouns = [r for r in readings if r.pos != "V"]
    if verbs and nouns:
        return "?"
    if verbs:
        return "V"
    if word.startswith(("سي", "ست", "وسي", "وست")) and len(word) > 5 and not nouns:
        return "V" if word.startswith(("سي", "وسي")) else "N"
    return "N"


class FirstKind(NamedTuple):
    """What the kind of a word is before its place in the sentence is asked about.

    Attributes:
        kind: of a closed class; "" for none, or where the word is rather a verb.
        quantifier: whether it counts.
        general: whether it may be an adjective behind a definite noun (الأمين العام).
    """

    kind: str
    quantifier: bool
    general: bool


@follows
@remembers
def first_kind(word: str) -> FirstKind:
    """The kind of a word by itself, remembered."""
    kind = closed_kind(word)
    if kind == "R" and word in grammar.FROM:
        kind = "P"
    if kind and word[0] in CONJUNCTIONS and not class_of(word) and plain_verb(word):
        kind = ""  # فتحت is a verb, not ف + تحت
    return FirstKind(kind, word in grammar.QUANTIFIERS, word in grammar.GENERAL)


def plain_verb(word: str) -> bool:
    """Whether a word is a verb as it stands, nothing taken off."""
    return any(r.pos == "V" and not r.conjunction for r in analyse(word))
