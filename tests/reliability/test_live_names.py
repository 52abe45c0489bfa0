"""What a feed needs to be asked with: its own state a key, and its own failure without one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from http_faults import answer, conditional
from http_server import LocalServer
from live_feeds import NOON, item, rss, run_here, table
from pipeline_helpers import SEEDS, rasd

from transforms.text.redact import feed_name

pytestmark = pytest.mark.reliability

HOST = "127.77.34.1"
PAGES = [page.read_bytes() for page in sorted((SEEDS / "pages").glob("*.html"))[:3]]
KEYS = ("k3y-one-Vb71", "k3y-two-Xz09")


def everything(out):
    """All bytes of an output."""
    return b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())


def test_feeds_that_differ_in_their_key_only_have_states_of_their_own(tmp_path):
    out, listed = tmp_path / "out", tmp_path / "feeds.txt"
    with LocalServer() as server:
        pages = [server.on(HOST, f"/{n}.html", answer(page)) for n, page in enumerate(PAGES)]
        lists = ([pages[0], pages[1]], [pages[2]])
        urls = []
        for key, links in zip(KEYS, lists, strict=True):
            handler = conditional(rss(map(item, links)), etag=f'"{key[:7]}"')
            urls.append(server.on(HOST, f"/rss?token={key}", handler))
        listed.write_text("\n".join(urls), encoding="utf-8")
        first = run_here(out, str(listed))
        hits = len(server.hits)
        second = run_here(out, str(listed), now=NOON + timedelta(hours=25))
        again = [hit for hit in server.hits[hits:] if hit.path.startswith("/rss")]
    names = [row["feed_url"] for row in table(out, "SELECT feed_url FROM feeds ORDER BY 1")]
    assert names == sorted(feed_name(url) for url in urls)
    assert len(set(names)) == 2
    assert all(name.startswith(server.url(HOST, "/rss?token=***#")) for name in names)
    seen = table(out, "SELECT feed_url, url FROM appearances")
    assert {(row["feed_url"], row["url"]) for row in seen} == {
        (feed_name(url), link) for url, links in zip(urls, lists, strict=True) for link in links
    }
    # Each is asked with its own validator, so that both can answer 304.
    assert {hit.path[-12:]: hit.headers.get("If-None-Match") for hit in again} == {
        key: f'"{key[:7]}"' for key in KEYS
    }
    health = table(out, "SELECT health FROM feeds")
    assert [row["health"] for row in health] == ["not_modified"] * 2
    assert (first.articles, second.articles) == (3, 0)
    kept = everything(out) + json.dumps([first.manifest, second.manifest]).encode()
    assert not [key for key in KEYS if key.encode() in kept]


@pytest.fixture
def lists(tmp_path):
    """A list of one good feed and one whose header needs a variable; the server, and both URLs."""
    with LocalServer() as server:
        page = server.on(HOST, "/0.html", answer(PAGES[0]))
        other = server.on(HOST, "/1.html", answer(PAGES[1]))
        good = server.on(HOST, "/good", answer(rss([item(page)])))
        keyed = server.on(HOST, "/keyed", answer(rss([item(other)])))
        listed = tmp_path / "feeds.toml"
        listed.write_text(
            f'[publisher]\nname = "ناشر"\n[[feed]]\nurl = "{good}"\n[[feed]]\nurl = "{keyed}"\n'
            'headers = { Authorization = "Bearer ${RASD_TEST_UNSET}" }\n',
            encoding="utf-8",
        )
        yield server, listed, good, keyed


def test_a_header_without_its_secret_costs_its_feed_only(lists, tmp_path, monkeypatch):
    server, listed, good, keyed = lists
    monkeypatch.delenv("RASD_TEST_UNSET", raising=False)
    out = tmp_path / "out"
    arguments = (
        "run", str(listed), "--output", str(out), "--allow-private-hosts", "--host-delay", "0",
        "--as-of",
    )  # fmt: skip
    done = rasd(*arguments, NOON.isoformat())
    assert done.returncode == 0, done.stderr.decode()
    letters = table(out, "SELECT stage, reason, detail, url, feed_url FROM dead_letters")
    assert letters == [
        {
            "stage": "feeds",
            "reason": "not_fetched",
            "detail": "not_fetched: its header Authorization needs the environment variable"
            " RASD_TEST_UNSET, which is not set",
            "url": keyed,
            "feed_url": keyed,
        }
    ]
    health = table(out, "SELECT feed_url, health FROM feeds ORDER BY feed_url")
    assert health == [
        {"feed_url": good, "health": "new"},
        {"feed_url": keyed, "health": "failed"},
    ]
    assert not server.requests(HOST, "/keyed")
    assert len(table(out, "SELECT 1 FROM articles")) == 1

    checked = rasd("feeds", "check", str(listed), "--format", "json", "--allow-private-hosts")
    assert checked.returncode == 0
    rows = {row["url"]: row for row in map(json.loads, checked.stdout.splitlines())}
    assert rows[good]["outcome"] == "ok"
    assert rows[keyed]["outcome"] == "not_fetched"
    assert "RASD_TEST_UNSET" in rows[keyed]["advice"]

    # Nobody was asked, so nothing is to be waited for once the variable is there.
    monkeypatch.setenv("RASD_TEST_UNSET", "s3cret-Wq81")
    done = rasd(*arguments, (NOON + timedelta(minutes=1)).isoformat())
    assert done.returncode == 0, done.stderr.decode()
    assert [hit.headers["Authorization"] for hit in server.requests(HOST, "/keyed")] == [
        "Bearer s3cret-Wq81"
    ]
    assert len(table(out, "SELECT 1 FROM articles")) == 2
    assert b"s3cret-Wq81" not in everything(out) + done.stderr


def test_feeds_are_parsed_within_the_limits_of_the_run(tmp_path):
    """Ten thousand entries take no worker less than a twentieth of a second."""
    body = rss(
        item(f"https://news.example/{number}", summary="خبر " * 50) for number in range(9999)
    )
    saved, listed = tmp_path / "saved.xml", tmp_path / "feeds.txt"
    saved.write_text(body, encoding="utf-8")
    with LocalServer() as server:
        listed.write_text(server.on(HOST, "/slow", answer(body)), encoding="utf-8")
        run_here(tmp_path / "out", str(saved), str(listed), options=["--page-timeout", "0.05"])
    letters = table(tmp_path / "out", "SELECT url, reason, detail FROM dead_letters ORDER BY url")
    print(f"\n{letters}")
    assert [row["reason"] for row in letters] == ["too_slow", "too_slow"]
    assert all("took more than 0.05 s" in row["detail"] for row in letters)
