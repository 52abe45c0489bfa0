"""How many were killed and injured: every toll of a sentence, and which of them an event has.

A toll is a number of persons, or one or two persons in a word, beside a word of killing or
injuring; what و joins to it is added (ثلاثة جنود ومدنيان، قائد وأربعة من مرافقيه).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from transforms.enrich.attributes.counted import (
    BODIES,
    DAYS,
    DEAD_NOUNS,
    HURT_NOUNS,
    PARTS,
    Size,
    counts,
    is_joined,
    is_somebody,
)
from transforms.enrich.attributes.fates import (
    HURT_AFTER,
    HURT_BEFORE,
    KILLED_AFTER,
    KILLED_BEFORE,
    LIVES,
    LOSES,
    TOLD,
    TOLD_WORDS,
    VICTIMS,
    Kind,
    befalls,
    befalls_one,
    dies,
    first_told,
    is_hit,
    is_plural,
    is_verb,
    is_victim,
    told_by,
)
from transforms.enrich.attributes.victims import joined_persons, persons, tells_by_itself
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse, lemmas_of
from transforms.enrich.words.clitics import ARTICLE, with_conjunctions
from transforms.enrich.words.closed_classes import FROM
from transforms.enrich.words.endings import ACCUSATIVE

_TOTALS: Final = lists.words("counted", "totals")
_TOTAL_NOUNS: Final = lists.lemmas("counted", "total_nouns")
_OTHER_FATES: Final = lists.lemmas("attributes", "other_fates")
_DEAD_IN_ALL: Final = DEAD_NOUNS | VICTIMS
_REACHES: Final = lists.words("counted", "reaches")
_BESIDE: Final = lists.words("counted", "beside")
_MORE: Final = lists.words("counted", "more_persons")
_ABOUT: Final = lists.words("counted", "about")
_FALLS: Final = with_conjunctions(lists.words("attributes", "falls"))
_OWN_PEOPLE: Final = lists.words("attributes", "own_people")
_REACH: Final = 5
_LONG_REACH: Final = 16  # of a total: عدد قتلى الهجوم الذي استهدف أمس حشدا في المدينة بلغ 91
_OTHER_SIDE: Final = 9  # tokens from the dead of one side to those of the other
_BREAKS: Final = ".,CRV"
_INSERTED: Final = "TX"


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
    words = sentence.words[sentence.first : sentence.stop]
    if sentence.lemmas.isdisjoint(TOLD) and TOLD_WORDS.isdisjoint(words):
        return []
    found = _numbered(annotations, sentence)
    covered = {
        (toll.kind, index)
        for toll in found
        if not _are_others(sentence, toll) or _is_beside(sentence, toll.first)
        for index in range(toll.first - _reach(sentence, toll.first), toll.last + 2)
    }
    single = [
        Toll(p.kind, (p.number, p.number), p.first, p.last, numbered=False)
        for p in persons(annotations, sentence)
    ]
    found += [toll for toll in single if (toll.kind, toll.first) not in covered]
    return _with_others(sentence, sorted(found, key=lambda toll: toll.first))


def _numbered(annotations: Annotations, sentence: Sentence) -> list[Toll]:
    """The tolls that numbers and duals give, with what is joined to them."""
    found: list[Toll] = []
    for first, last, size in sorted(counts(annotations, sentence)):
        before = found[-1] if found else None
        goes_on = before is not None and _goes_on(sentence, before.last, first, last)
        kind = before.kind if before and goes_on else _kind(sentence, first, last)
        if kind == "" or (not goes_on and _are_of_others(sentence, last, kind, found)):
            continue
        joins = before is not None and before.kind == kind and _joins(sentence, before.last, first)
        if before and (goes_on or joins):
            found[-1] = Toll(kind, _sum(before.size, size), before.first, last)
            continue
        stop = _persons_behind(sentence, last)
        extra = _persons_before(annotations, sentence, first, kind) + int(stop > last)
        found.append(Toll(kind, _sum(size, (extra, extra)), first, stop))
    return found


def _are_of_others(sentence: Sentence, last: int, kind: str, found: Iterable[Toll]) -> bool:
    """Whether a number counts some of those counted before: 300 جريح، أصيب 17 منهم في العيون."""
    behind = sentence.words[last + 1] if last + 1 < sentence.stop else ""
    return behind in PARTS and any(toll.kind == kind for toll in found)


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
    if not is_joined(sentence, first):
        return False
    between = range(last + 1, first)
    return len(between) <= _REACH and not any(
        sentence.kind(index) in _BREAKS or tells_by_itself(sentence.words[index])
        for index in between
    )


def _goes_on(sentence: Sentence, end: int, first: int, last: int) -> bool:
    """Whether a number adds those of another side: 26 من المسلحين و18 من رجال الأمن."""
    words = sentence.words
    from_side = last + 1 < sentence.stop and words[last + 1] in FROM
    sides = from_side and end < first <= end + _OTHER_SIDE and is_joined(sentence, first)
    return sides and not any(
        sentence.kind(index) in ".,"
        or tells_by_itself(words[index])
        or lemmas_of(words[index]) & _OTHER_FATES
        for index in range(end + 1, first + 1)
    )


def _is_beside(sentence: Sentence, first: int) -> bool:
    """Whether a number counts more persons beside one told before: قيادي مع خمسة آخرين."""
    behind = sentence.words[first + 1] if first + 1 < sentence.stop else ""
    return first > sentence.first and sentence.words[first - 1] in _BESIDE and behind in _MORE


def _before(sentence: Sentence, first: int, reach: int) -> Iterator[int]:
    """The nearest tokens before one, without times, insertions and limits: ما لا يقل عن."""
    for index in range(first - 1, sentence.first - 1, -1):
        if sentence.kind(index) in _INSERTED or sentence.words[index] in _ABOUT:
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
        # 11 ضابطا ومجندا are eleven.
        same = all(each.endswith(ACCUSATIVE) for each in sentence.words[index - 1 : index + 1])
        one = is_somebody(word[1:]) and not same
        if one and word.startswith("و") and not behind.startswith(ARTICLE):
            return index
    return last


def _persons_before(annotations: Annotations, sentence: Sentence, first: int, kind: str) -> int:
    """How many without a number stand before what و joins to them: قائد وأربعة."""
    if not is_joined(sentence, first) and not _is_beside(sentence, first):
        return 0
    for index in _before(sentence, first, 2 * _REACH):
        if sentence.kind(index) in ".,CR":
            return 0
        if befalls_one(sentence, index) == kind and not annotations.is_name(index):
            return joined_persons(annotations, sentence, index + 1, first)
    return 0


def _kind(sentence: Sentence, first: int, last: int) -> Kind | Literal[""]:
    """What a number counts.

    The noun right after it decides, else the total that it is, else the nearest word of killing or
    injuring before it, else a verb behind it.
    """
    own = told_by(sentence.words[first])
    if own & (DEAD_NOUNS | BODIES | HURT_NOUNS):
        return "hurt" if own & HURT_NOUNS else "dead"
    return (
        _of_noun(sentence, last)
        or _of_lives(sentence, first, last)
        or _of_total(sentence, first, last)
        or _told_before(sentence, first)
        or _told_behind(sentence, last)
        or _of_loss(sentence, first, last)
    )


def _of_noun(sentence: Sentence, last: int) -> Kind | Literal[""]:
    """What the noun says that a number counts, or its adjective: 15 قتيلا، عشرون جنديا مصابا."""
    words = sentence.words[last : min(sentence.stop, last + 3)]
    if all(word.startswith(ARTICLE) for word in words[:2]):
        return ""  # شيع الآلاف القتيل
    adjective = len(words) > 2 and not words[2].startswith((ARTICLE, "و")) and words[1] not in PARTS
    near = [i for i in range(last + 1, last + 2 + adjective) if not _is_another(sentence, i)]
    return first_told(sentence, near, "N", (DEAD_NOUNS | BODIES, HURT_NOUNS))


def _is_another(sentence: Sentence, index: int) -> bool:
    """Whether a noun tells something else than what stands before: مقتل خمسة وإصابة تسعة."""
    readings = analyse(sentence.words[index]) if index < sentence.stop else ()
    return bool(readings) and all(reading.conjunction for reading in readings)


def _told_before(sentence: Sentence, first: int) -> Kind | Literal[""]:
    """What the nearest word of killing or injuring before a number says; no other fate between."""
    before = list(_before(sentence, first, _reach(sentence, first)))
    for number, index in enumerate(before):
        if lemmas_of(sentence.words[index]) & _OTHER_FATES:
            before = before[:number]
            break
    total = any(lemmas_of(sentence.words[i]) & _TOTALS for i in before)
    dead = KILLED_BEFORE | DEAD_NOUNS if total else KILLED_BEFORE
    hurt = HURT_BEFORE | HURT_NOUNS if total else HURT_BEFORE
    return first_told(sentence, before, "VNA", (dead, hurt))


def _told_behind(sentence: Sentence, last: int) -> Kind | Literal[""]:
    """What a verb behind a number says of those it counts: أن 15 جنديا لقوا حتفهم."""
    for index in range(last + 1, min(sentence.stop, last + 2 * _REACH + 1)):
        plural, verb = is_plural(sentence.words[index]), is_verb(sentence, index)
        if sentence.kind(index) in ".,#" or (verb and not plural and is_joined(sentence, index)):
            break
        if (verb and index <= last + _REACH) or (plural and (verb or index == last + 1)):
            if dies(sentence, index):
                return "dead"
            kind = befalls(sentence, index, "V", (KILLED_AFTER, HURT_AFTER))
            if kind or is_hit(sentence.words[index]):
                return kind or "hurt"
    return ""


def _of_lives(sentence: Sentence, first: int, last: int) -> Kind | Literal[""]:
    """Whether a number counts lives, bodies or victims: أزهقت أرواح ستة، راح ستة ضحية هجوم."""
    near = sentence.words[max(sentence.first, first - _REACH) : first]
    if near and (near[-1] in LIVES or lemmas_of(near[-1]) & BODIES or any(map(is_victim, near))):
        return "dead"
    around = (*near, *sentence.words[last + 1 : min(sentence.stop, last + _REACH)])
    falls = not _FALLS.isdisjoint(near)
    return "dead" if falls and any(lemmas_of(word) & VICTIMS for word in around) else ""


def _of_loss(sentence: Sentence, first: int, last: int) -> Kind | Literal[""]:
    """Whether a number counts own people whom somebody lost: خسرت فيه سبعة من جنودها."""
    near = sentence.words[max(sentence.first, first - 3) : first]
    loses = any(r.lemma in LOSES and r.person != "3ms" for word in near for r in analyse(word))
    behind = sentence.words[last + 1 : min(sentence.stop, last + 3)]
    return "dead" if loses and not _OWN_PEOPLE.isdisjoint(behind) else ""


def _of_total(sentence: Sentence, first: int, last: int) -> Kind | Literal[""]:
    """What the total counts that a number is: بلغ عدد قتلى الهجوم 91، ارتفع إلى 26 عدد القتلى."""
    words = sentence.words
    if last + 1 < sentence.stop and lemmas_of(words[last + 1]) & _TOTAL_NOUNS:
        behind = range(last + 2, last + 2 + _REACH)
        words_of = _DEAD_IN_ALL | KILLED_AFTER, HURT_NOUNS
        return first_told(sentence, behind, "VN", words_of)
    if not _REACHES.intersection(words[max(sentence.first, first - 2) : first]):
        return ""
    for index in range(first - 1, max(sentence.first, first - _LONG_REACH) - 1, -1):
        if words[index] == "." or (sentence.kind(index) == "#" and words[index] not in DAYS):
            break
        if lemmas_of(words[index]) & _TOTAL_NOUNS:
            counted = range(index, index + 3)
            return first_told(sentence, counted, "N", (_DEAD_IN_ALL, HURT_NOUNS))
    return ""
