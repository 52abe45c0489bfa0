"""What a clause may tell: its types by the first model, with the numbers the second decides by.

The numbers say how sure the first model is of a type and of others, what the rest of the article
says, what the word lists and rules know of the word, and how the clause tells it: verb or noun,
definite, passive, in which mood, with which parties, places, times and numbers around.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from transforms.enrich.attributes.status import find_status
from transforms.enrich.events.candidates import Candidate
from transforms.enrich.events.ground import Ground, Places, counted
from transforms.enrich.events.numbers import Floats
from transforms.enrich.ontology.plover import EVENT_TYPES
from transforms.enrich.rules.load import act_rule
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.memo import remembers
from transforms.records import DEFAULT_CONFIDENCE

TYPES: Final = tuple(sorted(EVENT_TYPES))
NONE: Final = len(TYPES)
FLOOR: Final = 0.04  # of the first model, below which a type of a clause is not looked at
LISTED: Final = 0.01  # the same for a word that the lists give the type
SURE: Final = DEFAULT_CONFIDENCE
_NAMES: Final = (
    "V", "m:def", "m:pron", "m:passive", "m:fut", "m:conj", "m:pب", "m:pل", "m:Vpast3ms",
    "m:Vpast3fs", "m:Vimp3ms", "m:Vimp3fs", "m:Ns", "m:Np", "m:As", "m:Ap", "R:phrase", "g:near",
    "g:far", "e:place", "o:", "o:ان", "o:التي", "o:الذي",
)  # fmt: skip
# What rules and lists say of each type, behind these names: one column a type.
_RULE, _ACT, _VERB, _USUAL = (len(_NAMES) + NONE * part for part in range(4))
_COLUMNS: Final = {
    name: column
    for column, name in enumerate(
        (*_NAMES, *(f.format(t) for f in ("T:{}", "a:{}", "a:{}:V", "u:{}") for t in TYPES))
    )
}
_PHRASE: Final = _COLUMNS["R:phrase"]
_STATUSES: Final = ("asserted", "negated", "future", "hypothetical")
_MOODS: Final = {status: [status == other for other in _STATUSES] for status in _STATUSES}
_ONE_OF: Final = np.eye(NONE)
_ROUND: Final = ("E:GOV", "E:MIL", "E:place")
_MARKS: Final = np.array([[ord(kind)] for kind in '"#TV'], dtype=np.uint8)
_BEFORE: Final = 3  # tokens before a candidate in which one may deny it


@dataclass(slots=True)
class Decision:
    """A candidate as an event of a type.

    Attributes:
        candidate: the token that tells it best in its clause.
        event_type: the type.
        own: what the first model says of the type.
        probability: that it is an event of the type, told as a fact.
        second: whether the candidate more probably tells another type.
    """

    candidate: Candidate
    event_type: str
    own: float
    probability: float = 0.0
    second: bool = False


def clause_options(ground: Ground, chances: Floats) -> tuple[list[Decision], Floats]:
    """Every type that a clause may tell, with the numbers that the second model decides by.

    Args:
        ground: the candidates of an article.
        chances: what the first model says of them.

    Returns:
        The options, by clause and type; their numbers, one row each.
    """
    types, none = chances[:, :NONE], chances[:, NONE]
    firsts = _clauses(ground)
    sizes = np.diff(firsts, append=len(types))
    most = np.maximum.reduceat(types, firsts)
    lines = np.arange(len(types))[:, None]
    tops = np.where(types == most.repeat(sizes, axis=0), lines, len(types))
    top = np.minimum.reduceat(tops, firsts)  # who tells a type best in a clause
    named = _named(ground)
    listed = named[top, _ACT + np.arange(NONE)]
    clause, kind = np.nonzero((most >= LISTED) & ((most >= FLOOR) | (listed > 0)))
    if not len(kind):
        return [], np.zeros((0, 0))
    best, size = top[clause, kind], sizes[clause]
    own, peaks = types[best, kind], types.max(axis=0)[kind]
    others, rivals = _highest(types)[best, kind], _highest(most)[clause, kind]
    seconds = types.copy()
    seconds[top, np.arange(NONE)] = 0.0
    missed = np.multiply.reduceat(1.0 - types, firsts)
    numbers = [
        _log_odds(own), _log_odds(1.0 - none[best]), np.log((own + 0.01) / (others + 0.01)),
        np.log((own + 0.01) / (rivals + 0.01)), own, _log_odds(peaks), peaks > own + 0.2,
        np.full(len(best), (1.0 - none).mean()),
        np.full(len(best), math.log1p(float((none < SURE).sum()))),
        np.maximum.reduceat(seconds, firsts)[clause, kind], 1.0 - missed[clause, kind], size / 5.0,
        *_typed(named[best], kind),
    ]  # fmt: skip
    told, number = np.unique(best, return_inverse=True)
    table = np.hstack([np.transpose(numbers), _told(ground, named, told)[number], _ONE_OF[kind]])
    options = [
        Decision(ground.candidates[line], TYPES[each], chance)
        for line, each, chance in zip(best.tolist(), kind.tolist(), own.tolist(), strict=True)
    ]
    return options, table


def _clauses(ground: Ground) -> Places:
    """The first candidate of every clause."""
    begun = np.diff(ground.start, prepend=-1) != 0
    return np.flatnonzero(begun)


def _highest(chances: Floats) -> Floats:
    """For every type of every row the highest probability of another type."""
    ranked = np.sort(chances, axis=1)
    return np.where(chances == ranked[:, -1:], ranked[:, -2:-1], ranked[:, -1:])


def _log_odds(chances: Floats) -> Floats:
    """The log-odds of probabilities, kept finite."""
    chances = np.clip(chances, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(chances / (1 - chances)))


def log_odds(chance: float) -> float:
    """The log-odds of a probability, kept finite."""
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(chance / (1 - chance))


@remembers
def _asked(names: tuple[str, ...]) -> tuple[int, ...]:
    """The columns of features that are asked for, remembered."""
    return tuple(_COLUMNS[name] for name in names if name in _COLUMNS)


def _named(ground: Ground) -> Floats:
    """Which of the asked features every candidate has: one row a candidate, one column a name."""
    width = len(_COLUMNS)
    commons = np.zeros((len(ground.scenes), width))
    for line, scene in zip(commons, ground.scenes, strict=True):
        line[list(_asked(scene.common))] = 1.0
    found = commons[ground.scene_of]
    cells = [
        number * width + column
        for number, candidate in enumerate(ground.candidates)
        for names in candidate.lists
        for column in _asked(names)
    ]
    found.ravel()[cells] = 1.0
    return found


def _typed(named: Floats, kind: Places) -> list[Floats]:
    """What lists and rules say of candidates as a type each."""
    lines = np.arange(len(kind))
    return [
        named[lines, _RULE + kind], named[:, _RULE:_ACT].any(axis=1), named[:, _PHRASE],
        named[lines, _ACT + kind], named[lines, _VERB + kind], named[:, _ACT:_VERB].sum(axis=1),
        named[lines, _USUAL + kind], named[:, _USUAL:].sum(axis=1),
    ]  # fmt: skip


def _told(ground: Ground, named: Floats, told: Places) -> Floats:
    """How the clauses of candidates tell them, whatever their type: one row each.

    Args:
        ground: all candidates.
        named: which of the asked features they have.
        told: the numbers of those that are asked about.
    """
    at, start, stop, head = (a[told] for a in (ground.at, ground.start, ground.stop, ground.head))
    lines = told.tolist()
    scenes = [ground.scenes[number] for number in ground.scene_of[told].tolist()]
    body, number, length, speaker = np.array([
        (
            not ground.candidates[line].in_title, scene.number,
            scene.sentence.stop - scene.sentence.first, scene.speaker is not None,
        )
        for line, scene in zip(lines, scenes, strict=True)
    ]).T  # fmt: skip
    counts = counted(np.vstack([ground.kinds == _MARKS, ground.known(_ROUND), ground.denials()]))
    begun, here, done = counts[:, start], counts[:, at], counts[:, stop]
    left, right = here > begun, done > here
    quotes = (here[0] - counts[0, head]) % 2
    deny = here[-1] > counts[-1, np.maximum(head, at - _BEFORE)]
    after = [ground.names[index] == "#" for index in (at + 1).tolist()]
    told_by = [
        1 - body, body & (number == 0), body & (number < 3), number, np.log1p(stop - start),
        np.log1p(length), at - head, at - start, deny,
    ]  # fmt: skip
    stands = [
        quotes, done[1] > begun[1], done[2] > begun[2], left[3], left[4], right[4], *left[5:8],
        *right[5:8], speaker,
    ]  # fmt: skip
    return np.hstack(
        [
            np.transpose(told_by),
            named[told, : len(_NAMES)],
            np.column_stack([after, _moods(ground, lines), *stands]),
        ]
    )


def _moods(ground: Ground, told: Sequence[int]) -> Floats:
    """What the words around candidates say of their reality: one row each."""
    rule, found = act_rule("CONSULT"), []
    for candidate in [ground.candidates[line] for line in told]:
        sentence, token = candidate.scene.sentence, candidate.token
        verbal = sentence.is_verb(token)
        readings = analyse(sentence.words[token])
        reading = next((r for r in readings if (r.pos == "V") == verbal), None)
        realis = find_status(sentence, TriggerMatch(rule, (token,), reading, verbal))
        found.append([*_MOODS[realis.status], realis.background])
    return np.array(found, dtype=np.float64)
