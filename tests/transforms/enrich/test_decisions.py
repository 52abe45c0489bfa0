"""Candidates, fitted decisions, and what fits them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pytest

from transforms.enrich import code_events, coder
from transforms.enrich.attributes.article import Countries
from transforms.enrich.build import decisions as build
from transforms.enrich.build.boost import Recipe, fit_trees
from transforms.enrich.build.gold import article_of, read_gold
from transforms.enrich.build.linear import Sparse, fit_logistic, fit_softmax, softmax, vocabulary
from transforms.enrich.build.net import fit_net
from transforms.enrich.events import decide
from transforms.enrich.events.candidates import act_types, usual_types, word_info
from transforms.enrich.events.clause import log_odds
from transforms.enrich.events.features import Names, names_of
from transforms.enrich.events.ground import Ground
from transforms.enrich.events.numbers import Logistic
from transforms.enrich.events.parties import countries_of
from transforms.enrich.events.trees import Trees
from transforms.enrich.events.whole import LEAST, look_again
from transforms.enrich.ontology.plover import EVENT_TYPES
from transforms.enrich.words.analyse import lemmas
from transforms.records import Article

NOON = dt.datetime(2024, 3, 13, 12, tzinfo=dt.UTC)


def _article(body: str, title: str | None = None) -> Article:
    return Article("a", "a", body, "a", "a", title=title, published_at=NOON)


def test_every_act_is_a_word_of_the_lists_and_of_a_type() -> None:
    assert not set(act_types()) - lemmas()
    assert {kind for kinds in act_types().values() for kind in kinds} == set(EVENT_TYPES)
    for word, kinds in usual_types().items():
        assert set(kinds) <= set(act_types()[word]), word


def test_a_word_brings_its_readings_along() -> None:
    info = word_info("وزيارته")
    assert info.act
    assert {"l:زيارة", "a:CONSULT", "m:pron"} <= set(info.nominal)
    assert word_info("15").name == "#"
    assert not word_info("قرنفل").act


def test_candidates_know_what_stands_around_them() -> None:
    scenes, context = coder.read_article(_article("قصفت القوات الروسية مدينة خاركيف أمس."))
    found = coder.candidates(scenes, context)
    shelled = next(n for c, n in zip(found, names_of(found), strict=True) if c.token == 0)
    assert {"V", "l:قصف", "n1:E:MIL", "T:ASSAULT", "F:body", "e:place"} <= set(shelled)
    assert {"x:-", "n1:-"}.isdisjoint(shelled)
    assert names_of([]) == []
    assert context.countries.weights.keys() == {"RUS", "UKR"}


def test_a_model_numbers_the_features_that_are_named() -> None:
    text = "أعلنت الشرطة، أمس، اعتقال خمسة مهربين. وقصفت القوات الروسية خاركيف - وكييف."
    scenes, context = coder.read_article(_article(text, "قصف خاركيف"))
    found = coder.candidates(scenes, context)
    named = names_of(found)
    rows = {name: row for row, name in enumerate(sorted({n for own in named for n in own}))}
    ground, names = Ground(found), Names(rows)
    around, starts = names.around(ground)
    common, begins = names.common(ground)
    written, shared = list(rows), np.split(common, begins[1:])
    for own, line, wanted in zip(np.split(around, starts[1:]), ground.scene_of, named, strict=True):
        assert {written[row] for row in (*own, *shared[line])} == set(wanted)
    few = Names({"b": 0, "F:body": 1, "F:title": 2})
    assert few.around(ground)[0].tolist() == [0] * len(found)


def test_the_same_article_is_decided_alike_every_time() -> None:
    article = _article("اعتقلت الشرطة خمسة ناشطين في القاهرة. وأدانت فرنسا الاعتقال.", "اعتقالات")
    assert code_events(article) == code_events(article)
    assert code_events(_article("")) == []


def test_the_publisher_counts_among_the_countries() -> None:
    assert countries_of([], "SAU") == Countries({"SAU": 1.0})
    assert countries_of([], None) == Countries({})


def test_softmax_regression_learns_names() -> None:
    rows = [["a", "x"], ["a"], ["b", "x"], ["b"]]
    known = vocabulary(rows, 2)
    assert list(known) == ["a", "b", "x"]
    matrix = Sparse.of(rows, known)
    targets = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    weights = fit_softmax(matrix, targets, np.ones(4), np.full(3, 0.1))
    chance = softmax(matrix.times(weights))
    assert (chance.argmax(axis=1) == [0, 0, 1, 1]).all()


def test_a_net_learns_what_no_line_can_tell_and_says_what_each_name_adds() -> None:
    rows = [["a", "x"], ["a", "y"], ["b", "x"], ["b", "y"]] * 600
    known = vocabulary(rows, 2)
    targets = np.array([[1, 0], [0, 1], [0, 1], [1, 0]] * 600, dtype=np.float32)
    trust, line = np.ones(len(rows), dtype=np.float32), np.zeros((4, 2), dtype=np.float32)
    net = fit_net(rows, known, targets, trust, line)
    asked = [known[name] for row in rows[:4] for name in row]
    chances = net(net.sums(np.array(asked), np.arange(0, 8, 2)))
    assert (chances.argmax(axis=1) == [0, 1, 1, 0]).all()
    share = net.shares(asked[:2]).sum(axis=0)
    assert share[0] > share[1]
    assert np.array_equal(net.names, fit_net(rows, known, targets, trust, line).names)


def test_the_last_look_leaves_own_rules_and_what_is_no_fact_alone() -> None:
    text = "اعتقلت الشرطة خمسة ناشطين في القاهرة. ولم تعتقل الشرطة أحدا في الجيزة."
    article = _article(text, "اعتقال ناشطين")
    events, _, context, _ = coder.joined(article, decide.decision_model())
    before = [event.confidence for event in events]
    look_again(events, context.countries, NOON.date(), Trees.of(_nothing(), "t"))
    asked = [e.status == "asserted" and old >= LEAST for e, old in zip(events, before, strict=True)]
    assert any(asked)
    assert not all(asked)
    for event, old, own in zip(events, before, asked, strict=True):
        assert event.confidence == (0.5 if own else old)
    again = next(event for event in events if event.event_type == "COERCE" and event.joined)
    assert {field for _, field, _, _ in again.joined} == {"title", "body"}  # told twice, one event


def _nothing() -> dict[str, Any]:
    """Trees that know nothing, as a file keeps them."""
    parts = {"columns": (0, 1), "limits": (0, 1), "values": (0, 2)}
    return {f"t.{name}": np.zeros(shape) for name, shape in parts.items()} | {"t.base": 0.0}


def test_logistic_regression_over_numbers() -> None:
    rows = [[1.0, float(n)] for n in range(10)]
    model = fit_logistic(rows, [float(n > 4) for n in range(10)], 0.1)
    low, high = model([[1.0, 0.0], [1.0, 9.0]])
    assert low < 0.2
    assert high > 0.8
    assert Logistic((0.0, 1.0))([[1.0, 0.0]]) == [0.5]


def test_trees_learn_what_no_line_can_tell() -> None:
    rows = [[float(a), float(b)] for a in (0, 1) for b in (0, 1)] * 40 + [[1.0, 0.0]] * 9
    wanted = [float(a != b) for a, b in rows]
    model = fit_trees(rows, wanted, Recipe(trees=40, depth=2, rate=0.3, ridge=1.0))
    assert [chance > 0.5 for chance in model(rows[:4])] == [False, True, True, False]
    assert model([]) == []
    assert fit_trees([[1.0], [1.0]], [1.0, 0.0])([[1.0]]) == [0.5]


def _gold(number: int) -> dict[str, Any]:
    day = dt.date(2024, 3, 1) + dt.timedelta(days=number)
    body = f"قصفت القوات الروسية مدينة خاركيف أمس وقتلت {number + 2} مدنيين. وأدانت فرنسا القصف."
    body += " وساد الهدوء في شوارع المدينة مع حلول المساء بحسب السكان." * 6  # as long as news is
    title = "قصف خاركيف"
    text = f"{title}\n{body}"

    def span(word: str) -> dict[str, Any]:
        start = text.index(word, len(title))
        return {"text": word, "start": start, "end": start + len(word)}

    common = {"alt_types": [], "status": "asserted", "core": True}
    return {
        "doc_id": f"d{number}", "title": title, "body": body, "published": day.isoformat(),
        "hard_negatives": [],
        "events": [
            {
                **common, "type": "ASSAULT", "trigger": span("قصفت"), "mentions": [span("القصف")],
                "actor": [{"country": "RUS"}], "recipient": [{"country": "UKR"}],
                "place": {"text": "خاركيف", "country": "UKR"},
                "date": (day - dt.timedelta(days=1)).isoformat(), "fatalities": None,
            },
            {
                **common, "type": "ACCUSE", "trigger": span("أدانت"), "mentions": [],
                "actor": [{"country": "FRA"}], "recipient": [{"country": "RUS"}], "place": None,
                "date": day.isoformat(), "fatalities": None,
            },
        ],
    }  # fmt: skip


def test_models_are_fitted_folded_and_kept(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(build, "rule_examples", list)
    golds = [_gold(number) for number in range(10)]
    held = {**_gold(11), "doc_id": "held", "split": "held_out"}
    path = tmp_path / "gold.json"
    path.write_text(json.dumps({"docs": [*golds, held]}), encoding="utf-8")
    read = read_gold([path])
    assert [gold["doc_id"] for gold in read] == [gold["doc_id"] for gold in golds]
    whole, models, folds = build.fit(read)
    assert len(models) == build.FOLDS
    assert folds.keys() >= {gold["doc_id"] for gold in golds}
    events = coder.code_with(article_of(golds[0]), models[folds["d0"]])
    told = [(e.event_type, e.confidence >= 0.5) for e in events if e.confidence >= 0.5]
    assert ("ASSAULT", True) in told
    assert whole.whole is not None
    assert build.fit_whole([]) is None
    first = tmp_path / "one.npz"
    decide.save(whole, first)
    again, _, _ = build.fit(read)
    decide.save(again, tmp_path / "two.npz")
    assert first.read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_seeds_and_sentences_are_gold_too(tmp_path) -> None:
    seed = tmp_path / "one.toml"
    seed.write_text(
        'published = 2024-03-02T12:00:00Z\ntitle = "قصف"\nbody = """\nقصفت روسيا خاركيف.\n"""\n'
        'events = [{ type = "ASSAULT", trigger = ["قصفت"], actor = ["RUS"], place = "UKR" }]\n',
        encoding="utf-8",
    )
    cases = tmp_path / "cases.json"
    case = {
        "id": "g", "text": "قصفت روسيا خاركيف.", "published": "2024-03-02",
        "events": [
            {"type": "ASSAULT", "status": "asserted", "trigger": "قصفت", "actors": ["RUS"],
             "recipients": [], "date": None}
        ],
    }  # fmt: skip
    cases.write_text(json.dumps([case]), encoding="utf-8")
    one, two = read_gold([seed, cases])
    assert one["events"][0]["place"]["country"] == "UKR"
    assert one["published"] == two["published"] == "2024-03-02"
    start = two["events"][0]["trigger"]["start"]
    assert f"{two['title']}\n{two['body']}"[start:].startswith("قصفت")


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_log_odds_stay_finite(chance: float) -> None:
    assert np.isfinite(log_odds(chance))
