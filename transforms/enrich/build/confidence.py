"""Fit the weights of the confidence formula and the lexical models (build time only).

``python -m transforms.enrich.build.confidence DATA`` reads MIT-licensed development sentences
below ``DATA`` (``events/arabic_event_gsr``) and writes ``lexical.npz``, the typed entries of
``weights.json``, and ``unseen.json``: how good the formulas are on sentences they have not seen.
Everything is deterministic: fixed folds, full-batch Newton steps. Partial acceptance by the
annotators counts as a partial positive (``SOFT``); the lexical score that enters the formula is
out of fold, so that the formula does not trust it more than it deserves.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from transforms.enrich import coder
from transforms.enrich.events.confidence import UNSEEN, WEIGHTS, raw_features
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.word_model import TABLE, terms
from transforms.enrich.words.tokens import tokenise
from transforms.text.arabic import normalise

SOFT: Final = 0.5
# The fitted probability that becomes confidence 0.5: lower gains recall, higher precision.
OPERATING: Final = 0.5
FOLDS: Final = 8
TYPES: Final = ("ASSAULT", "PROTEST")
_Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse matrix: for every entry its row, its column and its value."""

    rows: np.ndarray[Any, np.dtype[np.int64]]
    columns: np.ndarray[Any, np.dtype[np.int64]]
    values: _Floats
    height: int
    width: int

    def dot(self, weights: _Floats) -> _Floats:
        """Matrix times vector."""
        product = self.values * weights[self.columns]
        return np.bincount(self.rows, product, minlength=self.height).astype(np.float64)

    def transpose_dot(self, residual: _Floats) -> _Floats:
        """Transposed matrix times vector."""
        product = self.values * residual[self.rows]
        return np.bincount(self.columns, product, minlength=self.width).astype(np.float64)


def sparse(vectors: Sequence[dict[int, float]], width: int) -> Sparse:
    """Pack row dictionaries."""
    entries = [(r, c, v) for r, vector in enumerate(vectors) for c, v in vector.items()]
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    return Sparse(
        np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64),
        np.asarray(values, dtype=np.float64), len(vectors), width,
    )  # fmt: skip


def fit(
    matrix: Sparse, positive: _Floats, negative: _Floats, *, ridge: float, steps: int = 12
) -> tuple[_Floats, float]:
    """Logistic regression by Newton steps, each solved by conjugate gradients.

    Args:
        matrix: one row a sentence.
        positive: the weight of each row as a positive example.
        negative: its weight as a negative one.
        ridge: strength of the L2 penalty on the weights (the intercept is free).
        steps: Newton steps.

    Returns:
        Weights and intercept.
    """
    total = positive + negative
    theta = np.zeros(matrix.width + 1)
    theta[-1] = math.log(positive.sum() / negative.sum())
    penalty = np.append(np.full(matrix.width, ridge), 1e-6)
    for _ in range(steps):
        chance = 1.0 / (1.0 + np.exp(-(matrix.dot(theta[:-1]) + theta[-1])))
        residual = total * chance - positive
        gradient = np.append(matrix.transpose_dot(residual), residual.sum()) + penalty * theta
        curvature = total * chance * (1.0 - chance) + 1e-9
        theta = theta - _solve(matrix, curvature, penalty, gradient)
    return theta[:-1], float(theta[-1])


def _solve(matrix: Sparse, curvature: _Floats, penalty: _Floats, target: _Floats) -> _Floats:
    """Solve the Newton system by conjugate gradients."""
    answer, residual = np.zeros_like(target), target.copy()
    direction, energy = residual.copy(), float(target @ target)
    for _ in range(60):
        if energy < 1e-12:
            break
        spread = curvature * (matrix.dot(direction[:-1]) + direction[-1])
        image = np.append(matrix.transpose_dot(spread), spread.sum()) + penalty * direction
        step = energy / float(direction @ image)
        answer += step * direction
        residual -= step * image
        energy, before = float(residual @ residual), energy
        direction = residual + energy / before * direction
    return answer


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled sentence: positive and negative weight, and the fold it belongs to."""

    text: str
    positive: float
    negative: float


def _gsr(folder: Path, event_type: str) -> list[Row]:
    """The sentences of one GSR file."""
    rows = []
    with (folder / f"{event_type.lower()}_gsr.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["label"] == "ambiguous":
                continue
            accept, reject = int(row["accept"]), int(row["reject"])
            share = 1.0 if row["label"] == "yes" else SOFT * accept / max(1, accept + reject)
            rows.append(Row(row["text"], share, 1.0 - share))
    return rows


def _words(text: str) -> tuple[str, ...]:
    return tokenise(text, normalise(text), "body").words


class Vocabulary:
    """Terms seen in enough sentences, with their inverse document frequency."""

    def __init__(self, texts: Sequence[str], least: int = 3) -> None:
        """Count the terms of all training sentences."""
        self.counts = [terms(_words(text)) for text in texts]
        frequency = Counter(term for counts in self.counts for term in counts)
        kept = sorted(term for term, n in frequency.items() if n >= least)
        self.rows = {term: row for row, term in enumerate(kept)}
        total = len(texts)
        self.idf = np.array([math.log((1 + total) / (1 + frequency[t])) + 1 for t in kept])

    def vectors(self, picked: Sequence[int]) -> Sparse:
        """Unit vectors of some of the sentences."""
        made = []
        for index in picked:
            vector = {
                self.rows[t]: (1 + math.log(n)) * float(self.idf[self.rows[t]])
                for t, n in self.counts[index].items()
                if t in self.rows
            }
            norm = math.sqrt(sum(v * v for v in vector.values())) or 1.0
            made.append({column: value / norm for column, value in vector.items()})
        return sparse(made, len(self.rows))


def _out_of_fold(matrix: Sparse, positive: _Floats, negative: _Floats, ridge: float) -> _Floats:
    """Log-odds of every row by a model that has not seen it."""
    folds = np.arange(matrix.height) % FOLDS
    answer = np.zeros(matrix.height)
    for fold in range(FOLDS):
        seen = folds != fold
        weights, intercept = fit(matrix, positive * seen, negative * seen, ridge=ridge)
        answer[~seen] = (matrix.dot(weights) + intercept)[~seen]
    return answer


def _best_mentions(rows: Sequence[Row], event_type: str) -> list[dict[str, float] | None]:
    """The features of the most confident told mention of a type in every sentence."""
    answers: list[dict[str, float] | None] = []
    for row in rows:
        mentions: list[EventMention] = [
            mention
            for mention in coder.mentions_of(row.text)
            if mention.event_type == event_type and mention.status in {"asserted", "historical"}
        ]
        best = max(mentions, key=lambda d: d.confidence, default=None)
        answers.append(None if best is None else raw_features(best))
    return answers


def _formula(
    rows: Sequence[Row], event_type: str, lexical: _Floats
) -> tuple[dict[str, float], list[int], _Floats]:
    """Weights of one type's formula: features first, then how much to trust each part."""
    mentions = _best_mentions(rows, event_type)
    kept = [index for index, mention in enumerate(mentions) if mention is not None]
    names = sorted({name for mention in mentions if mention for name in mention if name != "bias"})
    column = {name: number for number, name in enumerate(names)}
    vectors = [{column[n]: v for n, v in (mentions[i] or {}).items() if n in column} for i in kept]
    matrix = sparse(vectors, len(names))
    positive = np.array([rows[i].positive for i in kept])
    negative = np.array([rows[i].negative for i in kept])
    own = _out_of_fold(matrix, positive, negative, 3.0)
    stack = sparse([{0: a, 1: b} for a, b in zip(own, lexical[kept], strict=True)], 2)
    trust, bias = fit(stack, positive, negative, ridge=0.1)
    weights, intercept = fit(matrix, positive, negative, ridge=3.0)
    table = {name: float(trust[0] * weights[column[name]]) for name in names}
    shift = math.log((1 - OPERATING) / OPERATING)
    table["bias"] = float(bias + trust[0] * intercept) + shift
    table["lexical"] = float(trust[1])
    final = 1 / (1 + np.exp(-(stack.dot(trust) + bias)))
    return table, kept, final


def _report(name: str, rows: Sequence[Row], kept: list[int], chance: _Floats) -> dict[str, float]:
    """Print the out-of-fold quality of a formula; the figures at the operating point."""
    gold = np.array([row.positive == 1.0 for row in rows])
    score = np.zeros(len(rows))
    score[kept] = chance
    figures: dict[str, float] = {}
    for threshold in (0.3, 0.4, OPERATING):
        told = score >= threshold
        right = float((told & gold).sum())
        precision, recall = right / max(1, told.sum()), right / gold.sum()
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        sys.stdout.write(f"{name} {threshold}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}\n")
        if threshold == OPERATING:
            figures = {"precision": precision, "recall": float(recall), "f1": float(f1)}
    return {key: round(float(value), 4) for key, value in figures.items()}


def main(data: Path) -> None:
    """Fit everything and write the packaged files.

    Args:
        data: the development data directory.
    """
    events = data / "events"
    parts = {name: _gsr(events / "arabic_event_gsr", name) for name in TYPES}
    vocabulary = Vocabulary([row.text for name in TYPES for row in parts[name]])
    columns: dict[str, tuple[_Floats, float]] = {}
    unseen: dict[str, dict[str, str | float]] = {}
    table = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    table = {key: value for key, value in table.items() if ":" not in key}
    offset = 0
    for name in TYPES:
        rows = parts[name]
        matrix = vocabulary.vectors(range(offset, offset + len(rows)))
        offset += len(rows)
        positive = np.array([row.positive for row in rows])
        negative = np.array([row.negative for row in rows])
        boost = negative.sum() / positive.sum() / 2
        lexical = _out_of_fold(matrix, positive * boost, negative, 0.25)
        columns[name] = fit(matrix, positive * boost, negative, ridge=0.25)
        formula, kept, chance = _formula(rows, name, lexical)
        table.update({f"{name}:{key}": round(value, 4) for key, value in formula.items()})
        fitted_on = events / "arabic_event_gsr" / f"{name.lower()}_gsr.csv"
        unseen[name] = {
            "data": hashlib.sha256(fitted_on.read_bytes()).hexdigest(),
            **_report(name, rows, kept, chance),
        }
    names = list(columns)
    np.savez_compressed(
        TABLE,
        terms=np.array("\n".join(vocabulary.rows)),
        idf=vocabulary.idf.astype(np.float16),
        weights=np.stack([columns[name][0] for name in names], axis=1).astype(np.float16),
        intercepts=np.array([columns[name][1] for name in names], dtype=np.float32),
        names=np.array("\n".join(names)),
    )
    known = json.loads(UNSEEN.read_text(encoding="utf-8")) if UNSEEN.exists() else {}
    UNSEEN.write_text(json.dumps({**known, **unseen}, indent=1) + "\n", encoding="utf-8")
    WEIGHTS.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
