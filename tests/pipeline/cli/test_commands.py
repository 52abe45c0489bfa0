"""The commands as a user meets them: help, refusals, explanations, figures."""

from __future__ import annotations

import json

import pytest
from pipeline_helpers import ROOT, SEEDS, rasd

from pipeline.cli import COMMANDS

ARTICLE = "تظاهر مئات العمال أمام مقر البرلمان في تونس، الأربعاء 20 سبتمبر/أيلول 2023، احتجاجاً."


def test_the_overview_names_every_command_and_costs_nothing():
    done = rasd("--help")
    assert done.returncode == 0
    assert all(name in done.stdout.decode() for name in COMMANDS)
    source = (ROOT / "pipeline" / "cli" / "__init__.py").read_text(encoding="utf-8")
    assert "import apache_beam" not in source


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_teaches(name):
    done = rasd(name, "--help")
    assert done.returncode == 0, done.stderr.decode()
    assert len(done.stdout.decode()) > 200


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["rn"], "did you mean run"),
        (["query", "--fromat", "csv"], "--format"),
        (["schema", "--dialect", "oracle"], "bigquery"),
        (["explain", "nowhere.txt"], "no such file"),
        (["evaluate", "nonsense"], "no such suite"),
        (["evaluate", "--data", "nowhere"], "--data"),
        (["feeds", "check"], "name a feed"),
    ],
)
def test_bad_usage_is_one_line_and_code_2(args, hint, tmp_path):
    done = rasd(*args, cwd=tmp_path)
    text = done.stderr.decode()
    assert done.returncode == 2, text
    assert len(text.splitlines()) == 1
    assert hint in text


@pytest.mark.parametrize("dialect", ["bigquery", "duckdb", "json", "arrow"])
def test_schema_names_every_table(dialect):
    text = rasd("schema", "--dialect", dialect).stdout.decode()
    for table in ("articles", "events", "clusters", "duplicates", "appearances", "dead_letters"):
        assert table in text


def test_doctor_tells_the_runner_and_that_arabic_works():
    done = rasd("doctor")
    text = done.stdout.decode()
    assert done.returncode == 0, text
    assert "FnApiRunner" in text
    assert "works" in text


def test_explain_shows_every_stage_of_a_file():
    text = rasd("explain", str(SEEDS / "articles" / "txt-truce-ends.txt")).stdout.decode()
    assert "published     2023-12-01" in text
    assert "verdict ar" in text
    assert "ASSAULT" in text
    assert "trigger" in text


def test_explain_of_one_object_is_json():
    done = rasd("explain", "--json", stdin=ARTICLE.encode())
    told = json.loads(done.stdout)
    assert told["rejected"] is None
    assert told["article"]["body"] == ARTICLE
    assert {event["event_type"] for event in told["events"]} >= {"PROTEST"}
    for event in told["events"]:
        trigger = event["trigger"]
        quoted = told["article"][trigger["field"]][trigger["char_start"] : trigger["char_end"]]
        assert quoted == trigger["text"]


def test_explain_answers_every_line_in_order():
    lines = [
        json.dumps({"id": "1", "body": ARTICLE}, ensure_ascii=False),
        "{broken",
        json.dumps({"id": "3", "body": "Hello world, this is an English text about nothing."}),
        json.dumps({"id": "4", "body": ""}),
        "",
        json.dumps({"id": "6", "title": "عاجل: مظاهرات في تونس"}, ensure_ascii=False),
    ]
    done = rasd("explain", "-", "--jsonl", stdin="\n".join(lines).encode())
    assert done.returncode == 0
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(lines)
    assert [each["source_id"] for each in told] == ["1", None, "3", "4", None, "6"]
    reasons = [each["rejected"] and each["rejected"]["reason"] for each in told]
    assert reasons[0] is None
    assert reasons[1] == "bad_json"
    assert reasons[2] == "not_arabic"
    assert told[2]["article"] is not None, "a text that is not Arabic is still shown"
    assert reasons[3] is not None
    assert reasons[4] == "bad_json"
    assert told[5]["article"]["title"] == "عاجل: مظاهرات في تونس"
    assert all("timings_ms" in each for each in told)


def test_evaluate_prints_figures_as_json(shared):
    done = rasd(
        "evaluate", "dates", "--data", str(shared / "data"), "--format", "json", "--worst", "2"
    )
    told = json.loads(done.stdout)
    assert told["dates"]["figures"]["strings_wrong"]["value"] == 0
    assert len(told["dates"]["worst"]) <= 2


@pytest.mark.parametrize("name", ["prune", "recode", "replay", "settle"])
def test_who_works_on_an_output_takes_where_its_rows_wait(name, tmp_path):
    more = ("--before", "2020-01-01") if name == "prune" else ()
    done = rasd(name, "--data", str(tmp_path), "--staging", str(tmp_path / "rows"), *more)
    assert done.returncode == 2
    assert "--staging is for bigquery:// only" in done.stderr.decode()
