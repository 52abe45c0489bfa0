"""The parts of the coder that sentences alone do not reach: rule errors, lexical models."""

from __future__ import annotations

import json

import numpy as np
import pytest

from transforms.enrich.build import confidence as build_confidence
from transforms.enrich.events.confidence import weights
from transforms.enrich.events.word_model import lexical_model, stem, terms
from transforms.enrich.ontology import plover
from transforms.enrich.rules.load import RuleError, read_rules
from transforms.enrich.words.tokens import tokenise
from transforms.text.arabic import normalise


def _rules(tmp_path, body: str):
    path = tmp_path / "assault.toml"
    path.write_text(f'type = "ASSAULT"\n[[rule]]\nid = "assault.x"\n{body}\n', encoding="utf-8")
    return read_rules(path)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('triggers = ["v:غغغغ"]', "words/verbs.tsv"),
        ('triggers = ["قتل"]', "write 'قتل' as"),
        ('triggers = [""]', "empty trigger"),
        ('triggers = ["v:قتل"]\nslots = { "على" = "victim" }', "unknown role"),
        ('triggers = ["v:قتل"]\nsubjekt = "actor"', "unknown field subjekt"),
    ],
)
def test_a_wrong_rule_says_what_to_do(tmp_path, body: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        _rules(tmp_path, body)


def test_a_rule_is_read(tmp_path) -> None:
    (rule,) = _rules(tmp_path, 'triggers = ["v:شن .. n:هجوم|غارة", "@n:متظاهر v:هتف"]')
    phrase, named = rule.triggers
    assert [e.gap for e in phrase] == [False, True]
    assert named[0].subject
    assert phrase[0].accepts("وشنت")
    assert not phrase[0].accepts("هجوم")


def test_tokens_lead_back_to_the_article() -> None:
    raw = "قـــُتِل 12,5 شخصاً."
    tokens = tokenise(raw, normalise(raw), "body")
    assert tokens.words == ("قتل", "12,5", "شخصا", ".")
    assert tokens.text(0, 0).startswith("قـ")
    assert tokens.range_of(0, len(raw)) == (0, 4)


def test_lexical_scores() -> None:
    model = lexical_model()
    assert {"ASSAULT", "PROTEST"} <= set(model.names)
    bomb = model.scores(normalise("انفجرت سيارة مفخخة وقتل عشرة أشخاص").text.split())
    cake = model.scores(normalise("خبزت الجدة كعكة بالتفاح").text.split())
    assert bomb["ASSAULT"] > cake["ASSAULT"]
    assert model.scores([])["ASSAULT"] == pytest.approx(
        float(model.intercepts[model.names.index("ASSAULT")])
    )
    assert stem("والهجوم") == "هجوم"
    assert stem("وقتلت") == "قتلت"
    assert stem("15") == "#"
    assert terms(["قتل", "،", "15"])["قتل #"] == 1


def test_weights_name_known_types() -> None:
    kinds = {key.partition(":")[0] for key in weights() if ":" in key}
    assert kinds <= set(plover.EVENT_TYPES)


def test_logistic_regression_separates() -> None:
    matrix = build_confidence.sparse([{0: 1.0}, {0: 1.0}, {1: 1.0}, {1: 1.0}, {}], 2)
    positive = np.array([1.0, 1.0, 0.0, 0.0, 0.5])
    found, intercept = build_confidence.fit(matrix, positive, 1 - positive, ridge=0.1)
    assert found[0] > 1 > -1 > found[1]
    assert abs(intercept) < 0.2
    assert build_confidence.sparse([], 1).height == 0


def test_everything_is_fitted_and_written(tmp_path, monkeypatch) -> None:
    gsr = tmp_path / "events" / "arabic_event_gsr"
    gsr.mkdir(parents=True)
    lines = {
        "assault": ("انفجرت سيارة مفخخة في بغداد وقتل 20 شخصا", "يرى الكاتب أن القتل مرفوض دائما"),
        "protest": ("تظاهر آلاف الأردنيين في عمان أمس", "يرى الكاتب أن الاحتجاج حق دائما"),
    }
    for name, (yes, no) in lines.items():
        rows = [f"{i},yes,3,0,3,{yes}\n{i},easy no,0,3,3,{no}\n" for i in range(12)]
        (gsr / f"{name}_gsr.csv").write_text(
            "id,label,accept,reject,total,text\n1,ambiguous,1,1,2,ضرب\n" + "".join(rows),
            encoding="utf-8",
        )
    (tmp_path / "weights.json").write_text('{"bias": 0, "ASSAULT:bias": 9}', encoding="utf-8")
    for name, file in (("WEIGHTS", "weights.json"), ("UNSEEN", "unseen.json"), ("TABLE", "l.npz")):
        monkeypatch.setattr(build_confidence, name, tmp_path / file)
    build_confidence.main(tmp_path)
    table = json.loads((tmp_path / "weights.json").read_text(encoding="utf-8"))
    assert {"ASSAULT:lexical", "PROTEST:bias"} <= set(table)
    assert table["ASSAULT:bias"] != 9
    unseen = json.loads((tmp_path / "unseen.json").read_text(encoding="utf-8"))
    assert unseen["ASSAULT"]["f1"] == 1
    with np.load(tmp_path / "l.npz") as made:
        assert str(made["names"]).split() == ["ASSAULT", "PROTEST"]
