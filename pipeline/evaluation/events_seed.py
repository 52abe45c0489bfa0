"""The hand-coded seed article: which of its events are found, which of its traps are hit.

The rules are the gold file's own (its ``scoring`` section): a predicted event finds a gold event
when its type is the gold's or an alternate's and its trigger or evidence overlaps the gold's; a
second row for one gold event is a duplicate; a background event is right only as historical; an
event whose trigger lies only inside a "must not code" span is a trap hit.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from pipeline.evaluation.base import Case, Figure
from transforms.enrich import code_events
from transforms.records import DEFAULT_CONFIDENCE, Article, Event

_IGNORED: Final = frozenset({"N5"})


def _overlaps(start: int, end: int, spans: list[dict[str, Any]]) -> bool:
    return any(s["start"] is not None and start < s["end"] and s["start"] < end for s in spans)


def _finds(event: Event, gold: dict[str, Any]) -> bool:
    """Whether an event answers a gold event."""
    types = {gold["type"], *(a["type"] for a in gold.get("alternates", []))}
    spans = gold["evidence"] + ([gold["trigger"]] if gold.get("trigger") else [])
    touching = _overlaps(event.trigger.char_start, event.trigger.char_end, spans) or any(
        _overlaps(e.char_start, e.char_end, spans[-1:]) for e in event.evidence
    )
    return event.event_type in types and touching


def seed_events(text: str, day: str) -> list[Event]:
    """Code the seed article's text as published on a day (ISO)."""
    at = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    return code_events(Article(key, key, text, key, key, published_at=at))


def _trap_hits(told: list[Event], matched: set[str], gold: dict[str, Any]) -> list[Case]:
    """Traps that told events hit: negatives, and background told as current."""
    cases = [
        Case(f"seed:{trap['id']}", "nothing", _show(event), 1.0)
        for trap in gold["must_not_code"]
        for event in told
        if trap["id"] not in _IGNORED
        and event.event_id not in matched
        and _overlaps(event.trigger.char_start, event.trigger.char_end, [trap["evidence"]])
    ]
    for old in gold["historical_background"]:
        for event in told:
            inside = _overlaps(event.trigger.char_start, event.trigger.char_end, [old["evidence"]])
            if inside and event.status != "historical":
                cases.append(Case(f"seed:{old['id']}", "historical", _show(event), 1.0))
    return cases


def _show(event: Event) -> str:
    return f"{event.event_type} {event.status} {event.confidence:.2f}: {event.trigger.text}"


def seed_figures(path: Path, seeds: Path) -> tuple[list[Figure], list[Case], list[Path]]:
    """Score the seed article.

    Args:
        path: its gold file.
        seeds: the folder with the article's text.

    Returns:
        Figures, wrong cases, files read; nothing when the text is not there.
    """
    gold = json.loads(path.read_text(encoding="utf-8"))
    source = seeds / gold["document"]["file"]
    if not source.is_file():
        return [], [], []
    text = source.read_text(encoding="utf-8")
    told = [
        e
        for e in seed_events(text, gold["document"]["publication_date"])
        if e.confidence >= DEFAULT_CONFIDENCE and e.status != "negated"
    ]
    current = [e for e in told if e.status in {"asserted", "future"}]
    found, duplicates, slots, cases = 0, 0, [0, 0], []
    matched: set[str] = set()
    required = set(gold["scoring"]["required"])
    for target in gold["events"]:
        answers = [e for e in current if e.event_id not in matched and _finds(e, target)]
        if target["id"] in required:
            found += bool(answers)
            if not answers:
                cases.append(Case(f"seed:{target['id']}", target["type"], "not found", 1.0))
            elif target["evidence"]:
                best = max(answers, key=lambda e: (e.event_type == target["type"], e.confidence))
                _slots(best, target, slots, cases)
        matched.update(e.event_id for e in answers)
        duplicates += max(0, len(answers) - 1)
        cases += [Case(f"seed:{target['id']}", "one row", _show(e), 0.6) for e in answers[1:]]
    traps = _trap_hits([e for e in told if e.status != "hypothetical"], matched, gold)
    figures = [
        Figure("seed_required", found / len(required), len(required), 1.0),
        Figure("seed_traps", float(len(traps)), len(gold["must_not_code"]), 0.0, False),  # noqa: FBT003 - Figure's fifth field
        Figure("seed_duplicates", float(duplicates), len(gold["events"]), 0.0, False),  # noqa: FBT003 - the same
        Figure("seed_slots", slots[0] / max(1, slots[1]), slots[1]),
    ]
    return figures, cases + traps, [path, source]


def _slots(event: Event, gold: dict[str, Any], slots: list[int], cases: list[Case]) -> None:
    """Count actor country, recipient country and date of a found event."""
    parties = (
        ("actor", {a.country for a in event.actors if a.country}, gold["actor"]),
        ("recipient", {a.country for a in event.recipients if a.country}, gold["recipient"]),
    )
    for name, got, wanted in parties:
        want = {a["country"] for a in wanted if a["country"]}
        if not wanted:
            continue
        right = want <= got if want else not got
        slots[1] += 1
        slots[0] += right
        if not right:
            cases.append(Case(f"seed:{gold['id']}", f"{name} {want}", f"{got} {_show(event)}", 0.4))
    slots[1] += 1
    right = str(event.event_date) == gold["date"]
    slots[0] += right
    if not right:
        cases.append(
            Case(
                f"seed:{gold['id']}",
                f"date {gold['date']}",
                f"{event.event_date} {_show(event)}",
                0.4,
            )
        )
