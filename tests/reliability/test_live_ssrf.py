"""R06: no URL that a stranger writes leads a run to a forbidden address, whichever way it comes.

R06 (docs/reliability.md): such an address in an article link, a self link, a redirect,
    robots.txt, a sitemap, a canonical, an image.
"""

from __future__ import annotations

import pytest
from http_faults import answer, redirect
from http_server import LocalServer, tapped
from live_feeds import counts, item, rss, run_here, table
from pipeline_helpers import SEEDS

pytestmark = pytest.mark.reliability

HOST = "127.77.6."
CANARY = "127.0.0.1"
PAGE = (SEEDS / "pages" / "rabat-march.html").read_text(encoding="utf-8")


def targets(port):
    """Forbidden addresses, in many spellings; the first ones would reach the canary."""
    return [
        f"http://127.0.0.1:{port}/canary",
        f"http://localhost:{port}/canary",
        f"http://2130706433:{port}/canary",
        f"http://0x7f.1:{port}/canary",
        f"http://0177.0.0.1:{port}/canary",
        f"http://[::ffff:127.0.0.1]:{port}/canary",
        f"http://127.0.0.1.:{port}/canary",
        f"http://0.0.0.0:{port}/canary",
        f"http://127.1.2.3:{port}/canary",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://10.0.0.1/canary",
        "http://[::1]/canary",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/_x",
    ]


def in_page(head):
    return PAGE.replace("</head>", f"{head}</head>", 1)


def article_links(server, target, host):
    return server.on(host, "/rss", answer(rss([item(target)])))


def redirects(server, target, host):
    hop = server.on(host, "/hop", redirect(target))
    first = server.on(host, "/first", redirect(hop, 301))
    return server.on(host, "/rss", answer(rss([item(hop), item(first)])))


def feed_redirects(server, target, host):
    return server.on(host, "/rss", redirect(target))


def feed_self_links(server, target, host):
    page = server.on(host, "/page", answer(PAGE))
    head = (
        f'<atom:link rel="self" href="{target}"/><atom:link rel="hub" href="{target}"/>'
        f"<link>{target}</link><image><url>{target}</url><link>{target}</link></image>"
    )
    return server.on(host, "/rss", answer(rss([item(page)], head)))


def robots_redirects(server, target, host):
    page = server.on(host, "/page", answer(PAGE))
    server.on(host, "/robots.txt", redirect(target))
    return server.on(host, "/rss", answer(rss([item(page)])))


def robots_sitemaps(server, target, host):
    page = server.on(host, "/page", answer(PAGE))
    server.robots(host, f"Sitemap: {target}\nUser-agent: *\nAllow: /\n")
    return server.on(host, "/rss", answer(rss([item(page)])))


def sitemap_children(server, target, host):
    body = (
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{target}</loc></sitemap></sitemapindex>"
    )
    return server.on(host, "/sitemap.xml", answer(body))


def sitemap_entries(server, target, host):
    body = (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{target}</loc></url></urlset>"
    )
    return server.on(host, "/sitemap.xml", answer(body))


def canonicals(server, target, host):
    page = server.on(
        host,
        "/page",
        answer(
            in_page(
                f'<link rel="canonical" href="{target}"><link rel="amphtml" href="{target}">'
                f'<base href="{target}"><meta property="og:url" content="{target}">'
                f'<meta http-equiv="refresh" content="0;url={target}">'
            )
        ),
    )
    return server.on(host, "/rss", answer(rss([item(page)])))


def images(server, target, host):
    page = server.on(
        host,
        "/page",
        answer(
            in_page(
                f'<meta property="og:image" content="{target}"><link rel="icon" href="{target}">'
            )
        ),
    )
    enclosed = item(page).replace(
        "</item>",
        f'<enclosure url="{target}" type="audio/mpeg" length="9"/>'
        f"<comments>{target}</comments></item>",
    )
    return server.on(host, "/rss", answer(rss([enclosed])))


def announced(server, target, host):
    return server.on(
        host,
        "/",
        answer(
            f'<html><head><link rel="alternate" type="application/rss+xml" href="{target}">'
            "</head><body>صفحة</body></html>"
        ),
    )


def entities(server, target, host):
    body = rss([item(server.on(host, "/page", answer(PAGE)))]).replace(
        "<rss",
        f'<!DOCTYPE rss [<!ENTITY e SYSTEM "{target}">]><?xml-stylesheet href="{target}"?><rss',
        1,
    )
    return server.on(host, "/rss", answer(body))


WAYS = [
    article_links, redirects, feed_redirects, feed_self_links, robots_redirects, robots_sitemaps,
    sitemap_children, sitemap_entries, canonicals, images, announced, entities,
]  # fmt: skip


def test_r06_no_way_leads_to_a_forbidden_address(tmp_path):
    feeds, way_of = tmp_path / "feeds.txt", {}
    with LocalServer() as server:
        server.on(CANARY, "/canary", answer(rss([])))
        urls = []
        for number, way in enumerate(WAYS):
            for place, target in enumerate(targets(server.port)):
                host = f"127.77.{60 + number}.{place + 1}"
                urls.append(way(server, target, host))
                way_of[host] = way.__name__
        feeds.write_text("\n".join(urls), encoding="utf-8")
        with tapped(server) as wire:
            run_here(tmp_path / "out", str(feeds), options=("--archive", str(tmp_path / "warc")))
        strangers = [hit for hit in server.hits if not hit.host.startswith("127.77.")]
        reached = {way_of[hit.host] for hit in server.hits if hit.host in way_of}
        port = server.port
    letters = table(tmp_path / "out", "SELECT reason FROM dead_letters")
    log = table(tmp_path / "out", "SELECT outcome FROM fetch_log")
    print(
        f"\nR06: {len(WAYS)} ways x {len(targets(port))} addresses: {len(strangers)} requests,"
        f" {len(wire.forbidden)} connects to a forbidden one; dead letters"
        f" {counts(letters, 'reason')}; requests {counts(log, 'outcome')}"
    )
    assert strangers == []
    assert wire.forbidden == []
    assert reached == {way.__name__ for way in WAYS}, "a way was never tried"
    assert counts(log, "outcome").get("blocked_address", 0) >= 5 * 12
    articles = table(tmp_path / "out", "SELECT url, canonical_url FROM articles")
    ways = ("robots_sitemaps", "canonicals", "images", "entities", "feed_self_links")
    good = [row for row in articles if way_of.get(row["url"].split("/")[2].split(":")[0]) in ways]
    assert len(good) == len(ways) * len(targets(port)), "a good page was blocked, too"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
def test_r06_a_named_forbidden_feed_is_refused(tmp_path, host):
    with LocalServer() as server, tapped(server) as wire:
        run_here(tmp_path / "out", f"http://{host}:{server.port}/canary")
        assert server.hits == []
    assert wire.attempts == []
    (letter,) = table(tmp_path / "out", "SELECT reason FROM dead_letters")
    assert letter["reason"] == "blocked_address"
