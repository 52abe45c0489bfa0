"""``rasd prune``: what goes is gone from every table, and a takedown holds for good."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from any_order import COMPARED, NEWS, START, check_same, check_whole, deliver, stored
from pipeline_helpers import rasd

from pipeline.run.maintain import opened_output, provenance_of
from pipeline.run.prune import prune
from pipeline.sinks.base import open_sink
from transforms.records import content_id
from transforms.text.urls import canonicalise_url

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def doc(page: int, text: str, *, hours: int = 0, **more: str) -> str:
    when = (START + timedelta(hours=hours)).isoformat()
    given = {"url": f"https://p.example/{page}.html", "title": f"خبر {page}", "body": text}
    return json.dumps(given | {"published_at": when, "fetched_at": when} | more)


def pruned(output, **what):
    with opened_output(str(output)) as sink:
        return prune(sink, provenance_of("prune", NOW, repr(what)), **what)


LONG = "\n".join(NEWS)
COPIES = [doc(1, LONG), doc(2, LONG, hours=2), doc(3, LONG + "\nانتهى.", hours=4)]


def test_copies_of_a_head_that_goes_get_a_new_one_in_the_same_commit(tmp_path):
    output = tmp_path / "out"
    deliver(output, COPIES)
    heads = {row["cluster_id"] for row in stored(output)["clusters"]}
    assert len(heads) == 1
    done = pruned(output, url="https://www.p.example/1.html?utm_source=x")
    assert done.gone("articles") == 1
    rows = stored(output)
    check_whole(rows)
    assert len(rows["articles"]) == 2
    assert {row["cluster_id"] for row in rows["clusters"]}.isdisjoint(heads)
    assert len({row["cluster_id"] for row in rows["clusters"]}) == 1
    # what is left is what two documents alone would have given
    deliver(tmp_path / "alone", COPIES[1:])
    alone = stored(tmp_path / "alone")
    for table in COMPARED:
        check_same(rows[table], alone[table], table)


def test_a_takedown_holds_against_later_runs(tmp_path):
    output = tmp_path / "out"
    deliver(output, COPIES)
    pruned(output, url="https://p.example/1.html")
    before = stored(output)
    deliver(output, [*COPIES, doc(1, NEWS[1] * 3, hours=30)], force=True)
    after = stored(output)
    for table in COMPARED:
        check_same(after[table], before[table], table)
    page = content_id(canonicalise_url("https://p.example/1.html"))
    assert page not in {
        row["page_id"] for row in open_sink(str(output)).read("_fingerprints").to_pylist()
    }


def test_a_page_that_only_failed_goes_however_its_address_is_written(tmp_path):
    output = tmp_path / "out"
    english = "The ferry service across the lake resumes on Monday, its operator said. " * 9
    deliver(output, [doc(1, LONG), doc(9, english, url="http://www.p.example/9.html?utm_source=x")])
    (letter,) = stored(output)["dead_letters"]
    assert "ferry" in letter["payload"]
    assert pruned(output, url="https://p.example/9.html").gone("dead_letters") == 1
    assert not stored(output)["dead_letters"]


def test_one_version_goes_and_the_other_stays(tmp_path):
    output = tmp_path / "out"
    deliver(output, [doc(1, NEWS[0] * 2), doc(1, NEWS[0] * 2 + NEWS[1], hours=5)])
    first, second = sorted(stored(output)["articles"], key=lambda row: row["fetched_at"])
    assert {row["revision"] for row in stored(output)["clusters"]} == {1, 2}
    pruned(output, article_id=first["article_id"])
    rows = stored(output)
    check_whole(rows)
    assert [row["article_id"] for row in rows["articles"]] == [second["article_id"]]
    assert [row["revision"] for row in rows["clusters"]] == [1]
    deliver(output, [doc(1, NEWS[0] * 2)], force=True)
    assert len(stored(output)["articles"]) == 1


def test_retention_keeps_the_later_days_whole(tmp_path):
    output = tmp_path / "out"
    old, new = doc(1, LONG, hours=-48), doc(2, LONG, hours=24)
    deliver(output, [old, new, '{"url": '])
    done = pruned(output, before=date(2026, 1, 10))
    assert done.gone("articles") == 1
    rows = stored(output)
    check_whole(rows)
    deliver(tmp_path / "alone", [new])
    alone = stored(tmp_path / "alone")
    for table in ("articles", "events", "clusters", "duplicates"):
        check_same(rows[table], alone[table], table)
    deliver(output, [old])  # retention is no takedown
    assert len(stored(output)["articles"]) == 2


def test_what_waits_in_the_inbox_is_pruned_too(tmp_path):
    output = tmp_path / "out"
    deliver(output, COPIES[:1])
    other = tmp_path / "other"
    deliver(other, COPIES[1:2])
    sink, given = open_sink(str(output)), open_sink(str(other))
    rows = {table: given.read(table).to_pylist() for table in ("articles", "_fingerprints")}
    staged = [sink.inbox.stage("late", table, each) for table, each in rows.items()]
    sink.inbox.deliver(provenance_of("late", NOW), staged, bounded=False)
    pruned(output, url="https://p.example/2.html")
    assert [row["url"] for row in stored(output)["articles"]] == ["https://p.example/1.html"]
    assert not list((output / "_inbox").rglob("*.parquet"))


@pytest.mark.parametrize(
    ("args", "said", "code"),
    [
        ((), "name one of", 2),
        (("--before", "soon"), "no date", 2),
        (("--url", "news.example"), "no address", 2),
        (("--article", "0" * 32), "no article", 2),
        (("--url", "https://p.example/none"), "gone: nothing", 3),
        (("--before", "2026-01-10"), "gone: nothing", 3),
    ],
)
def test_the_command_in_one_line(tmp_path, args, said, code):
    deliver(tmp_path / "out", COPIES[:1])
    done = rasd("prune", *args, "--data", str(tmp_path / "out"))
    assert (done.returncode, said in done.stderr.decode()) == (code, True), done.stderr.decode()
