"""R27: documents that kill the work done on them. The run ends, and each costs only itself.

R27 (docs/reliability.md): documents that raise, crash, exit, swell or loop.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hostile_inputs import TEXT
from pipeline_helpers import ROOT
from poison_work import MARK, ORDERS

from pipeline.sql.data import open_data

pytestmark = pytest.mark.reliability
REASONS = {
    "raise": "crashed",
    "segfault": "crashed",
    "exit": "crashed",
    "swell": "out_of_memory",
    "hang": "too_slow",
}


def test_r27_each_poison_costs_one_dead_letter(tmp_path, sized):
    neighbours, each = sized(60, 1_000), sized(2, 10)
    documents = [{"id": f"good-{n}", "body": f"{TEXT}\nرقم {n}."} for n in range(neighbours)]
    bad = [f"{order}-{n}" for order in ORDERS for n in range(each)]
    for place, name in enumerate(bad):
        url, text = f"https://poison.example/{name}", f"{MARK}{name.replace('-', ' ')}"
        poison = {"id": name, "url": url, "body": text}
        documents.insert(place * len(documents) // len(bad), poison)
    source, output = tmp_path / "documents.jsonl", tmp_path / "out"
    source.write_text("\n".join(json.dumps(each) for each in documents), encoding="utf-8")
    support = ROOT / "tests" / "support"
    done = subprocess.run(
        [sys.executable, str(support / "poison_work.py"), str(output), str(source)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{support}"},
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    data = open_data(str(output))
    kept = data.sql("SELECT source_id FROM articles").to_pylist()
    assert {row["source_id"] for row in kept} == {f"good-{n}" for n in range(neighbours)}
    letters = data.sql("SELECT source_id, stage, reason, payload FROM dead_letters").to_pylist()
    assert sorted((row["source_id"], row["reason"]) for row in letters) == sorted(
        (name, REASONS[name.partition("-")[0]]) for name in bad
    )
    assert all(row["stage"] == "document" and row["payload"] for row in letters), "for a replay"
    print(f"R27: {len(bad)} poison documents, {len(letters)} dead letters, {len(kept)} neighbours")


def test_r27_explain_answers_for_a_dead_worker(tmp_path):
    script = tmp_path / "explaining.py"
    script.write_text(
        "import sys, poison_work, pipeline.render.explain as explain\n"
        "class Line:\n"
        "    def __init__(self, own):\n"
        "        pass\n"
        "    def __call__(self, data):\n"
        "        return explain.to_json(explain._explained('x', poison_work.poisoned(\n"
        "            explain.parse_line(data))))\n"
        "if __name__ == '__main__':\n"
        "    import explaining\n"
        "    explain._ExplainLine = explaining.Line\n"
        "    for answer in explain.explain_lines(sys.stdin.buffer, processes=2):\n"
        "        print(answer.decode())\n",
        encoding="utf-8",
    )
    bodies = {"a": TEXT, "b": f"{MARK}exit", "c": TEXT}
    lines = [{"id": name, "body": body} for name, body in bodies.items()]
    support = ROOT / "tests" / "support"
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}:{support}"},
        input="\n".join(json.dumps(each) for each in lines).encode(),
        capture_output=True,
        timeout=300,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["article"] is not None for answer in answers] == [True, False, True]
    assert answers[1]["source_id"] == "b"
    assert answers[1]["rejected"]["reason"] == "crashed"
