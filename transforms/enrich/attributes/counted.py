"""What a sentence counts that may be persons: numbers, duals, one person in a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import closed_classes, endings, lists
from transforms.enrich.words.analyse import lemmas_of
from transforms.enrich.words.clitics import ARTICLE, CONJUNCTIONS, PREPOSITIONS, PRONOUNS
from transforms.enrich.words.memo import remembers

Size = tuple[int, int | None]

OTHERS: Final = lists.words("counted", "others")
PARTS: Final = lists.words("counted", "parts")
_TWO: Final = lists.words("counted", "two_persons")
ONE: Final = lists.words("counted", "one_person")
_PAIR: Final = lists.words("counted", "pair")
_SINGLE: Final = lists.words("counted", "single")
ONE_DEAD: Final = lists.words("counted", "one_dead")
ONE_HURT: Final = lists.words("counted", "one_hurt")
_DEFECTIVE: Final = lists.words("counted", "defective")
_KIN: Final = lists.words("counted", "kin")
DAYS: Final = lists.words("counted", "days_like_numbers")
DEAD_NOUNS: Final = lists.lemmas("attributes", "dead_nouns")
HURT_NOUNS: Final = lists.lemmas("attributes", "hurt_nouns")
_TELLS: Final = lists.lemmas("attributes", "killed_before") | lists.lemmas(
    "attributes", "hurt_before"
)
BODIES: Final = lists.lemmas("attributes", "bodies")
_OWN: Final = (*endings.POSSESSIVES, PRONOUNS[-1])  # سائقها، زوجتي
_HIS, _OF_BOTH = endings.POSSESSIVES[0], endings.POSSESSIVES[3]
_OWN_OF_TWO: Final = (*endings.PLAIN_POSSESSIVES, _OF_BOTH)
_JOINED: Final = frozenset(CONJUNCTIONS + PREPOSITIONS)
_DUALS: Final = (endings.DUAL, endings.DUAL_OBLIQUE)
_DUALS_FEMININE: Final = tuple(
    endings.FEMININE_INSIDE + ending for ending in (*_DUALS, endings.DUAL_BARE)
)
_DUALS_OWNED: Final = (endings.DUAL_BARE, endings.DUAL_OBLIQUE_BARE)


def counts(annotations: Annotations, sentence: Sentence) -> Iterator[tuple[int, int, Size]]:
    """What may count persons, by first and last token: numbers, and duals.

    Args:
        annotations: the text.
        sentence: the sentence.
    """
    taken: set[int] = set()
    for first, last, number in annotations.numbers(sentence.first, sentence.stop):
        if first == last and first > sentence.first and any(_behind_noun(sentence, first)):
            continue
        taken.update(range(first, last + 1))
        if not _counts_others(sentence, first, last) and not _is_part(sentence, first):
            yield first, last, (number.low, number.high)
    for index in range(sentence.first, sentence.stop):
        word = sentence.words[index]
        two = index not in taken and (is_two(word) or _are_owned_two(sentence, index))
        if two and not annotations.is_name(index):
            if not _is_part(sentence, index):
                yield index, index, (2, 2)
        elif index > sentence.first and index not in taken:
            yield from _behind_noun(sentence, index)


def _counts_others(sentence: Sentence, first: int, last: int) -> bool:
    """Whether a number counts no persons: الساعات الثلاث، شاب في الثلاثين، في الرابعة والعشرين."""
    word = sentence.words[first]
    behind = sentence.words[last + 1] if last + 1 < sentence.stop else ""
    before = sentence.words[first - 1] if first > sentence.first else ""
    hours = before.startswith(ARTICLE) and before.removeprefix(ARTICLE) in OTHERS
    age = before in closed_classes.IN
    ordinal = word.startswith(CONJUNCTIONS[0] + ARTICLE)
    definite = word.startswith(ARTICLE) and (hours or age)
    return behind in OTHERS or definite or ordinal or word in DAYS


def _behind_noun(sentence: Sentence, index: int) -> Iterator[tuple[int, int, Size]]:
    """A number of one or two behind what it counts: متظاهرين اثنين، قتيلا واحدا."""
    word, before = sentence.words[index], sentence.words[index - 1]
    if word in _PAIR:
        yield index - before.endswith(_DUALS), index, (2, 2)
    elif word in _SINGLE and lemmas_of(before) & (DEAD_NOUNS | HURT_NOUNS):
        yield index - 1, index, (1, 1)


def _is_part(sentence: Sentence, index: int) -> bool:
    """Whether those at a token are among others that are counted before: بينهم خمسة أطفال."""
    for near in range(index - 1, max(sentence.first, index - 3) - 1, -1):
        word = sentence.words[near]
        if word in PARTS or word[1:] in PARTS:
            return True
        if sentence.is_verb(near) or lemmas_of(word) & _TELLS:
            return False  # فقتلوا أربعة منهم وأصابوا اثنين، بينهم طفل وإصابة عشرة
    return False


def _bare(word: str) -> str:
    """A word without the article, which loses its ا behind ل: للطالب."""
    return word.removeprefix(ARTICLE).removeprefix(ARTICLE[1:])


def _unjoined(word: str) -> str:
    """A word without what is written together with it."""
    return word[1:] if word[:1] in _JOINED and word[1:] else word


def is_joined(sentence: Sentence, index: int) -> bool:
    """Whether و joins a word to those before it: وثلاثة، و18, not واحد."""
    word, joining = sentence.words[index], CONJUNCTIONS[0]
    alone = index > sentence.first and sentence.words[index - 1] == joining
    return alone or (word.startswith(joining) and word not in _SINGLE)


@remembers
def is_two(word: str) -> bool:
    """Whether a word is the dual of a person: شخصان، القتيلين، سائحتين."""
    bare = _bare(_unjoined(word))
    if word in _TWO or bare in _TWO:
        return True
    for ending in (*_DUALS_FEMININE, endings.DUAL):
        stem = bare.removesuffix(ending)
        if stem != bare and len(stem) > 2:
            restored = endings.FEMININE_FOLDED if ending in _DUALS_FEMININE else ""
            return stem + restored in ONE or stem in ONE or _is_defective(stem)
    return bare.endswith(endings.DUAL_OBLIQUE) and _is_defective(
        bare.removesuffix(endings.DUAL_OBLIQUE)
    )


def _is_defective(stem: str) -> bool:
    """Whether a noun regains the ي that it loses when it stands alone, as before a dual: راع.

    Adjectives that end so are none: ثلاثة قادة رئيسيين are three.
    """
    return stem.endswith("ي") and stem[:-1] in _DEFECTIVE


@remembers
def is_somebody(word: str) -> bool:
    """Whether a word is one person, whatever is written onto it: شابا، والقائد، سائقها."""
    for bare in (word, _unjoined(word)):
        stem = _bare(bare)
        if stem in ONE or stem.removesuffix(endings.ACCUSATIVE) in ONE:
            return True
        for pronoun in _OWN:
            rest = stem.removesuffix(pronoun)
            feminine = rest.removesuffix(endings.FEMININE_INSIDE) + endings.FEMININE_FOLDED
            if rest != stem and (rest in ONE or feminine in ONE):
                return True
    return False


def _are_owned_two(sentence: Sentence, index: int) -> bool:
    """Whether two persons of somebody stand here, and not some out of many: سبعة من مقاتليها."""
    before = sentence.words[index - 1] if index > sentence.first else ""
    return before not in closed_classes.FROM and is_owned_two(sentence.words[index])


@remembers
def is_owned_two(word: str) -> bool:
    """Whether a word is two persons of somebody: طفلاها، وطفليها، حارساه."""
    bare = _unjoined(word)
    if bare in ONE:
        return False
    stems = [bare.removesuffix(own) for own in _OWN_OF_TWO if bare.endswith(own)]
    if bare.endswith(endings.DUAL_BARE + _HIS):
        stems.append(bare.removesuffix(_HIS))
    return any(
        (stem.endswith(endings.DUAL_BARE) and stem[:-1] in ONE)
        or (stem.endswith(endings.DUAL_OBLIQUE_BARE) and stem[:-1] in _KIN)
        or (stem.endswith(_DUALS_OWNED) and _feminine(stem[:-1]) in ONE)
        for stem in stems
    )


def _feminine(stem: str) -> str:
    """The feminine noun that a stem belongs to: طفلت of طفلتاهما."""
    rest = stem.removesuffix(endings.FEMININE_INSIDE)
    return rest + endings.FEMININE_FOLDED if rest != stem else ""
