"""Articles and sentences coded by hand, read for fitting (build time only).

Four kinds of files: articles in the format of ``events/news_gold``, this project's own articles and
their codings, its sentences with the words that tell their events, and the sources of its seeds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from transforms.records import Actor, Article, Evidence, Span

Gold = Mapping[str, Any]

SENTENCES: Final = Path(__file__).with_name("sentences.tsv")
# The one article that everybody tries first counts as several.
_WEIGHT = 5


def article_of(gold: Gold) -> Article:
    """An article of the gold as the coder takes it."""
    at = dt.datetime.fromisoformat(gold["published"]).replace(tzinfo=dt.UTC)
    key = hashlib.sha256(gold["body"].encode()).hexdigest()[:32]
    return Article(key, key, gold["body"], key, key, title=gold["title"] or None, published_at=at)


def spans_of(event: Gold) -> Iterator[tuple[int, int]]:
    """Where the trigger of a gold event and its mentions stand."""
    for part in (event["trigger"], *event["mentions"]):
        yield part["start"], part["end"]


def fits(event_type: str, event: Gold) -> bool:
    """Whether a type is that of a gold event, or one a careful coder could defend."""
    return event_type == event["type"] or event_type in event["alt_types"]


def overlaps(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    """Whether a span shares a character with any other."""
    return any(span[0] < end and start < span[1] for start, end in others)


def placed(span: Span | Evidence | Actor, gold: Gold) -> tuple[int, int]:
    """Where a span of an article stands in title, newline, body, as the gold counts."""
    shift = len(gold["title"]) + 1 if span.field == "body" else 0
    return (span.char_start or 0) + shift, (span.char_end or 0) + shift


def matched(edges: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """Match each number with one of its own, as many as can be, the first ones before the others.

    >>> matched({1: [7, 8], 2: [7], 3: [8]})
    {7: 2, 8: 1}

    Args:
        edges: what each number may be matched with, the best first.

    Returns:
        What is matched -> the number it is matched with.
    """
    taken: dict[int, int] = {}

    def finds(number: int, seen: set[int]) -> bool:
        for wanted in edges[number]:
            if wanted in seen:
                continue
            seen.add(wanted)
            if wanted not in taken or finds(taken[wanted], seen):
                taken[wanted] = number
                return True
        return False

    for number in edges:
        finds(number, set())
    return taken


def sentence_gold(name: str, text: str) -> dict[str, Any]:
    """A text without a title and without events, as an article of the gold."""
    return {"doc_id": name, "title": "", "body": text, "published": "2024-03-13", "events": []}


def read_gold(paths: Iterable[Path], split: str = "open") -> list[Gold]:
    """The articles of files of gold, without those that are held out.

    Args:
        paths: files in the format of ``events/news_gold``, batches of codings beside those of their
            articles, lists of sentences with their triggers, sources of seeds.
        split: ``open``, or ``held_out`` for what is only measured on.
    """
    found: list[Gold] = []
    for path in paths:
        if path.suffix == ".toml":
            found += _of_seed(path)
            continue
        data = json.loads(path.read_text("utf-8"))
        if isinstance(data, dict) and "must_not_code" in data:
            found += [_of_own_article(path, data)] * _WEIGHT
        elif isinstance(data, dict):
            found += data["docs"]
        elif path.parent.name == "events":
            found += _joined(path, data)
        else:
            found += [_of_case(case) for case in data]
    return [gold for gold in found if gold.get("split", "open") == split]


def marked_sentences(path: Path = SENTENCES) -> Iterator[Gold]:
    """Sentences whose words in brackets tell an act of a type, or none (``sentences.tsv``).

    Args:
        path: lines of a type (or ``NONE``), a tab, and the sentence; comments begin with ``#``.

    Yields:
        Each as an article of one event, whose trigger and mentions are the words in brackets; what
        tells none is a negated one.
    """
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        if line.startswith("#"):
            continue
        event_type, marked = line.split("\t")
        text, spans = "", []
        for part in re.split(r"(\[[^\]]*\])", marked):
            word = part.strip("[]")
            if part.startswith("["):
                spans.append({"start": len(text) + 1, "end": len(text) + 1 + len(word)})
            text += word
        gold = sentence_gold(f"marked:{number}", text)
        told = event_type != "NONE"
        gold["events"].append(
            {
                "type": event_type, "alt_types": [], "status": "asserted" if told else "negated",
                "trigger": spans[0], "mentions": spans[1:],
            }
        )  # fmt: skip
        yield gold


def _joined(path: Path, codings: Iterable[Gold]) -> list[Gold]:
    """The codings of a batch (``events/``) with their articles (``articles/``)."""
    texts = json.loads((path.parents[1] / "articles" / path.name).read_text("utf-8"))
    by_id = {text["doc_id"]: text for text in texts}
    return [{**by_id[coding["doc_id"]], **coding} for coding in codings]


def _of_own_article(path: Path, data: Gold) -> Gold:
    """The article the project began with, coded event by event (``seed_gold.json``).

    Its text lies in the folder of seeds; background is historical, and what must not be coded is
    whatever no event names.
    """
    document = data["document"]
    body = (path.parents[2] / "seeds" / document["file"]).read_text("utf-8")
    gold = sentence_gold("own article", body) | {"published": document["publication_date"]}
    told = [(event, "asserted") for event in data["events"]]
    old = (
        event for event in data["historical_background"] if len(event["date"]) == len("YYYY-MM-DD")
    )
    told += [(event, "historical") for event in old]
    for event, status in told:
        evidence = event["evidence"]
        spans = [
            {"start": each["start"] + 1, "end": each["end"] + 1}  # behind the empty title
            for each in (evidence if isinstance(evidence, list) else [evidence])
        ]
        sides = {
            role: [{"country": each["country"]} for each in event.get(role, ()) if each["country"]]
            for role in ("actor", "recipient")
        }
        gold["events"].append(
            {
                "type": event.get("type") or event["type_if_coded"],
                "alt_types": [each["type"] for each in event.get("alternates", ())],
                "status": status, "trigger": spans[0], "mentions": [],
                "date": event["date"][:10], "place": None,
                "core": None, **sides,
            }
        )  # fmt: skip
    return gold


def _of_case(case: Gold) -> Gold:
    """A sentence of the project's own gold (``events_gold.json``) as an article."""
    gold = sentence_gold(case["id"], case["text"])
    gold |= {"title": case.get("title") or "", "published": case["published"]}
    text = f"{gold['title']}\n{gold['body']}"
    for event in case["events"]:
        start = text.rfind(event["trigger"])
        span = {"start": start, "end": start + len(event["trigger"])}
        sides = {
            role: [{"country": country} for country in event[f"{role}s"]]
            for role in ("actor", "recipient")
        }
        gold["events"].append(
            {
                "type": event["type"], "alt_types": [], "status": event["status"],
                "trigger": span, "mentions": [], "date": event["date"] or "", "place": None,
                "core": None, **sides,  # None: an empty side is not known
            }
        )  # fmt: skip
    return gold


def _of_seed(path: Path) -> Iterator[Gold]:
    """A seed's source as an article, if it has text and day; its events name their words."""
    source = tomllib.loads(path.read_text("utf-8"))
    if not source.get("body") or "published" not in source:
        return
    gold = sentence_gold(f"seed:{path.stem}", source.get("body", "").strip())
    gold |= {"title": source.get("title") or "", "published": str(source["published"])[:10]}
    text, shift = f"{gold['title']}\n{gold['body']}", len(gold["title"]) + 1
    for event in source.get("events", ()):
        starts = {word: text.find(word, shift) for word in event["trigger"]}
        starts |= {f" {word}": text.find(word, 0, shift) for word in event["trigger"]}
        spans = [
            {"start": start, "end": start + len(word.strip())}
            for word, start in starts.items()
            if start >= 0
        ]
        sides = {
            role: [{"country": country} for country in event.get(role, ())]
            for role in ("actor", "recipient")
        }
        place = {"text": "", "country": event["place"]} if event.get("place") else None
        if spans:
            gold["events"].append(
                {
                    "type": event["type"], "alt_types": event.get("also", []),
                    "status": event.get("status", "asserted"), "trigger": spans[0],
                    "mentions": spans[1:], "date": str(event.get("date", ""))[:10],
                    "place": place, "core": None, **sides,  # None: an empty side is not known
                }
            )  # fmt: skip
    yield gold
