"""Every page answers, says what is wrong, and shows only what can be asked again."""

from __future__ import annotations

import contextlib
import csv
import html
import http.client
import io
import json
import re
import threading
import time
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest
from pipeline_helpers import SEEDS, rasd
from served import VIEWS, WRONG, queries_of, served

from pipeline import open_data
from pipeline.errors import UsageError
from pipeline.serve.guard import POLICY
from pipeline.serve.snapshot import Snapshots
from pipeline.serve.texts import locale_of
from pipeline.sql.bounds import TooSlowError
from pipeline.sql.data import Data
from transforms.enrich.why import said


def test_every_page_answers_in_both_languages(page):
    for path in page.everything():
        for language, direction in (("ar", "rtl"), ("en", "ltr")):
            status, text, _ = page.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert status == (404 if path == "/nosuch" else 200), path
            assert f'<html lang="{language}" dir="{direction}"' in text
            assert (WRONG in text) == ("nosuch" in path), path
            assert "None" not in re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL), path


def test_why_a_word_was_coded_or_not_is_told_in_the_language_of_the_page(page):
    (path,) = [each for each in page.everything() if each.endswith("/considered")]
    arabic, english = (page.get(f"{path}?lang={each}")[1] for each in ("ar", "en"))
    for text, outcome in ((arabic, "رُمّز: "), (english, "coded as ")):
        cells = re.findall(r'<td class="outcome" dir="auto">(.*?)</td>', text)
        assert len(cells) > 5
        assert any(each.startswith(outcome) for each in cells)
    shown = arabic.split('id="considered-words"')[1].split("</table>")[0]
    for each in ("the word", "coded as", "not an event", "its form", "mostly tells", "ASSAULT"):
        assert each not in shown
        assert each in english or each == "ASSAULT"


def test_weights_and_thresholds_are_written_in_the_digits_that_are_asked_for(page):
    (path,) = [each for each in page.everything() if each.endswith("/considered")]
    words = page.get(f"{path}?lang=ar&digits=arab")[1].split("<tbody>")[1].split("</tbody>")[0]
    shown = re.findall(r'class="num[^>]*>([^<]+)<', words)
    assert len(shown) > 20
    assert all(re.fullmatch(r"[+-]?[٠-٩]+(٫[٠-٩]+)?|–", each) for each in shown), shown
    kept = said("kept", type="ASSAULT", confidence="0.42", sure="0.5")
    assert locale_of("ar", "arab").why(kept).endswith("٠٫٤٢ من ٠٫٥")


def test_what_weighed_most_for_an_event_is_what_the_considered_words_say(page):
    (path,) = [each for each in page.everything() if each.endswith("/considered")]
    status, found, headers = page.get(f"{path.removesuffix('considered')}signs?lang=en")
    assert (status, headers["content-type"]) == (200, "application/json")
    words = html.unescape(page.get(f"{path}?lang=en")[1])
    signs = json.loads(found)
    assert len(signs) > 1
    for lines in signs.values():
        assert 1 <= len(lines) <= 3
        for sign, weight in lines:
            assert f'<bdi>{sign}</bdi> <span class="num quiet" dir="ltr">{weight}</span>' in words
    assert page.get("/article/none/signs")[1] == "{}"


def test_every_panel_with_a_query_can_be_had_as_a_picture(page):
    """A chart, or the element that the button names."""
    for path in page.everything():
        text = page.get(path)[1]
        tools = re.findall(r'<details class="tools">(.*?)</details>', text, re.DOTALL)
        for each in tools:
            if WRONG in text:
                continue
            kind, key = re.search(r'data-(image|picture)="(.*?)"', each).groups()
            assert text.count(f' id="{key}"') == 1, (path, kind, key)


def test_places_of_a_map_are_links_below_it(page):
    text = page.get("/incidents?lang=en&view=map")[1]
    rows = re.findall(r'<tr><td><a href="(.*?)"><bdi>.*?</bdi></a></td><td class="num">(\d+)', text)
    assert len(rows) > 5
    for path, number in rows[:3]:
        listed = page.get(html.unescape(path).replace("+", "%20"))[1]
        assert int(re.search(r'role="status">(\d+) ', listed)[1]) >= int(number)


def test_every_figure_can_be_asked_again(page):
    """The query behind every button runs as it stands, and answers."""
    data = open_data(page.uri)
    asked = {
        query
        for path in page.everything()
        if "nosuch" not in path
        for query in queries_of(page.get(path)[1])
    }
    assert len(asked) > 20
    for query in asked:
        data.sql(query)


def test_the_overview_counts_what_is_there(page, seeds_output):
    text = page.get("/?lang=en")[1]
    data = open_data(str(seeds_output))
    for table in ("articles", "v_incidents"):
        number = data.sql(f"SELECT COUNT(*) AS n FROM {table}").to_pylist()[0]["n"]
        assert f"<dd>{number}</dd>" in text


def test_a_table_pages_and_sorts_on_the_server(page):
    def titles(**params):
        query = "&".join(f"{name}={value}" for name, value in params.items())
        text = page.get(f"/incidents?lang=en&{query}")[1]
        return re.findall(r'href="/incident/([0-9a-f]{32})', text)

    first, second = titles(list_page=1), titles(list_page=2)
    assert len(first) == len(second) == 25
    assert not set(first) & set(second)
    assert titles(list_page=99_999) == titles(list_page=10), "beyond the end is the last page"
    worst = open_data(page.uri).sql(
        "SELECT incident_id FROM v_incidents"
        " ORDER BY IFNULL(fatalities_max, fatalities_min) DESC LIMIT 1"
    )
    assert titles(list_sort="-fatalities")[0] == worst.to_pylist()[0]["incident_id"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/incidents?lang=en&type=NOSUCH", "is no value of"),
        ("/incidents?lang=en&status=NOSUCH", "is no value of"),
        ("/incidents?lang=en&within=NOSUCH", "is no value of"),
        ("/incidents?lang=en&q=\u0640", "is no value of"),
        ("/incidents?lang=en&from=2023-99-99", "is no value of"),
        ("/incidents?lang=en&actor=<script>alert(1)</script>", "is no value of"),
        ("/incidents?lang=en&confidence=1e9", "is no value of"),
        ("/incidents?lang=en&q=" + "x" * 300, "is no value of"),
        ("/incidents?lang=en&list_sort=1;drop table events", "no sorting by"),
        ("/incidents?lang=en&list_page=-3", "no number of a page"),
        ("/incidents?lang=en&list_page=٣", "no number of a page"),
        ("/feeds?lang=en&reason=nosuch", "is no value of"),
        ("/incident/0' OR '1'='1?lang=en", "no such incident"),
        ("/article/ffffffffffffffffffffffffffffffff?lang=en", "no such article"),
        ("/article/zz/considered?lang=en", "Nothing here"),
        ("/story/%00%0a?lang=en", "no such story"),
        ("/sql?lang=en&q=DROP TABLE events", "only queries"),
        ("/sql?lang=en&q=SELECT * FROM read_csv('/etc/passwd')", "not answered"),
        ("/sql?lang=en&q=SELECT COUNTIF(TRUE) FROM events", "not portable"),
        ("/nosuch?lang=en", "no page at this address"),
        ("/incidents?lang=en&self=1&path=2&changes=3&list_sort=4", "no sorting by"),
        ("/incident/none?lang=en&self=1&path=2&panel=3&context=4", "no such incident"),
    ],
)
def test_a_forged_link_is_told_what_is_wrong_with_it(page, path, said):
    status, text, _ = page.get(path)
    assert status in {200, 404}
    assert said in text
    assert "Traceback" not in text


def test_a_query_of_another_site_is_shown_and_not_run(page):
    path = "/sql?lang=en&q=SELECT COUNT(*) AS n FROM events"
    here, there = page.get(path)[1], page.get(path, **{"Sec-Fetch-Site": "cross-site"})[1]
    assert 'id="result"' in here
    assert 'id="result"' not in there
    assert "was not run" in there
    assert page.get("/rows.csv?q=SELECT 1 AS n", **{"Sec-Fetch-Site": "cross-site"})[0] == 403


def test_rows_are_handed_out_in_every_form(page):
    asked = "q=SELECT event_type, COUNT(*) AS n FROM v_events GROUP BY event_type"
    rows = list(csv.DictReader(io.StringIO(page.get(f"/rows.csv?{asked}")[1].lstrip("\ufeff"))))
    lines = [json.loads(line) for line in page.get(f"/rows.json?{asked}")[1].splitlines()]
    assert {(row["event_type"], int(row["n"])) for row in rows} == {
        (line["event_type"], line["n"]) for line in lines
    }
    many = "q=SELECT 1 AS n FROM events AS a, events AS b LIMIT 200001"
    status, said, _ = page.get(f"/rows.xlsx?lang=en&{many}")
    assert (status, said.startswith("more than 200,000 rows")) == (400, True)
    assert page.get(f"/rows.json?{many}")[1].count("\n") == 200_001


def test_a_file_is_sent_while_it_is_made(page):
    """Something arrives of rows without end; whoever goes away stops them; others do not wait."""
    endless = quote("SELECT a.body FROM articles AS a, events AS b, events AS c, events AS d")
    host = page.address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("GET", f"/rows.csv?q={endless}")
    answer = connection.getresponse()
    assert answer.read(40).startswith("\ufeffbody\r\n".encode())
    assert page.data._copy.readers == 1
    assert page.get("/?lang=en&digits=latn")[0] == 200
    answer.close()
    connection.close()
    while page.data._copy.readers:  # pytest-timeout ends a wait that has none
        time.sleep(0.02)


def test_a_file_that_ends_too_early_is_no_whole_one(page, capfd):
    late = (
        "SELECT REPEAT('x', 100) AS x, CAST(IF(n < 190000, '2024-01-01', 'y') AS DATE) AS d"
        " FROM UNNEST(GENERATE_ARRAY(1, 200000)) AS n"
    )
    with pytest.raises(http.client.IncompleteRead):
        page.get(f"/rows.csv?q={late}")
    assert "a download was broken off: the query failed: " in capfd.readouterr().err


def test_what_is_asked_beside_keeps_its_copy_and_lets_pages_by(seeds_output, monkeypatch):
    """An endless query of a person's goes on; a page is answered meanwhile, and rows may change."""
    data = Snapshots(str(seeds_output), seconds=300.0)
    told, askers, beside = [], [], Data.beside
    monkeypatch.setattr(Data, "beside", lambda self: askers.append(beside(self)) or askers[-1])

    def ask():
        try:
            data.ask_beside(f"SELECT COUNT(*) AS n FROM {_ENDLESS}", rows=1)
        except UsageError as error:
            told.append(str(error))

    asked = threading.Thread(target=ask)
    asked.start()
    while not data._copy.readers:
        time.sleep(0.01)
    old = data._copy
    assert data.ask("SELECT 2 AS n", rows=1).rows() == [{"n": 2}]
    data._renew()
    assert asked.is_alive()
    assert (old.retired, data._copy is old) == (True, False)
    assert Path(old._folder.name).exists()
    while not told:
        with contextlib.suppress(duckdb.ConnectionException):  # closed by now
            askers[0]._connection.interrupt()
        time.sleep(0.05)
    asked.join()
    assert not Path(old._folder.name).exists()
    assert data.ask_beside("SELECT 3 AS n", rows=1).rows() == [{"n": 3}]


_ENDLESS = ", ".join(f"events AS {name}" for name in "abcdef")  # 10 to the 17th rows


def test_a_slow_query_is_stopped(seeds_output):
    data = Snapshots(str(seeds_output), seconds=0.3)
    with pytest.raises(TooSlowError, match=r"stopped after 0\.3 seconds"):
        data.ask(f"SELECT SUM(a.confidence * b.confidence) AS n FROM {_ENDLESS}", rows=1)
    assert data.ask("SELECT 1 AS n", rows=1).rows() == [{"n": 1}], "and the next one is answered"


def test_a_policy_stands_on_every_answer(page):
    for path in ("/", "/static/rasd.js", "/nosuch", "/rows.csv?q=SELECT"):
        headers = page.get(path)[2]
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in POLICY


def test_nothing_can_be_posted(page):
    host = page.address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("POST", "/sql", body=b"q=SELECT 1", headers={"Host": host})
    assert connection.getresponse().status == 405
    connection.close()


def test_only_names_of_loopback_are_answered_without_a_token(page):
    assert page.get("/", Host="127.0.0.1:1")[0] == 200
    assert page.get("/", Host="evil.example")[0] == 403


def test_a_token_is_asked_for_once(seeds_output):
    with served(str(seeds_output), token="open-sesame") as page:  # noqa: S106 - of this test
        assert page.get("/")[0] == 401
        assert page.get("/static/rasd.css")[0] == 401
        assert page.get("/?token=wrong")[0] == 401
        assert page.get("/", Cookie="rasd_token=open-sesame")[0] == 200
        assert page.get("/", Cookie="rasd_token=wrong; x")[0] == 401
        for path, location in (
            ("/incidents?q=غزة&token=open-sesame", b"/incidents?q=%D8%BA%D8%B2%D8%A9"),
            ("/غزة?token=open-sesame", b"/%D8%BA%D8%B2%D8%A9"),
            ("/%0d%0aX: y?token=open-sesame", b"/%0D%0AX%3A%20y"),
            ("/%5Cevil.example?token=open-sesame", b"/evil.example"),
            ("//evil.example?token=open-sesame", b"/evil.example"),
        ):
            assert _asked_once(page, path) == (303, location)


def _asked_once(page, path):
    """Status and the address that is led to, which is not followed."""
    connection = http.client.HTTPConnection(page.address.removeprefix("http://"), timeout=30)
    connection.request("GET", quote(path, safe="/?&=%"))
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.headers["location"].encode()


def test_a_search_is_asked_once_for_all_panels(seeds_output):
    data = Snapshots(str(seeds_output))
    part = "SELECT article_id FROM articles WHERE title IS NOT NULL"
    queries = [f"SELECT {n} AS n, COUNT(*) AS c FROM ({part})" for n in range(3)]
    answers = [data.ask(each, rows=1, kept=[part]).rows() for each in queries]
    assert data._copy._kept == {part: "_kept_1"}
    data.forget()
    assert answers == [data.ask(each, rows=1).rows() for each in queries]
    for n in range(30):
        data.ask(f"SELECT * FROM ({part} AND {n} = {n})", rows=1, kept=[f"{part} AND {n} = {n}"])
    assert len(data._copy._kept) == 20
    with pytest.raises(UsageError, match="nosuch"):
        data.ask(
            "SELECT * FROM (SELECT nosuch FROM events)", rows=1, kept=["SELECT nosuch FROM events"]
        )
    assert data.ask(queries[0], rows=1).rows() == answers[0]


def test_no_data_and_other_data_are_refused_in_one_line(tmp_path):
    for uri in (tmp_path / "nothing", tmp_path, SEEDS):
        with pytest.raises(UsageError, match="no output at"):
            Snapshots(str(uri))


def test_empty_rows_are_no_blank_pages(tmp_path):
    (tmp_path / "empty.jsonl").write_text('{"title": ""}\n', encoding="utf-8")
    rasd("run", str(tmp_path / "empty.jsonl"), "--output", str(tmp_path / "out"), "--offline")
    with served(str(tmp_path / "out")) as page:
        for path in ("/", "/stories", "/feeds", *(f"/incidents?view={view}" for view in VIEWS)):
            status, text, _ = page.get(f"{path}{'&' if '?' in path else '?'}lang=en")
            assert (status, WRONG in text) == (200, False), path
            assert "Nothing here" in text or path == "/feeds"
