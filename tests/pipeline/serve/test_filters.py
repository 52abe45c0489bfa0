"""What is looked for on the page, and what is found: filters, words, status."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import duckdb
import pytest
from served import VIEWS, WRONG, queries_of

from pipeline import open_data
from pipeline.serve.search import search

FILTERS = (
    "q=غزة", "type=ASSAULT", "quad=material_conflict", "mode=aerial", "actor=ISR",
    "actor_sector=MIL", "recipient=PSE", "recipient_sector=CVL", "country=PSE", "country=PSE,YEM",
    "place=غزة", "from=2024-01-01", "to=2023-12-31", "publisher=صدى النيل", "confidence=0.9",
    "reports=2", "dead=5", "q=غزة&within=title", "status=negated",
    "status=hypothetical&type=ASSAULT", "q=l'Orient \\ \" ' ; --",
)  # fmt: skip


@pytest.mark.parametrize("asked", FILTERS)
def test_a_filter_narrows_every_view(page, asked):
    everything = _found(page, "")
    found = _found(page, asked)
    assert found < everything
    if "Orient" not in asked:
        assert found > 0, asked
    for view in VIEWS:
        status, text, _ = page.get(f"/incidents?lang=en&view={view}&{asked}")
        assert (status, WRONG in text, 'class="note"' in text) == (200, False, False), view


def _found(page, asked):
    text = page.get(f"/incidents?lang=en&{asked}")[1]
    return int(re.search(r'role="status">(\d+) (?:incidents|events)', text)[1])


def test_what_is_asked_for_is_named_above_what_was_found(page):
    text = page.get("/incidents?lang=en&status=negated&country=PSE&place=غزة&type=NOSUCH")[1]
    (named,) = re.findall(r'<p class="conditions">(.*?)</p>', text)
    assert re.findall(r"<span>(.*?): <bdi>(.*?)</bdi></span>", named) == [
        ("Country", "Palestine"), ("Place", "غزة"), ("Told as", "not having happened"),
    ]  # fmt: skip
    assert 'class="conditions"' not in page.get("/incidents?lang=en")[1]


def test_words_are_found_however_they_are_spelled(page):
    as_written = _found(page, "q=الأمم المتحدة")
    assert as_written > 0
    assert {_found(page, f"q={each}") for each in ("الامم المتحده", "الأُمَم  المتّحدة")} == {
        as_written
    }


def test_a_word_with_the_article_is_found_behind_the_preposition_that_takes_its_alef():
    found = search("الأمم", within="title")
    (pattern,) = re.findall(r"REGEXP_CONTAINS\(w.said, '(.*?)'\)", found)
    for text, there in (("الأمم", True), ("للامم", True), ("بالأُمم", True), ("أمم", False)):
        matched = f"SELECT regexp_matches('{text}', '{pattern}')".replace("\\\\", "\\")
        assert duckdb.sql(matched).fetchall() == [(there,)], text


def test_words_are_looked_for_in_the_texts_of_articles(page):
    """A word of one body: the incidents that its article tells, and none by titles alone."""
    (row,) = (
        open_data(page.uri)
        .sql(
            "SELECT COUNT(DISTINCT n.incident_id) AS n FROM incidents AS n"
            " JOIN events AS e ON e.event_id = n.event_id"
            " JOIN articles AS a ON a.article_id = e.article_id WHERE STRPOS(a.body, 'باماكو') > 0"
        )
        .to_pylist()
    )
    everywhere, titles = (_found(page, f"q=باماكو{each}") for each in ("", "&within=title"))
    assert titles < everywhere
    assert everywhere >= row["n"] > 0


@pytest.mark.parametrize("status", ["future", "hypothetical", "negated", "historical"])
def test_events_of_another_status_are_shown_and_are_no_incidents(page, status):
    """Every view shows them, says that they are none, and leads to the articles that tell them."""
    data = open_data(page.uri)
    told = data.sql(
        "SELECT COUNT(DISTINCT m.event_key) AS n FROM v_event_mentions AS m"
        " JOIN v_articles AS a ON a.article_id = m.article_id"
        " JOIN (SELECT page_id, cluster_id, MAX(revision) AS latest FROM v_articles"
        " GROUP BY page_id, cluster_id) AS l"
        " ON l.page_id = a.page_id AND l.cluster_id = a.cluster_id AND l.latest = a.revision"
        f" WHERE m.status = '{status}' AND m.confidence >= 0.5"
    ).to_pylist()[0]["n"]
    assert _found(page, f"status={status}") == told
    for view in VIEWS:
        text = page.get(f"/incidents?lang=en&view={view}&status={status}")[1]
        assert "They are no incidents" in text, view
        for query in queries_of(text):
            data.sql(query)
    text = page.get(f"/incidents?lang=en&status={status}")[1]
    articles = set(re.findall(r'class="title"><a href="/article/([0-9a-f]{32})', text))
    telling = data.sql(f"SELECT DISTINCT article_id AS a FROM events WHERE status = '{status}'")
    assert articles
    assert articles <= set(telling["a"].to_pylist())
    assert "no incidents" not in page.get("/incidents?lang=en&status=asserted")[1]


@pytest.mark.parametrize("asked", ["", "&type=ASSAULT", "&q=غزة"])
def test_the_network_counts_an_incident_once_for_each_pair_of_countries(page, asked):
    (query,) = [
        each
        for each in queries_of(page.get(f"/incidents?view=network{asked}")[1])
        if "actor_country" in each
    ]
    data = open_data(page.uri)
    where = re.search(r"FROM v_incidents AS i(.*?)\n  GROUP BY", query, re.DOTALL)[1]
    pairs = Counter()
    for row in data.sql(f"SELECT i.* FROM v_incidents AS i{where}").to_pylist():
        sides = ({each["country"] for each in row[side]} for side in ("actors", "recipients"))
        pairs.update(pair for pair in itertools.product(*sides) if None not in pair)
    assert len(pairs) > 5
    assert {
        (row["actor_country"], row["recipient_country"]): row["incidents"]
        for row in data.sql(query).to_pylist()
    } == pairs
