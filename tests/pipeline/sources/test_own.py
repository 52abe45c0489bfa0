"""``--rules`` and ``--names`` through the commands: rows change as the files say, and only so."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from dataclasses import replace

import pytest
from any_order import check_whole, stored
from buckets import emulated_bucket
from http_faults import answer
from http_server import LocalServer
from live_feeds import NOON, item, rss
from outputs import all_facts, delete, facts, put
from own_files import NAMES, VIGIL, own
from pipeline_helpers import rasd
from stream_work import simulated

from pipeline import cli
from pipeline.errors import UsageError
from pipeline.run.stream_options import parse_stream
from pipeline.sinks.base import open_sink
from pipeline.sources.own import read_own
from pipeline.steps.rows import AnswerPage, Recording
from pipeline.storage import write_whole
from transforms.document import process_document
from transforms.enrich.own import use
from transforms.rows.rows import Provenance

WHO = (
    "تلاميذ", "عمال", "معلمون", "محامون", "أطباء", "فلاحون", "صحفيون",
)  # fmt: skip
OTHER = "وأدان وزير الخارجية الفرنسي الهجوم الذي قتل ثلاثة جنود في بغداد يوم الأحد."


def _documents() -> str:
    """Seven vigils and one article without any."""
    lines = [
        {
            "url": f"https://vigil.example/{number}",
            "published_at": f"2024-03-{number + 1:02d}T10:00:00Z",
            "body": f"أنار {who} الشموع أمس في ساحة المثال ضد كتائب المثال. {OTHER}",
        }
        for number, who in enumerate(WHO)
    ]
    lines.append({"url": "https://vigil.example/none", "body": OTHER, "published_at": "2024-03-09"})
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A directory with documents, own files, and the rows of the shipped rules alone."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "in.jsonl").write_text(_documents(), "utf-8")
    (folder / "my-rules").mkdir()
    (folder / "my-rules" / "vigil.toml").write_text(VIGIL, "utf-8")
    (folder / "my-names.tsv").write_text(NAMES, "utf-8")
    _rasd(folder, "run", "in.jsonl", "--output", "plain", "--offline")
    return folder


@pytest.fixture(autouse=True)
def shipped_again():
    """Leave the process as it was."""
    yield
    use(None)


@pytest.fixture
def here(desk, monkeypatch, capfd):
    """Run the command in this process, where the coder is loaded already."""

    def run(*args):
        monkeypatch.chdir(desk)
        monkeypatch.setattr("sys.argv", ["rasd", *args])
        with pytest.raises(SystemExit) as left:
            cli.main()
        written = capfd.readouterr()
        return left.value.code or 0, written.out, written.err

    return run


OWN = ("--rules", "my-rules", "--names", "my-names.tsv")


def own_as_read(desk):
    """What the command reads of the files."""
    return read_own(str(desk / "my-rules"), str(desk / "my-names.tsv"))


def _rasd(folder, *args):
    done = rasd(*args, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def _without_version(rows):
    return [{name: row[name] for name in row if name != "coder_version"} for row in rows]


def test_a_run_codes_by_own_rules_and_names_and_recode_does_the_same(desk, here, tmp_path):
    output = str(tmp_path / "out")
    _rasd(desk, "run", "in.jsonl", "--output", output, "--offline", *OWN)
    rows, plain = facts(tmp_path / "out", "events"), facts(desk / "plain", "events")
    assert {row["coder_version"] for row in plain} == {"1"}
    assert {row["coder_version"] for row in rows} == {f"1+{own(VIGIL, NAMES).digest}"}
    vigils = [row for row in rows if row["rule_id"] == "my.vigil"]
    assert len(vigils) == 7
    for row in vigils:
        assert (row["event_type"], row["status"], row["confidence"]) == (
            "PROTEST", "asserted", 0.75,
        )  # fmt: skip
        assert [(each["name"], each["country"]) for each in row["recipients"]] == [
            ("كتائب المثال", "YEM")
        ]
        assert (row["place"]["name"], row["place"]["lat"]) == ("ساحة المثال", 33.89)
    (manifest,) = (tmp_path / "out" / "_runs").glob("*.json")
    assert json.loads(manifest.read_text())["options"]["own"] == own(VIGIL, NAMES).digest

    again = tmp_path / "again"
    shutil.copytree(desk / "plain", again)
    told = _rasd(desk, "recode", "--data", str(again), *OWN)
    assert all_facts(again) == all_facts(tmp_path / "out")
    use(own_as_read(desk))
    check_whole(stored(again))
    came = told.split("came 7 PROTEST\n")[1].splitlines()
    sentences = [line.strip() for line in came if line.startswith("    ")][:5]
    assert sentences == [f"أنار {who} الشموع أمس في ساحة المثال ضد كتائب المثال" for who in WHO[:5]]
    assert not any(line.startswith("    ") for line in came[5:6])  # five are enough

    moved = tmp_path / "elsewhere.toml"
    moved.write_text(VIGIL, "utf-8")
    _, told, said = here("recode", "--data", str(again), "--rules", str(moved), *OWN[2:])
    assert told == ""
    assert "0 events differ" in said
    assert "coder_version" not in said


def test_recode_tells_what_went_and_changed_and_what_is_as_before(desk, here, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(desk / "plain", output)
    here("recode", "--data", str(output), *OWN)
    surer = tmp_path / "surer.toml"
    surer.write_text(VIGIL.replace("[[rule]]", "[[rule]]\nconfidence = 0.9"), "utf-8")
    _, told, said = here("recode", "--data", str(output), "--rules", str(surer), *OWN[2:])
    assert re.findall(r"^\w+ \d+ \w+$", told, re.MULTILINE) == ["changed 7 PROTEST"]
    assert "are as before, but for the coder_version" in said
    _, told, _ = here("recode", "--data", str(output))
    assert "went 7 PROTEST\n" in told
    assert all_facts(output) == all_facts(desk / "plain")


def test_faults_end_every_command_before_it_begins(here, tmp_path):
    rules, names = tmp_path / "bad.toml", tmp_path / "bad.tsv"
    rules.write_text(VIGIL.replace('"demo"', '"march"').replace("slots", "slot"), "utf-8")
    names.write_bytes("kind\tnames\tcountry\nparty\tحزب\tEGY\n".encode("utf-16"))
    given = ("--rules", str(rules), "--names", str(names))
    output = str(tmp_path / "out")
    for command in (
        ("run", "in.jsonl", "--output", output),
        ("stream", "https://f.example/rss", "--output", output),
        ("recode", "--data", "plain"),
        ("replay", "--data", "plain"),
        ("settle", "--data", "plain"),
        ("explain", "in.jsonl"),
        ("evaluate", "events"),
    ):
        code, _, said = here(*command, *given)
        assert code == 2, command
        said = said.splitlines()
        assert said[0].startswith(f"rasd: {rules}:9: rule my.vigil: modes: there is no 'march'")
        assert said[1].startswith(f"rasd: {rules}:11: rule my.vigil: no such field: slot;")
        assert said[2].startswith(f"rasd: {names}:2: kind is 'party'")
        assert len(said) == 3
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (("--rules", "nowhere"), "no such file or directory: nowhere"),
        (("--rules", "plain"), "no rule file (.toml) in it"),
        (("--rules", "my-names.tsv"), "name a directory of rule files"),
        (("--rules", "https://rules.example/a.toml"), "unknown scheme https://"),
        (("--names", "gs://"), "names no bucket: give gs://BUCKET/PATH"),
        (("--names", "my-rules"), "is a directory; name a file"),
        (("--names", "in.jsonl"), "in.jsonl:1: columns are separated by tabs"),
        (("--names", "latin.tsv"), "latin.tsv:2: not UTF-8"),
    ],
)
def test_what_is_no_file_of_the_kind_is_told(desk, here, given, what):
    (desk / "latin.tsv").write_bytes(b"kind\tnames\nperson\t\xe9\n")
    code, _, said = here("explain", "in.jsonl", *given)
    assert code == 2
    assert what in said


def test_explain_shows_the_own_rule_as_what_decided(desk, here):
    text = desk / "a.txt"
    text.write_text(f"أنار الطلاب الشموع في ساحة المثال. {OTHER}", "utf-8")
    _, shown, _ = here("explain", "a.txt", "--why", *OWN)
    assert "as your rule my.vigil decided" in shown
    assert "your rule my.vigil +0.75" in shown
    _, lines, _ = here("explain", "in.jsonl", "--jsonl", *OWN)
    found = [json.loads(line)["events"] for line in lines.splitlines()]
    rules = [{event["rule_id"] for event in each} for each in found]
    assert ["my.vigil" in each for each in rules] == [True] * 7 + [False]
    (row, *_) = [r for r in facts(desk / "plain", "articles") if r["url"].endswith("/3")]
    given = ("explain", "--data", "plain", "--article", row["article_id"], "--json", *OWN)
    (event, *_) = json.loads(here(*given)[1])["events"]
    assert event["rule_id"] == "my.vigil"


def test_replay_codes_by_own_rules(here, tmp_path):
    bad = tmp_path / "in.jsonl"
    bad.write_text(json.dumps({"url": "https://vigil.example/late", "body": ""}))
    output = tmp_path / "out"
    here("run", str(bad), "--output", str(output), "--offline")
    (letter,) = stored(output)["dead_letters"]
    sink = open_sink(str(output))
    sink.prepare()
    line = json.dumps({"url": "https://vigil.example/late", "body": f"أنار الطلاب الشموع. {OTHER}"})
    mended = {name: value for name, value in letter.items() if name != "date"} | {"payload": line}
    delete(sink, {"dead_letters": [(letter["dead_letter_id"],)]})
    put(sink, {"dead_letters": [mended]})
    sink.close()
    reason = ("--reason", letter["reason"])
    here("replay", "--data", str(output), *reason, "--offline", *OWN)
    assert "my.vigil" in {row["rule_id"] for row in facts(output, "events")}


def test_a_stream_takes_them_with_its_configuration(desk, tmp_path):
    source = str(desk / "my-rules" / "vigil.toml")
    given = ["f.toml", "--output", "o", "--rules", source, "--names", str(desk / "my-names.tsv")]
    config, _ = parse_stream(given, NOON, frozenset)
    assert config.own == own_as_read(desk)
    use(None)
    with LocalServer() as server:
        text = f"<p>أنار الطلاب الشموع أمام البرلمان أمس. {OTHER} {OTHER}</p>"
        entry = item("http://127.77.9.1/1.html", "خبر").replace("</item>", _content(text))
        answered = answer(rss([entry]), headers={"Content-Type": "application/rss+xml"})
        feeds = tmp_path / "feeds.txt"
        feeds.write_text(server.on("127.77.9.1", "/rss", answered), "utf-8")
        stream, _ = simulated(str(tmp_path / "o"), str(feeds), NOON, 1)
        stream.config = replace(stream.config, own=config.own)
        stream.run()
    assert "my.vigil" in {row["rule_id"] for row in facts(tmp_path / "o", "events")}
    use(None)


def _content(html):
    """The end of an entry that holds its whole text."""
    space = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    return f"<content:encoded {space}><![CDATA[{html}]]></content:encoded></item>"


def test_only_event_coding_is_evaluated_with_them(desk, here):
    for suites in ((), ("dates",), ("events", "dedup")):
        code, _, said = here("evaluate", *suites, "--data", ".", *OWN)
        assert code == 2
        assert "go with the suites events, incidents only" in said
    row = 'a,2024-03-05,,"أنار الطلاب الشموع أمام البرلمان.",PROTEST,أنار'
    labels = f"article_id,published_on,title,body,type,trigger\n{row}\n"
    (desk / "mine.csv").write_text(labels, "utf-8")
    given = ("evaluate", "--labels", "mine.csv", "--format", "json")
    ours = here(*given, *OWN)[1]
    use(None)
    plain = here(*given)[1]
    assert "core_recall" in plain
    assert ours != plain


@pytest.fixture
def bucket(monkeypatch):
    """A bucket with own files in it; gives their URI."""
    with emulated_bucket(monkeypatch) as uri:
        write_whole(f"{uri}/mine/rules/vigil.toml", VIGIL.encode())
        write_whole(f"{uri}/mine/rules/older/vigil.toml", b"not read")
        write_whole(f"{uri}/mine/names.tsv", NAMES.encode())
        yield f"{uri}/mine"


def test_own_files_in_a_bucket_are_those_of_a_disk(bucket):
    there = read_own(f"{bucket}/rules", f"{bucket}/names.tsv")
    assert there.digest == own(VIGIL, NAMES).digest
    assert [name for name, _ in there.rules] == [f"{bucket}/rules/vigil.toml"]
    assert read_own(f"{bucket}/rules/vigil.toml", None).rules == there.rules
    # they travel with the work: no worker has to reach the bucket
    work = AnswerPage(process_document, Recording(Provenance("r", "1", NOON), own=there))
    assert b"gs://news/mine/rules/vigil.toml" in pickle.dumps(work)
    assert VIGIL.encode() in pickle.dumps(work)


def test_what_is_wrong_with_own_files_in_a_bucket_is_one_line(bucket):
    write_whole(f"{bucket}/odd/broken.toml", b'type = "PROTEST\n')
    write_whole(f"{bucket}/odd/latin.tsv", b"kind\tnames\nperson\t\xe9\n")
    wrong = [
        (f"{bucket}/none", None, f"--rules: nothing found at {bucket}/none"),
        ("gs://no-such-bucket/none", None, "--rules: gs://no-such-bucket/none: no such object"),
        (bucket, None, "no rule file (.toml) in it"),
        (f"{bucket}/names.tsv", None, "name a directory of rule files"),
        (None, f"{bucket}/rules", "is a directory; name a file"),
        (f"{bucket}/odd/broken.toml", None, f"{bucket}/odd/broken.toml:1: "),
        (None, f"{bucket}/odd/latin.tsv", f"{bucket}/odd/latin.tsv:2: not UTF-8"),
    ]
    for rules, names, what in wrong:
        with pytest.raises(UsageError) as refused:
            read_own(rules, names)
        assert what in str(refused.value)
        assert "\n" not in str(refused.value)


def test_a_bucket_that_may_not_be_read_is_told(monkeypatch):
    with LocalServer(answer("{}", 403, {"Content-Type": "application/json"})) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.port}")
        with pytest.raises(UsageError) as refused:
            read_own("gs://closed/rules", None)
    assert str(refused.value) == (
        "--rules: gs://closed/rules: no access: grant roles/storage.objectViewer on the bucket"
    )
