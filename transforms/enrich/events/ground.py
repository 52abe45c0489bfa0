"""The sentences of an article's candidates as arrays, so that all candidates are asked at once.

The tokens of every sentence that holds a candidate stand one behind the other, ``PAD`` tokens that
are none between two sentences; what is said of a token is a number in an array, and how often
something stands in a stretch is the difference of two running counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from transforms.enrich.events.candidates import Candidate, Scene
from transforms.enrich.words import lists

Places = np.ndarray[Any, np.dtype[np.intp]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Kinds = np.ndarray[Any, np.dtype[np.uint8]]
PAD: Final = 6  # as far as a candidate looks around
NOBODY: Final = ""  # the name of a token that is none
_NEGATIVE: Final = lists.words("realis", "denials")


class Ground:
    """Where candidates stand.

    Attributes:
        candidates: of an article, in the order of the text.
        scenes: their sentences.
        scene_of: the number of each candidate's sentence among them.
        shifts: what is added to the tokens of each to say where they stand here.
        names: what every token is called as a neighbour.
        kinds: the letter of every token's kind.
        at: where each candidate stands among the tokens.
        start: where its clause starts.
        stop: where its clause stops.
        head: where its sentence starts.
    """

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        """Lay the sentences of some candidates out.

        Args:
            candidates: those of a sentence stand together.
        """
        self.candidates = candidates
        self.scenes: list[Scene] = []
        self.shifts: list[int] = []
        self.names = [NOBODY] * PAD
        line = [" " * PAD]
        rows = []
        shift, last = 0, None
        for candidate in candidates:
            scene, token = candidate.scene, candidate.token
            if scene is not last:
                last = scene
                self.scenes.append(scene)
                shift = len(self.names) - scene.sentence.first
                self.shifts.append(shift)
                self.names += scene.names
                self.names += [NOBODY] * PAD
                line += (scene.sentence.line(), " " * PAD)
            stop = scene.sentence.clause_stop(token)
            rows.append((len(self.scenes) - 1, token, candidate.clause, stop, shift))
        table = np.array(rows, dtype=np.intp).reshape(-1, 5).T
        self.scene_of = table[0]
        self.at, self.start, self.stop = table[1:4] + table[4]
        firsts = np.array([scene.sentence.first for scene in self.scenes], dtype=np.intp)
        self.head = table[4] + firsts[self.scene_of]
        self.line = "".join(line)
        self.kinds: Kinds = np.frombuffer(self.line.encode("ascii", "replace"), dtype=np.uint8)

    def are(self, kinds: str) -> Flags:
        """Which tokens are of one of some kinds.

        Args:
            kinds: their letters.
        """
        asked = np.zeros(256, dtype=bool)
        asked[[ord(kind) for kind in kinds]] = True
        return asked[self.kinds]

    def known(self, names: Sequence[str]) -> Flags:
        """Where known phrases stand: one row for all, then one for each name of what they are.

        Args:
            names: see ``Scene.known``.
        """
        found = np.zeros((1 + len(names), len(self.names)), dtype=bool)
        rows = {name: row for row, name in enumerate(names, 1)}
        for scene, shift in zip(self.scenes, self.shifts, strict=True):
            for index, name in scene.known.items():
                found[0, index + shift] = True
                if name in rows:
                    found[rows[name], index + shift] = True
        return found

    def denials(self) -> Flags:
        """Which tokens deny."""
        found = np.zeros(len(self.names), dtype=bool)
        for scene, shift in zip(self.scenes, self.shifts, strict=True):
            sentence = scene.sentence
            words = sentence.words[sentence.first : sentence.stop]
            if not _NEGATIVE.isdisjoint(words):
                places = [i for i, word in enumerate(words, sentence.first) if word in _NEGATIVE]
                found[np.array(places) + shift] = True
        return found


def counted(flags: Flags) -> Places:
    """Running counts: how many of the tokens before each one are flagged, and of all.

    Args:
        flags: one row a question, one column a token.
    """
    found = np.zeros((len(flags), flags.shape[1] + 1), dtype=np.intp)
    flags.cumsum(axis=1, out=found[:, 1:])
    return found
