"""Which candidates are events: two fitted models, and a third that joins mentions.

The first, which is linear, gives every candidate a probability for each event type and for none.
The second, of boosted trees, looks at a type in a clause (see ``clause``). The third, of trees as
well, says how probable it is that two mentions are one event (see ``merge``). ``decisions.npz`` is
made by ``transforms.enrich.build.decisions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from pathlib import Path
from sys import intern
from typing import Any, Final

import numpy as np

from transforms.enrich.events.candidates import Candidate
from transforms.enrich.events.clause import NONE, SURE, TYPES, Decision, clause_options
from transforms.enrich.events.numbers import Floats, Logistic
from transforms.enrich.events.parties import SideModels
from transforms.enrich.events.trees import Trees
from transforms.enrich.words.memo import LIMIT

TABLE: Final = Path(__file__).parent / "decisions.npz"
_UNKNOWN: Final = -1  # the row of features without one
KEPT: Final = 0.03  # of the second model, below which a decision is not kept


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """The three models.

    Attributes:
        rows: feature -> its row in ``weights``.
        weights: one row a feature, one column a type, the last for no event.
        clause: the second model.
        pair: the third model.
        sides: the models of the sides (see ``parties``).
        setting: the models of date and place (see ``setting``).
    """

    rows: Mapping[str, int]
    weights: np.ndarray[Any, np.dtype[np.float32]]
    clause: Trees
    pair: Trees
    sides: SideModels
    setting: Mapping[str, Logistic]
    _words: dict[tuple[str, ...], list[int]] = field(default_factory=dict, repr=False)

    def type_probabilities(self, candidates: Sequence[Candidate]) -> Floats:
        """Probabilities of the first model: one row a candidate, one column a type and none."""
        rows: list[int] = []
        starts, known, words = [], self.rows, self._words
        scenes: dict[int, list[int]] = {}
        if len(words) > LIMIT:
            words.clear()
        for candidate in candidates:
            starts.append(len(rows))
            own = set(map(known.get, candidate.around, repeat(_UNKNOWN)))
            own.discard(_UNKNOWN)
            word, scene = candidate.word, candidate.scene
            if word not in words:
                words[word] = [known[name] for name in word if name in known]
            if id(scene) not in scenes:
                scenes[id(scene)] = [known[name] for name in scene.common if name in known]
            own.update(words[word], scenes[id(scene)])
            rows += sorted(own)
        weights = self.weights.take(np.array(rows, dtype=np.intp), axis=0)
        totals = np.add.reduceat(weights, starts, axis=0).astype(np.float64)
        totals -= totals.max(axis=1, keepdims=True)
        chance = np.exp(totals)
        return np.asarray(chance / chance.sum(axis=1, keepdims=True))

    def decide(self, candidates: Sequence[Candidate]) -> list[Decision]:
        """The events of an article's candidates.

        Args:
            candidates: of title and body.

        Returns:
            What each candidate may tell, in the order of the candidates: its most probable type
            first, then others that it may tell instead.
        """
        if not candidates:
            return []
        options = clause_options(candidates, self.type_probabilities(candidates))
        found: dict[int, list[Decision]] = {}
        for option, chance in zip(options, self.clause([o.numbers for o in options]), strict=True):
            option.probability = chance
            if chance >= KEPT:
                found.setdefault(id(option.candidate), []).append(option)
        for own in found.values():
            own.sort(key=lambda d: (-d.probability, d.event_type))
            for other in own[1:]:
                other.second = True
        decided = [decision for own in found.values() for decision in own]
        return sorted(decided, key=lambda d: d.candidate.position)


__all__ = ["NONE", "SURE", "TYPES", "Decision", "DecisionModel", "clause_options", "decision_model"]


def save(model: DecisionModel, path: Path) -> None:
    """Write a model without time stamps, so that equal models are equal files."""
    parts: dict[str, Any] = {
        "terms": np.array("\n".join(model.rows)),
        "weights": model.weights.astype(np.float16),
    }
    for name, trees in _trees(model).items():
        parts.update(trees.arrays(name))
    small = {"actor": model.sides.actor, "recipient": model.sides.recipient, **model.setting}
    for name, part in small.items():
        parts[name] = np.array(part.slopes)
    np.savez_compressed(path, **parts)


def _trees(model: DecisionModel) -> dict[str, Trees]:
    """The models of trees, by the name under which a file keeps them."""
    return {"clause": model.clause, "pair": model.pair, "has": model.sides.has}


@cache
def decision_model() -> DecisionModel:
    """The packaged models, read once."""
    with np.load(TABLE, allow_pickle=False) as data:
        terms = str(data["terms"]).split("\n")
        return DecisionModel(
            {intern(term): row for row, term in enumerate(terms)},
            data["weights"].astype(np.float32),
            Trees.of(data, "clause"),
            Trees.of(data, "pair"),
            SideModels(_line(data, "actor"), _line(data, "recipient"), Trees.of(data, "has")),
            {name: _line(data, name) for name in ("date", "place")},
        )


def _line(data: Any, name: str) -> Logistic:
    return Logistic(tuple(data[name].tolist()))
