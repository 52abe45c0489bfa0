"""What people mistype in their first hour: each is answered in one line that says what to do."""

from __future__ import annotations

import json
import sys

import pytest

from pipeline import cli

FILES = {
    "article.pdf": b"%PDF-1.4\n",
    "article.docx": b"PK\x03\x04 word/document.xml",
    "photo.bin": bytes(range(256)),
    "empty": b"",
    "saved.rss": b"<rss/>",
    "page.html": b"<!doctype html><p>x",
    "two.jsonl": b'{"title": "x"}\n{"title": "y"}\n',
    "q.sql": b"SELECT 1 AS x",
    "latin.sql": b"SELECT '\xe9'",
}
MISTAKES = [
    # a command
    ("rum", "did you mean run?"),
    ("Query", "did you mean query?"),
    ("--versoin", "did you mean --version?"),
    # something to look at
    ("serve --data nowhere", "no output at nowhere"),
    ("serve --data nowhere --max-bytes 5", "is for bigquery:// only"),
    ("serve --prot 9000", "--port"),
    ("report --data out", "no --output: name a file for the report"),
    ("report --output report.docx", "name a .html or a .pdf file"),
    ("report --output report.pdf --format html", "--format html does not go into .pdf"),
    ("report --output r.html --country Sudan", "no ISO 3166 alpha-3 code"),
    ("report SDN --output r.html", "unexpected: SDN"),
    ("report --output r.html --from yesterday", "give a day as 2024-01-31"),
    ("report --output r.html --from 2024-02-01 --to 2024-01-01", "is after --to"),
    # what to read
    ("run", "nothing to read and no --output: name both"),
    ("run --offline", "nothing to read and no --output: name both"),
    ("run --output o", "nothing to read"),
    ("run nowhere --output o", "no such file or directory: nowhere"),
    ("run www.news.example/rss --output o", "https://www.news.example/rss"),
    ("run news.example --output o", "https://news.example"),
    ("run https:/news.example/rss --output o", "https://news.example/rss"),
    ("run htp://news.example --output o", "unknown scheme htp://"),
    ("run s3://bucket/x --output o", "gs://"),
    # options
    ("run FOLDER", "--output out"),
    ("run FOLDER --ouput o", "did you mean --output?"),
    ("run FOLDER --output empty", "is a file: name a directory"),
    ("run FOLDER --output s3://bucket/o", "unknown scheme s3://"),
    (
        "run FOLDER --output o --archive s3://bucket/a",
        "--archive s3://bucket/a: unknown sch",
    ),
    ("run FOLDER --output o --from 01/02/2024", "--from: '01/02/2024' is no date; write YYYY-"),
    ("run FOLDER --output o --to 2024-02-30", "--to: '2024-02-30' is no date"),
    ("run FOLDER --output o --from 2024-02-01 --to 2024-01-01", "no day is left"),
    ("run FOLDER --output o --as-of noon", "--as-of: 'noon' is no timestamp; write 2024-"),
    ("run FOLDER --output o --as-of", "--as-of: a value is due"),
    ("run FOLDER --output o --page-timeout nan", "'nan' is no number of seconds"),
    ("run FOLDER --output o --page-timeout=-5", "'-5' is no number of seconds"),
    ("run FOLDER --output o --fetch-timeout 0", "too few"),
    ("run FOLDER --output o --tick-size 0", "at least 1"),
    ("run FOLDER --output o --runner Dataflow", "unknown runner Dataflow"),
    # one document
    ("explain nowhere.txt", "no such file or directory: nowhere.txt"),
    ("explain FOLDER", "is a directory"),
    ("explain article.pdf", "explain reads .txt, .html or .jsonl"),
    ("explain article.docx", "explain reads .txt, .html or .jsonl"),
    ("explain photo.bin", "explain reads .txt, .html or .jsonl"),
    ("explain empty", "the file is empty"),
    ("explain saved.rss", "a feed, not an article"),
    ("explain two.jsonl", "holds 2 documents: add --jsonl"),
    ("explain news.example/a", "https://news.example/a"),
    ("explain two.jsonl page.html", "see rasd explain --help"),
    ("explain --jsonl https://news.example", "--jsonl reads a local file"),
    # feeds and figures
    ("feeds lst", "'check', 'list'; see rasd feeds --help"),
    ("feeds list --country Egypt", "did you mean EGY?"),
    ("feeds list --category spurt", "did you mean sport?"),
    ("feeds check nowhere.toml", "no such file or directory: nowhere.toml"),
    ("feeds check news.example/rss", "https://news.example/rss"),
    ("feeds check page.html", "is no list of feeds (.toml, .opml, .txt)"),
    ("evaluate nosuch", "there are extraction, dates"),
    ("evaluate --data nowhere", "name its directory with --data"),
    ("schema bigquery", "see rasd schema --help"),
    # the rows
    ("query SELECT 1 --data out", "put it in quotes"),
    ("query 'SELECT 1 AS x' --data FOLDER", "rasd has not written to this directory"),
    ("query 'SELECT 1 AS x' --data nowhere", "make one with rasd run"),
    ("query 'SELECT 1 AS x' --data empty", "no output at empty"),
    ("query q.sql --data out", "rasd query --file q.sql"),
    ("query events --data out", "rasd query --named events"),
    ("query v_stories --data out", "SELECT * FROM v_stories LIMIT 10"),
    ("query --named evnts --data out", "did you mean events?"),
    ("query --named nonsense --data out", "there are acled, casualties"),
    ("query --file nowhere.sql --data out", "nowhere.sql: No such file or directory"),
    ("query --file FOLDER --data out", "Is a directory"),
    ("query --file latin.sql --data out", "no text in UTF-8, at byte 8"),
    ("query 'SELECT 1 AS x' --data out --fromat csv", "--format"),
    ("query 'SELECT 1 AS x' --data out --format ods", "'table', 'csv', 'json', 'jsonl', 'parquet'"),
]
ASKED = [
    ("SELECT * FROM v_event", "no table or view v_event; did you mean v_events?"),
    ("SELECT * FROM nonsense", "there are articles, clusters, duplicates, events"),
    ("SELECT event_typ FROM events", 'Candidate bindings: "event_type"'),
    ("SELECT `trigger`.txt FROM events", 'Candidate Entries: "text"'),
    ("SELECT event_type, COUNT(*) AS n FROM events", "GROUP BY"),
    ("SELECT COUNTIF(TRUE) AS n FROM events", "SUM(IF(condition, 1, 0))"),
    ("SELECT FORMAT_DATE('%Y', event_date) AS y FROM events", "CAST(DATE(x) AS STRING)"),
    ("SELECT NO_SUCH(title) AS s FROM articles", "functions that BigQuery and DuckDB share"),
    ("SELECT SOUNDEX(title) AS s FROM articles", "SOUNDEX is not supported"),
    (" ", "the query is empty"),
    ("SELECT ML.PREDICT(1) AS x", "does not parse: Expected table name but got ')'"),
    ("DELETE FROM events WHERE TRUE", "only queries"),
]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A directory with the files that mistakes name."""
    (tmp_path / "FOLDER").mkdir()
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(args, monkeypatch, capfd) -> tuple[int, list[str]]:
    """Run the command here; its exit code and what it said on standard error."""
    monkeypatch.setattr(sys, "argv", ["rasd", *args])
    with pytest.raises(SystemExit) as left:
        cli.main()
    written = capfd.readouterr()
    assert written.out == "", "standard output carries results only"
    return int(left.value.code or 0), written.err.splitlines()


def words(line: str) -> list[str]:
    """Split a command line; single quotes hold words together."""
    parts = line.split("'")
    return [
        word
        for number, part in enumerate(parts)
        for word in ([part] if number % 2 else part.split())
    ]


@pytest.mark.parametrize(("line", "hint"), MISTAKES)
def test_a_mistake_is_answered_in_one_line(desk, monkeypatch, capfd, line, hint):
    code, lines = told(words(line), monkeypatch, capfd)
    assert code == 2, lines
    assert len(lines) == 1, lines
    assert lines[0].startswith("rasd: ")
    assert hint in lines[0]
    assert not (desk / "o").exists(), "a refused command leaves nothing behind"


@pytest.mark.parametrize(("sql", "hint"), ASKED)
def test_a_wrong_query_is_answered_in_one_line(seeds_output, monkeypatch, capfd, sql, hint):
    code, lines = told(["query", sql, "--data", str(seeds_output)], monkeypatch, capfd)
    assert code == 2, lines
    assert len(lines) == 1, lines
    assert hint in lines[0]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("run FOLDER --output o --offline", "FOLDER: no document in it"),
        (
            "run article.pdf --output o --offline",
            "article.pdf: no kind of input this version reads",
        ),
        ("run two.jsonl --output o --offline --as-of 2999-01-01", "2999-01-01 00:00 lies ahead"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_a_run_with_nothing_in_it_says_why(monkeypatch, capfd, line, hint):
    code, lines = told(words(line), monkeypatch, capfd)
    assert code == 3, lines
    assert any(hint in each for each in lines), lines


@pytest.mark.parametrize(
    ("line", "hints"),
    [
        (
            "evaluate --data FOLDER",
            ["no labelled data in FOLDER", "pages/manifest.jsonl", "langid"],
        ),
        ("evaluate events --data FOLDER", ["no labelled data in FOLDER", "events/"]),
        ("evaluate dates language --data FOLDER --format json", ["arabic_timex_news", "langid"]),
    ],
)
@pytest.mark.usefixtures("desk")
def test_evaluate_grades_nothing_without_data(monkeypatch, capfd, line, hints):
    code, lines = told(words(line), monkeypatch, capfd)
    assert (code, len(lines)) == (3, 1), lines
    assert all(hint in lines[0] for hint in hints), lines


def test_evaluate_leaves_out_what_has_no_data(tmp_path, monkeypatch, capfd):
    (tmp_path / "langid").mkdir()
    row = {"text": "تظاهر المئات في العاصمة", "label": "ar", "length": "title"}
    (tmp_path / "langid" / "langid.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    monkeypatch.setattr(sys, "argv", ["rasd", "evaluate", "--data", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    written = capfd.readouterr()
    assert not left.value.code, written.err
    assert "arabic_kept_title" in written.out
    assert "gold_type" not in written.out
    assert written.err.count("left out") == 4, written.err


def test_what_was_passed_over_is_named(tmp_path, monkeypatch, capfd):
    for name in ("a.pdf", "b.xls", "c.docx", "d.zip", "e.txt"):
        (tmp_path / name).write_text("تظاهر المئات في تونس", "utf-8")
    args = ["run", str(tmp_path), "--output", str(tmp_path / "o"), "--offline"]
    code, lines = told(args, monkeypatch, capfd)
    assert code == 0
    skipped = [line for line in lines if line.startswith("rasd: skipped: ")]
    assert len(skipped) == 4
    assert skipped[0].endswith("a.pdf: unknown kind of file")
    assert skipped[-1] == "rasd: skipped: 1 more, see the manifest"


def test_a_feed_that_fails_is_named_and_then_left_alone(tmp_path, monkeypatch, capfd):
    args = ["run", "http://127.0.0.1:9/rss.xml", "--output", str(tmp_path / "o")]
    code, lines = told(args, monkeypatch, capfd)
    assert code == 3
    assert any("rejected" in line and "http://127.0.0.1:9/rss.xml" in line for line in lines), lines
    code, lines = told(args, monkeypatch, capfd)
    assert code == 0
    assert "rasd: not due yet: 1 of the feeds (--force asks them all)" in lines


def test_a_broken_line_is_told_by_its_beginning(tmp_path, monkeypatch, capfd):
    line = '{"id": "7", "url": "https://a.example/?token=s3cret", "title"'
    (tmp_path / "x.jsonl").write_text(f"{line}\n", "utf-8")
    args = ["run", str(tmp_path / "x.jsonl"), "--output", str(tmp_path / "o"), "--offline"]
    code, lines = told(args, monkeypatch, capfd)
    assert code == 3
    (said,) = [line for line in lines if "bad_json)" in line]
    assert '{"id": "7", "url": "https://a.example/?token=' in said
    assert "s3cret" not in said, "what is a secret in a URL is masked here, too"


@pytest.mark.parametrize("form", [("help", "query"), ("query", "--help"), ("query", "-h")])
def test_help_has_three_forms(monkeypatch, capfd, form):
    monkeypatch.setattr(sys, "argv", ["rasd", *form])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code
    assert "v_event_mentions" in capfd.readouterr().out


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_help_ends_with_what_to_try(name):
    text = cli.help_of(name)
    assert "  rasd " in text
    assert "examples:" in text or "next:" in text
