"""``rasd replay``: letters come back from what they hold or from the web; none is doubled.

R28 (docs/reliability.md): dead letters replayed after the fix.
"""

from __future__ import annotations

import json

import pytest
from any_order import NEWS, check_whole, stored
from http_faults import answer, in_turn
from http_server import LocalServer
from live_feeds import item, rss
from outputs import facts, put
from pipeline_helpers import SEEDS, rasd

from pipeline.sinks.base import open_sink
from pipeline.sql.data import open_data

HOST = "127.77.4.1"


@pytest.fixture
def server():
    with LocalServer() as running:
        yield running


def letters(output):
    return {row["url"]: row for row in facts(output, "dead_letters")}


def replayed(output, *options):
    done = rasd("replay", "--data", str(output), "--allow-private-hosts", *options)
    return done.returncode, done.stderr.decode()


def test_a_page_that_could_not_be_had_becomes_an_article(server, tmp_path):
    page = (SEEDS / "pages" / "gaza-airstrike.html").read_bytes()
    broken = answer("no", 503)
    url = server.on(HOST, "/page", in_turn(*[broken] * 8, answer(page)))
    gone = server.on(HOST, "/gone", answer("no", 404))
    feed = server.on(HOST, "/rss", answer(rss([item(url, "خبر"), item(gone, "آخر")])))
    output = tmp_path / "out"
    done = rasd("run", feed, "--output", str(output), "--allow-private-hosts")
    assert letters(output)[url]["reason"] == "http_5xx", done.stderr.decode()
    for _ in range(4):
        code, said = replayed(output, "--reason", "http_5xx")
        assert code == 0, said
        if "1 resolved" in said:
            break
    letter = letters(output)[url]
    assert letter["resolved_at"] is not None
    assert letter["resolved_run_id"] in {p.stem for p in (output / "_runs").glob("*.json")}
    assert letters(output)[gone]["resolved_at"] is None
    (seen,) = (row for row in facts(output, "appearances") if row["url"] == url)
    (article,) = stored(output)["articles"]
    assert seen["article_id"] == article["article_id"]
    assert article["feed_url"] == feed
    check_whole(stored(output))
    assert replayed(output, "--reason", "http_5xx")[0] == 3


def test_a_feed_that_failed_keeps_what_its_list_said_of_it(server, tmp_path):
    page = (SEEDS / "pages" / "gaza-airstrike.html").read_bytes()
    url = server.on(HOST, "/page", answer(page))
    feed = server.on(HOST, "/rss", in_turn(*[answer("no", 404)], answer(rss([item(url, "خبر")]))))
    listed = f'[publisher]\nname = "وكالة"\ncountry = "IRQ"\n[[feed]]\nurl = "{feed}"\n'
    (tmp_path / "feeds.toml").write_text(listed, "utf-8")
    output = tmp_path / "out"
    rasd("run", str(tmp_path / "feeds.toml"), "--output", str(output), "--allow-private-hosts")
    code, said = replayed(output, "--stage", "feeds")
    assert (code, "1 resolved" in said) == (0, True), said
    (article,) = stored(output)["articles"]
    assert (article["publisher"], article["publisher_country"]) == ("وكالة", "IRQ")
    (row,) = open_data(str(output)).sql("SELECT * FROM feeds").to_pylist()
    assert (row["publisher"], row["country"]) == ("وكالة", "IRQ")


def test_a_replay_is_no_sighting(server, tmp_path):
    page = (SEEDS / "pages" / "gaza-airstrike.html").read_bytes()
    url = server.on(HOST, "/page", in_turn(*[answer("no", 404)] * 2, answer(page)))
    one = server.on(HOST, "/one", answer(rss([item(url, "خبر")])))
    two = server.on(HOST, "/two", answer(rss([item(url, "الخبر نفسه"), item(one, "آخر")])))
    output = tmp_path / "out"
    rasd("run", one, two, "--output", str(output), "--allow-private-hosts")
    before = stored(output)["appearances"]
    said = {row["text_id"] for row in before}
    assert len(before) == 3
    assert None not in said
    assert replayed(output)[0] == 0
    assert stored(output)["appearances"] == before, "a page that failed again changed what is known"
    assert "1 resolved" in replayed(output)[1]
    after = stored(output)["appearances"]
    (article,) = stored(output)["articles"]
    for old, new in zip(before, after, strict=True):
        assert (new["text_id"], new["last_seen_at"]) == (old["text_id"], old["last_seen_at"])
        assert new["article_id"] == (article["article_id"] if new["url"] == url else None)


def test_five_failures_wait_for_a_person(server, tmp_path):
    url = server.on(HOST, "/page", answer("no", 404))
    feed = server.on(HOST, "/rss", answer(rss([item(url, "خبر")])))
    output = tmp_path / "out"
    rasd("run", feed, "--output", str(output), "--allow-private-hosts")
    for attempt in range(2, 6):
        code, said = replayed(output)
        assert (code, "1 dead letters tried again, 0 resolved" in said) == (0, True), said
        assert "failed again: 1 http_4xx" in said
        rows = [row for row in stored(output)["dead_letters"] if row["url"] == url]
        assert [row["attempts"] for row in rows] == [attempt]
    code, said = replayed(output)
    assert code == 3
    assert "1 failed five times" in said
    assert "rasd query --named dead_letters" in said
    code, said = replayed(output, "--reason", "http_4xx")
    assert code == 0
    assert "1 dead letters tried again" in said


def test_a_document_comes_back_from_its_own_line(tmp_path):
    given = {"url": "https://r.example/1", "body": NEWS[0] * 2, "id": "mine"}
    (tmp_path / "in.jsonl").write_text(json.dumps({"url": "https://r.example/2", "body": ""}))
    output = tmp_path / "out"
    rasd("run", str(tmp_path / "in.jsonl"), "--output", str(output), "--offline")
    (row,) = stored(output)["dead_letters"]
    sink = open_sink(str(output))
    sink.prepare()
    mended = {name: value for name, value in row.items() if name != "date"}
    mended |= {"payload": json.dumps(given), "dead_letter_id": "f" * 32, "url": given["url"]}
    put(sink, {"dead_letters": [mended]})
    sink.close()
    code, said = replayed(output, "--offline", "--reason", row["reason"])
    assert code == 0
    assert "2 dead letters tried again, 1 resolved" in said
    (article,) = stored(output)["articles"]
    assert article["source_id"] == "mine"


def test_a_file_that_was_mended_is_read_again(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<html><title>قائمة</title><body><a href='/1'>رابط</a></body></html>")
    output = tmp_path / "out"
    rasd("run", str(page), "--output", str(output), "--offline")
    (row,) = stored(output)["dead_letters"]
    page.write_bytes((SEEDS / "pages" / "gaza-airstrike.html").read_bytes())
    code, said = replayed(output, "--reason", row["reason"])
    assert (code, "1 resolved" in said) == (0, True), said
    assert len(stored(output)["articles"]) == 1
    page.unlink()


@pytest.mark.parametrize(
    ("args", "said", "code"),
    [
        (("--reason", "timeot"), "did you mean timeout", 2),
        (("--data", "nowhere"), "no output at nowhere", 2),
    ],
)
def test_mistakes_are_one_line(args, said, code, tmp_path):
    done = rasd("replay", *args, cwd=tmp_path)
    assert (done.returncode, said in done.stderr.decode()) == (code, True)
    assert done.stderr.decode().count("\n") == 1
