"""``rasd deploy`` prints commands that can work; Terraform names only what the program knows."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from pipeline_helpers import ROOT, rasd
from terraform import FILES, local_values, resources, variables, words

from pipeline.deploy.check import FOLLOW
from pipeline.deploy.plan import METADATA, TERRAFORM, Target, steps
from pipeline.options import parse_run
from pipeline.run.measures import MEASURES, STAGES
from pipeline.run.stream_options import parse_stream
from pipeline.run.work import hand_over
from pipeline.runners import ENGINES, beam_flags

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SAY = ("pipeline/run/stream.py", "pipeline/beats/plan.py", "pipeline/beats/queued.py")
ASKED = (
    "--dry-run", "--project", "my-project", "--region", "europe-west1",
    "--contact", "https://desk.example/bot",
)  # fmt: skip


@pytest.fixture
def feeds(tmp_path):
    path = tmp_path / "feeds.txt"
    path.write_text("https://feed.example/rss\n", encoding="utf-8")
    return path


def test_the_commands_are_a_script_of_the_shell(feeds):
    done = rasd("deploy", *ASKED, "--feeds", str(feeds), "--alert-email", "a@b.example", cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode()
    script = done.stdout.decode()
    subprocess.run(["sh", "-n"], input=script.encode(), check=True)
    order = [
        script.index(word) for word in ("-target=", "docker push", "storage cp", "flex-template")
    ]
    assert order == sorted(order), "an image needs its repository, a machine its list of feeds"
    assert "sha256" not in script, "no digest is printed that was not resolved"
    assert str(feeds) in script


@pytest.mark.parametrize("follow", FOLLOW)
def test_what_the_commands_name_is_there(follow, feeds):
    target = Target("p-project", "europe-west1", "c", feeds=str(feeds), follow=follow)
    lines = [line for step in steps(target) for line in step.commands]
    given = {name for line in lines for name in re.findall(r"-var=(\w+)=", line)}
    assert given <= set(variables())
    required = {name for name, about in variables().items() if "default" not in about}
    assert required <= given, "a variable without default is given"
    made = set(resources())
    named = [name for line in lines for name in re.findall(r"-target=(\S+)", line)]
    assert named
    assert set(named) <= made
    targets = re.findall(r"^FROM \S+ AS (\w+)$", _text("deploy/Dockerfile"), re.MULTILINE)
    (built,) = {name for line in lines for name in re.findall(r"--target (\w+)", line)}
    assert built in targets
    makes = re.findall(r"^([\w-]+):", _text("Makefile"), re.MULTILINE)
    assert all(line.split()[1] in makes for line in lines if line.startswith("make "))


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("--project", "P"), "--project P"),
        (("--region", "europe-west1-b"), "no zone"),
        (("--region", "nowhere"), "--region nowhere"),
        (("--dataset", "my-news"), "letters, digits and _"),
        (("--bucket", "Big"), "--bucket Big"),
        (("--alert-email", "me"), "an address of mail"),
        (("--follow", "somehow"), "one of fetcher, stream, queue, dataflow, none"),
        (("--follow", "fetcher"), "wants --feeds"),
        (("--follow", "dataflow", "--feeds", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_what_could_not_work_is_refused_in_one_line(args, hint):
    done = rasd("deploy", *ASKED, "--follow", "none", *args, cwd=ROOT)
    text = done.stderr.decode()
    assert done.returncode == 2, text
    assert hint in text
    assert len(text.splitlines()) == 1
    assert not done.stdout


def test_it_does_nothing_itself_and_wants_a_checkout(tmp_path):
    done = rasd("deploy", *ASKED[1:], cwd=ROOT)
    assert (done.returncode, b"--dry-run" in done.stderr) == (2, True)
    done = rasd("deploy", *ASKED, "--follow", "none", cwd=tmp_path)
    assert (done.returncode, b"no deploy/Dockerfile here" in done.stderr) == (2, True)


def test_jobs_of_terraform_are_commands_the_program_knows():
    rows = words(local_values("main.tf")["rows"])
    jobs = local_values("jobs.tf")["jobs"]
    on_workers = words(local_values("jobs.tf")["on_workers"])
    on_dataflow = words(local_values("jobs.tf")["on_dataflow"], rows, on_workers)
    run = words(jobs["run"]["args"], on_dataflow=on_dataflow)
    config = parse_run(run[1:], NOW, beam_flags)
    assert run[0] == "run"
    assert config.runner in ENGINES
    assert config.staging
    stream = words(jobs["stream"]["args"], on_dataflow=on_dataflow)
    config, wishes = parse_stream(stream[1:], NOW, beam_flags)
    assert stream[0] == "stream"
    assert config.runner in ENGINES
    assert wishes.beat_seconds
    stream = words(local_values("fetcher.tf")["stream"], rows)
    assert stream[0] == "stream"
    config, wishes = parse_stream(stream[1:], NOW, beam_flags)
    assert config.archive
    assert wishes.settle_minutes == 5
    handing = words(local_values("fetcher.tf")["hand_on"], rows)
    _, fetches = parse_stream(handing[1:], NOW, beam_flags)
    taking = words(jobs["take"]["args"], rows, words(local_values("jobs.tf")["on_workers"]))
    config, takes = parse_stream(taking[1:], NOW, beam_flags)
    assert handing[0] == taking[0] == "stream"
    assert (fetches.role, takes.role) == ("fetch", "take")
    assert (fetches.queue is not None, takes.beat_seconds is not None) == (True, True)
    assert config.runner in ENGINES
    text = "".join(_text(f"{TERRAFORM}/{name}") for name in ("fetcher.tf", "jobs.tf"))
    assert len(set(re.findall(r'"--queue", ([\w.]+)', text))) == 1, "both name one queue"
    settle = words(jobs["settle"]["args"])
    known = set(re.findall(r"--[a-z-]+", rasd("settle", "--help").stdout.decode()))
    assert settle[0] == "settle"
    assert {word for word in settle if word.startswith("--")} <= known


def test_the_shipped_words_of_alerts_are_those_that_a_stream_says():
    code = "".join(map(_text, SAY))
    (figures,) = re.findall(
        r"figures = .*?: \{(.*?)\n  \}", _text(f"{TERRAFORM}/alerts.tf"), re.DOTALL
    )
    says = dict(re.findall(r'(\w+) += "([^"]+)"', figures))
    assert len(says) >= 3
    for said in says.values():
        assert re.search(rf"(\}}|%d) {said}", code), f"a stream does not say a number of {said}"
    dashboard = _text(f"{TERRAFORM}/dashboard.json")
    assert json.loads(dashboard)["gridLayout"]["widgets"]
    assert set(re.findall(r"user[_/]rasd[_/](\w+?)(?:_sum)?[\[\\\"]", dashboard)) <= set(says)


@pytest.mark.parametrize("form", ["text", "object"])
def test_alarms_read_their_figures_out_of_either_form(form):
    """The machine's agent may read the object, or leave it as the text of its line."""
    said = (
        "2026-11-29T12:05:00Z: 7 feeds, 31 new articles, 120 dead letters, 4 soft-empty feeds",
        "health 2026-11-29 12:06 UTC: 42 feeds, 21 failing; next poll 11:50:40, 905 s behind",
    )
    said += ("queue: 12 groups taken",)
    if form == "object":
        said = tuple(json.dumps({"severity": "INFO", "message": each}) for each in said)
    (figures,) = re.findall(
        r"figures = .*?: \{(.*?)\n  \}", _text(f"{TERRAFORM}/alerts.tf"), re.DOTALL
    )
    (extractor,) = re.findall(
        r'REGEXP_EXTRACT\(jsonPayload.message, \\"(.*?)\\"\)', _text(f"{TERRAFORM}/alerts.tf")
    )
    found = {}
    for name, words_said in re.findall(r'(\w+) += "([^"]+)"', figures):
        pattern = extractor.replace("${each.value}", words_said)
        (found[name],) = {int(m[1]) for line in said if (m := re.search(pattern, line))}
    assert found == {
        "new_articles": 31, "dead_letters": 120, "failing_feeds": 21, "soft_empty": 4,
        "lag_seconds": 905, "groups_taken": 12,
    }  # fmt: skip
    assert "ENV RASD_LOG_FORMAT=json" in _text("deploy/Dockerfile")


@pytest.mark.parametrize("follow", ["fetcher", "stream", "queue"])
def test_every_way_of_streaming_is_watched_by_who_says_it(follow):
    """Silence and lag are told of each; what only a queue has, of a queue."""
    alerts = _text(f"{TERRAFORM}/alerts.tf")
    (streams,) = re.findall(r"streams = contains\((\[.*?\]), var.follow\)", alerts)
    assert follow in json.loads(streams)
    assert set(re.findall(r'count += var.follow == "(\w+)"', alerts)) == {"queue"}
    filters = re.findall(r"filter += \"(resource.*)\"$", alerts, re.MULTILINE)
    assert len(filters) == alerts.count("condition_threshold {") + alerts.count(
        "condition_absent {"
    )
    for each in re.findall(r"\n  (?:codes|asks) +=.*", alerts):
        assert set(re.findall(r'\? "(\w+)" : "(\w+)"', each)[0]) == {
            "gce_instance",
            "dataflow_step",
        }


def test_dashboard_and_alarms_name_metrics_that_exist():
    """Dataflow adds to a distribution's name which of its figures is shown; a counter has none."""
    shown = re.findall(r'metric_name=\\?"(\w+)\\?"', _text(f"{TERRAFORM}/dashboard.json"))
    known = {each.full_name for each in STAGES if each.kind == "counter" and not each.by_reason}
    for each in STAGES:
        if each.kind == "distribution":
            known |= {f"{each.full_name}_{part}" for part in ("COUNT", "MEAN", "MIN", "MAX")}
    assert len(shown) >= 4
    assert set(shown) <= known
    rules = _text("deploy/prometheus-rules.yml")
    named = set(re.findall(r"\brasd_\w+", rules))
    assert len(named) >= 8
    assert named <= {name for each in MEASURES for name in each.prometheus}
    alarms = re.findall(r"- alert: (\w+)", rules)
    assert len(alarms) == len(set(alarms)) == rules.count("expr: ") == rules.count("summary: ")


@pytest.mark.parametrize("page", ["docs/operations.md", "docs/metrics.md"])
def test_docs_name_metrics_that_exist(page):
    named = set(re.findall(r"`?\b(rasd_[a-z_]+)", _text(page)))
    assert len(named) >= 10
    assert named <= {name for each in MEASURES for name in (*each.prometheus, each.full_name)}


def test_what_is_cleaned_away_is_what_was_handed_over():
    """The rule of the bucket names the files that ``hand_over`` writes, and no bundle."""
    storage = _text(f"{TERRAFORM}/storage.tf")
    (suffixes,) = re.findall(r"matches_suffix = (\[.*\])", storage)
    assert json.loads(suffixes) == ["/spooled/records", ".jsonl"]
    assert '"spooled"' in _text("pipeline/run/work.py"), hand_over.__doc__
    assert "_inbox" in storage
    assert not any(name.endswith((".parquet", ".bundle.json")) for name in json.loads(suffixes))


def test_roles_are_narrow():
    roles = set(re.findall(r'"roles/([\w.]+)"', _text(f"{TERRAFORM}/accounts.tf")))
    assert not roles & {"owner", "editor", "viewer", "storage.admin", "bigquery.admin"}
    assert {"dataflow.worker", "bigquery.dataEditor", "storage.objectAdmin"} <= roles
    for path in FILES:
        assert "allUsers" not in path.read_text("utf-8"), path.name


def test_terraform_is_written_as_terraform_writes_it():
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("no terraform on the path")
    command = [program, f"-chdir={ROOT / TERRAFORM}", "fmt", "-check", "-diff"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_name_that_terraform_uses_is_made(path):
    text = path.read_text("utf-8")
    made = set(resources())
    for kind, name in re.findall(r"\b(google_\w+)\.(\w+)", text):
        assert f"{kind}.{name}" in made, f"{path.name} uses {kind}.{name}"
    assert set(re.findall(r"\bvar\.(\w+)", text)) <= set(variables())
    known = {name for each in FILES for name in local_values(each.name)}
    assert set(re.findall(r"\blocal\.(\w+)", text)) <= known


def test_every_variable_is_used_and_described():
    text = "".join(path.read_text("utf-8") for path in FILES)
    for name, about in variables().items():
        assert about.get("description"), name
        assert re.search(rf"\bvar\.{name}\b", text), f"nothing uses {name}"


def test_the_image_is_not_root_and_locked_by_hash():
    text = _text("deploy/Dockerfile")
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]
    for stage in stages:
        if "ENTRYPOINT" in stage:
            assert re.search(r"^USER rasd$", stage, re.MULTILINE), stage
    assert "--require-hashes" in text
    assert "@sha256" not in text, "digests are resolved by make pin-image"
    for name in re.findall(r"^FROM (\S+)", text, re.MULTILINE):
        assert name.startswith("${") or name == "base", "base images are build arguments"
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / each).exists() for each in source.split())
    lock = _text("deploy/requirements.lock")
    beam = re.search(r"^apache-beam==(\S+)", lock, re.MULTILINE)[1]
    assert f"_sdk:{beam}" in text, "the boot program is that of the locked Beam"
    ours = dict(re.findall(r"^([\w-]+)==(\S+)", _text("requirements.lock"), re.MULTILINE))
    image = dict(re.findall(r"^([\w-]+)==(\S+)", lock, re.MULTILINE))
    assert {name: image.get(name) for name in ours} == ours, "tested and shipped are the same"


def test_a_digest_that_was_not_resolved_is_not_written(tmp_path):
    pinned, program = tmp_path / "images.env", tmp_path / "digest"
    command = [str(ROOT / "deploy" / "pin_image.sh"), str(pinned), str(program)]
    program.write_text(f"#!/bin/sh\necho sha256:{'0' * 64}\n", encoding="utf-8")
    program.chmod(0o755)
    done = subprocess.run(command, capture_output=True, check=True)
    names = re.findall(r"^ARG (\w+)=", _text("deploy/Dockerfile"), re.MULTILINE)
    assert [line.partition("=")[0] for line in pinned.read_text().splitlines()] == names, done
    before = pinned.read_text()
    program.write_text("#!/bin/sh\ncase $1 in apache*) exit 1 ;; *) echo sha256:1 ;; esac\n")
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"no digest of apache" in done.stderr
    assert pinned.read_text() == before, "all or nothing"
    assert not list(tmp_path.glob("*.part"))


def test_the_template_is_built_from_the_generated_metadata():
    assert (ROOT / METADATA).is_file()
    entry = _text("deploy/flex_main.py")
    assert "from pipeline.cli.launch import main" in entry
    compile(entry, "flex_main.py", "exec")


def _text(name):
    return (ROOT / name).read_text("utf-8")


def test_shell_words_are_quoted():
    target = Target("p-project", "europe-west1", "say 'hi' $x", follow="none")
    lines = [line for step in steps(target) for line in step.commands]
    (apply,) = [line for line in lines if " apply " in line and "-target" not in line]
    assert "-var=contact=say 'hi' $x" in shlex.split(apply)
