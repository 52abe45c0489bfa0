"""R29: what a feed needs to be asked stands in its request and nowhere else.

R29 (docs/reliability.md): passwords, tokens, headers, cookies.
"""

from __future__ import annotations

import gzip
import io
import json

import pytest
from aiohttp import web
from http_faults import answer, redirect
from http_server import LocalServer
from live_feeds import SUMMARY, item, rss
from pipeline_helpers import SEEDS, rasd

from pipeline.sql.data import open_data
from transforms.records import content_id
from transforms.rows.schema import TABLES

pytestmark = pytest.mark.reliability

HOST, KEYED, HEADED, BAKER, OTHER = (f"127.77.29.{number}" for number in range(1, 6))
SECRETS = {
    "password": "passw0rd-zVq7",
    "token": "t0ken-Hk93bQ",
    "header": "bearer-8fJ2mWx",
    "cookie": "c00kie-Lq55Tn",
    "link": "l1nk-Wd02Ry",  # a publisher's own words: the archive keeps them as they came
}
PAGES = sorted((SEEDS / "pages").glob("*.html"))


def guarded(name, secret, body):
    """Answer only who shows a secret; set a cookie."""

    async def handle(request):
        shown = f"{request.headers.get('Authorization')} {request.query_string}"
        if secret not in shown:
            return web.Response(status=401, text=name)
        headers = {"Set-Cookie": f"session={SECRETS['cookie']}", "ETag": '"1"'}
        return web.Response(body=body.encode(), headers=headers)

    return handle


@pytest.fixture
def feeds(tmp_path):
    """Feeds that want secrets, links that carry one, answers that fail."""
    token = SECRETS["link"]
    with LocalServer() as server:
        good = [server.on(HOST, f"/{page.name}", answer(page.read_bytes())) for page in PAGES[:3]]
        links = [
            f"{good[0]}?token={token}",  # becomes an article
            f"{server.url(HOST, '/gone')}?id=1&token={token}",  # a dead letter
            f"{server.url(HOST, '/gone2')}?id=2&api_key={token}",  # the summary stands in
        ]
        server.on(HOST, "/moved", redirect(f"{good[1]}?access_token={token}"))
        items = [
            item(links[0], guid=None),
            item(links[1], guid=links[1]),
            item(links[2], summary=SUMMARY),
            item(server.url(HOST, "/moved")),
        ]
        login = server.on(HOST, "/login", guarded("login", "Basic", rss(items)))
        head = f"<atom:link rel='self' href='/keyed?token={SECRETS['token']}'/>"
        keyed = server.on(
            KEYED, "/keyed", guarded("keyed", SECRETS["token"], rss([item(good[2])], head))
        )
        headed = server.on(
            HEADED, "/headed", guarded("headed", SECRETS["header"], rss([item(good[2])]))
        )
        broken = server.on(BAKER, "/broken", answer("no", 500))
        elsewhere = server.on(OTHER, "/target", answer("no", 404))
        away = server.on(HEADED, "/away", redirect(elsewhere))

        def with_login(url):
            return url.replace("http://", f"http://editor:{SECRETS['password']}@")

        listed = tmp_path / "feeds.toml"
        entries = [
            {"url": with_login(login)},
            {"url": f"{keyed}?token={SECRETS['token']}"},
            {"url": headed, "headers": "${RASD_TEST_SECRET}"},
            {"url": with_login(broken)},
            {"url": away, "headers": "${RASD_TEST_SECRET}"},
        ]
        text = '[publisher]\nname = "ناشر"\n'
        for entry in entries:
            text += f'[[feed]]\nurl = "{entry["url"]}"\n'
            if "headers" in entry:
                text += 'headers = { Authorization = "Bearer ${RASD_TEST_SECRET}" }\n'
        listed.write_text(text, encoding="utf-8")
        yield server, listed, with_login(server.on(HOST, "/plain", answer(rss([item(good[1])]))))


def left_behind(tmp_path, said):
    """Everything that can be read after a run: name -> text."""
    texts = dict(said)
    output = tmp_path / "out"
    data = open_data(str(output))
    for table in TABLES:
        rows = data.sql(f"SELECT * FROM {table}").to_pylist()
        texts[f"table {table}"] = json.dumps(rows, ensure_ascii=False, default=str)
    for path in (output / "_runs").glob("*.json"):
        texts[f"manifest {path.name}"] = path.read_text(encoding="utf-8")
    for path in (tmp_path / "warc").glob("*.gz"):
        with gzip.open(io.BytesIO(path.read_bytes())) as stream:
            texts[f"archive {path.name}"] = stream.read().decode("utf-8", "replace")
    for path in (*output.rglob("*"), *(tmp_path / "warc").rglob("*")):
        texts[f"name {path.name}"] = str(path)
        if path.is_file():
            texts[f"bytes {path.name}"] = path.read_bytes().decode("latin-1")
    return texts


def _kind(told):
    labels = told["logging.googleapis.com/labels"]
    return "libraries" if "logger" in labels else labels.get("stage", "")


def test_r29_no_secret_is_left_behind(feeds, tmp_path, monkeypatch):
    server, listed, plain = feeds
    monkeypatch.setenv("RASD_TEST_SECRET", SECRETS["header"])
    said = {}
    for number, clock in enumerate(("2024-06-01T12:00:00Z", "2024-06-02T12:00:00Z")):
        done = rasd(
            "run", str(listed), plain, "--output", str(tmp_path / "out"),
            "--archive", str(tmp_path / "warc"), "--allow-private-hosts", "--host-delay", "0",
            "--as-of", clock, "--debug", "--log-format", ("text", "json")[number],
        )  # fmt: skip
        said[f"stdout {number}"] = done.stdout.decode()
        said[f"stderr {number}"] = done.stderr.decode()
        assert done.returncode == 0, said
    told = [json.loads(line) for line in said["stderr 1"].splitlines()]
    assert {"libraries", "feeds"} <= {_kind(each) for each in told}, "an object a line, all of it"
    done = rasd("feeds", "check", str(listed), "--allow-private-hosts")
    said |= {"check out": done.stdout.decode(), "check err": done.stderr.decode()}
    texts = left_behind(tmp_path, said)
    hits = {
        (name, where): texts[where].count(secret)
        for name, secret in SECRETS.items()
        for where in texts
        if secret in texts[where] and not (name == "link" and where.startswith("archive"))
    }
    size = sum(map(len, texts.values()))
    print(
        f"\nR29: {len(SECRETS)} secrets, {len(texts)} places, {size} characters: {hits or 0} hits"
    )
    assert not hits

    asked = [hit for hit in server.hits if hit.path != "/robots.txt"]
    shown = {
        name: sum(SECRETS[name] in f"{hit.headers} {hit.path}" for hit in asked) for name in SECRETS
    }
    assert shown["token"], "the key never reached its host"
    assert shown["header"]
    assert shown["link"]
    assert not shown["password"], "a password was sent in the clear"
    assert not shown["cookie"], "a cookie was sent back"
    assert not [hit for hit in server.requests(OTHER) if "Authorization" in hit.headers]
    assert all("Authorization" not in hit.headers for hit in server.requests(HOST, "/moved"))

    rows = open_data(str(tmp_path / "out"))
    articles = rows.sql("SELECT url, extractor FROM articles").to_pylist()
    assert len(articles) == 5  # three pages and the two that were moved to or stood in for
    letters = rows.sql("SELECT url, reason FROM dead_letters").to_pylist()
    assert any("***" in (row["url"] or "") for row in letters)
    again = [hit for hit in asked if hit.path.startswith(f"/{PAGES[0].name}")]
    assert len(again) == 1, "an entry whose link carries a secret was not known again"
    health = rows.sql("SELECT feed_url, health FROM feeds").to_pylist()
    assert {row["health"] for row in health} >= {"unchanged", "failed"}


def test_r29_given_documents_leave_none_either(tmp_path):
    """Prefetched lines, good, refused and broken, and a saved feed whose addresses carry keys."""
    site, token, password = "https://news.example", SECRETS["token"], SECRETS["password"]
    text = "تظاهر المئات في بيروت اليوم الثلاثاء احتجاجاً على الغلاء وارتفاع أسعار الوقود."
    keyed = {"url": f"{site}/a?token={token}", "feed_url": f"{site}/rss?token={token}"}
    login = {"url": f"{site}/b?id=2&token={token}", "feed_url": f"https://me:{password}@n.example/"}
    lines = [json.dumps(keyed | {"body": text}), json.dumps(login | {"html": "<p></p>"})]
    broken = f'{{"url": "{site}/c?token={token}", broken'
    given = tmp_path / "given"
    given.mkdir()
    (given / "docs.jsonl").write_text("\n".join([*lines, broken]), encoding="utf-8")
    head = f"<atom:link rel='self' href='{site}/saved?token={token}'/>"
    saved = rss([item(f"{site}/d?token={token}", guid=None)], head)
    (given / "saved.xml").write_text(saved, encoding="utf-8")
    done = rasd("run", str(given), "--output", str(tmp_path / "out"), "--offline", "--debug")
    assert done.returncode == 0, done.stderr.decode()
    texts = left_behind(tmp_path, {"out": done.stdout.decode(), "err": done.stderr.decode()})
    hits = {where for where in texts if token in texts[where] or password in texts[where]}
    assert not hits
    letters = open_data(str(tmp_path / "out")).sql("SELECT payload FROM dead_letters").to_pylist()
    assert sum("***" in (row["payload"] or "") for row in letters) >= 2


def test_r29_a_story_number_is_no_secret(tmp_path):
    """Old news sites number their stories in parameters that elsewhere name secrets."""
    with LocalServer() as server:
        urls = []
        for number, page in enumerate(PAGES[:3]):
            path = f"/modules.php?name=News&sid={number + 100}"
            urls.append(server.on(HOST, path, answer(page.read_bytes())))
        feed = server.on(HOST, "/rss", answer(rss(item(url) for url in urls)))
        done = rasd(
            "run", feed, "--output", str(tmp_path / "out"), "--allow-private-hosts",
            "--host-delay", "0",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    rows = open_data(str(tmp_path / "out")).sql("SELECT page_id FROM articles").to_pylist()
    assert len({row["page_id"] for row in rows}) == 3


def declaring(page, url):
    """A page that claims an address."""
    claims = f"<link rel='canonical' href='{url}'><meta property='og:url' content='{url}'>"
    text = page.decode()
    at = text.index("<head>") + len("<head>")
    return (text[:at] + claims + text[at:]).encode()


def test_r29_an_address_that_a_page_declares_shows_no_secret(tmp_path):
    """A page says itself where it lies: in a feed, in a file, in a prefetched line, as none."""
    token = SECRETS["link"]
    out, given = tmp_path / "out", tmp_path / "given"
    given.mkdir()
    names = ("dakar-riots", "rabat-march", "doha-mediation")
    bodies = [(SEEDS / "pages" / f"{name}.html").read_bytes() for name in names]
    with LocalServer() as server:
        claimed = [server.url(HOST, f"/{n}.html?id={n}&token={token}") for n in range(4)]
        live = server.on(HOST, "/0.html", answer(declaring(bodies[0], claimed[0])))
        feed = server.on(HOST, "/rss", answer(rss([item(live)])))
        (given / "saved.html").write_bytes(declaring(bodies[1], claimed[1]))
        (given / "none.html").write_bytes(
            f"<html><head><link rel=canonical href='{claimed[3]}'></head><p>.</p></html>".encode()
        )
        line = {"id": "2", "url": claimed[2], "html": declaring(bodies[2], claimed[2]).decode()}
        (given / "lines.jsonl").write_text(json.dumps(line), encoding="utf-8")
        done = rasd(
            "run", str(given), feed, "--output", str(out), "--allow-private-hosts",
            "--host-delay", "0",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    shown = rasd("explain", str(given / "saved.html"), "--json")
    lines = rasd("explain", str(given / "lines.jsonl"), "--jsonl")
    rows = open_data(str(out)).sql("SELECT url, canonical_url, page_id, article_id FROM articles")
    articles = rows.to_pylist()
    letters = open_data(str(out)).sql("SELECT url FROM dead_letters").to_pylist()
    texts = left_behind(tmp_path, {
        "said": (done.stdout + done.stderr).decode(),
        "explained": (shown.stdout + shown.stderr).decode(),
        "lines": (lines.stdout + lines.stderr).decode(),
    })  # fmt: skip
    hits = {where: text.count(token) for where, text in texts.items() if token in text}
    print(f"\nR29: {len(articles)} pages declare a key, {hits or 0} hits; letters {letters}")
    assert not hits
    assert len(articles) == 3
    assert len({row["page_id"] for row in articles}) == 3
    for row in articles:
        assert "***" in row["canonical_url"]
        assert row["page_id"] == content_id(row["canonical_url"])
    assert len(letters) == 1
    assert "***" in letters[0]["url"]
    explained = json.loads(shown.stdout)["article"]
    assert explained["article_id"] in {row["article_id"] for row in articles}
