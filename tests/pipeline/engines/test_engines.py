"""What goes wrong on an engine: a worker lost, a job that fails, poison in a document."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from engines import FLAGS, flink_cluster, need_engine, worker_config
from outputs import all_facts
from pipeline_helpers import ROOT, SEEDS, rasd

pytestmark = pytest.mark.engine


def test_seeds_on_a_flink_cluster_that_loses_a_task_manager(seeds_output, tmp_path):
    """The one that works on documents is killed; the other begins again, and no row is another."""
    output = tmp_path / "out"
    with flink_cluster(tmp_path) as cluster:
        options = (*FLAGS["flink"], f"--flink_master={cluster.master}", worker_config(tmp_path))
        inputs = ("run", str(SEEDS), "--output", str(output), "--offline")
        running = subprocess.Popen(
            [sys.executable, "-m", "pipeline", *inputs, *options],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
        )
        try:
            job, busy = cluster.busy()
            cluster.workers[busy].kill()
            said = running.communicate(timeout=300)[1].decode()
        finally:
            running.kill()
        assert running.returncode == 0, said
        assert cluster.failures(job), "it was killed too late"
        states = [each["status"] for each in cluster.ask("/jobs")["jobs"]]
    assert states == ["FINISHED"], "it ran there and not in the job server"
    assert all_facts(output) == all_facts(seeds_output)


def test_a_job_that_fails_is_told_in_one_line_and_counts_for_nothing(tmp_path):
    need_engine("flink")
    output, config = tmp_path / "out", json.dumps({"command": str(tmp_path / "nothing")})
    asked = ("run", str(SEEDS / "pages"), "--output", str(output), "--offline")
    done = rasd(*asked, *FLAGS["flink"], f"--environment_config={config}")
    last = done.stderr.decode().splitlines()[-1]
    assert done.returncode == 1, last
    assert last.startswith("rasd: the job on FlinkRunner")
    assert "No such file" in last
    assert "BeamApp" not in last
    assert not list(output.rglob("articles/**/*.parquet"))


@pytest.mark.parametrize("engine", ["prism", "flink"])
def test_each_poison_costs_one_dead_letter(engine, tmp_path):
    need_engine(engine)
    from hostile_inputs import TEXT
    from poison_work import MARK, ORDERS

    documents = [{"id": f"good-{n}", "body": f"{TEXT}\nرقم {n}."} for n in range(10)]
    for order in ORDERS:
        url = f"https://poison.example/{order}"
        documents.insert(3, {"id": order, "url": url, "body": f"{MARK}{order} 1"})
    source, output = tmp_path / "documents.jsonl", tmp_path / "out"
    source.write_text("\n".join(json.dumps(each) for each in documents), encoding="utf-8")
    support = ROOT / "tests" / "support"
    options = list(FLAGS[engine])
    if engine == "flink":
        options.append(worker_config(tmp_path, "from poison_work import worker as main"))
    done = subprocess.run(
        [sys.executable, str(support / "poison_work.py"), str(output), str(source), *options],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{support}"},
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    facts = all_facts(output)
    assert len(facts["articles"]) == 10
    letters = {row["url"].rpartition("/")[2]: row["reason"] for row in facts["dead_letters"]}
    assert letters == {
        "exit": "crashed",
        "hang": "too_slow",
        "raise": "crashed",
        "segfault": "crashed",
        "swell": "out_of_memory",
    }
