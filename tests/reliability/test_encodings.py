"""R14: one article in five encodings, with no, the right and a wrong declaration: one text.

R14 (docs/reliability.md): one article in five encodings with no, the right and a wrong
    declaration.
"""

from __future__ import annotations

import codecs

import pytest
from hostile_inputs import TEXT

pytestmark = pytest.mark.reliability
TITLE = "مظاهرة حاشدة في تونس"
# Encoding, its byte order mark, and another one that a server may claim instead.
ENCODINGS = {
    "utf-8": (b"", "windows-1256"),
    "windows-1256": (b"", "utf-8"),
    "iso-8859-6": (b"", "windows-1256"),
    "utf-16-le": (codecs.BOM_UTF16_LE, "iso-8859-6"),
    "utf-16-be": (codecs.BOM_UTF16_BE, "utf-8"),
}
LABELS = {"utf-16-le": "utf-16", "utf-16-be": "utf-16"}


def document(encoding: str, declared: str | None) -> bytes:
    """The article as a page in an encoding, declaring another or the same."""
    meta = f'<meta charset="{declared}">' if declared else ""
    body = "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
    html = (
        f"<!DOCTYPE html><html><head>{meta}<title>{TITLE}</title></head>"
        f"<body><article><h1>{TITLE}</h1>{body}</article></body></html>"
    )
    return ENCODINGS[encoding][0] + html.encode(encoding)


def test_r14_one_text_in_fifteen_ways(run, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for encoding, (_, wrong) in ENCODINGS.items():
        right = LABELS.get(encoding, encoding)
        for how, declared in {"none": None, "right": right, "wrong": wrong}.items():
            (folder / f"{encoding}-{how}.html").write_bytes(document(encoding, declared))
    ran = run(tmp_path / "out", folder)
    assert ran.code == 0, ran.said
    rows = {row["source_id"]: row for row in ran.rows("articles", "source_id, title, body")}
    letters = ran.rows("dead_letters", "source_id, reason")
    expected = "\n".join(line.strip() for line in TEXT.split("\n"))
    right = [name for name, row in rows.items() if row["body"] == expected]
    wrong = sorted(set(rows) - set(right))
    print(f"R14: {len(right)} of 15 exact; wrong: {wrong}, dead letters: {letters}")
    assert len(right) == 15, {name: rows[name]["body"][:80] for name in wrong}
    assert {row["title"] for row in rows.values()} == {TITLE}
