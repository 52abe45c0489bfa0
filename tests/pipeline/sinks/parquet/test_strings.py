"""Naughty strings come back from Parquet and DuckDB as they went in.

R15 (docs/reliability.md): naughty strings, bidi, NUL, surrogates in every field.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from outputs import delete, keys_of
from pipeline_helpers import SHARED

from pipeline.sinks.parquet import ParquetSink
from transforms.records import Article, Topic, content_id
from transforms.rows.rows import article_row, clean_text
from transforms.rows.validate import validate_row

OWN = (
    "\x00",
    "أ\x00ب",
    "\ud800",
    "\udfff نص \ud83d",
    "\u202eمقلوب\u202c",
    "\ufeff",
    "\u200f\u200e\u2066\u2069",
    "\U0010ffff",
    "ـــ",
    "'; DROP TABLE articles; --",
    "\r\n\t\x1f\x7f\x85\u2028",
    "ﷺ",
    " ",
)
NAUGHTY = SHARED / "data/hostile/strings/blns.base64.json"


def strings() -> list[str]:
    """Return our own strings, and the public list where it is at hand."""
    if not NAUGHTY.is_file():
        return list(OWN)
    encoded = json.loads(NAUGHTY.read_text())
    public = [base64.b64decode(each).decode("utf-8", "surrogateescape") for each in encoded]
    return [*OWN, *public]


@pytest.mark.reliability
def test_naughty_strings_round_trip(tmp_path: Path, rows: Any) -> None:
    texts = strings()
    base = Article("", "", "", "", "", extractor="x")
    written = []
    for number, text in enumerate(texts):
        article = replace(
            base,
            article_id=content_id(str(number)),
            body=text,
            source_id=text,
            url=text,
            title=text,
            summary=text,
            authors=(text, text),
            topics=(Topic(text, text, text, 1.0),),
            published_raw=text,
        )
        row = article_row(article, rows.provenance())
        assert validate_row("articles", row) == []
        written.append(row)
    sink = ParquetSink(str(tmp_path / "out"))
    sink.prepare()
    sink.commit("r", [sink.inbox.stage("r", "articles", written)])
    expected = {row["article_id"]: row for row in written}
    assert {row["article_id"]: row for row in sink.read("articles").to_pylist()} == expected
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.register("articles", sink.dataset("articles"))
    through = con.sql("SELECT * EXCLUDE (date) FROM articles").to_arrow_table().to_pylist()
    assert {row["article_id"]: row for row in through} == expected
    con.execute(f"CREATE TABLE raw AS FROM read_parquet('{tmp_path}/out/articles/**/*.parquet')")
    direct = con.sql("SELECT * EXCLUDE (date) FROM raw").to_arrow_table().to_pylist()
    assert {row["article_id"]: row for row in direct} == expected
    for number, text in enumerate(texts):
        found = expected[content_id(str(number))]["body"]
        assert found == clean_text(text)
        assert len(found) == len(text)
    print(f"{len(texts)} strings in 8 fields: Parquet and DuckDB equal")


def test_naughty_keys_stay_apart(tmp_path: Path, rows: Any) -> None:
    guids = sorted({clean_text(text) for text in strings() if text})
    group = [rows.appearance("x") | {"guid": guid} for guid in guids]
    sink = ParquetSink(str(tmp_path / "out"))
    sink.prepare()
    for run in ("r1", "r2"):
        sink.commit(run, [sink.inbox.stage(run, "appearances", group)])
    assert {key[1] for key in keys_of(sink, "appearances")} == set(guids)
    assert sink.read("appearances").num_rows == len(guids)
    delete(sink, {"appearances": [(group[0]["feed_url"], guid) for guid in guids[1:]]})
    assert {key[1] for key in keys_of(sink, "appearances")} == {guids[0]}
