"""How many were killed and injured: every toll of a sentence, and which of them an event has.

A toll is a number of persons, or one or two persons in a word, beside a word of killing or
injuring; what و joins to it is added (ثلاثة جنود ومدنيان، قائد وأربعة من مرافقيه).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final, Literal, NamedTuple

from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse, lemmas_of
from transforms.enrich.words.memo import remembers

Size = tuple[int, int | None]
Kind = Literal["dead", "hurt"]

_KILLED_BEFORE: Final = lists.lemmas("attributes", "killed_before")
_KILLED_ONE: Final = lists.lemmas("attributes", "killed_one")
_HURT_BEFORE: Final = lists.lemmas("attributes", "hurt_before")
_KILLED_AFTER: Final = lists.lemmas("attributes", "killed_after")
_HURT_AFTER: Final = lists.lemmas("attributes", "hurt_after")
_DEAD_NOUNS: Final = lists.lemmas("attributes", "dead_nouns")
_HURT_NOUNS: Final = lists.lemmas("attributes", "hurt_nouns")
_DEATHS: Final = lists.lemmas("attributes", "deaths")
_TOTALS: Final = lists.words("counted", "totals")
_OTHERS: Final = lists.words("counted", "others")
_PARTS: Final = lists.words("counted", "parts")
_TWO: Final = lists.words("counted", "two_persons")
_ONE: Final = lists.words("counted", "one_person")
_REACH: Final = 5
_JOINED: Final = "وفبل"  # written together with the next word
_OWN: Final = ("ها", "هم", "ه", "نا", "ي")  # سائقها، زوجته
_BREAKS: Final = ".,CRV"


class Toll(NamedTuple):
    """Persons killed or injured.

    Attributes:
        kind: which of both.
        size: lowest and highest number; the highest is None when the text says "at least".
        first: the first token that counts them.
        last: the last.
        numbered: whether a number counts them, not a word for one or two.
    """

    kind: Kind
    size: Size
    first: int
    last: int
    numbered: bool = True

    @property
    def exact(self) -> bool:
        """Whether the text gives a number, not dozens or hundreds."""
        return self.size[1] is None or self.size[0] == self.size[1]


def tolls(annotations: Annotations, sentence: Sentence) -> list[Toll]:
    """Every toll of a sentence, in the order of the text.

    Args:
        annotations: the text.
        sentence: the sentence.
    """
    found: list[Toll] = []
    for first, last, size in sorted(_counts(annotations, sentence)):
        kind = _kind(sentence, first, last)
        if kind == "":
            continue
        before = found[-1] if found else None
        if before is not None and before.kind == kind and _joins(sentence, before.last, first):
            found[-1] = Toll(kind, _sum(before.size, size), before.first, last)
            continue
        extra = _persons_before(annotations, sentence, first, kind)
        found.append(Toll(kind, _sum(size, (extra, extra)), first, last))
    covered = {
        index
        for toll in found
        if toll.kind == "dead"
        for index in range(toll.first - _REACH, toll.last + 1)
    }
    found += [t for t in _without_number(annotations, sentence) if t.first not in covered]
    return sorted(found, key=lambda toll: toll.first)


def toll_of(found: Iterable[Toll], sentence: Sentence, token: int, kind: Kind) -> Toll | None:
    """The toll of a kind that stands nearest to the word that tells an event.

    Args:
        found: those of the sentence.
        sentence: the sentence.
        token: the word.
        kind: of the dead or of the injured.
    """
    own = [toll for toll in found if toll.kind == kind]
    return min(
        own, key=lambda t: (not t.exact, distance(sentence, t, token), t.first), default=None
    )


def distance(sentence: Sentence, toll: Toll, token: int) -> int:
    """How far a toll stands from a word, the breaks between clauses counting as five words."""
    low, high = sorted((toll.first, token))
    kinds = sentence.stretch(low, high)
    breaks = sum(kinds.count(kind) for kind in ".,CR")
    return high - low + 5 * breaks


def _sum(one: Size, two: Size) -> Size:
    high = None if one[1] is None or two[1] is None else one[1] + two[1]
    return one[0] + two[0], high


def _joins(sentence: Sentence, last: int, first: int) -> bool:
    """Whether و joins what is counted at ``first`` to what is counted before it."""
    if not sentence.words[first].startswith("و"):
        return False
    between = range(last + 1, first)
    return len(between) <= _REACH and not any(
        sentence.kind(index) in _BREAKS or _deadly(sentence, index) for index in between
    )


def _deadly(sentence: Sentence, index: int) -> bool:
    """Whether a word tells of killing or injuring by itself."""
    return bool(lemmas_of(sentence.words[index]) & (_KILLED_BEFORE | _HURT_BEFORE))


def _counts(annotations: Annotations, sentence: Sentence) -> Iterator[tuple[int, int, Size]]:
    """What may count persons, by first and last token: numbers, and duals."""
    taken: set[int] = set()
    for first, last, number in annotations.numbers(sentence.first, sentence.stop):
        counted = sentence.words[last + 1] if last + 1 < sentence.stop else ""
        taken.update(range(first, last + 1))
        before = sentence.words[first - 1] if first > sentence.first else ""
        hours = before.startswith("ال") and before[2:] in _OTHERS  # الساعات الثلاث
        others = counted in _OTHERS or hours
        if not others and not _is_part(sentence, first):
            yield first, last, (number.low, number.high)
    for index in range(sentence.first, sentence.stop):
        if index not in taken and _is_two(sentence.words[index]) and not annotations.is_name(index):
            yield index, index, (2, 2)


def _is_part(sentence: Sentence, index: int) -> bool:
    """Whether those at a token are among others that are counted before: بينهم خمسة أطفال."""
    near = sentence.words[max(sentence.first, index - 3) : index]
    return any(word in _PARTS or word[1:] in _PARTS for word in near)


@remembers
def _is_two(word: str) -> bool:
    """Whether a word is the dual of a person: شخصان، القتيلين، سائحتين."""
    bare = word[1:] if word[0] in _JOINED and word[1:2] else word
    bare = bare.removeprefix("ال").removeprefix("ل")
    if word in _TWO or bare in _TWO:
        return True
    for ending, restored in (("تان", "ه"), ("تين", "ه"), ("ان", "")):
        stem = bare.removesuffix(ending)
        if stem != bare and len(stem) > 2:
            return stem + restored in _ONE or stem in _ONE
    return False


@remembers
def _is_one(word: str) -> bool:
    """Whether a word is one person, with or without article, conjunction or pronoun."""
    for bare in (word, word[1:] if word[0] in _JOINED and word[1:] else word):
        stem = bare.removeprefix("ال").removeprefix("ل")
        if stem in _ONE:
            return True
        for pronoun in _OWN:
            rest = stem.removesuffix(pronoun)
            if rest != stem and (rest in _ONE or rest.removesuffix("ت") + "ه" in _ONE):
                return True
    return False


@remembers
def _is_owned_two(word: str) -> bool:
    """Whether a word is two persons of somebody: طفلاها، طفليها."""
    stems = [word.removesuffix(own) for own in _OWN[:2] if word.endswith(own)]
    return any(stem[-1:] in {"ا", "ي"} and stem[:-1] in _ONE for stem in stems)


def _persons_before(annotations: Annotations, sentence: Sentence, first: int, kind: str) -> int:
    """1 when a number is joined by و to one person behind the word of killing: قائد وأربعة."""
    if not sentence.words[first].startswith("و"):
        return 0
    lemmas = _KILLED_BEFORE | _KILLED_ONE if kind == "dead" else _HURT_BEFORE
    for index in range(first - 1, max(sentence.first, first - 2 * _REACH) - 1, -1):
        if sentence.kind(index) in ".,CR":
            return 0
        if lemmas_of(sentence.words[index]) & lemmas and not annotations.is_name(index):
            return int(any(_is_one(w) for w in sentence.words[index + 1 : first]))
    return 0


def _without_number(annotations: Annotations, sentence: Sentence) -> Iterator[Toll]:
    """One person, or some joined by و, behind a word of killing: مقتل شاب، مصرع شيخ وطفلة."""
    if sentence.lemmas.isdisjoint(_KILLED_ONE):
        return
    for index in range(sentence.first, sentence.stop - 1):
        if not lemmas_of(sentence.words[index]) & _KILLED_ONE or annotations.is_name(index):
            continue
        position = _victim(annotations, sentence, index + 1)
        if position is None:
            continue
        number, last = 1, position
        for other in range(position + 1, min(sentence.stop, position + 4)):
            word = sentence.words[other]
            if sentence.kind(other) in ".,CRP":
                break
            if word[0] != "و" or not word[1:]:
                continue
            more = 2 if _is_owned_two(word[1:]) else int(_is_one(word[1:]))
            if more:
                number, last = number + more, other
        yield Toll("dead", (number, number), position, last, numbered=False)


def _victim(annotations: Annotations, sentence: Sentence, start: int) -> int | None:
    """The first person behind a word of killing, past prepositional phrases and times."""
    for index in range(start, min(sentence.stop, start + _REACH)):
        kind = sentence.kind(index)
        if kind in ".,CRV#" or sentence.words[index] in _PARTS:
            return None
        if _is_one(sentence.words[index]) or index in annotations.persons:
            return index
    return None


def _kind(sentence: Sentence, first: int, last: int) -> Kind | Literal[""]:
    """What a number counts.

    The noun right after it decides, else the nearest word of killing or injuring before it, else
    a verb behind it.
    """
    if first == last and lemmas_of(sentence.words[first]) & (_DEAD_NOUNS | _HURT_NOUNS):
        return "dead" if lemmas_of(sentence.words[first]) & _DEAD_NOUNS else "hurt"
    if last + 1 < sentence.stop:
        kind = _told(sentence, last + 1, "N", _DEAD_NOUNS, _HURT_NOUNS)
        if kind:
            return kind
    before = range(first - 1, max(sentence.first, first - _REACH - 1) - 1, -1)
    total = any(lemmas_of(sentence.words[i]) & _TOTALS for i in before)
    dead = _KILLED_BEFORE | _DEAD_NOUNS if total else _KILLED_BEFORE
    hurt = _HURT_BEFORE | _HURT_NOUNS if total else _HURT_BEFORE
    for index in before:
        kind = _told(sentence, index, "VNA", dead, hurt)
        if kind:
            return kind
    for index in range(last + 1, min(sentence.stop, last + _REACH + 1)):
        if sentence.is_verb(index):
            if _dies(sentence, index):
                return "dead"
            kind = _told(sentence, index, "V", _KILLED_AFTER, _HURT_AFTER)
            if kind:
                return kind
    return ""


def _dies(sentence: Sentence, index: int) -> bool:
    """Whether a verb and a noun of death behind it tell that somebody died: لقوا حتفهم."""
    return any(
        lemmas_of(sentence.words[i]) & _DEATHS
        for i in range(index + 1, min(sentence.stop, index + 4))
    )


def _told(
    sentence: Sentence, index: int, kinds: str, dead: AbstractSet[str], hurt: AbstractSet[str]
) -> Kind | Literal[""]:
    """Whether a word is one of killing (``dead``) or injuring (``hurt``)."""
    lemmas = {r.lemma for r in analyse(sentence.words[index]) if r.pos in kinds}
    if lemmas & hurt:
        return "hurt"
    return "dead" if lemmas & dead else ""
