"""What Dataflow is given: the graph that is handed over, the package that is staged.

Nothing here reaches Google: Beam's own runner and stager write into an object store on loopback.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from buckets import emulated_bucket
from graphs import read_graph
from outputs import all_facts
from own_files import NAMES, VIGIL
from pipeline_helpers import ROOT, SEEDS, rasd

from pipeline.cli.launch import SWITCHES, words_of
from pipeline.docgen.template import metadata
from pipeline.engines.base import Engine, beam_options
from pipeline.engines.places import _holds
from pipeline.errors import UsageError
from pipeline.options import Config, parse_run
from pipeline.render.progress import Progress
from pipeline.run.job import run_job
from pipeline.run.stream_options import OF_A_JOB, parse_stream
from pipeline.runners import beam_flags, open_engine
from pipeline.sinks.files import open_files

DEPLOY = ROOT / "deploy"
GOLDEN = ROOT / "tests" / "golden" / "graphs"
ADVICE = """\
The graph that Dataflow is given is another than {golden} says.
Not meant? Look for a step, label or coder that changed: a running job can be updated only by a
graph with the same labels and coders.
Meant? RASD_WRITE_GOLDEN=1 pytest {test} writes it; say in CHANGELOG.md that running jobs have to be
drained and started anew (docs/engines.md).
"""
PLACES = ("--project=test-project", "--region=europe-west1", "--temp_location=gs://news/temp")
IMAGE = "--sdk_container_image=example.invalid/rasd:1"


@pytest.mark.parametrize("name", ["documents", "beats"])
def test_the_graph_is_the_golden_one(name, tmp_path, monkeypatch):
    root = tmp_path / "store"
    root.mkdir()
    with emulated_bucket(monkeypatch, root) as bucket:
        page = SEEDS / "pages" / "gaza-airstrike.html"
        open_files(bucket).write("page.html", page.read_bytes())
        open_files(bucket).write("feeds.txt", b"https://a.example/feed.xml\n")
        asked = {
            "documents": ("run", f"{bucket}/page.html"),
            "beats": ("stream", f"{bucket}/feeds.txt"),
        }
        done = _dataflow(
            *asked[name], "--output", f"{bucket}/out", "--archive", f"{bucket}/warc",
            "--runner=DataflowRunner", *PLACES, IMAGE,
            f"--template_location={bucket}/graphs/{name}",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        names = open_files(bucket).listing("")
        assert not [name for name in names if name.startswith("out/")], "nothing was run"
        (written,) = [name for name in names if name.endswith("/pipeline.pb")]
        graph = read_graph(open_files(bucket).read(written))
        job = json.loads(open_files(bucket).read(f"graphs/{name}"))
    assert "nothing was run" in done.stderr.decode()
    assert job["environment"]["experiments"], "the job's description"
    golden_file = GOLDEN / f"{name}.json"
    if os.environ.get("RASD_WRITE_GOLDEN"):
        golden_file.write_text(json.dumps(graph, indent=1) + "\n", encoding="utf-8")
    golden = json.loads(golden_file.read_text(encoding="utf-8"))
    names = {"golden": golden_file.relative_to(ROOT), "test": Path(__file__).relative_to(ROOT)}
    assert graph == golden, ADVICE.format(**names)


def _dataflow(*args):
    """Run the command where Google's services are those of this machine."""
    support = ROOT / "tests" / "support"
    return subprocess.run(
        [sys.executable, str(support / "dataflow_work.py"), *args],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{support}", "NO_GCE_CHECK": "true"},
        capture_output=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ((), "--project=PROJECT --region=REGION --temp_location=gs://BUCKET/temp"),
        (("--project=p", "--region=r", "--temp_location=here"), "gs://BUCKET/DIRECTORY"),
        (PLACES, "--sdk_container_image=IMAGE"),
        (("--region=europe-west1-b", PLACES[0], PLACES[2]), "and no zone"),
    ],
)
def test_what_dataflow_needs_is_asked_for_in_one_line(given, hint):
    with pytest.raises(UsageError) as refused:
        open_engine(_config(given, "gs://news/out"))
    assert hint in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("output", "more", "hint"),
    [
        ("out", {}, "give --output a bucket"),
        ("bigquery://project.news", {}, "--staging gs://BUCKET/DIRECTORY"),
        ("gs://news/out", {"archive": "warc"}, "give --archive gs://BUCKET"),
        ("gs://news/out", {}, "gcloud storage cp"),
    ],
)
def test_what_lies_on_this_machine_is_refused(output, more, hint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with emulated_bucket(monkeypatch), pytest.raises(UsageError, match=hint) as refused:
        run_job(_config((*PLACES, IMAGE), output, **more), Progress(quiet=True))
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists(), "a refused run leaves nothing behind"


def test_buckets_that_are_not_there_or_elsewhere_are_told(monkeypatch):
    """Buckets of the emulator all lie in us-central1."""
    near = "--region=us-central1"
    with emulated_bucket(monkeypatch):
        engine = open_engine(_config((PLACES[0], near, PLACES[2], IMAGE), "gs://news/out"))
        assert engine.elsewhere_lies(["gs://news/out", None, "local.txt"]) == []
        far = open_engine(_config((*PLACES, IMAGE), "gs://news/out"))
        (line,) = far.elsewhere_lies(["gs://news/warc", "gs://news/more"])
        assert "gs://news lies in US-CENTRAL1, the job runs in europe-west1" in line
        with pytest.raises(UsageError, match="no bucket gs://nowhere; make it where the job runs"):
            far.elsewhere_lies(["gs://nowhere/out"])


@pytest.mark.parametrize(
    ("location", "kind", "region", "near"),
    [
        ("EU", "multi-region", "europe-west1", True),
        ("EU", "multi-region", "us-east1", False),
        ("US", "multi-region", "us-east1", True),
        ("NAM4", "dual-region", "us-central1", True),
        ("EUROPE-WEST1", "region", "europe-west1", True),
        ("EUROPE-WEST1", "region", "europe-west10", False),
    ],
)
def test_a_region_lies_within_a_larger_place(location, kind, region, near):
    assert _holds(location, kind, region) is near


def _config(beam_args, output, **more):
    return Config(
        (str(SEEDS / "pages"),), output, datetime(2026, 1, 1, tzinfo=UTC),
        runner="DataflowRunner", beam_args=tuple(beam_args), **more,
    )  # fmt: skip


def test_what_a_started_template_delivers_is_folded_in_by_settle(
    seeds_output, tmp_path, monkeypatch
):
    """Nobody waits for such a job; the local engine stands in for the one that starts it."""

    def opened(config):
        return Engine(FnApiRunner(), "x", beam_options(config), template="gs://news/graph")

    monkeypatch.setattr("pipeline.run.job.open_engine", opened)
    output = tmp_path / "out"
    config = replace(_config((), str(output)), inputs=(str(SEEDS),), offline=True)
    summary = run_job(config, Progress(quiet=True))
    assert summary.graph == "gs://news/graph"
    assert not list((output / "_runs").glob("*.json")), "no run has ended yet"
    done = rasd("settle", "--data", str(output))
    assert done.returncode == 0, done.stderr.decode()
    assert all_facts(output) == all_facts(seeds_output)


def test_every_parameter_of_the_template_is_an_option(tmp_path):
    written = (DEPLOY / "flex-template.json").read_text(encoding="utf-8")
    assert written == metadata(), "the template's metadata is out of date: run `make docs`"
    told = (each["name"] for each in json.loads(written)["parameters"])
    names = [name for name in told if name not in OF_A_JOB]
    words = [f"--{name}=true" for name in names if name in SWITCHES]
    rules, own_names = tmp_path / "my.toml", tmp_path / "my.tsv"
    rules.write_text(VIGIL, encoding="utf-8")
    own_names.write_text(NAMES, encoding="utf-8")
    values = {
        "rules": rules,
        "names": own_names,
        "from": "2024-01-01",
        "to": "2024-01-31",
        "as_of": "2024-02-01",
        "map": "body=text",
        "log_format": "json",
    }
    words += [f"--{n}={values.get(n, '5')}" for n in names if n not in SWITCHES]
    config = parse_run(words_of(words)[1:], datetime(2026, 1, 1, tzinfo=UTC), frozenset)
    assert config.inputs == ("5",)
    assert config.offline
    assert config.force
    assert config.renames == (("body", "text"),)
    assert config.own is not None


def test_the_templates_parameters_of_a_stream_are_words_of_one():
    words = ["--inputs=", "--queue=gs://b/q", "--beat=30", "--settle=external", "--map=", *PLACES]
    given = [*words, "--output=bigquery://p.news", "--runner=DataflowRunner"]
    command, *rest = words_of(given)
    config, wishes = parse_stream(rest, datetime(2026, 1, 1, tzinfo=UTC), beam_flags)
    assert (command, wishes.role, wishes.queue) == ("stream", "take", "gs://b/q")
    assert (wishes.beat_seconds, wishes.settle_minutes) == (30, None)
    assert config.beam_args == PLACES


@pytest.mark.parametrize(
    ("parameter", "hint"),
    [
        (
            "--max_dead_leters=5",
            "unknown option --max_dead_leters; did you mean --max-dead-letters?",
        ),
        ("--zzzzzzzz=1", "unknown option --zzzzzzzz; see rasd run --help"),
        ("--processes=many", "--processes: 'many' is no whole number"),
        ("--log_format=xml", "--log-format xml: no such form"),
    ],
)
def test_a_parameter_that_no_flag_has_is_told_in_one_line(parameter, hint):
    """As the launcher of a Flex Template hands it over."""
    entry = subprocess.run(
        [sys.executable, str(DEPLOY / "flex_main.py"), "--inputs=x", "--output=o", parameter],
        env={**os.environ, "PYTHONPATH": str(ROOT), "RASD_LOG_FORMAT": "json"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert entry.returncode == 2
    (line,) = entry.stderr.decode().splitlines()
    assert hint in line


def test_a_parameter_that_is_neither_true_nor_false_is_told():
    with pytest.raises(UsageError, match="true or false"):
        words_of(["--offline=maybe"])


def test_the_package_builds_through_beams_own_stager(tmp_path):
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.runners.portability.stager import Stager

    checkout, staged = tmp_path / "checkout", tmp_path / "staged"
    checkout.mkdir()
    staged.mkdir()
    for name in ("pipeline", "transforms"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, checkout / name)
    options = PipelineOptions([f"--setup_file={checkout / 'setup.py'}"])
    resources = Stager.create_job_resources(
        options, str(staged), log_submission_env_dependencies=False
    )
    packages = [
        Path(source)
        for source, name, _ in Stager.extract_staging_tuple_iter(resources)
        if name == "workflow.tar.gz"
    ]
    assert len(packages) == 1, resources
    with tarfile.open(packages[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"setup.py", "pipeline/graph.py", "transforms/document.py"} <= names
    assert "transforms/enrich/rules/assault.toml" in names, "data of packages goes along"
