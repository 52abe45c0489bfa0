"""What befalls persons: words that tell of being killed or injured."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final, Literal

from transforms.enrich.attributes.counted import BODIES, DEAD_NOUNS, HURT_NOUNS, is_somebody
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse, lemmas_of
from transforms.enrich.words.clitics import ARTICLE
from transforms.enrich.words.endings import ACCUSATIVE, FEMININE_FOLDED

Kind = Literal["dead", "hurt"]
Lemmas = AbstractSet[str]

KILLED_BEFORE: Final = lists.lemmas("attributes", "killed_before")
KILLED_ONE: Final = lists.lemmas("attributes", "killed_one")
HURT_BEFORE: Final = lists.lemmas("attributes", "hurt_before")
KILLED_AFTER: Final = lists.lemmas("attributes", "killed_after")
HURT_AFTER: Final = lists.lemmas("attributes", "hurt_after")
_DEATHS: Final = lists.lemmas("attributes", "deaths")
ENDS: Final = lists.lemmas("attributes", "ends")
_DIES: Final = lists.lemmas("attributes", "dies")
_HIM: Final = frozenset({"ه", "ها"})
_ENDING: Final = lists.words("attributes", "ending")
_JUDGED: Final = lists.lemmas("attributes", "judged")
_SIGNS: Final = lists.words("attributes", "signs_of_death")
VICTIMS: Final = lists.lemmas("attributes", "victims")
LIVES: Final = lists.words("attributes", "lives")
_PLURAL: Final = frozenset(["3mp", "3fp", "3md", "3fd"])
TOLD: Final = (
    KILLED_BEFORE | KILLED_ONE | KILLED_AFTER | DEAD_NOUNS | BODIES | VICTIMS | ENDS | _DEATHS
    | HURT_BEFORE | HURT_AFTER | HURT_NOUNS
)  # fmt: skip
TOLD_WORDS: Final = LIVES | _ENDING
_BEHIND: Final = 16  # tokens behind a verb in which a sign of death stands


def befalls_one(sentence: Sentence, index: int, *, more: bool) -> Kind | Literal[""]:
    """What a word says of one person behind it; who hits may hit a house: أصابت القذيفة منزله.

    Args:
        sentence: the sentence.
        index: the word.
        more: read as rows do (see ``casualties.tolls``).
    """
    readings = analyse(sentence.words[index])
    if more:
        readings = tuple(r for r in readings if r.pos != "A")  # no قاتل زوجته
    lemmas = {r.lemma for r in readings}
    kills = KILLED_ONE - ENDS if more else KILLED_ONE
    if lemmas & kills or (more and _tells_end(sentence, index, lemmas)):
        return "dead"
    if not lemmas & HURT_BEFORE:
        return ""
    voices = {r.voice for r in readings if r.pos == "V" and r.person != "1s"}
    hits = voices == {"a"} and sentence.is_verb(index)
    return "" if hits and not (more and _hits_one(sentence, index)) else "hurt"


def befalls_him(sentence: Sentence, index: int) -> bool:
    """Whether a noun and its pronoun tell what befell one person: مقتله، إصابته بكسر."""
    hit = sentence.words[index + 1].startswith("ب")
    return any(
        r.pos == "N"
        and r.pronoun in _HIM
        and (r.lemma in _DIES or (r.lemma in HURT_BEFORE and hit))
        for r in analyse(sentence.words[index])
    )


def _hits_one(sentence: Sentence, index: int) -> bool:
    """Whether who is hit stands right behind the verb, as its object: فأصاب شرطيا، وأصاب صحفية."""
    word = sentence.words[index + 1]
    persons = {r.person for r in analyse(sentence.words[index]) if r.pos == "V"}
    object_ends = (ACCUSATIVE, FEMININE_FOLDED) if "3ms" in persons else (ACCUSATIVE,)
    return is_somebody(word) and word.endswith(object_ends) and not word.startswith(ARTICLE)


def _tells_end(sentence: Sentence, index: int, lemmas: Lemmas) -> bool:
    """Whether a verb tells of dying, by a word behind it: لقوا حتفهم، قضى متأثرا بجروحه."""
    if not (lemmas & ENDS or sentence.words[index] in _ENDING):
        return False
    words = sentence.words[index + 1 : min(sentence.stop, index + _BEHIND)]
    if not any(word in _SIGNS or lemmas_of(word) & _DEATHS for word in words):
        return False
    behind = words[0] if words else ""  # قضى بسجنه، قضت على
    return not behind.startswith(("ب", "عل"))


def is_plural(sentence: Sentence, index: int) -> bool:
    """Whether a verb has several for its subject: ثلاثة يشتبه بأنهم من عناصر التنظيم قتلوا."""
    return any(r.pos == "V" and r.person in _PLURAL for r in analyse(sentence.words[index]))


def is_victim(word: str) -> bool:
    """Whether a word says whose victims are counted behind it: غارة راح ضحيتها تسعة."""
    return any(r.lemma in VICTIMS and r.pronoun for r in analyse(word))


def is_hit(word: str) -> bool:
    """Whether a verb behind a number says that those were injured: إن 27 آخرين أصيبوا."""
    return any(
        r.lemma in HURT_BEFORE and r.voice == "p" and not r.conjunction for r in analyse(word)
    )


def dies(sentence: Sentence, index: int) -> bool:
    """Whether a verb and a noun of death behind it tell that somebody died: لقوا حتفهم."""
    return any(
        lemmas_of(sentence.words[i]) & _DEATHS
        for i in range(index + 1, min(sentence.stop, index + 4))
    )


def befalls(
    sentence: Sentence, index: int, kinds: str, words: tuple[Lemmas, Lemmas], *, more: bool
) -> Kind | Literal[""]:
    """Whether a word is one of killing (the first of ``words``) or of injuring (the second)."""
    dead, hurt = words
    readings = [r for r in analyse(sentence.words[index]) if r.pos in kinds]
    if more:
        readings = [r for r in readings if r.lemma not in _JUDGED or r.preposition != "ب"]
        dead = dead - ENDS
    lemmas = {r.lemma for r in readings}
    if lemmas & hurt:
        return "hurt"
    ends = more and "V" in kinds and _tells_end(sentence, index, lemmas)
    return "dead" if lemmas & dead or ends else ""


def first_told(
    sentence: Sentence,
    indices: Iterable[int],
    kinds: str,
    words: tuple[Lemmas, Lemmas],
    *,
    more: bool,
) -> Kind | Literal[""]:
    """What the first token that tells of killing or injuring tells."""
    found = (befalls(sentence, i, kinds, words, more=more) for i in indices if i < sentence.stop)
    return next((kind for kind in found if kind), "")
