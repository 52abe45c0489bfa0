"""Which candidates are events: two fitted models, and a third that joins mentions.

The first, a small net, gives every candidate a probability for each event type and for none.
The second, of boosted trees, looks at a type in a clause (see ``clause``). The third, of trees as
well, says how probable it is that two mentions are one event (see ``merge``). ``decisions.npz`` is
made by ``transforms.enrich.build.decisions``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from sys import intern
from typing import Any, Final

import numpy as np

from transforms.enrich.events.candidates import Candidate
from transforms.enrich.events.clause import NONE, SURE, TYPES, Decision, clause_options
from transforms.enrich.events.features import Names
from transforms.enrich.events.ground import Ground
from transforms.enrich.events.net import Net
from transforms.enrich.events.numbers import Floats, Logistic
from transforms.enrich.events.pairs import PairModel
from transforms.enrich.events.parties import SideModels
from transforms.enrich.events.roles import Roles, Sums
from transforms.enrich.events.setting import SettingModels
from transforms.enrich.events.spans import Weights
from transforms.enrich.events.trees import Trees

TABLE: Final = Path(__file__).parent / "decisions.npz"
KEPT: Final = 0.05  # below which what models say is no row


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """The three models.

    Attributes:
        rows: feature -> its row in ``net``.
        net: the first model: its classes are the types, the last is for no event.
        clause: the second model.
        sides: the models of the sides (see ``parties``).
        setting: the models of date and place (see ``setting``).
        pair: the third model; None where it was not fitted.
        whole: how sure an event is once all is known of it (see ``whole``); None where it was
            not fitted.
        ends: where the phrases of parties end (see ``spans``).
        roles: which phrases are the sides of an event (see ``roles``).
    """

    rows: dict[str, int]
    net: Net
    clause: Trees
    sides: SideModels
    setting: SettingModels
    pair: PairModel | None = None
    whole: Trees | None = None
    ends: Weights = field(default_factory=dict)
    roles: Roles = field(default_factory=lambda: Roles({}))
    names: Names = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Number the features."""
        object.__setattr__(self, "names", Names(self.rows))

    def type_probabilities(self, ground: Ground) -> Floats:
        """Probabilities of the first model: one row a candidate, one column a type and none."""
        return type_chances(ground, self.names, self.net)

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
        ground = Ground(candidates)
        options, numbers = clause_options(ground, self.type_probabilities(ground))
        found: dict[int, list[Decision]] = {}
        for option, chance in zip(options, self.clause(numbers), strict=True):
            option.probability = chance
            if chance >= KEPT:
                found.setdefault(id(option.candidate), []).append(option)
        for own in found.values():
            own.sort(key=lambda d: (-d.probability, d.event_type))
            for other in own[1:]:
                other.second = True
        decided = [decision for own in found.values() for decision in own]
        return sorted(decided, key=lambda d: d.candidate.position)


def type_chances(ground: Ground, names: Names, net: Net) -> Floats:
    """Probabilities of candidates: one row a candidate, one column a type and none.

    Args:
        ground: the candidates that are asked about.
        names: the numbers of features in the net.
        net: the first model.
    """
    common = net.sums(*names.common(ground))
    return net(net.sums(*names.around(ground)) + common[ground.scene_of])


__all__ = [
    "NONE",
    "SURE",
    "TYPES",
    "Decision",
    "DecisionModel",
    "clause_options",
    "decision_model",
    "type_chances",
]


def save(model: DecisionModel, path: Path) -> None:
    """Write a model without time stamps, so that equal models are equal files."""
    parts: dict[str, Any] = {
        "terms": np.array("\n".join(model.rows)),
        **model.net.arrays(),
        "ends": np.array("\n".join(model.ends)),
        "ends.weights": np.array(list(model.ends.values()), dtype=np.float32),
        **_pair_parts(model.pair),
        "roles": np.array("\n".join(model.roles.weights)),
        "roles.weights": np.array(list(model.roles.weights.values()), dtype=np.float16),
    }
    for name, trees in _trees(model).items():
        parts.update(trees.arrays(name))
    small = {"actor": model.sides.actor, "recipient": model.sides.recipient}
    for name, part in small.items():
        parts[name] = np.array(part.slopes)
    np.savez_compressed(path, **parts)


def _pair_parts(model: PairModel | None) -> dict[str, Any]:
    if model is None:
        return {}
    weights = np.array(list(model.words.values()), dtype=np.float32)
    words = {"pair.words": np.array("\n".join(model.words)), "pair.words.weights": weights}
    return {**words, **model.trees.arrays("pair")}


def _trees(model: DecisionModel) -> dict[str, Trees]:
    """The models of trees, by the name under which a file keeps them."""
    found = {
        "clause": model.clause,
        "has": model.sides.has,
        "date": model.setting.date,
        "place": model.setting.place,
        "placed": model.setting.placed,
    }
    return found if model.whole is None else {**found, "whole": model.whole}


@cache
def decision_model() -> DecisionModel:
    """The packaged models, read once."""
    with np.load(TABLE, allow_pickle=False) as data:
        terms = str(data["terms"]).split("\n")
        return DecisionModel(
            {intern(term): row for row, term in enumerate(terms)},
            Net.of(data),
            Trees.of(data, "clause"),
            SideModels(_line(data, "actor"), _line(data, "recipient"), Trees.of(data, "has")),
            SettingModels(*(Trees.of(data, name) for name in ("date", "place", "placed"))),
            _pairs_of(data) if "pair.base" in data else None,
            Trees.of(data, "whole") if "whole.base" in data else None,
            _weights(data, "ends") if "ends" in data else {},
            Roles(_pairs(data, "roles")),
        )


def _pairs_of(data: Any) -> PairModel:
    return PairModel(_weights(data, "pair.words"), Trees.of(data, "pair"))


def _weights(data: Any, name: str) -> Weights:
    terms = str(data[name]).splitlines()
    return dict(zip(map(intern, terms), data[f"{name}.weights"].tolist(), strict=True))


def _pairs(data: Any, name: str) -> dict[str, Sums]:
    terms = str(data[name]).splitlines()
    return {
        term: (one, two)
        for term, (one, two) in zip(terms, data[f"{name}.weights"].tolist(), strict=True)
    }


def _line(data: Any, name: str) -> Logistic:
    return Logistic(tuple(data[name].tolist()))
