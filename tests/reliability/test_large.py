"""R19: bodies of 12, 30 and 120 MB, 50,000 tags, 2,000 levels: cut and told, or a dead letter.

No row is larger than the stores take, no event or cluster speaks of an article that is not there,
and memory stays within bounds.

R19 (docs/reliability.md): bodies of 12, 30 and 120 MB, 50,000 tags.
"""

from __future__ import annotations

import base64
import json

import pytest
from hostile_inputs import PARAGRAPHS, SENTENCE, TEXT, feed, page
from outputs import facts

from transforms.rows.schema import TABLES
from transforms.rows.validate import MAX_ROW_BYTES, row_bytes

pytestmark = pytest.mark.reliability
MEGABYTE = 1_000_000


def grown(megabytes: int) -> str:
    """Text of so many megabytes, every line another."""
    lines = megabytes * MEGABYTE // len(f"{SENTENCE} 0000000\n".encode())
    return "\n".join(f"{SENTENCE} {number:07}" for number in range(lines))


def documents(megabytes: int) -> dict[str, bytes]:
    """One large document of every kind."""
    text = grown(megabytes)
    markup = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    html = page(markup)
    content = f"<item><title>خبر</title><link>https://large.example/{megabytes}</link>"
    content += f"<content:encoded><![CDATA[{markup}]]></content:encoded></item>"
    blank = page(PARAGRAPHS + "<!-- " + " " * (megabytes * MEGABYTE) + " -->" + PARAGRAPHS)
    other = page(markup, title="صفحة أخرى")  # equal contents would be one dead letter
    lines = [
        {"id": f"body-{megabytes}", "body": f"نص آخر.\n{text}"},
        {
            "id": f"html-{megabytes}",
            "html_base64": base64.b64encode(other).decode(),
        },
        {"id": f"title-{megabytes}", "title": text, "body": TEXT},
    ]
    return {
        f"text-{megabytes}.txt": text.encode(),
        f"page-{megabytes}.html": html,
        f"blank-{megabytes}.html": blank,
        f"feed-{megabytes}.xml": feed(content),
        f"lines-{megabytes}.jsonl": "\n".join(json.dumps(line) for line in lines).encode(),
    }


@pytest.fixture(scope="module")
def sizes(sized):
    return (12, 30, 120)[: sized(1, 3)]


@pytest.fixture(scope="module")
def ran(run, sizes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("large") / "in"
    folder.mkdir()
    for size in sizes:
        for name, data in documents(size).items():
            (folder / name).write_bytes(data)
    (folder / "tags.html").write_bytes(page(PARAGRAPHS + "<i>و</i>" * 50_000))
    (folder / "levels.html").write_bytes(page("<div>" * 2_000 + PARAGRAPHS + "</div>" * 2_000))
    (folder / "items.xml").write_bytes(feed("<item><title>خبر</title></item>" * 50_000))
    for number in range(20):
        (folder / f"neighbour-{number}.txt").write_text(f"{TEXT}\nرقم {number}.", encoding="utf-8")
    return run(tmp_path_factory.mktemp("large") / "out", folder)


def test_r19_neighbours_are_written_and_every_large_one_is_told(ran, sizes):
    assert ran.code == 0, ran.said
    articles = {row["source_id"]: row for row in facts_with_source(ran)}
    assert {f"neighbour-{n}.txt" for n in range(20)} <= set(articles)
    letters = ran.rows("dead_letters", "source_id, url, reason, detail")
    told = {row["source_id"] for row in letters} | set(articles)
    for size in sizes:
        wanted = {f"text-{size}.txt", f"page-{size}.html", f"blank-{size}.html"}
        wanted |= {f"body-{size}", f"html-{size}", f"title-{size}"}
        assert wanted <= told, wanted - told
    assert {"tags.html", "levels.html"} <= set(articles)
    reasons = {row["source_id"] or row["url"]: row["reason"] for row in letters}
    reasons = {name: why for name, why in reasons.items() if why != "no_text"}
    peak = ran.manifest["peak_memory_bytes"] / MEGABYTE
    print(f"R19: {sizes} MB: {reasons}; 20 of 20 neighbours; peak {peak:.0f} MB")
    assert set(reasons.values()) <= {"too_large", "row_too_large", "truncated"}
    fed = {
        f"https://large.example/{size}" if size < 16 else f"file:feed-{size}.xml" for size in sizes
    }
    assert {name: reasons.get(name) for name in fed} == dict.fromkeys(fed, "too_large")


def facts_with_source(ran):
    return ran.rows("articles", "article_id, source_id")


def test_r19_no_row_is_too_large_and_none_is_an_orphan(ran):
    largest = max(row_bytes(row) for table in TABLES for row in facts(ran.output, table))
    assert largest <= MAX_ROW_BYTES
    ids = {row["article_id"] for row in facts_with_source(ran)}
    for table in ("events", "clusters"):
        assert {row["article_id"] for row in facts(ran.output, table)} <= ids, table
    seen = {row["article_id"] for row in facts(ran.output, "appearances")} - {None}
    assert seen <= ids
    print(f"R19: largest row {largest / MEGABYTE:.2f} MB, no events or clusters without article")


def test_r19_memory_is_bounded(ran, sized):
    assert ran.manifest["peak_memory_bytes"] <= sized(1_500, 4_000) * MEGABYTE
