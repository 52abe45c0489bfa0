"""The scoreboard of event coding: sentences, spans, whole articles, the seed article, own gold.

Definitions (the figures' names in brackets):

* GSR sentences (``assault_*``, ``protest_*``): a sentence is predicted positive when any event of
  the type with status asserted or historical reaches the default confidence; label ``yes`` is
  positive, ``ambiguous`` is left out. On the data the confidence was fitted on, the figures are
  those taken out of fold then, and those on the fitted sentences are called ``*_in_sample``.
* Spans (``actor_span_f1``, ``recipient_span_f1``): over sentences with a coded event; a predicted
  phrase is right when it shares a word with any annotator's phrase, a phrase all annotators agree
  on is found when any prediction shares a word with it.
* Whole articles (``written_*``, ``real_*``): see ``events_articles``.
* Seed article (``seed_required``, ``seed_traps``): see ``events_seed``.
* Own sentences (``gold_*_in_sample``): ``data/events_gold.json``, on which the models were fitted
  and the rules written.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.evaluation.base import Case, Figure, SuiteReport
from pipeline.evaluation.events_articles import article_figures
from pipeline.evaluation.events_seed import seed_figures
from pipeline.evaluation.news_gold import calibration_error
from transforms.enrich import code_events
from transforms.enrich.events.confidence import UNSEEN
from transforms.enrich.own import NOTHING, own_tables
from transforms.records import DEFAULT_CONFIDENCE, Article, Event

NAME = "events"
_TOLD: Final = frozenset({"asserted", "historical"})
_BARS: Final = {"ASSAULT": (0.78, 0.80), "PROTEST": (0.60, 0.80)}
GOLD: Final = Path(__file__).parent / "data" / "events_gold.json"


@dataclass(slots=True)
class Counts:
    """True positives, false positives, false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    @property
    def precision(self) -> float:
        """Share of the predicted that is right."""
        return self.tp / max(1, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """Share of the gold that is found."""
        return self.tp / max(1, self.tp + self.fn)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.tp / max(1, 2 * self.tp + self.fp + self.fn)


@dataclass(slots=True)
class _Report:
    """What the parts of the suite gather.

    A part that was added whole has a hash of its own: when one set of articles grows, the floors of
    the others go on holding.
    """

    figures: list[Figure] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    own_hashes: dict[str, str] = field(default_factory=dict)

    def add(self, figures: list[Figure], cases: list[Case], files: list[Path]) -> None:
        """Add a part that was measured on files of its own."""
        self.figures += figures
        self.cases += cases
        self.own_hashes |= dict.fromkeys((each.name for each in figures), _hash(files))


def _hash(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def article(text: str, *, title: str | None = None, published: str | None = None) -> Article:
    """A bare article for coding.

    Args:
        text: its body.
        title: its title.
        published: ISO date of publication.
    """
    at = dt.datetime.fromisoformat(published).replace(tzinfo=dt.UTC) if published else None
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    return Article(key, key, text, key, key, title=title, published_at=at)


def _best(events: Iterable[Event], event_type: str) -> float:
    """The highest confidence of a told event of a type."""
    return max(
        (e.confidence for e in events if e.event_type == event_type and e.status in _TOLD),
        default=0.0,
    )


def _sentences(folder: Path, event_type: str, report: _Report) -> list[tuple[float, bool]]:
    """Figures of one GSR file; (confidence, label) of every sentence for the calibration."""
    path = folder / f"{event_type.lower()}_gsr.csv"
    report.files.append(path)
    counts, points = Counts(), []
    with path.open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["label"] != "ambiguous"]
    for row in rows:
        score, gold = _best(code_events(article(row["text"])), event_type), row["label"] == "yes"
        points.append((score, gold))
        predicted = score >= DEFAULT_CONFIDENCE
        counts.tp += predicted and gold
        counts.fp += predicted and not gold
        counts.fn += gold and not predicted
        if predicted != gold:
            expected = event_type if gold else f"no {event_type} ({row['label']})"
            report.cases.append(
                Case(
                    f"gsr:{row['id'][:40]}",
                    expected,
                    f"{score:.2f} {row['text']}",
                    abs(score - gold),
                )
            )
    measured = {"f1": counts.f1, "precision": counts.precision, "recall": counts.recall}
    report.figures += _of_sentences(event_type, path, measured, len(rows))
    return points


def _of_sentences(
    event_type: str, path: Path, measured: dict[str, float], total: int
) -> list[Figure]:
    """The figures of one type; on the data the formulas were fitted on, those out of fold count."""
    name = event_type.lower()
    bars = dict(zip(("f1", "precision"), _BARS[event_type], strict=True))
    unseen = json.loads(UNSEEN.read_text(encoding="utf-8")).get(event_type, {})
    fitted = unseen.get("data") == hashlib.sha256(path.read_bytes()).hexdigest()
    honest = measured if not fitted else unseen if own_tables() == NOTHING else {}
    figures = [
        Figure(f"{name}_{each}", honest[each], total, bars.get(each))
        for each in measured
        if each in honest
    ]
    if fitted:
        figures += [
            Figure(f"{name}_{each}_in_sample", value, total) for each, value in measured.items()
        ]
    return figures


def _words(text: str) -> set[str]:
    return {word.strip("«»\"'،,.؛:()") for word in text.split()} - {""}


def _spans(folder: Path, report: _Report) -> None:
    """Figures of actor and recipient phrases."""
    counts = {"actor": Counts(), "recipient": Counts()}
    total = 0
    for event_type in _BARS:
        path = folder / f"{event_type.lower()}_spans.json"
        report.files.append(path)
        for record in json.loads(path.read_text(encoding="utf-8")):
            events = [e for e in code_events(article(record["text"])) if e.event_type == event_type]
            total += 1
            for role, key in (("actor", "source"), ("recipient", "target")):
                predicted = _phrases(events, role)
                _score_spans(record, key, predicted, counts[role])
    for role, found in counts.items():
        report.figures.append(Figure(f"{role}_span_f1", found.f1, total, 0.65))
        report.figures.append(Figure(f"{role}_span_precision", found.precision, total))
        report.figures.append(Figure(f"{role}_span_recall", found.recall, total))


def _phrases(events: list[Event], role: str) -> list[set[str]]:
    """The distinct phrases of a role, as sets of words."""
    texts = {
        party.text
        for event in events
        for party in (event.actors if role == "actor" else event.recipients)
        if party.text
    }
    return [_words(text) for text in sorted(texts)]


def _score_spans(
    record: dict[str, Any], key: str, predicted: list[set[str]], counts: Counts
) -> None:
    """Count one sentence's phrases of a role."""
    anyone = {word for span in record["spans"] for word in span[f"{key}_actor"]}
    agreed = _words(record[f"{key}_gold"])
    counts.tp += sum(bool(words & anyone) for words in predicted)
    counts.fp += sum(not words & anyone for words in predicted)
    counts.fn += bool(agreed) and not any(words & agreed for words in predicted)


def _own_gold(report: _Report) -> None:
    """Figures of the project's own gold."""
    report.files.append(GOLD)
    cases = json.loads(GOLD.read_text(encoding="utf-8"))
    types: dict[str, Counts] = defaultdict(Counts)
    slots: Counter[str] = Counter()
    for case in cases:
        events = code_events(
            article(case["text"], title=case.get("title"), published=case["published"])
        )
        open_events = [e for e in events if e.confidence >= DEFAULT_CONFIDENCE]
        for gold in case["events"]:
            found = next((e for e in open_events if _answers(e, gold)), None)
            if found is None:
                types[gold["type"]].fn += 1
                got = "; ".join(f"{e.event_type} {e.status} {e.confidence:.2f}" for e in events)
                report.cases.append(Case(case["id"], gold["type"], f"{got} | {case['text']}", 0.9))
                continue
            open_events.remove(found)
            types[gold["type"]].tp += 1
            _score_slots(found, gold, case, slots, report)
        for event in open_events:
            if event.status in _TOLD:
                types[event.event_type].fp += 1
                report.cases.append(
                    Case(case["id"], "nothing", f"{event.event_type}: {event.trigger.text}", 0.8)
                )
    scores = [types[name].f1 for name in sorted(types)]
    report.figures.append(
        Figure("gold_type_macro_f1_in_sample", sum(scores) / len(scores), len(cases))
    )
    for slot in ("actor_country", "recipient_country", "place", "date"):
        total = slots[f"{slot}_n"]
        report.figures.append(Figure(f"gold_{slot}_in_sample", slots[slot] / max(1, total), total))


def _answers(event: Event, gold: dict[str, Any]) -> bool:
    """Whether an event has a gold event's type and status."""
    return event.event_type == gold["type"] and event.status == gold["status"]


def _score_slots(
    event: Event, gold: dict[str, Any], case: dict[str, Any], slots: Counter[str], report: _Report
) -> None:
    """Count the slots of a found event."""
    actors = {a.country for a in event.actors if a.country}
    recipients = {a.country for a in event.recipients if a.country}
    place = event.place.text if event.place else None
    answers = {
        "actor_country": (set(gold["actors"]), actors, set(gold["actors"]) <= actors | recipients),
        "recipient_country": (
            set(gold["recipients"]),
            recipients,
            set(gold["recipients"]) <= recipients,
        ),
        "place": (gold["place"], place, bool(place) and _same_place(event, gold["place"])),
        "date": (gold["date"], str(event.event_date), str(event.event_date) == gold["date"]),
    }
    answers["actor_country"] = (*answers["actor_country"][:2], set(gold["actors"]) <= actors)
    for slot, (want, got, right) in answers.items():
        if not want:
            continue
        slots[f"{slot}_n"] += 1
        slots[slot] += right
        if not right:
            report.cases.append(Case(case["id"], f"{slot} {want}", f"{got} | {case['text']}", 0.5))


def _same_place(event: Event, want: str | None) -> bool:
    """Whether the place found is the one meant, with or without its clitic."""
    if event.place is None or want is None:
        return event.place is None and want is None
    return want in event.place.text or event.place.text in want or want == event.place.name


def run(data: Path) -> SuiteReport:
    """Measure event coding.

    Args:
        data: the data directory; parts of the suite whose files are absent are left out, the own
            gold is always there.

    Returns:
        Figures and wrong cases.
    """
    report = _Report()
    folder = data / "events"
    gsr = folder / "arabic_event_gsr"
    if gsr.is_dir():
        points = [point for name in _BARS for point in _sentences(gsr, name, report)]
        error = calibration_error(points)
        report.figures.append(Figure("ece", error, len(points), 0.05, higher_is_better=False))
        _spans(gsr, report)
    for part in article_figures(folder / "news_gold"):
        report.add(*part)
    if (folder / "seed_gold.json").is_file():
        report.add(*seed_figures(folder / "seed_gold.json", data.parent / "seeds"))
    _own_gold(report)
    return SuiteReport(
        NAME, tuple(report.figures), tuple(report.cases), _hash(report.files), report.own_hashes
    )
