"""The suite of languages: Arabic kept, its neighbours kept out, mixes called mixes.

Reads ``langid/langid.jsonl``: texts of title, lead and body length, labelled ``ar`` or ``ar-...``
(dialects, tweets, Persian-keyboard code points), ``mix-...``, or with another language. Arabic is
kept when its verdict is ``ar`` (a plain text called mixed is an error); another language is let
in unless its verdict is ``other``.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeline.evaluation.base import Case, Figure, SuiteReport
from transforms.language import detect_language

NAME: Final = "language"
_DATA: Final = Path("langid") / "langid.jsonl"
_LENGTHS: Final = ("title", "lead", "body")
_EXPECTED: Final = {"ar": "ar", "mix": "mixed"}

Verdicts = Mapping[tuple[str, str], Sequence[str]]  # (label, length) -> verdicts


def run(data: Path) -> SuiteReport:
    """Measure on the labelled data below ``data``.

    Raises:
        FileNotFoundError: ``langid/langid.jsonl`` is not there.
    """
    raw = (data / _DATA).read_bytes()
    verdicts: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for line in raw.splitlines():
        row = json.loads(line)
        verdicts[row["label"], row["length"]].append(detect_language(row["text"]).verdict)
    return SuiteReport(
        suite=NAME,
        figures=tuple(_figures(verdicts)),
        cases=tuple(_cases(verdicts)),
        data_hash=hashlib.sha256(raw).hexdigest()[:16],
    )


def _expected(label: str) -> str:
    """The verdict a label calls for."""
    return _EXPECTED.get(label.split("-", maxsplit=1)[0], "other")


def _figures(verdicts: Verdicts) -> Iterator[Figure]:
    """The share of every kind of text at every length."""
    pooled: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for (label, length), found in verdicts.items():
        pooled[_expected(label), length] += found
    for length in _LENGTHS:
        found = pooled["ar", length]
        yield Figure(f"arabic_kept_{length}", _share(found, "ar"), len(found), 0.995)
    for length in _LENGTHS:
        found = pooled["other", length]
        let_in = 1.0 - _share(found, "other") if found else 0.0
        yield Figure(f"others_let_in_{length}", let_in, len(found), 0.01, higher_is_better=False)
    for length, bar in (("body", 0.95), ("lead", None)):
        found = pooled["mixed", length]
        yield Figure(f"mixed_labelled_{length}", _share(found, "mixed"), len(found), bar)


def _share(found: Sequence[str], verdict: str) -> float:
    """The share of a verdict; 0 of nothing."""
    return found.count(verdict) / len(found) if found else 0.0


def _cases(verdicts: Verdicts) -> Iterator[Case]:
    """Every label and length with wrong verdicts, the worst first."""
    cases = []
    for (label, length), found in verdicts.items():
        expected = _expected(label)
        if (expected, length) == ("mixed", "title"):
            continue  # a title is too short to show a mix; no figure counts it
        wrong = 1.0 - _share(found, expected)
        if wrong:
            counts = ", ".join(f"{count} {each}" for each, count in Counter(found).most_common())
            cases.append(Case(f"{label}/{length}", expected, counts, round(wrong, 4)))
    yield from sorted(cases, key=lambda case: (-case.badness, case.id))
