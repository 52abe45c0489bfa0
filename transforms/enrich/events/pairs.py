"""Whether two mentions of a type in an article are one event: what is asked about them.

A line over words says how often what these words tell is one (which act each tells, by which rule,
how it is done); trees look at where both stand, whether the later one is definite, and what words,
parties, places, days and numbers they share.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from transforms.enrich.events.candidates import word_info
from transforms.enrich.events.clause import TYPES
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.spans import shape
from transforms.enrich.events.trees import Trees
from transforms.enrich.events.word_model import stem
from transforms.enrich.words import closed_classes
from transforms.enrich.words.roots import skeleton
from transforms.records import Actor, Place
from transforms.text.arabic import normalise_text

UNCERTAIN: Final = "document"  # the basis of a day that no words tell
_OTHER_FIELD: Final = 300  # characters between a mention in the title and one in the body
_LINES: Final = 12  # sentences between two mentions; more are as many
_BEFORE, _BEHIND = 2, 4  # tokens around a trigger in which "another" speaks of it
_PARTY: Final = 3  # words of a party's phrase that are compared
_ONE_OF: Final = {kind: [float(kind == other) for other in TYPES] for kind in TYPES}
Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of a mention, gathered once.

    Attributes:
        mention: the mention.
        title: whether it stands in the title.
        name: what its word is called.
        roots: of that word.
        clause: the words of its clause, its own left out.
        sentence: those of its sentence.
        numbers: of its clause.
        actors: the first words of the phrases of who acts.
        recipients: the same of who is acted upon.
        modes: how it is done.
        definite: whether its word has the article; ``followed`` whether the next word has it.
        other: whether it is told as another one: هجوم آخر.
    """

    mention: EventMention
    title: bool
    name: str
    roots: Words
    clause: Words
    sentence: Words
    numbers: Words
    actors: Words
    recipients: Words
    modes: Words
    definite: bool
    followed: bool
    other: bool

    @property
    def place(self) -> tuple[bool, int]:
        """Where it stands: the title comes first."""
        return not self.title, self.mention.trigger.char_start


@dataclass(frozen=True, slots=True)
class PairModel:
    """How probable it is that two mentions are one event.

    Attributes:
        words: what a name of ``pair_names`` adds to the log-odds.
        trees: asked about ``pair_numbers`` and the sum of these.
    """

    words: Mapping[str, float]
    trees: Trees

    def __call__(self, pairs: Sequence[tuple[Facts, Facts]]) -> list[float]:
        """The probability of every pair."""
        weight = self.words.get
        return self.trees(
            [
                [*pair_numbers(*pair), sum(weight(name, 0.0) for name in pair_names(*pair))]
                for pair in pairs
            ]
        )


def facts_of(mentions: Iterable[EventMention]) -> list[Facts]:
    """What is compared of mentions.

    Args:
        mentions: of one article.
    """
    lines: dict[int, Words] = {}
    found = []
    for mention in mentions:
        line = lines.get(id(mention.sentence))
        if line is None:
            line = _stems(mention.sentence.words[mention.sentence.first : mention.sentence.stop])
            lines[id(mention.sentence)] = line
        found.append(_facts(mention, line))
    return found


def _facts(mention: EventMention, line: Words) -> Facts:
    sentence, at = mention.sentence, mention.token
    words = sentence.words
    start, stop = sentence.clause_start(at), sentence.clause_stop(at)
    info, reading = word_info(words[at]), mention.match.reading
    around = words[max(sentence.first, at - _BEFORE) : min(sentence.stop, at + _BEHIND + 1)]
    return Facts(
        mention=mention,
        title=mention.trigger.field == "title",
        name=info.name,
        roots=frozenset([skeleton(lemma) for lemma in info.lemmas]),
        clause=_stems([words[i] for i in range(start, stop) if i != at]),
        sentence=line - {stem(words[at])},
        numbers=frozenset([word for word in words[start:stop] if word[0].isdigit()]),
        actors=_first_words(mention.actors),
        recipients=_first_words(mention.recipients),
        modes=frozenset(mention.modes),
        definite=reading is not None and reading.definite,
        followed=not mention.match.verbal
        and at + 1 < sentence.stop
        and shape(words[at + 1])[0] == "D",
        other=not closed_classes.OTHERS.isdisjoint(around),
    )


def _stems(words: Iterable[str]) -> Words:
    return frozenset([stem(word) for word in words if len(word) > 2])


def _first_words(actors: Iterable[Actor]) -> Words:
    return frozenset().union(
        *(_stems(normalise_text(actor.text).split()[:_PARTY]) for actor in actors if actor.text)
    )


def pair_numbers(one: Facts, two: Facts) -> list[float]:
    """What the trees are asked about two mentions of a type."""
    first, last = (one, two) if one.place <= two.place else (two, one)
    early, late = first.mention, last.mention
    together = first.title == last.title
    same = together and early.sentence is late.sentence
    apart = abs(early.trigger.char_start - late.trigger.char_start) if together else _OTHER_FIELD
    lines = min(abs(early.order - late.order), _LINES) if together else 0
    before = late.sentence.words[late.token - 1] if late.token > late.sentence.first else ""
    reading = late.match.reading
    clause = first.clause & last.clause
    return [
        float(together), float(same),
        float(together and early.sentence.stop == late.sentence.first),
        float(together and early.sentence.paragraph == late.sentence.paragraph),
        math.log1p(apart), float(lines), float(early.order), float(late.order),
        float(not together and late.order == 0),
        float(early.evidence[0].text == late.evidence[0].text),
        float(not first.roots.isdisjoint(last.roots)),
        float(last.definite), float(last.followed), float(bool(reading and reading.pronoun)),
        float(bool(reading and reading.tense == "imp")),
        float(before.removeprefix("و") in closed_classes.PREPOSITIONS), float(last.other),
        float(early.match.verbal), float(late.match.verbal),
        float(early.match.rule.reciprocal), float(early.arguments.passive),
        float(late.arguments.passive),
        *_shared(first.actors, last.actors), *_shared(first.recipients, last.recipients),
        *_shared(first.modes, last.modes), *_shared(first.numbers, last.numbers),
        late.odds[0], float(len(clause)), _overlap(clause, first.clause, last.clause),
        _overlap(first.sentence & last.sentence, first.sentence, last.sentence),
        *_time(early, late), *_place(early.place, late.place),
        *_ONE_OF[early.event_type],
    ]  # fmt: skip


def pair_names(one: Facts, two: Facts) -> list[str]:
    """What the line is asked about two mentions of a type."""
    first, last = (one, two) if one.place <= two.place else (two, one)
    early, late = first.mention, last.mention
    kind, rules = early.event_type, (early.match.rule.id, late.match.rule.id)
    ways = sorted(first.modes) or "-", sorted(last.modes) or "-"
    where = "t" if first.title != last.title else "s" if early.sentence is late.sentence else "b"
    names, ids = sorted((first.name, last.name)), sorted(rules)
    return [
        "one", f"a:{first.name}", f"b:{last.name}", f"a.w:{first.name}|{where}",
        f"b.w:{last.name}|{where}", f"b.d:{last.name}|{last.definite}",
        f"ab:{names[0]}|{names[1]}", f"r:{ids[0]}|{ids[1]}", f"r1:{rules[0]}", f"r2:{rules[1]}",
        f"t:{kind}|{where}",
        *[f"m:{kind}|{way}|{other}" for way, other in product(*ways)],
    ]  # fmt: skip


def _shared(one: Words, two: Words) -> tuple[float, float]:
    """Whether two sets share something, and whether they hold something and share nothing."""
    alike = not one.isdisjoint(two)
    return float(alike), float(bool(one and two) and not alike)


def _overlap(both: Words, one: Words, two: Words) -> float:
    """What two sets share, as a part of the smaller."""
    return len(both) / max(1, min(len(one), len(two)))


def _time(one: EventMention, two: EventMention) -> tuple[float, float]:
    """Whether both are dated alike by words, and whether by words they are dated apart."""
    a, b = one.when, two.when
    if a is None or b is None or UNCERTAIN in {a.basis, b.basis}:
        return 0.0, 0.0
    near = a.start <= b.end and b.start <= a.end
    return float(near), float(not near)


def _place(one: Place | None, two: Place | None) -> tuple[float, float]:
    """Whether both are at one place, and whether at two that cannot be one."""
    if one is None or two is None:
        return 0.0, 0.0
    if one.name == two.name:
        return 1.0, 0.0
    if one.country and two.country and one.country != two.country:
        return 0.0, 1.0
    areas = {"country", "admin1", "region"}
    return 0.0, float(one.precision not in areas and two.precision not in areas)
