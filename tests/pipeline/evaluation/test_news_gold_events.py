"""Codings of the written articles quote their texts, use the ontology, leave no article out."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline import evaluation
from transforms.enrich.ontology.plover import EVENT_TYPES, SECTORS, TYPE_MODES

FOLDER = Path(evaluation.__file__).parent / "data" / "news_gold"
CODED = sorted((FOLDER / "events").glob("*.json"))
LARGEST = 300_000
REQUIRED = {
    "id",
    "type",
    "alt_types",
    "modes",
    "status",
    "core",
    "trigger",
    "mentions",
    "actor",
    "recipient",
    "place",
    "date",
    "date_basis",
    "fatalities",
    "injured",
}
OPTIONAL = {"reciprocal", "date_alt", "speaker", "note"}
STATUSES = {"asserted", "future", "hypothetical", "negated", "historical"}
BASES = {"explicit", "relative", "document"}
COUNTRY = re.compile(r"(?:[A-Z]{3})?")
DAY = re.compile(r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?)?")

every_file = pytest.mark.parametrize("path", CODED, ids=lambda path: path.name)


def texts():
    """doc_id -> title, newline, body."""
    return {
        article["doc_id"]: f"{article['title']}\n{article['body']}"
        for path in (FOLDER / "articles").glob("*.json")
        for article in json.loads(path.read_text("utf-8"))
    }


def documents(path):
    """The codings of one file."""
    return json.loads(path.read_text("utf-8"))


def events(path):
    """The events of one file."""
    return [event for document in documents(path) for event in document["events"]]


def acts(event):
    """The spans that name an event's act."""
    return [event["trigger"], *event["mentions"]]


def spans(document):
    """Every span of a coding."""
    for event in document["events"]:
        yield from acts(event)
        yield from event["actor"]
        yield from event["recipient"]
        if event["place"]:
            yield event["place"]
    yield from document["hard_negatives"]


def touch(one, other):
    """Whether two spans share a character."""
    return one["start"] < other["end"] and other["start"] < one["end"]


def test_every_article_has_a_coding_in_the_file_of_its_name():
    for path in (FOLDER / "articles").glob("*.json"):
        expected = [article["doc_id"] for article in documents(path)]
        coded = [document["doc_id"] for document in documents(FOLDER / "events" / path.name)]
        assert coded == expected, path.name


@every_file
def test_every_span_quotes_its_text(path):
    by_id = texts()
    for document in documents(path):
        text = by_id[document["doc_id"]]
        for span in spans(document):
            assert span["text"], document["doc_id"]
            assert text[span["start"] : span["end"]] == span["text"], (document["doc_id"], span)


@every_file
def test_every_event_has_its_fields_and_an_id(path):
    for document in documents(path):
        assert set(document) == {"doc_id", "events", "hard_negatives"}
        for number, event in enumerate(document["events"], 1):
            assert event["id"] == f"{document['doc_id']}:{number}"
            assert REQUIRED <= set(event) <= REQUIRED | OPTIONAL, event["id"]


@every_file
def test_types_modes_sectors_and_statuses_are_known(path):
    for event in events(path):
        assert {event["type"], *event["alt_types"]} <= set(EVENT_TYPES), event["id"]
        assert event["type"] not in event["alt_types"], event["id"]
        assert set(event["modes"]) <= TYPE_MODES[event["type"]], event["id"]
        for party in event["actor"] + event["recipient"]:
            assert set(party["sectors"]) <= SECTORS, event["id"]
        assert event["status"] in STATUSES, event["id"]
        assert event["status"] == "asserted" or not event["core"], event["id"]


@every_file
def test_countries_days_and_numbers_are_well_formed(path):
    for event in events(path):
        parties = event["actor"] + event["recipient"] + [event["place"] or {"country": ""}]
        countries = [c for p in parties for c in (p["country"], *p.get("country_alt", ()))]
        assert all(COUNTRY.fullmatch(country) for country in countries), event["id"]
        days = [event["date"], *event.get("date_alt", ())]
        assert all(DAY.fullmatch(day) for day in days), event["id"]
        assert len(set(days)) == len(days), event["id"]
        assert event["date_basis"] in BASES, event["id"]
        for low, high in filter(None, (event["fatalities"], event["injured"])):
            assert 0 <= low <= (low if high is None else high), event["id"]


@every_file
def test_no_word_is_claimed_twice(path):
    """An act is named once by each span, and what must not be coded names no asserted event."""
    for document in documents(path):
        for event in document["events"]:
            named = acts(event)
            twice = [(a, b) for i, a in enumerate(named) for b in named[:i] if touch(a, b)]
            assert not twice, (event["id"], twice)
        told = [
            span
            for event in document["events"]
            if event["status"] == "asserted"
            for span in acts(event)
        ]
        for hard in document["hard_negatives"]:
            assert hard["why"], document["doc_id"]
            assert not any(touch(hard, span) for span in told), (document["doc_id"], hard)


def test_there_is_enough_of_every_type():
    found = Counter(event["type"] for path in CODED for event in events(path) if event["core"])
    assert set(found) == set(EVENT_TYPES)
    assert min(found.values()) >= 30, found


def test_files_stay_small():
    for path in CODED:
        assert path.stat().st_size < LARGEST, path.name
