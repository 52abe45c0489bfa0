"""Where an act may be told, and what surrounds it: the input of the fitted decisions.

A candidate is a token that belongs to a rule's trigger, or that one of its readings makes a word of
``words/acts.tsv``. Its features are names (``l:زيارة``, ``n1:#``): the word and its neighbours, the
rules that match, the verb that governs it, what sentence and article are about. A model has a row
of weights for every name it was fitted with, and none for others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

from transforms.enrich.attributes.casualties import Toll
from transforms.enrich.events.attribution import Speaker
from transforms.enrich.events.word_model import stem
from transforms.enrich.own import follows
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.tables import read_rows
from transforms.enrich.words import closed_classes
from transforms.enrich.words.analyse import Reading, analyse
from transforms.enrich.words.memo import remembers
from transforms.enrich.words.roots import skeleton
from transforms.records import Evidence
from transforms.text.dates import DateMention

_GOVERNOR: Final = 12  # tokens before it in which a governing verb may stand
_POSITIONS: Final = ((0, "at:0"), (2, "at:1"), (9, "at:2"))


@cache
def act_types() -> Mapping[str, tuple[str, ...]]:
    """Lemma -> the event types of the acts it may name."""
    table: dict[str, list[str]] = {}
    for event_type, words, _ in read_rows("words/acts.tsv"):
        for word in words.split():
            table.setdefault(word, []).append(event_type)
    return {word: tuple(types) for word, types in table.items()}


@cache
def usual_types() -> Mapping[str, tuple[str, ...]]:
    """Lemma -> the event types that it mostly tells in news."""
    table: dict[str, list[str]] = {}
    for event_type, _, words in read_rows("words/acts.tsv"):
        for word in words.split():
            table.setdefault(word, []).append(event_type)
    return {word: tuple(types) for word, types in table.items()}


class WordInfo(NamedTuple):
    """What a word brings along, whatever stands around it.

    Attributes:
        verbal: its features as a verb.
        nominal: its features as a noun.
        name: what it is called as a neighbour.
        lemmas: the lemmas of its readings.
        act: whether it may name an act.
        verbs: the lemmas of its readings as a verb.
    """

    verbal: tuple[str, ...]
    nominal: tuple[str, ...]
    name: str
    lemmas: frozenset[str]
    act: bool
    verbs: tuple[str, ...]


@follows
@remembers
def word_info(word: str) -> WordInfo:
    """What a token of normalised text brings along, remembered."""
    readings = analyse(word)
    bare = stem(word)
    lemmas = frozenset(r.lemma for r in readings)
    if word in closed_classes.PREPOSITIONS or not word[0].isalnum():
        name = word
    elif word[0].isdigit():
        name = "#"
    else:
        name = readings[0].lemma if readings else bare
    return WordInfo(
        _word_features(bare, [r for r in readings if r.pos == "V"]),
        _word_features(bare, [r for r in readings if r.pos != "V"]),
        name,
        lemmas,
        not lemmas.isdisjoint(act_types()),
        tuple(dict.fromkeys(r.lemma for r in readings if r.pos == "V")),
    )


def _word_features(bare: str, readings: Iterable[Reading]) -> tuple[str, ...]:
    found: dict[str, None] = {f"w:{bare}": None}
    for r in readings:
        found[f"l:{r.lemma}"] = None
        for kind in act_types().get(r.lemma, ()):
            found[f"a:{kind}:{r.pos}"] = None
            found[f"a:{kind}"] = None
        for kind in usual_types().get(r.lemma, ()):
            found[f"u:{kind}:{r.pos}"] = None
            found[f"u:{kind}"] = None
        found[f"k:{skeleton(r.lemma)}"] = None
        found[f"m:{r.pos}{r.tense}{r.person}"] = None
        if r.conjunction:
            found["m:conj"] = None
        for holds, name in (
            (r.voice == "p", "passive"),
            (r.future, "fut"),
            (bool(r.preposition), "p" + r.preposition),
            (r.definite and not r.pronoun, "def"),
            (bool(r.pronoun), "pron"),
        ):
            if holds:
                found[f"m:{name}"] = None
                found[f"m:{name}:{r.lemma}"] = None
    return tuple(found)


@dataclass(slots=True)
class Scene:
    """A sentence with what its candidates are asked.

    Attributes:
        annotations: its text.
        sentence: the sentence.
        number: which of its field it is, from 0.
        matches: the triggers of rules in it.
        speaker: who it is attributed to.
        own: the triggers of a user's own rules in it; no model knows of them.
        only_own: whether nothing but own rules brought it up.
        common: features that all its candidates have.
        known: what the known phrase at a token is (``E:GOV``, ``E:place``).
        names: what each of its tokens is called as a neighbour.
        rules: features of rules by token.
        dates: its date expressions, once they were asked for.
        tolls: the dead and the injured, once they were asked for.
        countries: where it names countries, once that was asked for.
        evidence: its clauses as evidence, by first and last token, as far as they were asked for.
        heads: where parties may begin in it (see ``roles``), once that was asked for.
    """

    annotations: Annotations
    sentence: Sentence
    number: int
    matches: Sequence[TriggerMatch]
    speaker: Speaker | None
    own: Sequence[TriggerMatch] = ()
    only_own: bool = False
    common: tuple[str, ...] = ()
    known: Mapping[int, str] = field(default_factory=dict)
    names: Sequence[str] = ()
    rules: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    dates: list[DateMention] | None = None
    tolls: list[Toll] | None = None
    countries: list[tuple[int, str]] | None = None
    evidence: dict[tuple[int, int], Evidence] = field(default_factory=dict)
    heads: Any = None


@dataclass(slots=True)
class Candidate:
    """A token that may tell an act.

    Attributes:
        scene: its sentence.
        token: the token.
        clause: the first token of its clause, by which candidates of a clause are told.
        name: what it is called.
        word: features of the word itself.
        lists: these, and those of the rules and the verb that govern it (see ``features`` for
            what stands around it).
        triggers: by which it tells an event of a type, as far as that was asked.
    """

    scene: Scene
    token: int
    clause: int
    name: str
    word: tuple[str, ...]
    lists: tuple[tuple[str, ...], ...]
    triggers: dict[str, TriggerMatch] = field(default_factory=dict)

    @property
    def in_title(self) -> bool:
        """Whether it stands in the title."""
        return self.scene.annotations.tokens.field == "title"

    @property
    def position(self) -> tuple[bool, int]:
        """Sort key: the title first, then the order of the text."""
        return not self.in_title, self.token


def prepare(scenes: Sequence[Scene], domain: str, *, past: bool) -> None:
    """Fill in what the scenes of an article have in common and of their own.

    Args:
        scenes: the sentences of an article that may hold candidates.
        domain: what the article is about, see ``cues.find_domain``.
        past: whether its undated sentences tell history.
    """
    cues = Counter(cue for scene in scenes for cue in scene.sentence.cues)
    article = [f"A:{cue}" for cue, count in sorted(cues.items()) if count > 1]
    article += [f"d:{domain}", *(["D:past"] if past else ())]
    for scene in scenes:
        sentence = scene.sentence
        scene.known = _known(scene.annotations, sentence)
        rules: dict[int, tuple[str, ...]] = {}
        for match in scene.matches:
            names: tuple[str, ...] = (f"R:{match.rule.id}", f"T:{match.rule.event_type}")
            if len(match.parts) > 1:
                names += ("R:phrase", f"T2:{match.rule.event_type}")
            for token in match.parts:
                rules[token] = rules.get(token, ()) + names
        scene.rules = rules
        title = scene.annotations.tokens.field == "title"
        common = [*article, "F:title" if title else "F:body"]
        if not title:
            number = scene.number
            common.append(f"P:{0 if number == 0 else 1 if number < 3 else 2 if number < 6 else 3}")
        common += [f"c:{cue}" for cue in sorted(sentence.cues)]
        common.append(f"L:{min((sentence.stop - sentence.first) // 10, 5)}")
        if "E:place" in scene.known.values():
            common.append("e:place")
        scene.common = tuple(common)


def _known(annotations: Annotations, sentence: Sentence) -> dict[int, str]:
    found: dict[int, str] = {}
    for named in annotations.between(sentence.first, sentence.stop):
        entity = named.entity
        sector = entity.sectors[0] if entity.sectors else entity.head
        name = "E:place" if entity.kind == "place" else f"E:{sector}"
        for index in range(named.first, named.last + 1):
            found[index] = name
    return found


def candidates_of(scene: Scene) -> list[Candidate]:
    """The candidates of a prepared scene, in the order of the text."""
    sentence, names = scene.sentence, scene.annotations.names
    first, rules, line = sentence.first, scene.rules, sentence.line()
    infos = [word_info(word) for word in sentence.words[first : sentence.stop]]
    scene.names = [scene.known.get(i) or info.name for i, info in enumerate(infos, first)]
    found = []
    for at, info in enumerate(infos):
        index = at + first
        if index in rules or (info.act and index not in names):
            verbal = line[at] == "V"
            word = info.verbal if verbal else info.nominal
            governed = _governed(sentence, at, "" if verbal else info.name)
            lists = (_stands(at, verbal=verbal), rules.get(index, ()), governed, word)
            clause = sentence.clause_start(index)
            found.append(Candidate(scene, index, clause, info.name, word, lists))
    return found


@cache
def _stands(at: int, *, verbal: bool) -> tuple[str, ...]:
    """How a candidate stands: as a verb, and how far from the head of its sentence."""
    place = next((name for limit, name in _POSITIONS if at <= limit), "at:3")
    return "b", "V" if verbal else "N", place


def _governed(sentence: Sentence, at: int, noun: str) -> tuple[str, ...]:
    """The verb before a candidate in its sentence, and what opens its clause.

    Args:
        sentence: the sentence.
        at: how far from its head the candidate stands.
        noun: what it is called, if it is no verb.
    """
    line = sentence.line()[max(0, at - _GOVERNOR) : at]
    shift = sentence.first + max(0, at - _GOVERNOR)
    verb, stop = line.rfind("V"), line.rfind(".")
    opener = max(line.rfind("C"), line.rfind("R"))
    opened = sentence.words[shift + opener] if opener > max(verb, stop) else ""
    if verb <= stop:
        return _governor("", "", opened, near=False)
    return _governor(sentence.words[shift + verb], noun, opened, near=len(line) - verb < 4)


@follows
@remembers
def _governor(verb: str, noun: str, opener: str, near: bool) -> tuple[str, ...]:
    """The features of a governing verb and an opener, remembered."""
    found = []
    for lemma in word_info(verb).verbs if verb else ():
        found.append(f"g:{lemma}")
        if noun:
            found.append(f"g:{lemma}>{noun}")
    if verb:
        found.append("g:near" if near else "g:far")
    return *found, f"o:{opener}"
