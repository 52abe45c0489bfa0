"""R15: naughty strings in every field: a row is written, and every way out tells the same.

Prefetched documents, feeds, pages, texts and file names carry them in; Parquet read by pyarrow,
``rasd query`` as CSV and JSON carry them out, and all must equal what DuckDB reads.

R15 (docs/reliability.md): naughty strings, bidi, NUL, surrogates in every field.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import datetime
from html import escape
from typing import Any

import pyarrow.parquet as pq
import pytest
from hostile_inputs import TEXT, feed, item, page
from pipeline_helpers import SHARED, rasd

from transforms.rows.schema import TABLES

pytestmark = pytest.mark.reliability
OWN = (
    "\x00", "أ\x00ب", "\ud800", "نص \udfff نص \ud83d", "\U0001f600", "\u202eمقلوب\u202c", "\ufeff",
    "\u200f\u200e\u2066\u2069", "\u200bصفر\u200d", "\U0010ffff", "\ufffe", "ـــ", "ﷺ", "\u0600",
    "'; DROP TABLE articles; --", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\r\n\t\x1f\x7f",
    "\x85\u2028\u2029", '"', '""', '","', "\\", "\\N", "NULL", "<script>alert(1)</script>", "%s%n",
    "{{7*7}}", "../../etc/passwd", "file:///etc/passwd", "http://[::1", "javascript:alert(1)",
    "٠١٢٣", "١٬٢٣٤٫٥", "ب" + "ّ" * 100, "ا" * 5_000, " ", "\u3000", "0", "NaN", "1e999",
)  # fmt: skip


def strings() -> list[str]:
    """Our own, and the public list where it is at hand."""
    path = SHARED / "data/hostile/strings/blns.base64.json"
    if not path.is_file():
        return list(OWN)
    encoded = json.loads(path.read_text(encoding="utf-8"))
    public = [base64.b64decode(each).decode("utf-8", "replace") for each in encoded]
    return list(dict.fromkeys([*OWN, *public]))


def line(number: int, text: str, form: str) -> bytes:
    """A prefetched document with a string in every field."""
    document = {
        "id": text or f"none-{number}",
        "url": f"https://naughty.example/2023/09/20/{number}-{form}.html?title={text}",
        "title": text,
        "publisher": text,
        "feed_url": text,
        "published_at": text,
        "fetched_at": text,
        "content_type": text,
        "no such field": text,
    }
    body = f"{TEXT}\n{text}\nرقم {number}."
    html = page(f"<p>{escape(body)}</p>", title=escape(text)).decode("utf-8", "replace")
    return json.dumps(document | ({"body": body} if form == "body" else {"html": html})).encode()


@pytest.fixture(scope="module")
def texts(sized):
    found = strings()
    return [*OWN, *found[len(OWN) :: sized(3, 1)]]


@pytest.fixture(scope="module")
def ran(run, texts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("strings") / "in"
    folder.mkdir()
    for form in ("body", "html"):
        chosen = enumerate(texts) if form == "body" else list(enumerate(texts))[::4]
        lines = [line(number, text, form) for number, text in chosen]
        (folder / f"{form}.jsonl").write_bytes(b"\n".join(lines))
    items = "".join(
        item(number, title=escape(text), inside=f"<author>{escape(text)}</author>").replace(
            f"attack-{number}<", f"{escape(text)} {number}<"
        )
        for number, text in enumerate(texts)
    )
    (folder / "feed.xml").write_bytes(feed(items))
    (folder / "text.txt").write_bytes(
        "\n".join(text for text in texts if text).encode("utf-8", "replace") + TEXT.encode()
    )
    for number, name in enumerate([b"\xff\xfe.txt", '=اسم\u202e\n,".txt'.encode(), b"' --.txt"]):
        with open(bytes(folder) + b"/" + name, "wb") as file:  # noqa: PTH123 - a name of bytes
            file.write(f"{TEXT}\nملف {number}.".encode())
    return run(tmp_path_factory.mktemp("strings") / "out", folder)


def test_r15_every_document_is_a_row(ran, texts):
    assert ran.code == 0, ran.said
    letters = ran.rows("dead_letters", "stage, reason, detail, source_id")
    rows = ran.rows("articles", "source_id, canonical_url, feed_url, extractor, body")
    given = len(texts) + len(texts[::4]) + len(texts) + 1 + 3
    print(f"R15: {len(texts)} strings in every field: {len(rows)} rows of {given}, {letters}")
    assert not letters
    assert len(rows) == given
    kept = {row["source_id"] for row in rows}
    lone = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]
    lost = [text for text in lone if text and "\ufffd" not in text and text not in kept]
    assert not lost, "an id is carried through untouched"


def plain(value: Any) -> str:
    """A value as a CSV cell shows it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def flat(table: str) -> list[str]:
    """The table's columns that one cell holds as they are."""
    return [
        column.name
        for column in TABLES[table].columns
        if not column.repeated and column.type in {"STRING", "TIMESTAMP", "INT64"}
    ]


@pytest.mark.parametrize("table", ["articles", "events", "appearances"])
def test_r15_every_way_out_tells_the_same(ran, table):
    columns = flat(table)
    names = ", ".join(f"`{name}`" for name in columns)
    expected = sorted([[plain(row[name]) for name in columns] for row in ran.rows(table, names)])
    assert expected
    query = ("query", f"SELECT {names} FROM {table}", "--data", str(ran.output), "--format")
    cells = rasd(*query, "csv", "--raw")
    assert cells.returncode == 0, cells.stderr.decode()
    read = list(csv.reader(io.StringIO(cells.stdout.decode("utf-8"), newline=""), strict=True))
    assert read[0] == columns
    assert sorted(read[1:]) == expected
    objects = rasd(*query, "json")
    told = [json.loads(each) for each in objects.stdout.splitlines()]
    times = {column.name for column in TABLES[table].columns if column.type == "TIMESTAMP"}
    for each in told:
        each.update({n: datetime.fromisoformat(each[n]) for n in times & set(columns) if each[n]})
    assert sorted([[plain(each[name]) for name in columns] for each in told]) == expected
    stored = [
        row
        for path in sorted((ran.output / table).rglob("*.parquet"))
        for row in pq.ParquetFile(path).read(columns=columns).to_pylist()
    ]
    assert sorted([[plain(row[name]) for name in columns] for row in stored]) == expected
    print(f"R15: {table}: {len(expected)} rows equal in Parquet, DuckDB, CSV and JSON")


def test_r15_explain_answers_every_line(texts, tmp_path):
    lines = [line(number, text, "body") for number, text in enumerate(texts)]
    source = tmp_path / "strings.jsonl"
    source.write_bytes(b"\n".join(lines))
    done = rasd("explain", str(source), "--jsonl")
    answers = [json.loads(each) for each in done.stdout.splitlines()]
    assert len(answers) == len(lines)
    silent = [text for text, each in zip(texts, answers, strict=True) if not each["article"]]
    assert not silent
    print(f"R15: explain: {len(answers)} of {len(lines)} lines answered with an article")
