"""A small net over names: the form in which the first model is shipped.

A name adds numbers of its own to hidden units and to the classes; a unit that comes out above zero
adds its own to the classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from transforms.enrich.events.numbers import Floats

Places = np.ndarray[Any, np.dtype[np.intp]]
Singles = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Net:
    """A net of one hidden layer, beside a line.

    Attributes:
        names: one row a name: what it adds to each unit, behind that what to each class.
        edges: what is added to each unit whatever the names.
        units: one row a unit: what it adds to each class.
    """

    names: Singles
    edges: Singles
    units: Singles

    def sums(self, rows: Places, starts: Places) -> Singles:
        """What sets of names add up to.

        Args:
            rows: the numbers of the names of all sets, one set behind the other; none is empty.
            starts: where each begins.
        """
        return np.asarray(np.add.reduceat(self.names.take(rows, axis=0), starts, axis=0))

    def __call__(self, sums: Singles) -> Floats:
        """Probabilities: one row a set of names, one column a class.

        Args:
            sums: what the names of each set add up to.
        """
        hidden = len(self.edges)
        lit = np.maximum(sums[:, :hidden] + self.edges, 0)
        totals = (sums[:, hidden:] + lit @ self.units).astype(np.float64)
        raised = np.exp(totals - totals.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def shares(self, rows: Sequence[int]) -> Floats:
        """What each name of a set adds to each class, by the units that the set lights up.

        Args:
            rows: the numbers of the names.
        """
        hidden = len(self.edges)
        found = self.names[list(rows)].astype(np.float64)
        lit = found[:, :hidden].sum(axis=0) + self.edges > 0
        return np.asarray(found[:, hidden:] + (found[:, :hidden] * lit) @ self.units)

    def arrays(self) -> dict[str, Any]:
        """The arrays by which a file keeps the net, at half precision."""
        return {
            "names": self.names.astype(np.float16),
            "edges": self.edges,
            "units": self.units,
        }

    @classmethod
    def of(cls, data: Any) -> Self:
        """The net that a file keeps."""
        return cls(data["names"].astype(np.float32), data["edges"], data["units"])
