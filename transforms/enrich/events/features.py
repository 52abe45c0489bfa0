"""The features of candidates: names (``l:زيارة``, ``n1:#``), and their numbers in a model.

Which features a candidate has is said here once. ``Names`` gives each its number: those of a model
(what it was not fitted with has none), or, to fit one and to explain, of every name that is met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Final, TypeVar

import numpy as np

from transforms.enrich.events.candidates import Candidate
from transforms.enrich.events.ground import NOBODY, Flags, Ground, Places
from transforms.enrich.words.memo import LIMIT

Key = TypeVar("Key")
Answer = TypeVar("Answer")
_UNKNOWN: Final = -1  # the number of what has none
_EDGE: Final = "-"  # what a sentence's edge is called
_KINDS: Final = ("p1", "p2", "p", "n1", "n2", "r", "f")
# What is asked of the tokens around: the kind of feature, and how far from the candidate.
_NEAR: Final = (("p1", -1), ("p2", -2), ("n1", 1), ("n2", 2), ("p", -1), ("p", -2))
_AHEAD: Final = tuple(("r", step) for step in (1, 2, 3, 4, 5))
_BACK: Final = tuple(("f", step) for step in (-1, -2, -3, -4, -5, -6))
_WINDOW: Final = (*_NEAR, *_AHEAD, *_BACK)
_STEPS: Final = np.array([step for _, step in _WINDOW])
_COLUMNS: Final = np.array([_KINDS.index(kind) for kind, _ in _WINDOW])
_FIRST_AHEAD: Final = len(_NEAR)  # column of the window
_FIRST_BACK: Final = len(_NEAR) + len(_AHEAD)
_PAIRED: Final = 3  # tokens behind it with which a candidate makes pairs
_SHIFT: Final = 1 << 24  # more than there are numbers of names
_LIKE: Final = np.intp


class _Found(dict[Key, Answer]):
    """Answers by what was asked, each found once."""

    def __init__(self, find: Callable[[Key], Answer]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: Key) -> Answer:
        found = self[key] = self._find(key)
        return found


class Names:
    """The numbers of features by their names, and what is remembered of them."""

    def __init__(self, rows: dict[str, int], *, grows: bool = False) -> None:
        """Number features.

        Args:
            rows: feature -> its number.
            grows: whether a feature that is met gets a number, when it has none.
        """
        self.rows = rows
        self._grows = grows
        self._forget()

    def _forget(self) -> None:
        self._neighbours: list[str] = []
        self._table: Places = np.zeros((64, len(_KINDS)), dtype=_LIKE)
        self._ids = _Found(self._neighbour)
        self._pairs = _Found(self._pair)
        self._listed = _Found(self._of)

    def number(self, name: str) -> int:
        """The number of a feature, -1 for one without."""
        if self._grows:
            return self.rows.setdefault(name, len(self.rows))
        return self.rows.get(name, _UNKNOWN)

    def around(self, ground: Ground) -> tuple[Places, Places]:
        """The features of candidates, but for those that all of a sentence have.

        Args:
            ground: the candidates.

        Returns:
            Numbers, each once and in order, those of a candidate behind those of the one before;
            where those of each begin.
        """
        if len(self._pairs) > LIMIT or len(self._listed) > LIMIT:
            self._forget()
        ids = np.array([self._ids[name] for name in ground.names], dtype=_LIKE)
        near = ids[ground.at[:, None] + _STEPS]
        ahead = _reached(ground.are(".CR"), ground.at, _AHEAD)
        back = _reached(ground.are(".,"), ground.at, _BACK)
        window = self._table[near, _COLUMNS]
        window[:, _FIRST_AHEAD:_FIRST_BACK][~ahead] = _UNKNOWN
        window[:, _FIRST_BACK:][~back] = _UNKNOWN
        found = np.hstack([window, self._paired(ground, near, ahead)])
        lists = [self._listed[names] for each in ground.candidates for names in each.lists]
        shifts = _SHIFT * np.arange(len(found))
        sizes = [len(numbers) for numbers in lists]
        listed = np.array(list(chain.from_iterable(lists)), dtype=_LIKE)
        listed += shifts.repeat(len(lists) // len(found)).repeat(sizes)
        keys = np.concatenate([(found + shifts[:, None])[found >= 0], listed])
        keys.sort()
        keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])]
        return keys % _SHIFT, keys.searchsorted(shifts)

    def common(self, ground: Ground) -> tuple[Places, Places]:
        """The features that all candidates of a sentence have, as ``around`` gives others."""
        lists = [self._listed[scene.common] for scene in ground.scenes]
        starts = np.cumsum([0, *map(len, lists[:-1])])
        return np.array(list(chain(*lists)), dtype=_LIKE), starts

    def _of(self, names: tuple[str, ...]) -> tuple[int, ...]:
        """The numbers of some features, as far as they have one."""
        return tuple([each for each in map(self.number, names) if each >= 0])

    def _neighbour(self, name: str) -> int:
        """The line of a name in the table of what a token is to those around it."""
        written = name or _EDGE
        own = [self.number(f"{kind}:{written}") for kind in _KINDS]
        if name == NOBODY:
            own[-2:] = _UNKNOWN, _UNKNOWN  # no window reaches behind an edge
        line = len(self._neighbours)
        if line == len(self._table):
            self._table = np.resize(self._table, (2 * line, len(_KINDS)))
        self._table[line] = own
        self._neighbours.append(written)
        return line

    def _paired(self, ground: Ground, near: Places, ahead: Flags) -> Places:
        """The pairs of a candidate with its neighbours, and with some tokens behind it."""
        own = np.array([self._ids[each.name] for each in ground.candidates], dtype=_LIKE)
        pairs = np.empty((len(own), 2 + _PAIRED), dtype=_LIKE)
        pairs[:, 0] = 2 * (_SHIFT * near[:, 0] + own)
        pairs[:, 1] = 2 * (_SHIFT * own + near[:, 2])
        behind = slice(_FIRST_AHEAD, _FIRST_AHEAD + _PAIRED)
        pairs[:, 2:] = 2 * (_SHIFT * own[:, None] + near[:, behind]) + 1
        inside = ahead[:, :_PAIRED] & (near[:, behind] != self._ids[NOBODY])
        pairs[:, 2:][~inside] = _UNKNOWN
        numbers = list(map(self._pairs.__getitem__, pairs.ravel().tolist()))
        return np.array(numbers, dtype=_LIKE).reshape(pairs.shape)

    def _pair(self, key: int) -> int:
        """The number of a pair of names."""
        if key < 0:
            return _UNKNOWN
        both, apart = divmod(key, 2)
        one, two = (self._neighbours[each] for each in divmod(both, _SHIFT))
        return self.number(f"x:{one}{'>>' if apart else '>'}{two}")


def _reached(ends: Flags, at: Places, window: Sequence[tuple[str, int]]) -> Flags:
    """Which tokens of a window are reached before one that ends it, that one included."""
    steps = np.array([step for _, step in window])
    passed = ends[at[:, None] + steps[:-1]]
    found = np.ones((len(at), len(steps)), dtype=bool)
    found[:, 1:] = ~np.logical_or.accumulate(passed, axis=1)
    return found


def names_of(candidates: Iterable[Candidate]) -> list[list[str]]:
    """The features of candidates by name.

    Args:
        candidates: those of a sentence stand together.
    """
    names = Names({}, grows=True)
    ground = Ground(list(candidates))
    if not ground.candidates:
        return []
    rows, starts = names.around(ground)
    written = list(names.rows)
    found = [[written[row] for row in own] for own in np.split(rows, starts[1:])]
    return [[*own, *each.scene.common] for own, each in zip(found, ground.candidates, strict=True)]
