"""The scoring rule of whole articles, case by case."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pipeline.evaluation.events_articles import figures_of, keywords
from pipeline.evaluation.news_gold import Tally, answers, score, score_document
from transforms.enrich import code_events
from transforms.enrich.build.gold import article_of
from transforms.records import Actor, Event, Evidence, Place, Span

TITLE = "قصف"
BODY = "قصفت روسيا خاركيف. أدانت فرنسا القصف. قصفت روسيا خاركيف."


def _gold(kind: str, text: str, nth: int = 0, **more: Any) -> dict[str, Any]:
    whole = f"{TITLE}\n{BODY}"
    start = -1
    for _ in range(nth + 1):
        start = whole.index(text, start + 1)
    span = {"text": text, "start": start, "end": start + len(text)}
    return {
        "type": kind, "alt_types": [], "status": "asserted", "core": True, "trigger": span,
        "mentions": [], "actor": [], "recipient": [], "place": None, "date": "",
        "fatalities": None, **more,
    }  # fmt: skip


def _document(*golds: dict[str, Any]) -> dict[str, Any]:
    return {
        "doc_id": "d", "title": TITLE, "body": BODY, "published": "2024-03-13",
        "events": list(golds), "hard_negatives": [],
    }  # fmt: skip


def _event(kind: str, text: str, nth: int = 0, **more: Any) -> Event:
    start = -1
    for _ in range(nth + 1):
        start = BODY.index(text, start + 1)
    span = (text, "body", start, start + len(text))
    values: dict[str, Any] = {
        "event_id": f"{kind}{start}", "event_key": "k", "article_id": "a", "event_type": kind,
        "status": "asserted", "quad_plover": "material_conflict", "trigger": Span(*span),
        "evidence": (Evidence(*span, 0),), "confidence": 0.9, "rule_id": "r",
        "coder_version": "1", **more,
    }  # fmt: skip
    return Event(**values)


def test_one_prediction_answers_one_event() -> None:
    document = _document(_gold("ASSAULT", "قصفت"), _gold("ASSAULT", "قصفت", 1))
    both = [_event("ASSAULT", "قصفت"), _event("ASSAULT", "قصفت", 1)]
    assert answers(both, document) == {0: 0, 1: 1}
    figures = score_document(both[:1], document).figures()
    assert figures["precision"] == 1
    assert figures["core_recall"] == 0.5


def test_what_repeats_an_answer_is_a_double_and_false() -> None:
    gold = _gold("ASSAULT", "قصفت")
    gold["mentions"] = [_gold("ASSAULT", "قصفت", 1)["trigger"]]
    figures = score_document(
        [_event("ASSAULT", "قصفت"), _event("ASSAULT", "قصفت", 1)], _document(gold)
    ).figures()
    assert (figures["precision"], figures["doubles"]) == (0.5, 0.5)


def test_alternatives_status_and_threshold() -> None:
    document = _document(_gold("ACCUSE", "أدانت", alt_types=["REJECT"]))
    assert score_document([_event("REJECT", "أدانت")], document).figures()["core_recall"] == 1
    for event in (
        _event("ACCUSE", "أدانت", confidence=0.3),
        _event("ACCUSE", "أدانت", status="negated"),
        _event("SUPPORT", "أدانت"),
    ):
        assert score_document([event], document).figures()["core_recall"] == 0
    low = score_document([_event("ACCUSE", "أدانت", confidence=0.3)], document).figures()
    assert low["candidate_recall"] == 1


def test_an_answer_to_what_is_not_required_is_not_false() -> None:
    document = _document(_gold("ACCUSE", "أدانت", status="historical"))
    figures = score_document([_event("ACCUSE", "أدانت")], document).figures()
    assert figures["precision"] == 1
    assert "core_recall" not in figures


def test_sides_place_day_and_dead() -> None:
    party = {"country": "RUS", "country_alt": ["BLR"]}
    gold = _gold(
        "ASSAULT", "قصفت", actor=[party], recipient=[{"country": "UKR"}],
        place={"country": "UKR"}, date="2024-03", fatalities=[2, 2],
    )  # fmt: skip
    event = _event(
        "ASSAULT", "قصفت", actors=(Actor("x", country="BLR"),),
        recipients=(Actor("y", country="POL"),), place=Place("p", "p", "UKR"),
        event_date=dt.date(2024, 3, 12), fatalities_min=3,
    )  # fmt: skip
    figures = score_document([event], _document(gold)).figures()
    assert figures["actor_country"] == figures["place_country"] == figures["date"] == 1
    assert figures["recipient_country"] == figures["dead"] == 0
    gold["reciprocal"] = True
    assert "recipient_country" not in score_document([event], _document(gold)).figures()


def test_tallies_add_up() -> None:
    document = _document(_gold("ASSAULT", "قصفت"))
    total = score([document, document], lambda _: [_event("ASSAULT", "قصفت")])
    assert total.counts["precision_n"] == 2
    assert figures_of(total)["macro_f1"] == [1.0, 2]
    assert Tally().figures()["macro_f1"] == 0


def test_the_keyword_baseline_takes_every_act() -> None:
    found = keywords(_document())
    assert {e.event_type for e in found} >= {"ASSAULT"}


def test_an_article_of_the_gold_is_coded_like_any() -> None:
    document = _document()
    assert pytest.approx(1) == len({e.article_id for e in code_events(article_of(document))})


def _party(text: str, nth: int = 0) -> dict[str, Any]:
    span = _gold("ASSAULT", text, nth)["trigger"]
    return {**span, "country": ""}


def _named(text: str, nth: int = 0) -> Actor:
    start = -1
    for _ in range(nth + 1):
        start = BODY.index(text, start + 1)
    return Actor(text, text, None, (), "body", start, start + len(text))


def test_given_phrases_are_compared_with_the_marked_ones_of_their_side() -> None:
    gold = _gold("ASSAULT", "قصفت", actor=[_party("روسيا")], recipient=[_party("خاركيف")])
    right = _event("ASSAULT", "قصفت", actors=(_named("روسيا"),), recipients=(_named("خاركيف"),))
    figures = score_document([right], _document(gold)).figures()
    names = ("actor_named", "actor_found", "recipient_named", "recipient_found")
    assert [figures[name] for name in names] == [1, 1, 1, 1]
    swapped = _event("ASSAULT", "قصفت", actors=(_named("خاركيف"),), recipients=(_named("روسيا"),))
    figures = score_document([swapped], _document(gold)).figures()
    assert [figures[name] for name in names] == [0, 0, 0, 0]
    gold["reciprocal"] = True  # then both sides are one
    figures = score_document([swapped], _document(gold)).figures()
    assert (figures["actor_named"], figures["actor_found"]) == (1, 1)
    assert "recipient_named" not in figures


def test_a_side_named_again_elsewhere_counts_by_its_first_word() -> None:
    gold = _gold("ASSAULT", "قصفت", actor=[_party("روسيا")])
    again = _event("ASSAULT", "قصفت", actors=(_named("روسيا", 1),))
    assert score_document([again], _document(gold)).figures()["actor_named"] == 1
    inferred = _event("ASSAULT", "قصفت", actors=(Actor(None, None, "RUS"),))
    figures = score_document([inferred], _document(gold)).figures()
    assert "actor_named" not in figures  # no phrase was given
    assert figures["actor_found"] == 0


def test_a_place_that_the_gold_has_not_is_invented() -> None:
    document = _document(_gold("ASSAULT", "قصفت"))
    placed = _event("ASSAULT", "قصفت", place=Place("خاركيف", "خاركيف", "UKR"))
    assert score_document([placed], document).figures()["invented_place"] == 1
    assert score_document([_event("ASSAULT", "قصفت")], document).figures()["invented_place"] == 0
