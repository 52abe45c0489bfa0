"""Bad input gets one clear line and a dead letter; never a traceback, never half an output.

R33 (docs/reliability.md): a full disk, a read-only one, a half-written file.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess

import pytest
from outputs import facts
from pipeline_helpers import SEEDS, rasd

ARTICLE = (
    "تظاهر مئات العمال أمام مقر البرلمان في تونس، الأربعاء 20 سبتمبر/أيلول 2023، احتجاجاً على "
    "ارتفاع الأسعار، وفق ما أفاد شهود عيان.\n"
)


def run(tmp_path, *inputs, extra=()):
    done = rasd("run", *map(str, inputs), "--output", str(tmp_path / "out"), "--offline", *extra)
    text = done.stderr.decode()
    assert "Traceback" not in text, text
    return done.returncode, text


def dead(tmp_path):
    return [(row["stage"], row["reason"]) for row in facts(tmp_path / "out", "dead_letters")]


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "data", "letter"),
    [
        ("empty.txt", b"", ("read", "empty_input")),
        ("empty.html", b"", ("read", "empty_input")),
        ("junk.html", bytes(range(256)) * 40, None),
        ("page.xml", b"<!DOCTYPE html><html><body><p>x</p></body></html>", ("feeds", "not_a_feed")),
        ("broken.jsonl", b'{"body": "unfinished\n', ("read", "bad_json")),
        ("list.jsonl", b"[1, 2]\n", ("read", "bad_json")),
        (
            "cut.jsonl.gz",
            gzip.compress(b'{"body": "x"}\n' * 999, mtime=0)[:-20],
            ("read", "unreadable"),
        ),
        ("what.bin", b"\x00\x01\x02", ("read", "unknown_format")),
    ],
)
def test_a_bad_file_is_a_dead_letter_and_its_neighbour_a_row(tmp_path, good, name, data, letter):
    bad = tmp_path / name
    bad.write_bytes(data)
    code, text = run(tmp_path, good, bad)
    assert code == 0
    assert len(facts(tmp_path / "out", "articles")) == 1
    letters = dead(tmp_path)
    assert len(letters) == 1
    if letter:
        assert letters == [letter]
    assert letters[0][1] in text, "the terminal names the reason"


def test_a_broken_line_costs_only_itself(tmp_path):
    lines = [
        json.dumps({"id": "a", "body": ARTICLE}),
        "{broken",
        json.dumps({"id": "b", "body": ARTICLE * 2}),
    ]
    path = tmp_path / "docs.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    code, _ = run(tmp_path, path)
    assert code == 0
    assert len(facts(tmp_path / "out", "articles")) == 2
    assert dead(tmp_path) == [("read", "bad_json")]


def test_nothing_usable_ends_with_3_and_says_why(tmp_path):
    (tmp_path / "empty.txt").touch()
    code, text = run(tmp_path, tmp_path / "empty.txt")
    assert code == 3
    assert "empty" in text


def test_too_many_dead_letters_end_with_4(tmp_path, good):
    (tmp_path / "empty.txt").touch()
    assert run(tmp_path, good, tmp_path / "empty.txt", extra=("--max-dead-letters", "0"))[0] == 4


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["nowhere.txt", "--output", "out"], "no such file"),
        (["seeds", "--output", "ftp://x/y"], "unknown scheme"),
        (["seeds", "--outptu", "x"], "--output"),
        (["seeds", "--output", "out", "--direct_runing_mode=x"], "--direct_running_mode"),
        (["seeds"], "--output"),
        (["seeds", "--output", "out", "--runner=DataflowRunner"], "--project=PROJECT"),
        (["seeds", "--output", "out", "--runner=SparkRunner"], "not built yet"),
        (["seeds", "--output", "bigquery://p"], "bigquery://PROJECT.DATASET"),
        (["seeds", "--output", "out", "--from", "yesterday"], "YYYY-MM-DD"),
    ],
)
def test_bad_usage_ends_with_2_in_one_line(tmp_path, args, hint):
    done = rasd(
        "run", *[str(SEEDS) if arg == "seeds" else arg for arg in args], "--offline", cwd=tmp_path
    )
    text = done.stderr.decode()
    assert done.returncode == 2, text
    errors = [line for line in text.splitlines() if not line.startswith("rasd: indexing")]
    assert len(errors) == 1, text
    assert hint in errors[0]
    assert not (tmp_path / "out").exists(), "a refused run leaves nothing behind"


def test_an_output_of_another_schema_is_refused(tmp_path, good):
    run(tmp_path, good)
    schema = tmp_path / "out" / "_schema.json"
    told = json.loads(schema.read_text(encoding="utf-8"))
    schema.write_text(
        json.dumps({**told, "tables": {"articles": {"columns": []}}}), encoding="utf-8"
    )
    code, text = run(tmp_path, good)
    assert code == 2, text
    assert "schema" in text


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte, where this machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        pytest.skip(f"cannot mount: {made.stderr.decode()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=False)


@pytest.mark.reliability
def test_a_full_disk_is_one_line_and_leaves_no_half_written_file(small_disk):
    out = small_disk / "out"
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 280_000)
    done = rasd("run", str(SEEDS), "--output", str(out), "--offline")
    text = done.stderr.decode()
    assert done.returncode == 1, text
    assert "Traceback" not in text
    assert "space" in text.lower()
    assert not [path for path in out.rglob("*.parquet") if "_inbox" not in path.parts]
    filler.unlink()
    print("R33 disk full: one clear line, nothing visible")


@pytest.mark.reliability
def test_a_read_only_output_is_refused(small_disk):
    made = subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=False)
    if made.returncode:
        pytest.skip("cannot remount read-only")
    done = rasd("run", str(SEEDS), "--output", str(small_disk / "out"), "--offline")
    text = done.stderr.decode()
    assert done.returncode in {1, 2}, text
    assert "Traceback" not in text
    assert (
        "read-only" in text.lower()
        or "not writable" in text.lower()
        or "cannot write" in text.lower()
    )
    print("R33 read-only: refused")
