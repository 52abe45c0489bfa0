"""Where the phrases of parties end."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from transforms.enrich import coder
from transforms.enrich.events.decide import decision_model
from transforms.enrich.events.spans import phrase_end, step, whole_phrases
from transforms.records import Actor, Article

TEXT = "أحرق شبان غاضبون من الحي إطارات وأصيب سائق."


def scenes(text=TEXT):
    at = dt.datetime(2024, 3, 13, tzinfo=dt.UTC)
    return coder.read_article(Article("a", "a", text, "a", "a", published_at=at))[0]


def test_a_phrase_goes_on_while_its_features_say_so():
    (scene,) = scenes()
    assert phrase_end(scene, 1, {}) == scene.sentence.stop - 1  # nothing speaks against it
    ends = dict.fromkeys(step(scene, 1, 2, 1), -1.0)
    goes_on = dict.fromkeys(step(scene, 1, 1, 1), 1.0)
    assert phrase_end(scene, 1, {**ends, **goes_on}) in {1, 2}
    assert phrase_end(scene, 1, {"w:غاضبون": 5.0, "w:من": -5.0}) == 2


def test_a_known_name_is_never_cut():
    (scene,) = scenes("قصف الجيش مخيم جنين أمس.")
    against = {name: -9.0 for last in (2, 3) for name in step(scene, 2, last, 2)}
    tokens = scene.annotations.tokens
    assert tokens.text(2, phrase_end(scene, 2, against)) == "مخيم جنين"


def party(text, start):
    return Actor(text, text, "JOR", (), "body", start, start + len(text))


def told_of(*actors):
    """As much of a mention as is asked here."""
    return SimpleNamespace(actors=list(actors), recipients=[])


def test_parties_get_the_whole_of_their_phrases():
    told = told_of(party("شبان", 5))
    whole_phrases([told], scenes(), {"w:غاضبون": 5.0, "w:من": -5.0})
    assert told.actors[0].text == "شبان غاضبون"
    assert TEXT[5 : told.actors[0].char_end] == "شبان غاضبون"
    assert told.actors[0].country == "JOR"


def test_a_phrase_does_not_swallow_another_party():
    told = told_of(party("شبان", 5), party("غاضبون", 10))
    whole_phrases([told], scenes(), {"w:غاضبون": 5.0, "w:من": -5.0})
    assert [actor.text for actor in told.actors] == ["شبان", "غاضبون"]


@pytest.mark.parametrize("actor", [Actor(None, None, "JOR", ("UNK",)), party("سائق", len(TEXT))])
def test_a_party_without_a_place_in_a_sentence_stays_as_it_is(actor):
    told = told_of(actor)
    whole_phrases([told], scenes(), {"w:غاضبون": 5.0})
    assert told.actors == [actor]


@pytest.mark.parametrize(
    ("text", "first", "phrase"),
    [
        ("وأحرق محتجون غاضبون إطارات السيارات.", "محتجون", "محتجون غاضبون"),
        ("التقى الوزير السفير الجديد أمس.", "السفير", "السفير الجديد"),
        ("واعتقلت الشرطة ثلاثة مشتبهين رئيسيين في القضية.", "ثلاثة", "ثلاثة مشتبهين رئيسيين"),
    ],
)
def test_the_packaged_weights_end_phrases(text, first, phrase):
    (scene,) = scenes(text)
    tokens = scene.annotations.tokens
    at = next(i for i in range(len(tokens.words)) if tokens.text(i, i) == first)
    assert tokens.text(at, phrase_end(scene, at, decision_model().ends)) == phrase


def test_a_phrase_ends_before_a_party_of_the_other_side():
    told = told_of(party("شبان", 5))
    told.recipients = [party("الحي", 19)]
    whole_phrases([told], scenes(), {"w:غاضبون": 5.0, "w:من": 5.0, "w:الحي": 5.0, "w:إطارات": -5.0})
    assert told.actors[0].text == "شبان غاضبون من"
    assert told.recipients[0].text == "الحي"
