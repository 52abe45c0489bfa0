"""What a clause may tell: its types by the first model, with the numbers the second decides by.

The numbers say how sure the first model is of a type and of others, what the rest of the article
says, what the word lists and rules know of the word, and how the clause tells it: verb or noun,
definite, passive, in which mood, with which parties, places, times and numbers around.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from transforms.enrich.attributes.status import find_status
from transforms.enrich.events.candidates import Candidate
from transforms.enrich.events.numbers import Floats
from transforms.enrich.ontology.plover import EVENT_TYPES
from transforms.enrich.rules.load import act_rule
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.memo import remembers
from transforms.records import DEFAULT_CONFIDENCE

TYPES: Final = tuple(sorted(EVENT_TYPES))
NONE: Final = len(TYPES)
FLOOR: Final = 0.04  # of the first model, below which a type of a clause is not looked at
LISTED: Final = 0.01  # the same for a word that the lists give the type
SURE: Final = DEFAULT_CONFIDENCE
_NEGATIVE: Final = lists.words("realis", "denials")
_NAMES: Final = (
    "V", "m:def", "m:pron", "m:passive", "m:fut", "m:conj", "m:pب", "m:pل", "m:Vpast3ms",
    "m:Vpast3fs", "m:Vimp3ms", "m:Vimp3fs", "m:Ns", "m:Np", "m:As", "m:Ap", "R:phrase", "g:near",
    "g:far", "e:place", "o:", "o:ان", "o:التي", "o:الذي", "n1:#",
)  # fmt: skip
_COLUMNS: Final = {name: column for column, name in enumerate(_NAMES)}
_STATUSES: Final = ("asserted", "negated", "future", "hypothetical")
_ONE_OF: Final = tuple([float(a == b) for b in range(NONE)] for a in range(NONE))
_ROUND: Final = ("E:GOV", "E:MIL", "E:place")


@dataclass(slots=True)
class Decision:
    """A candidate as an event of a type.

    Attributes:
        candidate: the token that tells it best in its clause.
        event_type: the type.
        probability: that it is an event of the type, told as a fact.
        numbers: what the second model decided by.
        second: whether the candidate more probably tells another type.
    """

    candidate: Candidate
    event_type: str
    numbers: list[float]
    probability: float = 0.0
    second: bool = False


def clause_options(candidates: Sequence[Candidate], chances: Floats) -> list[Decision]:
    """Every type that a clause may tell, with the numbers that the second model decides by.

    Args:
        candidates: of an article.
        chances: what the first model says of them.
    """
    peaks = chances[:, :NONE].max(axis=0).tolist()
    busy = float((1.0 - chances[:, NONE]).mean())
    events = math.log1p(float((chances[:, NONE] < SURE).sum()))
    rows = chances.tolist()
    clauses: dict[tuple[bool, int], list[int]] = {}
    for number, candidate in enumerate(candidates):
        clauses.setdefault((candidate.in_title, candidate.clause), []).append(number)
    told: dict[int, tuple[list[float], _Here]] = {}
    options = []
    for members in clauses.values():
        lines = [rows[number] for number in members]
        most = lines[0][:NONE] if len(lines) == 1 else [max(c) for c in zip(*lines, strict=True)]
        for kind, own in enumerate(most[:NONE]):
            if own < LISTED:
                continue
            ranked = sorted((-rows[number][kind], number) for number in members)
            best = ranked[0][1]
            if own < FLOOR and f"a:{TYPES[kind]}" not in candidates[best].word:
                continue
            row = rows[best]
            others = _highest(row, kind)
            rivals = others if len(lines) == 1 else _highest(most, kind)
            second = -ranked[1][0] if len(ranked) > 1 else 0.0
            if best not in told:
                told[best] = _told(candidates[best])
            circumstances, here = told[best]
            numbers = [
                log_odds(own), log_odds(1.0 - row[NONE]),
                math.log((own + 0.01) / (others + 0.01)),
                math.log((own + 0.01) / (rivals + 0.01)), own,
                log_odds(peaks[kind]), float(peaks[kind] > own + 0.2), busy, events, second,
                1.0 - math.prod([1.0 - line[kind] for line in lines]), len(members) / 5.0,
                *_typed(here, TYPES[kind]), *circumstances,
                *_ONE_OF[kind],
            ]  # fmt: skip
            options.append(Decision(candidates[best], TYPES[kind], numbers))
    return options


def _highest(row: Sequence[float], kind: int) -> float:
    """The highest probability of another type."""
    return max(max(row[:kind], default=0.0), max(row[kind + 1 : NONE], default=0.0))


def log_odds(chance: float) -> float:
    """The log-odds of a probability, kept finite."""
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(chance / (1 - chance))


class _Listed(NamedTuple):
    """What the features of a word say of it: by its number of acts, its usual acts, by name."""

    acts: float
    usual: float
    names: frozenset[str]


@remembers
def _listed(word: tuple[str, ...]) -> _Listed:
    """What features of a word say, remembered."""
    whole = [name for name in word if name.count(":") == 1]
    acts, usual = (sum(name.startswith(kind) for name in whole) for kind in ("a:", "u:"))
    asked = [name for name in word if name in _COLUMNS or name.startswith(("a:", "u:"))]
    return _Listed(float(acts), float(usual), frozenset(asked))


class _Here(NamedTuple):
    """What rules and lists say of a candidate: the types of the rules, whether one has a phrase."""

    types: tuple[str, ...]
    phrase: float
    listed: _Listed


def _typed(here: _Here, event_type: str) -> list[float]:
    """What lists and rules say of a candidate as a type."""
    acts, usual, names = here.listed
    return [
        float(event_type in here.types),
        float(bool(here.types)),
        here.phrase,
        float(f"a:{event_type}" in names),
        float(f"a:{event_type}:V" in names),
        acts,
        float(f"u:{event_type}" in names),
        usual,
    ]


def _named(candidate: Candidate) -> list[float]:
    """Which of the asked features a candidate has."""
    found = [0.0] * len(_NAMES)
    columns = _COLUMNS
    for names in (_listed(candidate.word).names, candidate.around, candidate.scene.common):
        for name in names:
            if name in columns:
                found[columns[name]] = 1.0
    return found


def _told(candidate: Candidate) -> tuple[list[float], _Here]:
    """How a candidate's clause tells it, whatever its type, and what rules and lists say of it."""
    matches = [m for m in candidate.scene.matches if candidate.token in m.parts]
    phrase = float(any(len(m.parts) > 1 for m in matches))
    types = tuple(m.rule.event_type for m in matches)
    return _circumstances(candidate), _Here(types, phrase, _listed(candidate.word))


def _circumstances(candidate: Candidate) -> list[float]:
    """Where a candidate stands, and what stands around it."""
    scene, token = candidate.scene, candidate.token
    sentence = scene.sentence
    start, stop = candidate.clause, sentence.clause_stop(token)
    kinds = sentence.stretch(start, stop)
    before = sentence.words[max(sentence.first, token - 3) : token]
    left = {scene.known[i] for i in range(start, token) if i in scene.known}
    right = {scene.known[i] for i in range(token, stop) if i in scene.known}
    quotes = sentence.stretch(sentence.first, token).count('"')
    return [
        float(candidate.in_title),
        float(not candidate.in_title and scene.number == 0),
        float(not candidate.in_title and scene.number < 3),
        float(scene.number),
        math.log1p(stop - start),
        math.log1p(sentence.stop - sentence.first),
        float(token - sentence.first),
        float(token - start),
        float(any(word in _NEGATIVE for word in before)),
        *_named(candidate),
        *_mood(sentence, token),
        float(quotes % 2),
        float("#" in kinds),
        float("T" in kinds),
        float("V" in kinds[: token - start]),
        float(bool(left)),
        float(bool(right)),
        *(float(name in left) for name in _ROUND),
        *(float(name in right) for name in _ROUND),
        float(scene.speaker is not None),
    ]


def _mood(sentence: Sentence, token: int) -> list[float]:
    """What the words around a token say of its reality."""
    verbal = sentence.is_verb(token)
    readings = analyse(sentence.words[token])
    reading = next((r for r in readings if (r.pos == "V") == verbal), None)
    realis = find_status(sentence, TriggerMatch(act_rule("CONSULT"), (token,), reading, verbal))
    return [*(float(realis.status == s) for s in _STATUSES), float(realis.background)]
