"""How many were killed and injured: every toll of a sentence, and which of them an event has.

A toll is a number of persons, or one or two persons in a word, beside a word of killing or
injuring; what و joins to it is added (ثلاثة جنود ومدنيان، قائد وأربعة من مرافقيه).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final, Literal, NamedTuple

from transforms.enrich.attributes.counted import (
    DAYS,
    DEAD_NOUNS,
    HURT_NOUNS,
    ONE,
    PARTS,
    Size,
    counts,
    is_one,
    is_owned_two,
)
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse, lemmas_of

Kind = Literal["dead", "hurt"]
_Lemmas = AbstractSet[str]

_KILLED_BEFORE: Final = lists.lemmas("attributes", "killed_before")
_KILLED_ONE: Final = lists.lemmas("attributes", "killed_one")
_HURT_BEFORE: Final = lists.lemmas("attributes", "hurt_before")
_KILLED_AFTER: Final = lists.lemmas("attributes", "killed_after")
_HURT_AFTER: Final = lists.lemmas("attributes", "hurt_after")
_DEATHS: Final = lists.lemmas("attributes", "deaths")
_TOTALS: Final = lists.words("counted", "totals")
_TOTAL_NOUNS: Final = lists.lemmas("counted", "total_nouns")
_OTHER_FATES: Final = lists.lemmas("attributes", "other_fates")
_BEFALLS_ONE: Final = _KILLED_ONE | _HURT_BEFORE
_VICTIMS: Final = lists.lemmas("attributes", "victims")
_DEAD_IN_ALL: Final = DEAD_NOUNS | _VICTIMS
_ONE_MORE: Final = lists.words("counted", "one_more")
_REACHES: Final = lists.words("counted", "reaches")
_LIVES: Final = lists.words("attributes", "lives")
_BESIDE: Final = lists.words("counted", "beside")
_MORE: Final = lists.words("counted", "more_persons")
_REACH: Final = 5
_LONG_REACH: Final = 16  # of a total: عدد قتلى الهجوم الذي استهدف أمس حشدا في المدينة بلغ 91
_BREAKS: Final = ".,CRV"
_INSERTED: Final = "TX"
_PLURAL: Final = frozenset(["3mp", "3fp", "3md", "3fd"])


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
    for first, last, size in sorted(counts(annotations, sentence)):
        kind = _kind(sentence, first, last)
        if kind == "":
            continue
        before = found[-1] if found else None
        if before is not None and before.kind == kind and _joins(sentence, before.last, first):
            found[-1] = Toll(kind, _sum(before.size, size), before.first, last)
            continue
        stop = _persons_behind(sentence, last)
        extra = _persons_before(annotations, sentence, first, kind) + int(stop > last)
        found.append(Toll(kind, _sum(size, (extra, extra)), first, stop))
    covered = {
        (toll.kind, index)
        for toll in found
        if not _are_others(sentence, toll) or _is_beside(sentence, toll.first)
        for index in range(toll.first - _reach(sentence, toll.first), toll.last + 1)
    }
    found += [t for t in _without_number(annotations, sentence) if (t.kind, t.first) not in covered]
    return _with_others(sentence, sorted(found, key=lambda toll: toll.first))


def _are_others(sentence: Sentence, toll: Toll) -> bool:
    """Whether a toll counts others than those told before it: بسبعة أشخاص آخرين."""
    return bool(_MORE.intersection(sentence.words[toll.last + 1 : toll.last + 3]))


def _with_others(sentence: Sentence, found: list[Toll]) -> list[Toll]:
    """Add one who was named to the others who died with him: اغتيال الوزير ... أودى بسبعة آخرين."""
    told: list[Toll] = []
    for toll in found:
        before = told[-1] if told else None
        others = _are_others(sentence, toll) and not _is_beside(sentence, toll.first)
        if others and before and before.kind == toll.kind and not before.numbered:
            told[-1] = Toll(toll.kind, _sum(before.size, toll.size), before.first, toll.last)
        else:
            told.append(toll)
    return told


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


def _is_beside(sentence: Sentence, first: int) -> bool:
    """Whether a number counts more persons beside one told before: قيادي مع خمسة آخرين."""
    behind = sentence.words[first + 1] if first + 1 < sentence.stop else ""
    return first > sentence.first and sentence.words[first - 1] in _BESIDE and behind in _MORE


def _before(sentence: Sentence, first: int, reach: int) -> Iterator[int]:
    """The nearest tokens before one, without times and insertions: وفق منظمة، ما لا يقل عن."""
    for index in range(first - 1, sentence.first - 1, -1):
        if sentence.kind(index) in _INSERTED:
            continue
        if reach == 0:
            return
        reach -= 1
        yield index


def _reach(sentence: Sentence, first: int) -> int:
    """How far before a number the word of killing may stand."""
    return 2 * _REACH if _is_beside(sentence, first) else _REACH + 1


def _persons_behind(sentence: Sentence, last: int) -> int:
    """The token of one person joined to a number: ثلاثة من رجال الأمن ومدني; else ``last``."""
    for index in range(last + 1, min(sentence.stop, last + _REACH + 1)):
        word = sentence.words[index]
        if sentence.kind(index) in _BREAKS:
            break
        behind = sentence.words[index + 1] if index + 1 < sentence.stop else ""
        if word.startswith("و") and word[1:] in ONE and not behind.startswith("ال"):
            return index
    return last


def _persons_before(annotations: Annotations, sentence: Sentence, first: int, kind: str) -> int:
    """1 when a number is joined by و to one person behind the word of killing: قائد وأربعة."""
    if not sentence.words[first].startswith("و") and not _is_beside(sentence, first):
        return 0
    lemmas = _KILLED_BEFORE | _KILLED_ONE if kind == "dead" else _HURT_BEFORE
    for index in _before(sentence, first, 2 * _REACH):
        if sentence.kind(index) in ".,CR":
            return 0
        if lemmas_of(sentence.words[index]) & lemmas and not annotations.is_name(index):
            return int(any(is_one(w) for w in sentence.words[index + 1 : first]))
    return 0


def _without_number(annotations: Annotations, sentence: Sentence) -> Iterator[Toll]:
    """One person, or some joined by و: مقتل شاب، مصرع شيخ وطفلة، إصابة ثالث."""
    if sentence.lemmas.isdisjoint(_BEFALLS_ONE):
        return
    for index in range(sentence.first, sentence.stop - 1):
        kind = _befalls_one(sentence, index)
        if kind == "" or annotations.is_name(index):
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
            more = 2 if is_owned_two(word[1:]) else int(is_one(word[1:]))
            if more:
                number, last = number + more, other
        yield Toll(kind, (number, number), position, last, numbered=False)


def _befalls_one(sentence: Sentence, index: int) -> Kind | Literal[""]:
    """What a word says of one person behind it; who hits may hit a house: أصابت القذيفة منزله."""
    lemmas = lemmas_of(sentence.words[index])
    if lemmas & _KILLED_ONE:
        return "dead"
    if not lemmas & _HURT_BEFORE:
        return ""
    voices = {r.voice for r in analyse(sentence.words[index]) if r.pos == "V" and r.person != "1s"}
    return "" if voices == {"a"} and sentence.is_verb(index) else "hurt"


def _victim(annotations: Annotations, sentence: Sentence, start: int) -> int | None:
    """The first person behind a word of killing, past prepositional phrases and times."""
    reach = _REACH
    for index in range(start, sentence.stop):
        kind = sentence.kind(index)
        if kind in _INSERTED:
            continue
        if reach == 0 or kind in ".,CRV#" or sentence.words[index] in PARTS:
            return None
        reach -= 1
        word = sentence.words[index]
        if is_one(word) or word in _ONE_MORE or index in annotations.persons:
            return index
    return None


def _kind(sentence: Sentence, first: int, last: int) -> Kind | Literal[""]:
    """What a number counts.

    The noun right after it decides, else the total that it is, else the nearest word of killing or
    injuring before it, else a verb behind it.
    """
    if lemmas_of(sentence.words[first]) & (DEAD_NOUNS | HURT_NOUNS):
        return "dead" if lemmas_of(sentence.words[first]) & DEAD_NOUNS else "hurt"
    return (
        _first_told(sentence, [last + 1], "N", (DEAD_NOUNS, HURT_NOUNS))
        or _of_lives(sentence, first)
        or _of_total(sentence, first, last)
        or _told_before(sentence, first)
        or _told_behind(sentence, last)
    )


def _told_before(sentence: Sentence, first: int) -> Kind | Literal[""]:
    """What the nearest word of killing or injuring before a number says; no other fate between."""
    before = list(_before(sentence, first, _reach(sentence, first)))
    for number, index in enumerate(before):
        if lemmas_of(sentence.words[index]) & _OTHER_FATES:
            before = before[:number]
            break
    total = any(lemmas_of(sentence.words[i]) & _TOTALS for i in before)
    dead = _KILLED_BEFORE | DEAD_NOUNS if total else _KILLED_BEFORE
    hurt = _HURT_BEFORE | HURT_NOUNS if total else _HURT_BEFORE
    return _first_told(sentence, before, "VNA", (dead, hurt))


def _told_behind(sentence: Sentence, last: int) -> Kind | Literal[""]:
    """What a verb behind a number says of those it counts: أن 15 جنديا لقوا حتفهم."""
    for index in range(last + 1, min(sentence.stop, last + 2 * _REACH + 1)):
        if sentence.kind(index) in ".,#":
            break
        plural = _is_plural(sentence, index)
        near = index <= last + _REACH and sentence.is_verb(index)
        if near or (plural and (sentence.is_verb(index) or index == last + 1)):
            if _dies(sentence, index):
                return "dead"
            kind = _told(sentence, index, "V", _KILLED_AFTER, _HURT_AFTER)
            if kind or _is_hit(sentence.words[index]):
                return kind or "hurt"
    return ""


def _of_lives(sentence: Sentence, first: int) -> Kind | Literal[""]:
    """Whether a number counts lives or victims: أزهقت أرواح ستة، غارة راح ضحيتها تسعة."""
    near = sentence.words[max(sentence.first, first - _REACH) : first]
    return "dead" if near and (near[-1] in _LIVES or any(map(_is_victim, near))) else ""


def _of_total(sentence: Sentence, first: int, last: int) -> Kind | Literal[""]:
    """What the total counts that a number is: بلغ عدد قتلى الهجوم 91، ارتفع إلى 26 عدد القتلى."""
    words = sentence.words
    if last + 1 < sentence.stop and lemmas_of(words[last + 1]) & _TOTAL_NOUNS:
        behind = range(last + 2, last + 2 + _REACH)
        return _first_told(sentence, behind, "VN", (_DEAD_IN_ALL | _KILLED_AFTER, HURT_NOUNS))
    if not _REACHES.intersection(words[max(sentence.first, first - 2) : first]):
        return ""
    for index in range(first - 1, max(sentence.first, first - _LONG_REACH) - 1, -1):
        if words[index] == "." or (sentence.kind(index) == "#" and words[index] not in DAYS):
            break
        if lemmas_of(words[index]) & _TOTAL_NOUNS:
            counted = range(index, index + 3)
            return _first_told(sentence, counted, "N", (_DEAD_IN_ALL, HURT_NOUNS))
    return ""


def _first_told(
    sentence: Sentence, indices: Iterable[int], kinds: str, lemmas: tuple[_Lemmas, _Lemmas]
) -> Kind | Literal[""]:
    """What the first token that tells of killing or injuring tells."""
    told = (_told(sentence, i, kinds, *lemmas) for i in indices if i < sentence.stop)
    return next((kind for kind in told if kind), "")


def _is_plural(sentence: Sentence, index: int) -> bool:
    """Whether a verb has several for its subject: ثلاثة يشتبه بأنهم من عناصر التنظيم قتلوا."""
    return any(r.pos == "V" and r.person in _PLURAL for r in analyse(sentence.words[index]))


def _is_victim(word: str) -> bool:
    """Whether a word says whose victims are counted behind it: غارة راح ضحيتها تسعة."""
    return any(r.lemma in _VICTIMS and r.pronoun for r in analyse(word))


def _is_hit(word: str) -> bool:
    """Whether a verb behind a number says that those were injured: إن 27 آخرين أصيبوا."""
    return any(
        r.lemma in _HURT_BEFORE and r.voice == "p" and not r.conjunction for r in analyse(word)
    )


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
