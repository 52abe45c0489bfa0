"""Which acts are done to somebody: how often the events of a word have a recipient.

Grammar alone does not say that طالب is told of somebody and استقال of nobody. Coded articles do:
how often each word, as an event of a type, had a recipient there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from transforms.enrich.events.candidates import Scene
from transforms.enrich.events.mention import EventMention

TRUST: Final = 4.0  # events of its type that weigh as much as those of the word
_USUAL: Final = (2.0, 1.5)  # events that every type is given, and how many have a recipient
_NONE: Final = (0.0, 0.0)


def taker_key(mention: EventMention, scene: Scene) -> str:
    """The word that tells an event, with its type."""
    reading = mention.match.reading
    word = reading.lemma if reading else scene.sentence.words[mention.token]
    return f"{mention.event_type} {word}"


@dataclass(frozen=True, slots=True)
class Takers:
    """How many events were seen, and how many of them had a recipient.

    Attributes:
        counts: both, by type and by type and word (see ``taker_key``).
    """

    counts: Mapping[str, tuple[float, float]]

    def numbers(self, key: str) -> list[float]:
        """How often the events of a word have a recipient, and how many were seen."""
        seen, taken = self.counts.get(key, _NONE)
        of_type, taken_of_type = self.counts.get(key.partition(" ")[0], _NONE)
        usual = (taken_of_type + _USUAL[1]) / (of_type + _USUAL[0])
        return [(taken + TRUST * usual) / (seen + TRUST), math.log1p(seen)]

    def without(self, cases: Iterable[tuple[str, float]]) -> Takers:
        """The same as if some cases, each a key and whether it has a recipient, were not seen."""
        left = dict(self.counts)
        for key, taken in cases:
            for name in (key, key.partition(" ")[0]):
                left[name] = (left[name][0] - 1.0, left[name][1] - taken)
        return Takers(left)

    def arrays(self, name: str) -> dict[str, Any]:
        """The arrays by which a file keeps them."""
        return {
            f"{name}.keys": np.array("\n".join(self.counts)),
            f"{name}.counts": np.array(list(self.counts.values()), np.float32),
        }

    @classmethod
    def of(cls, data: Any, name: str) -> Self:
        """Those that a file keeps under a name."""
        keys = str(data[f"{name}.keys"]).split("\n")
        return cls(dict(zip(keys, map(tuple, data[f"{name}.counts"].tolist()), strict=True)))

    @classmethod
    def count(cls, cases: Iterable[tuple[str, float]]) -> Self:
        """Count cases, each a key and whether it has a recipient."""
        found: dict[str, tuple[float, float]] = {}
        for key, taken in cases:
            for name in (key, key.partition(" ")[0]):
                seen, before = found.get(name, _NONE)
                found[name] = (seen + 1.0, before + taken)
        return cls(dict(sorted(found.items())))
