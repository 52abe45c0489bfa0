"""Who does it to whom: the options of a sentence, the line that weighs them, its fit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from transforms.enrich import code_events, coder
from transforms.enrich.build.gold import sentence_gold
from transforms.enrich.build.roles import fit_roles
from transforms.enrich.build.sides import Right, Told, told_by
from transforms.enrich.events import role_features, roles
from transforms.enrich.events.attribution import Speaker
from transforms.enrich.events.decide import decision_model
from transforms.enrich.events.heads import Heads
from transforms.enrich.events.role_features import ALONE, ELSEWHERE, WHETHER
from transforms.enrich.events.roles import NEVER, Roles
from transforms.enrich.events.setting import setting_of, settle
from transforms.records import Actor, Article

NOON = dt.datetime(2024, 3, 13, 12, tzinfo=dt.UTC)
ARREST = "اعتقلت الشرطة أمس خمسة مهربين في المدينة."


def article(body: str) -> Article:
    return Article("a", "a", body, "a", "a", published_at=NOON)


def told(body: str, event_type: str, at: int):
    """A mention by grammar with its sentence, and the article's context."""
    scenes, context = coder.read_article(article(body))
    decided = [
        d
        for d in decision_model().decide(coder.candidates(scenes, context))
        if d.event_type == event_type and d.candidate.token == at
    ]
    (mention,) = coder.details(decided, context)
    return mention, decided[0].candidate.scene, context


def words(scene, tokens):
    return [scene.sentence.words[token] for token in tokens if token >= 0]


def test_any_nominal_token_may_begin_a_side_but_not_what_is_counted_or_tells_the_event():
    mention, scene, _ = told(ARREST, "COERCE", 0)
    assert words(scene, role_features.options(mention, scene)) == [
        "الشرطه", "خمسه", "المدينه",
    ]  # fmt: skip
    assert role_features.options(mention, scene)[-1] == WHETHER


def test_a_speaker_whom_an_earlier_sentence_names_is_an_option():
    body = "قال وزير الداخلية إن الوضع تحت السيطرة. وأضاف أن الشرطة اعتقلت خمسة مهربين."
    scenes, context = coder.read_article(article(body))
    last = scenes[-1]
    found = decision_model().decide(coder.candidates([last], context))
    mention = coder.details(found, context)[0]
    assert ELSEWHERE in role_features.options(mention, last)


def test_every_option_has_a_key_for_every_kind_of_features():
    mention, scene, _ = told(ARREST, "COERCE", 0)
    tokens = role_features.options(mention, scene)
    of_event, rows = role_features.asked(mention, scene, [*tokens, ELSEWHERE])
    assert {len(row) for row in rows} == {len(of_event)}
    names = [
        [n for pair in zip(of_event, r, strict=True) for n in role_features.written(*pair)]
        for r in rows
    ]
    assert all(names), "an option without a feature"
    assert all(len(set(own)) == len(own) for own in names)
    assert "e" in names[-1]
    assert "h" in names[-2]
    assert not {"e", "h"} & {n for own in names[:-2] for n in own}


def test_chances_are_those_of_the_sum_of_the_weights():
    mention, scene, _ = told(ARREST, "COERCE", 0)
    of_event, (row, *_) = role_features.asked(mention, scene, role_features.options(mention, scene))
    line = Roles({"t.w|COERCE|شرطه": (2.0, 1.0), "d|0|+": (0.5, -1.0)})
    ((actor, recipient),) = line.chances([(0.25, 0.0)], of_event, [row])
    raised = np.exp([2.75, 0.0, 0.0])
    assert (actor, recipient) == pytest.approx(tuple(raised[:2] / raised.sum()))
    again = line.chances([(0.25, 0.0)], of_event, [row])  # from what is remembered
    assert again == [(actor, recipient)]


def test_what_can_begin_no_party_is_not_asked_about():
    _, scene, _ = told(ARREST, "COERCE", 0)
    heads = Heads(scene)
    low = NEVER - 1.0
    found = Roles({"w|مهربين": (low, low)}).alone(heads)
    assert "مهربين" not in words(scene, found)
    assert "الشرطه" in words(scene, found)


def test_two_models_do_not_answer_for_each_other():
    _, scene, _ = told(ARREST, "COERCE", 0)
    heads = Heads(scene)
    one, two = Roles({"one": (1.0, 0.0)}), Roles({"one": (2.0, 0.0)})
    first = dict(one.alone(heads))
    assert two.alone(heads) == dict.fromkeys(first, (2.0, 0.0))
    assert one.alone(heads) == first


def test_what_is_remembered_stays_bounded(monkeypatch):
    monkeypatch.setattr(roles, "LIMIT", 5)
    line = Roles({"one": (0.1, 0.1)})
    for body in (ARREST, "قصف الجيش مدينة حلب أمس."):
        scene = coder.read_article(article(body))[0][0]
        line.alone(Heads(scene))
    assert line._known <= 5 + len(Heads(scene).found) * len(ALONE)


def test_a_fitted_line_tells_actor_from_recipient():
    """Two invented sentences of one frame, sides marked; a third has other parties."""
    made = []
    for actor, recipient in (("الشرطة", "لصوصا"), ("الجيش", "جنودا"), ("الدرك", "شبانا")) * 5:
        body = f"اعتقلت {actor} {recipient}."
        mention, scene, context = told(body, "COERCE", 0)
        gold = sentence_gold("x", body)
        start, second = body.index(actor) + 1, body.index(recipient) + 1
        event = {
            "core": True,
            "actor": [{"text": actor, "start": start, "end": start + len(actor)}],
            "recipient": [{"text": recipient, "start": second, "end": second + len(recipient)}],
        }
        made.append((gold, Told([Right(mention, scene, [event])], [scene], context.countries)))
    line = fit_roles(made)
    mention, scene, _ = told("اعتقلت القوات مهربا.", "COERCE", 0)
    roles.give_sides(mention, scene, line)
    assert [a.text for a in mention.actors] == ["القوات"]
    assert [a.text for a in mention.recipients] == ["مهربا"]
    assert mention.odds[0] > roles.ACTOR
    assert mention.odds[1] > roles.RECIPIENT
    assert line.weights == fit_roles(made).weights, "two fits differ"


def test_nothing_to_fit_on_is_a_line_without_weights():
    assert fit_roles([]).weights == {}


@pytest.mark.parametrize(
    ("body", "actor", "recipient"),
    [
        ("دعت فرنسا ألمانيا إلى تسليم دبابات لأوكرانيا.", "FRA", "DEU"),
        ("اتهمت السلطات الإثيوبية مصر بتسليح المتمردين.", "ETH", "EGY"),
        ("الحكومة التركية اتهمت اليونان بخرق الاتفاق.", "TUR", "GRC"),
    ],
)
def test_sides_of_plain_sentences(body, actor, recipient):
    best = max(code_events(article(body)), key=lambda e: e.confidence)
    assert actor in {a.country for a in best.actors}
    assert recipient in {a.country for a in best.recipients}


def test_an_event_has_a_place_only_where_the_text_tells_one():
    mention, scene, context = told("اعتقلت الشرطة أمس خمسة مهربين في دمشق.", "COERCE", 0)
    setting = setting_of([scene], context.countries)
    models = decision_model().setting
    for base, name in ((20.0, "دمشق"), (-20.0, None)):
        sure = replace(models, placed=replace(models.placed, base=base))
        settle([(mention, scene)], setting, sure)
        assert (mention.place.name if mention.place else None) == name


def test_dates_and_places_of_several_events_are_those_of_each_alone():
    body = "اعتقلت الشرطة أمس خمسة مهربين في دمشق. قصف الجيش الثلاثاء مدينة حلب."
    scenes, context = coder.read_article(article(body))
    found = decision_model().decide(coder.candidates(scenes, context))
    setting, models = setting_of(scenes, context.countries), decision_model().setting

    def settled(each):
        mentions = coder.details(each, context)
        pairs = [(m, d.candidate.scene) for m, d in zip(mentions, each, strict=True)]
        settle(pairs, setting, models)
        return [(m.when, m.place) for m in mentions]

    assert settled(found) == [one for each in found for one in settled([each])]


def test_whose_forces_act_is_said_by_the_clause_before():
    body = "أعلنت الحكومة الأردنية أن قواتها اعتقلت خمسة مهربين قرب مدينة الرمثا."
    arrest = max(
        (e for e in code_events(article(body)) if e.event_type == "COERCE"),
        key=lambda e: e.confidence,
    )
    assert [(a.text, a.country) for a in arrest.actors] == [("الحكومة الأردنية", "JOR")]


def test_many_rows_are_answered_as_each_alone():
    trees = decision_model().setting.placed
    rows = np.tile(np.linspace(0.0, 1.0, trees.columns.max() + 1), (5000, 1))
    rows[:, 0] = np.arange(5000) / 5000
    together = trees(rows)
    assert len(together) == len(rows)
    picked = range(0, len(rows), 499)
    assert [together[n] for n in picked] == [trees([rows[n]])[0] for n in picked]


def test_a_phrase_that_has_lost_drives_nothing_else_away(monkeypatch):
    mention, scene, _ = told(ARREST, "COERCE", 0)
    five, smugglers = (scene.sentence.words.index(word) for word in ("خمسه", "مهربين"))
    sides = roles.Sides({smugglers: 0.9, five: 0.8}, {smugglers: 0.0, five: 0.85}, 0.9)
    monkeypatch.setattr(roles, "weigh", lambda *_: sides)
    roles.give_sides(mention, scene, Roles({"one": (0.0, 0.0)}))
    assert mention.recipients == []
    assert [a.text for a in mention.actors] == ["خمسة مهربين"]


def test_a_speaker_behind_a_conjunction_is_found_at_its_token():
    body = "اعتقلت الشرطة أمس والجيش مهربين."
    _, scene, _ = told(body, "COERCE", 0)
    start = body.index("الجيش")
    scene.speaker = Speaker(
        Actor("الجيش", "الجيش", None, (), "body", start, start + 5), agency=False, official=True
    )
    assert scene.sentence.words[Heads(scene).speaker] == "والجيش"


def test_a_speaker_far_away_in_the_sentence_is_an_option():
    far = "قال الوزير " + "في حديث طويل " * 25 + "إن الشرطة اعتقلت مهربين."
    scenes, context = coder.read_article(article(far))
    (scene,) = scenes
    found = decision_model().decide(coder.candidates(scenes, context))
    last = max(coder.details(found, context), key=lambda m: m.token)
    speaker = Heads(scene).speaker
    assert last.token - speaker > role_features.REACH
    assert speaker in role_features.options(last, scene)


def test_an_act_of_both_is_taught_as_the_mention_tells_it():
    body = "وصل وزير الداخلية الليبي أمس إلى تشاد في زيارة رسمية."
    scenes, context = coder.read_article(article(body))
    found = decision_model().decide(coder.candidates(scenes, context))
    (visit,) = [
        m for m in coder.details(coder.once(found), context) if m.match.rule.id == "consult.visit"
    ]
    host, guest = (
        {"text": text, "start": body.index(text) + 1, "end": body.index(text) + 1 + len(text)}
        for text in ("تشاد", "وزير الداخلية الليبي")
    )
    event = {"reciprocal": True, "actor": [host, guest], "recipient": []}
    told_one_way = told_by(visit, event, {"title": ""})
    assert told_one_way == {"reciprocal": False, "actor": [guest], "recipient": [host]}
    assert told_by(visit, event | {"reciprocal": False}, {"title": ""})["actor"] == [host, guest]
    empty = {"reciprocal": True, "actor": [], "recipient": []}
    assert told_by(visit, empty, {"title": ""}) == empty
