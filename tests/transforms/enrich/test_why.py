"""Every word that was considered, with what became of it and what spoke for it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest

from transforms.enrich import code_events
from transforms.enrich.why import SAYINGS, Said, considered, said
from transforms.records import Article

BODY = (
    "قُتل ثلاثة جنود في هجوم مسلح استهدف حاجزا أمنيا في شمال سيناء. "
    "وأدان وزير الخارجية السعودي الهجوم. وقال إن المحاسبة يجب أن تكون عادلة."
)
DATED = Article("a", "p", BODY, "c", "n", title="هجوم في سيناء", published_on=date(2024, 3, 12))


@pytest.mark.parametrize("article", [DATED, replace(DATED, published_on=None)])
def test_every_event_and_every_word_has_its_reason(article):
    events = code_events(article)
    words = considered(article, events)
    texts = {"title": article.title or "", "body": article.body}
    for each in words:
        span = each.trigger
        assert texts[span.field][span.char_start : span.char_end] == span.text
        assert span.text in each.sentence
    coded = {each.trigger.text for each in words if each.outcome.startswith("coded as")}
    surest = {e.trigger.text for e in events if e.confidence >= 0.5}
    assert surest
    assert all(any(word in trigger for word in coded) for trigger in surest)
    places = [(each.trigger.field != "title", each.trigger.char_start) for each in words]
    assert places == sorted(places)


def test_a_dated_article_tells_probabilities_and_signs():
    words = {each.trigger.text: each for each in considered(DATED, code_events(DATED))}
    condemned = words["وأدان"]
    assert condemned.outcome == "coded as ACCUSE"
    assert condemned.probability is not None
    assert condemned.probability >= 0.5
    assert any(weight > 0 for _, weight in condemned.signs)
    outcomes = {each.outcome.split(" by ")[0].split(" as ")[0] for each in words.values()}
    assert {"coded", "told already"} <= outcomes


def test_an_undated_text_names_its_rules():
    article = replace(DATED, published_on=None)
    words = {each.trigger.text: each for each in considered(article, code_events(article))}
    assert [sign for sign, _ in words["وأدان"].signs] == ["the rule accuse.condemn"]
    assert words["وأدان"].probability is None


def test_nothing_is_considered_where_nothing_is_told():
    assert considered(replace(DATED, body="السماء زرقاء.", title=None), []) == []


def test_a_saying_knows_what_it_was_made_of_and_is_a_plain_text_elsewhere():
    words = considered(DATED, code_events(DATED))
    for each in words:
        for text in (each.outcome, *(sign for sign, _ in each.signs)):
            assert text == SAYINGS[text.key].format(**text.values)
            assert (deepcopy(text).key, type(deepcopy(text))) == (text.key, Said)
    told = said("own_decided", outcome=said("coded", type="PROTEST"), what="my.vigil")
    assert told == "coded as PROTEST, as your rule my.vigil decided"
    assert told.values["outcome"].key == "coded"


def test_the_phrases_that_may_be_sides_are_told_with_their_probabilities():
    words = {each.trigger.text: each for each in considered(DATED, code_events(DATED))}
    (role, phrase, chance), *_ = words["وأدان"].sides
    assert (role, phrase) == ("actor", "وزير الخارجية السعودي")
    assert 0.5 <= chance <= 1.0
    undated = replace(DATED, published_on=None)
    assert not any(each.sides for each in considered(undated, code_events(undated)))
