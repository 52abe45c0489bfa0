"""What befalls persons: words that tell of being killed or injured."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final, Literal

from transforms.enrich.attributes import counted
from transforms.enrich.attributes.counted import BODIES, DEAD_NOUNS, HURT_NOUNS, is_somebody, is_two
from transforms.enrich.own import follows
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse, lemmas_of
from transforms.enrich.words.clitics import ARTICLE, PREPOSITIONS, with_conjunctions
from transforms.enrich.words.endings import ACCUSATIVE, FEMININE_FOLDED
from transforms.enrich.words.memo import remembers
from transforms.text.numbers import number_words

Kind = Literal["dead", "hurt"]
Lemmas = AbstractSet[str]


# The lemmas that words stand for which the lists of verbs and nouns lack.
_KILL, _DEAD, _HURT = "قتل", "قتيل", "جريح"
_UNLISTED: Final = {
    word: lemma
    for lemma, name in ((_KILL, "killed_words"), (_DEAD, "dead_words"), (_HURT, "hurt_words"))
    for word in with_conjunctions(lists.words("attributes", name))
}
_ENDING: Final = with_conjunctions(lists.words("attributes", "ending"))
_VERBS: Final = _ENDING | with_conjunctions(lists.words("attributes", "killed_words"))
KILLED_BEFORE: Final = lists.lemmas("attributes", "killed_before")
KILLED_ONE: Final = lists.lemmas("attributes", "killed_one")
HURT_BEFORE: Final = lists.lemmas("attributes", "hurt_before")
KILLED_AFTER: Final = lists.lemmas("attributes", "killed_after")
HURT_AFTER: Final = lists.lemmas("attributes", "hurt_after")
DEATHS: Final = lists.lemmas("attributes", "deaths")
ENDS: Final = lists.lemmas("attributes", "ends")
VICTIMS: Final = lists.lemmas("attributes", "victims")
LIVES: Final = lists.words("attributes", "lives")
LOSES: Final = lists.lemmas("attributes", "loses")
_JUDGES: Final = lists.words("attributes", "judges")
_MEETS: Final = lists.lemmas("attributes", "meets")
_DIES: Final = lists.lemmas("attributes", "dies")
_KILLS: Final = lists.lemmas("attributes", "kills")
_HIM: Final = {"ه": 1, "ها": 1, "هما": 2}
_JUDGED: Final = lists.lemmas("attributes", "judged")
_SURE: Final = lists.words("attributes", "sure_signs")
_SIGNS: Final = lists.words("attributes", "signs_of_death") | _SURE
_VERB_PLURAL: Final = "وا"
_PLURAL: Final = frozenset(["3mp", "3fp", "3md", "3fd"])
TOLD: Final = (
    KILLED_BEFORE | KILLED_ONE | KILLED_AFTER | DEAD_NOUNS | BODIES | VICTIMS | ENDS | _MEETS
    | DEATHS | LOSES | HURT_BEFORE | HURT_AFTER | HURT_NOUNS
)  # fmt: skip
TOLD_WORDS: Final = LIVES | _ENDING | _UNLISTED.keys()
_BEHIND: Final = 20  # tokens behind a verb in which a sign of death stands


@follows
@remembers
def told_by(word: str) -> frozenset[str]:
    """The lemmas of every reading of a word, and what it stands for if it is in no list."""
    unlisted = _UNLISTED.get(word)
    return lemmas_of(word) | {unlisted} if unlisted else lemmas_of(word)


def befalls_one(sentence: Sentence, index: int) -> Kind | Literal[""]:
    """What a word says of one person behind it; who hits may hit a house: أصابت القذيفة منزله.

    Args:
        sentence: the sentence.
        index: the word.
    """
    word = sentence.words[index]
    readings = [r for r in analyse(word) if r.pos != "A"]  # no قاتل زوجته
    lemmas = {r.lemma for r in readings}
    if lemmas & KILLED_ONE or _UNLISTED.get(word) == _KILL or tells_end(sentence, index):
        return "dead"
    if not lemmas & HURT_BEFORE:
        return ""
    voices = {r.voice for r in readings if r.pos == "V" and r.person != "1s"}
    hits = voices == {"a"} and sentence.is_verb(index)
    return "" if hits and not _hits_one(sentence, index) else "hurt"


def befalls_him(sentence: Sentence, index: int) -> int:
    """How many a word and its pronoun tell to be hit: مقتله، إصابته بكسر، فأردوه، حتفهما."""
    hit = index + 1 < sentence.stop and sentence.words[index + 1].startswith("ب")
    verb = sentence.is_verb(index)
    for r in analyse(sentence.words[index]):
        number = _HIM.get(r.pronoun, 0)
        dies = r.lemma in _DIES or (r.lemma in HURT_BEFORE and hit)
        kills = r.pos == "V" and r.lemma in _KILLS and verb
        if number and (kills or (r.pos == "N" and (dies or (r.lemma in DEATHS and number > 1)))):
            return number
    return 0


def _hits_one(sentence: Sentence, index: int) -> bool:
    """Whether who is hit stands right behind the verb, as its object: فأصاب شرطيا، وأصاب صحفية."""
    word = sentence.words[index + 1]
    persons = {r.person for r in analyse(sentence.words[index]) if r.pos == "V"}
    object_ends = (ACCUSATIVE, FEMININE_FOLDED) if "3ms" in persons else (ACCUSATIVE,)
    return is_somebody(word) and word.endswith(object_ends) and not word.startswith(ARTICLE)


def tells_end(sentence: Sentence, index: int) -> bool:
    """Whether a verb tells of dying by what stands behind it: لقوا حتفهم، قضى متأثرا بجروحه.

    Args:
        sentence: the sentence.
        index: the verb.
    """
    lemmas = lemmas_of(sentence.words[index])
    behind = sentence.words[index + 1 : min(sentence.stop, index + _BEHIND)]
    if lemmas & _MEETS:
        return any(lemmas_of(word) & DEATHS for word in behind)
    if sentence.words[index] in _ENDING:
        return not _SURE.isdisjoint(behind)
    if not lemmas & ENDS or not behind:
        return False
    if behind[0] in _SIGNS or _are_persons(sentence, index + 1):
        return True
    judges = behind[0].startswith(("ب", "عل")) or not _JUDGES.isdisjoint(behind)
    return not judges and not _SIGNS.isdisjoint(behind)  # قضى بسجنه، قضت على


def _are_persons(sentence: Sentence, index: int) -> bool:
    """Whether some persons stand here, no span of time and no court: قضى ثلاثة عمال."""
    word = sentence.words[index]
    if sentence.kind(index) == "#" or word in number_words():
        counts = sentence.words[index + 1 : min(sentence.stop, index + 4)]
        return counted.OTHERS.isdisjoint(counts) and not word.startswith(PREPOSITIONS[0])
    return is_two(word) and not word.startswith(ARTICLE)


def is_verb(sentence: Sentence, index: int) -> bool:
    """Whether a word is a verb, also one of dying that the list of verbs lacks: فارقوا."""
    return sentence.is_verb(index) or sentence.words[index] in _VERBS


def is_plural(word: str) -> bool:
    """Whether a verb has several for its subject: ثلاثة يشتبه بأنهم من عناصر التنظيم قتلوا."""
    listed = any(r.pos == "V" and r.person in _PLURAL for r in analyse(word))
    return listed or (word in _VERBS and word.endswith(_VERB_PLURAL))


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
        lemmas_of(sentence.words[i]) & DEATHS
        for i in range(index + 1, min(sentence.stop, index + 4))
    )


def befalls(
    sentence: Sentence, index: int, kinds: str, words: tuple[Lemmas, Lemmas]
) -> Kind | Literal[""]:
    """Whether a word is one of killing (the first of ``words``) or of injuring (the second)."""
    dead, hurt = words
    word = sentence.words[index]
    lemmas = {
        r.lemma
        for r in analyse(word)
        if r.pos in kinds and (r.lemma not in _JUDGED or r.preposition != "ب")
    }
    if word in _UNLISTED:
        lemmas.add(_UNLISTED[word])
    if lemmas & hurt:
        return "hurt"
    ends = "V" in kinds and tells_end(sentence, index)
    return "dead" if lemmas & dead or ends else ""


def first_told(
    sentence: Sentence,
    indices: Iterable[int],
    kinds: str,
    words: tuple[Lemmas, Lemmas],
) -> Kind | Literal[""]:
    """What the first token that tells of killing or injuring tells."""
    found = (befalls(sentence, i, kinds, words) for i in indices if i < sentence.stop)
    return next((kind for kind in found if kind), "")
