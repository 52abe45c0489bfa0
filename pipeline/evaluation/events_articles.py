"""Whole articles: every figure of ``news_gold``, for the written part and for the real one.

The models are fitted on the written part, so its figures are those of a cross-validation by
document, kept in ``unseen.json`` when the models were fitted; the figures of the packaged models
on it are called ``*_in_sample``. The real part and the held-out part of this project's own articles
are never fitted on. Under own rules or names the figures kept say nothing, and only those in sample
are there. Each part has a baseline, too: every word that may name an act is one, of the
first type that ``acts.tsv`` lists it under (``*_keywords_*``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from pipeline.evaluation.base import Case, Figure
from pipeline.evaluation.news_gold import Document, Tally, score
from transforms.enrich import code_events
from transforms.enrich.build.gold import article_of, read_gold
from transforms.enrich.events.candidates import act_types, word_info
from transforms.enrich.events.confidence import UNSEEN
from transforms.enrich.own import NOTHING, own_tables
from transforms.enrich.words.tokens import tokenise
from transforms.records import Event
from transforms.text.arabic import normalise

_BARS: Final = {
    "precision": 0.82,
    "core_recall": 0.78,
    "macro_f1": 0.74,
    "candidate_recall": 0.93,
    "actor_country": 0.85,
    "recipient_country": 0.72,
    "place_country": 0.82,
    "date": 0.90,
    "dead": 0.90,
    "phrase": 0.97,
    "actor_named": 0.80,
    "actor_found": 0.70,
    "recipient_named": 0.70,
    "recipient_found": 0.50,
}
_CEILINGS: Final = {
    "invented_recipient": 0.20,
    "invented_place": 0.50,
    "doubles": 0.03,
    "hard_hit": 0.07,
    "ece": 0.05,
}
OWN: Final = Path(__file__).parent / "data" / "news_gold"
Part = tuple[list[Figure], list[Case], list[Path]]


def article_figures(folder: Path) -> Iterator[Part]:
    """Figures, wrong cases and files of each part of ``news_gold`` that is there, and of our own.

    Args:
        folder: the directory of the parts.
    """
    for part in ("written", "real"):
        path = folder / f"{part}.json"
        if path.is_file():
            yield _part(part, json.loads(path.read_text("utf-8"))["docs"], [path])
    own = sorted(OWN.glob("events/*.json"))
    yield _part("held_out", read_gold(own, "held_out"), own)


def digest(path: Path) -> str:
    """The hash by which figures remember the data they were measured on."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def figures_of(tally: Tally) -> dict[str, list[float]]:
    """Every figure of a tally with the number of cases behind it."""
    found = tally.figures()
    sizes = {name: tally.counts[f"{name}_n"] for name in found}
    sizes |= {"macro_f1": tally.counts["core_recall_n"], "ece": len(tally.points)}
    for name, value in tally.type_f1().items():
        found[f"f1_{name.lower()}"] = value
        sizes[f"f1_{name.lower()}"] = tally.types[name]["tp"] + tally.types[name]["fn"]
    return {name: [round(value, 4), sizes.get(name, 0)] for name, value in found.items()}


def _part(part: str, documents: Sequence[Document], files: list[Path]) -> Part:
    tally = score(documents, lambda document: code_events(article_of(document)))
    measured = figures_of(tally)
    unseen = json.loads(UNSEEN.read_text("utf-8")).get(part, {})
    fitted = unseen.get("data") == digest(files[0])
    counted = measured if not fitted else unseen["figures"] if own_tables() == NOTHING else {}
    figures = [_figure(part, name, *pair) for name, pair in counted.items()]
    plain = figures_of(score(documents, keywords))
    figures += [
        Figure(f"{part}_keywords_{name}", plain[name][0], int(plain[name][1]))
        for name in ("precision", "core_recall", "macro_f1")
    ]
    if fitted:
        figures += [
            Figure(f"{part}_{name}_in_sample", *_plain(measured[name]))
            for name in ("precision", "core_recall", "macro_f1")
        ]
    read = tally.errors if part != "held_out" else []  # counted, not read
    cases = [Case(f"{part}:{doc}", what, text, 0.9) for doc, what, text in read]
    return figures, cases, files


def _plain(pair: Sequence[float]) -> tuple[float, int]:
    return pair[0], int(pair[1])


def _figure(part: str, name: str, value: float, total: float) -> Figure:
    if name in _CEILINGS:
        ceiling = _CEILINGS[name]
        return Figure(f"{part}_{name}", value, int(total), ceiling, higher_is_better=False)
    return Figure(f"{part}_{name}", value, int(total), _BARS.get(name))


def keywords(document: Document) -> list[Event]:
    """What a list of words alone makes of an article."""
    found: list[Any] = []
    for column in ("title", "body"):
        text = document[column]
        tokens = tokenise(text, normalise(text), "title" if column == "title" else "body")
        for index, word in enumerate(tokens.words):
            kinds = [k for lemma in word_info(word).lemmas for k in act_types().get(lemma, ())[:1]]
            if kinds:
                start, end = tokens.span(index, index)
                span = SimpleNamespace(field=column, char_start=start, char_end=end, text=word)
                found.append(
                    SimpleNamespace(
                        event_type=min(kinds), status="asserted", confidence=1.0, trigger=span,
                        evidence=[span], actors=(), recipients=(), place=None, event_date=None,
                        fatalities_min=None,
                    )
                )  # fmt: skip
    return found
