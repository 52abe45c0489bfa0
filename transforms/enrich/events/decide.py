"""Which candidates are events: two fitted linear models, and a third that joins mentions.

The first gives every candidate a probability for each event type and for none. The second looks at
a type in a clause: how sure the first is, how sure of other types, what the rest of the article
says. The third gives the probability that two mentions are one event (see ``merge``).
``decisions.npz`` is made by ``transforms.enrich.build.decisions``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from transforms.enrich.events.candidates import Candidate
from transforms.enrich.events.numbers import Floats, Logistic
from transforms.enrich.events.parties import SIDES, Model
from transforms.enrich.ontology.plover import EVENT_TYPES
from transforms.enrich.words import lists

TABLE: Final = Path(__file__).parent / "decisions.npz"
TYPES: Final = tuple(sorted(EVENT_TYPES))
NONE: Final = len(TYPES)
FLOOR: Final = 0.04  # of the first model, below which a type of a clause is not looked at
KEPT: Final = 0.05  # of the second model, below which a decision is not kept
SURE: Final = 0.5
_NEGATIVE: Final = lists.words("realis", "denials")


@dataclass(slots=True)
class Decision:
    """A candidate as an event of a type.

    Attributes:
        candidate: the token that tells it best in its clause.
        event_type: the type.
        probability: that it is an event of the type, told as a fact.
        numbers: what the second model decided by.
    """

    candidate: Candidate
    event_type: str
    numbers: list[float]
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """The three models.

    Attributes:
        rows: feature -> its row in ``weights``.
        weights: one row a feature, one column a type, the last for no event.
        clause: the second model.
        pair: the third model.
        parties: the models of the sides (see ``parties``).
        setting: the models of date and place (see ``setting``).
    """

    rows: Mapping[str, int]
    weights: np.ndarray[Any, np.dtype[np.float32]]
    clause: Logistic
    pair: Logistic
    parties: Mapping[Model, Logistic]
    setting: Mapping[str, Logistic]

    def type_probabilities(self, candidates: Sequence[Candidate]) -> Floats:
        """Probabilities of the first model: one row a candidate, one column a type and none."""
        rows: list[int] = []
        starts, known = [], self.rows
        for candidate in candidates:
            starts.append(len(rows))
            rows += sorted({known[name] for name in candidate.features if name in known})
        totals = np.add.reduceat(self.weights[rows], starts, axis=0).astype(np.float64)
        totals -= totals.max(axis=1, keepdims=True)
        chance = np.exp(totals)
        return np.asarray(chance / chance.sum(axis=1, keepdims=True))

    def decide(self, candidates: Sequence[Candidate]) -> list[Decision]:
        """The events of an article's candidates.

        Args:
            candidates: of title and body.

        Returns:
            At most one decision a candidate, in the order of the candidates.
        """
        if not candidates:
            return []
        options = clause_options(candidates, self.type_probabilities(candidates))
        best: dict[int, Decision] = {}
        for option, chance in zip(options, self.clause([o.numbers for o in options]), strict=True):
            option.probability = chance
            key = id(option.candidate)
            if chance >= KEPT and (key not in best or chance > best[key].probability):
                best[key] = option
        return sorted(best.values(), key=lambda d: d.candidate.position)


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(chance / (1 - chance))


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
    options = []
    for members in clauses.values():
        most = [max(rows[number][kind] for number in members) for kind in range(NONE)]
        for kind, own in enumerate(most):
            if own < FLOOR:
                continue
            ranked = sorted((-rows[number][kind], number) for number in members)
            best = ranked[0][1]
            row = rows[best]
            others = max(row[other] for other in range(NONE) if other != kind)
            rivals = max(most[other] for other in range(NONE) if other != kind)
            second = -ranked[1][0] if len(ranked) > 1 else 0.0
            numbers = [
                1.0, _log_odds(own), _log_odds(1.0 - row[NONE]),
                math.log((own + 0.01) / (others + 0.01)),
                math.log((own + 0.01) / (rivals + 0.01)), own,
                _log_odds(peaks[kind]), float(peaks[kind] > own + 0.2), busy, events, second,
                1.0 - math.prod(1.0 - rows[n][kind] for n in members), len(members) / 5.0,
                *_circumstances(candidates[best], TYPES[kind]),
            ]  # fmt: skip
            options.append(Decision(candidates[best], TYPES[kind], numbers))
    return options


def _circumstances(candidate: Candidate, event_type: str) -> list[float]:
    """Numbers of a candidate that do not hang on the first model."""
    scene, token = candidate.scene, candidate.token
    sentence = scene.sentence
    body = not candidate.in_title
    here = [m for m in scene.matches if token in m.parts]
    before = sentence.words[max(sentence.first, token - 3) : token]
    return [
        float(candidate.in_title),
        float(body and scene.number == 0),
        float(body and scene.number < 3),
        math.log1p(sentence.clause_stop(token) - candidate.clause),
        math.log1p(sentence.stop - sentence.first),
        float(any(m.rule.event_type == event_type for m in here)),
        float(any(len(m.parts) > 1 for m in here)),
        float(sentence.is_verb(token)),
        float(any(word in _NEGATIVE for word in before)),
    ]


def save(model: DecisionModel, path: Path) -> None:
    """Write a model without time stamps, so that equal models are equal files."""
    parts: dict[str, Any] = {
        "terms": np.array("\n".join(model.rows)),
        "weights": model.weights.astype(np.float16),
    }
    small: dict[str, Logistic] = {"clause": model.clause, "pair": model.pair}
    small.update({str(name): part for name, part in model.parties.items()})
    small.update(model.setting)
    for name, part in small.items():
        parts[name] = np.array(part.slopes)
    np.savez_compressed(path, **parts)


@cache
def decision_model() -> DecisionModel:
    """The packaged models, read once."""
    with np.load(TABLE, allow_pickle=False) as data:
        terms = str(data["terms"]).split("\n")
        return DecisionModel(
            {term: row for row, term in enumerate(terms)},
            data["weights"].astype(np.float32),
            Logistic(tuple(data["clause"].tolist())),
            Logistic(tuple(data["pair"].tolist())),
            {name: Logistic(tuple(data[name].tolist())) for name in SIDES},
            {name: Logistic(tuple(data[name].tolist())) for name in ("date", "place")},
        )
