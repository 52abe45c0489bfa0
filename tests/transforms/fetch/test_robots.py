# ruff: noqa: E501 - a case a line reads best
"""What a robots.txt allows: the rules of RFC 9309 as Google's parser reads them (R30).

R30 (docs/reliability.md): Google's cases of robots.txt, and status codes.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from transforms.fetch.messages import Response
from transforms.fetch.robots import (
    MAX_BYTES,
    RobotsCache,
    origin_of,
    parse_robots,
    policy_of,
    policy_of_log,
)
from transforms.records import FetchLog

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)

# (what is shown, robots.txt, path, whether it may be fetched)
CASES = [
    ("an empty file", "", "/x", True),
    ("a simple rule", "user-agent: rasd\ndisallow: /", "/x", False),
    ("a rule for others", "user-agent: other\ndisallow: /", "/x", True),
    ("no group", "disallow: /", "/x", True),
    ("unknown key", "foo: rasd\nbar: /", "/x", True),
    ("any case of keys", "USER-AGENT: rasd\nDISALLOW: /x", "/x", False),
    ("any case of the agent", "user-agent: RaSd\ndisallow: /x", "/x", False),
    ("case of paths matters", "user-agent: rasd\ndisallow: /X", "/x", True),
    ("a version behind the agent", "user-agent: rasd/2.0\ndisallow: /x", "/x", False),
    ("words behind the agent", "user-agent: rasd bot\ndisallow: /x", "/x", False),
    ("a longer name is another", "user-agent: rasdnews\ndisallow: /x", "/x", True),
    ("a part of the name is another", "user-agent: ras\ndisallow: /x", "/x", True),
    ("spaces for the colon", "user-agent rasd\ndisallow /x", "/x", False),
    ("spaces everywhere", "  user-agent :  rasd \n\tdisallow :\t/x ", "/x", False),
    ("CR alone ends a line", "user-agent: rasd\rdisallow: /x\r", "/x", False),
    ("CRLF", "user-agent: rasd\r\n\r\ndisallow: /x\r\n", "/x", False),
    ("BOM", "\ufeffuser-agent: rasd\ndisallow: /x", "/x", False),
    ("comments", "user-agent: rasd # us\ndisallow: /x # no\n# allow: /x", "/x", False),
    ("everybody", "user-agent: *\ndisallow: /x", "/x", False),
    ("a star with a comment", "user-agent: * # all\ndisallow: /x", "/x", False),
    ("a star glued to a name", "user-agent: *bot\ndisallow: /x", "/x", True),
    ("ours wins", "user-agent: *\ndisallow: /\nuser-agent: rasd\nallow: /", "/x", True),
    ("ours wins, in any order", "user-agent: rasd\nallow: /\nuser-agent: *\ndisallow: /", "/x", True),
    ("ours, though it says nothing", "user-agent: rasd\ndisallow:\n\nuser-agent: *\ndisallow: /", "/x", True),
    ("two agents, one group", "user-agent: a\nuser-agent: rasd\ndisallow: /x", "/x", False),
    ("groups of one agent add up", "user-agent: rasd\ndisallow: /a\nuser-agent: b\ndisallow: /b\nuser-agent: rasd\ndisallow: /x", "/x", False),
    ("an empty line ends no group", "user-agent: rasd\n\ndisallow: /x", "/x", False),
    ("an empty disallow ends the agents", "user-agent: b\ndisallow:\nuser-agent: rasd\ndisallow: /x", "/x", False),
    ("a sitemap ends no agents", "user-agent: rasd\nsitemap: https://a.test/s\nuser-agent: *\ndisallow: /", "/x", False),
    ("an unknown line neither", "user-agent: rasd\nnonsense: x\nuser-agent: *\ndisallow: /", "/x", False),
    ("the longest match wins", "user-agent: *\ndisallow: /x\nallow: /x/page", "/x/page.html", True),
    ("the longest match, turned", "user-agent: *\nallow: /x\ndisallow: /x/page", "/x/page.html", False),
    ("allow wins a draw", "user-agent: *\ndisallow: /x\nallow: /x", "/x", True),
    ("the shorter allow loses", "user-agent: *\nallow: /p\ndisallow: /", "/page", True),
    ("a prefix", "user-agent: *\ndisallow: /fish", "/fish.html", False),
    ("not a prefix", "user-agent: *\ndisallow: /fish/", "/fish", True),
    ("a star", "user-agent: *\ndisallow: /*.php", "/a/b.php?x=1", False),
    ("a star matches nothing too", "user-agent: *\ndisallow: /fish*", "/fish", False),
    ("an end", "user-agent: *\ndisallow: /*.php$", "/a.php", False),
    ("an end that is none", "user-agent: *\ndisallow: /*.php$", "/a.php?x", True),
    ("a dollar in the middle", "user-agent: *\ndisallow: /a$b", "/a$b", False),
    ("two stars", "user-agent: *\ndisallow: /a*b*c", "/a-b-c", False),
    ("stars in order", "user-agent: *\ndisallow: /a*b*c", "/a-c-b", True),
    ("the query counts", "user-agent: *\ndisallow: /*?print=", "/a?print=1", False),
    ("index.html stands for its folder", "user-agent: *\nallow: /x/index.html\ndisallow: /x", "/x/", True),
    ("escapes and letters are the same", "user-agent: *\ndisallow: /خبر", "/%D8%AE%D8%A8%D8%B1", False),
    ("escapes of either case", "user-agent: *\ndisallow: /%d8%ae", "/%D8%AE", False),
    ("an escaped slash is none", "user-agent: *\ndisallow: /a%2Fb", "/a/b", True),
    ("a path without slash never matches", "user-agent: *\ndisallow: x", "/x", True),
    ("robots.txt itself", "user-agent: *\ndisallow: /", "/robots.txt", True),
    ("sloppy spelling", "user-agent: *\ndissallow: /x", "/x", False),
    ("HTML instead", "<!doctype html><html><body>not here</body></html>", "/x", True),
    ("NUL and noise", "\x00\x01user-agent: *\n\x00disallow: /", "/x", True),
    ("separators of other alphabets end no line", "user-agent: *\ndisallow: /y\u2028disallow: /x", "/x", True),
]  # fmt: skip


@pytest.mark.reliability
def test_r30_rules(capsys):
    wrong = [
        what
        for what, text, path, allowed in CASES
        if parse_robots(text.encode()).allows(f"https://a.test{path}") is not allowed
    ]
    with capsys.disabled():
        print(f"\nR30: {len(CASES) - len(wrong)} of {len(CASES)} robots cases right")
    assert not wrong


# (status, reason of the response, whether a page may be fetched, its reason if not)
STATUSES = [
    (200, None, True, None),
    (204, None, True, None),
    (400, "http_4xx", True, None),
    (401, "http_4xx", True, None),
    (403, "http_4xx", True, None),
    (404, "http_4xx", True, None),
    (410, "http_4xx", True, None),
    (429, "http_4xx", False, "robots_denied"),
    (500, "http_5xx", False, "robots_denied"),
    (503, "http_5xx", False, "robots_denied"),
    (302, "redirect", True, None),
    (None, "dns", False, "dns"),
    (None, "connect", False, "connect"),
    (None, "tls", False, "tls"),
    (None, "timeout", False, "timeout"),
    (200, "truncated", False, "robots_denied"),
    (302, "blocked_address", False, "blocked_address"),
]


@pytest.mark.parametrize(("status", "reason", "allowed", "why"), STATUSES)
def test_what_an_answer_means(status, reason, allowed, why):
    url = "https://a.test/robots.txt"
    policy = policy_of(Response(url, url, status, reason=reason))
    assert policy.allows("https://a.test/x") is allowed
    assert policy.allows(url)
    if why:
        assert policy.reason == why


@pytest.mark.reliability
def test_r30_hostile_files(sized, capsys):
    size = MAX_BYTES * sized(2, 20)
    many = range(40_000)
    files = {
        "one line": "user-agent: *\ndisallow: /" + "a" * size,
        "no line": "x" * size,
        "groups": "\n".join(f"user-agent: a{i}" for i in many) + "\ndisallow: /x",
        "groups of rules": "\n".join(f"user-agent: a{i}\ndisallow: /{i}" for i in many),
        "rules": "user-agent: *\n" + "\n".join(f"disallow: /{i}" for i in many),
        "stars": "user-agent: *\n" + "\n".join(f"disallow: /{'*a' * 40}{i}$" for i in many),
        "a long star": "user-agent: *\ndisallow: /" + "*a" * size,
        "escapes": "user-agent: *\n" + "\n".join(f"disallow: /%d8%ae{i}خ" for i in many),
        "our groups": "user-agent: rasd\ndisallow: /x\n" * 30_000,
        "colons": ":" * size,
        "spaces": " " * size + "\n" + "user-agent:" + " " * size,
        "line ends": "\r\n" * size,
        "sitemaps": "\n".join(f"sitemap: https://a.test/{i}" for i in many),
        "bytes": "\ufffd" * (size // 3),
        "one rule": "user-agent: *\n" + "disallow: /x\n" * 40_000,
        "delays": "user-agent: *\n" + "crawl-delay: 1\n" * 40_000,
        "delay": "user-agent: *\ncrawl-delay: " + "9" * size,
    }
    worst = {}
    url = "https://a.test/" + "a" * 2000
    tracer = sys.gettrace()
    sys.settrace(None)  # not what coverage costs
    for name, text in files.items():
        data = text.encode()
        spent = []
        for _ in range(5):
            started = time.process_time()
            parse_robots(data).allows(url)
            spent.append(time.process_time() - started)
        worst[name] = min(spent) * 1000
    sys.settrace(tracer)
    name = max(worst, key=worst.__getitem__)
    with capsys.disabled():
        print(f"\nR30: {len(files)} hostile robots.txt, the slowest ({name}) {worst[name]:.0f} ms")
    assert worst[name] <= 50


def test_delays_and_sitemaps():
    text = "sitemap: https://a.test/s.xml\nuser-agent: *\ncrawl-delay: 2.5\ndisallow: /x"
    policy = parse_robots(text.encode())
    assert (policy.crawl_delay, policy.sitemaps) == (2.5, ("https://a.test/s.xml",))
    ours = parse_robots(f"{text}\nuser-agent: rasd\ncrawl-delay: 7".encode())
    assert ours.crawl_delay == 7
    assert ours.allows("https://a.test/x")
    for value in ("x", "-1", "inf", "nan", ""):
        assert parse_robots(f"user-agent: *\ncrawl-delay: {value}".encode()).crawl_delay is None


def test_the_end_of_a_long_file_is_not_read():
    text = b"user-agent: *\n" + b"#" * MAX_BYTES + b"\ndisallow: /"
    assert parse_robots(text).allows("https://a.test/x")


def test_policies_are_kept_for_a_time():
    cache = RobotsCache(keep_seconds=100, retry_seconds=10, most=2)
    good, bad = parse_robots(b""), policy_of(Response("", "", 500, reason="http_5xx"))
    cache.put("https://a.test", good, now=0)
    cache.put("https://b.test", bad, now=0)
    assert cache.get("https://a.test", 99) is good
    assert cache.get("https://a.test", 100) is None
    assert cache.get("https://b.test", 9) is bad
    assert cache.get("https://b.test", 10) is None
    cache.put("https://c.test", good, now=50)
    assert cache.get("https://a.test", 51) is None, "the oldest goes first"
    assert cache.get("https://c.test", 51) is good


def row(outcome="ok", status=200, robots=None):
    """A request for a robots.txt, as fetch_log keeps it."""
    url = "https://a.test/robots.txt"
    return FetchLog(url, "robots", NOON, outcome, status=status, robots=robots)


def test_what_is_kept_of_a_file_says_what_the_file_said():
    delays = ["2.5", "1e-7", "0.12345678901234567", "60"]
    more = [
        ("", f"user-agent: *\ncrawl-delay: {each}\ndisallow: /x", "/x", False) for each in delays
    ]
    for what, text, path, allowed in (*CASES, *more):
        policy = parse_robots(text.encode())
        again = policy_of_log(row(robots=policy.text))
        assert again.allows(f"https://a.test{path}") is allowed, what
        assert again.text == policy.text, what
        if policy.crawl_delay is None:
            assert again.crawl_delay is None
        else:
            assert again.crawl_delay == pytest.approx(policy.crawl_delay)


@pytest.mark.parametrize(
    ("outcome", "status", "allowed"),
    [("http_4xx", 404, True), ("redirect", 302, True), ("http_4xx", 429, False),
     ("http_5xx", 503, False), ("dns", None, False), ("too_large", 200, False)],
)  # fmt: skip
def test_what_the_log_says_of_a_file_that_could_not_be_had(outcome, status, allowed):
    policy = policy_of_log(row(outcome, status))
    assert policy.allows("https://a.test/x") is allowed
    if outcome == "dns":
        assert policy.reason == "dns"


def test_a_row_that_does_not_tell_is_no_answer():
    assert policy_of_log(row()) is None, "an older row, without the rules"
    assert policy_of_log(row("soft_empty")) is None


def test_a_cache_starts_with_what_the_log_knows():
    old = row(robots="User-agent: rasd\ndisallow: /")
    new = replace(old, started_at=NOON + timedelta(hours=1), robots="User-agent: rasd")
    cache = RobotsCache([new, old])
    then = new.started_at.timestamp()
    assert cache.get("https://a.test", then + 86_399).allows("https://a.test/x"), (
        "the latest counts"
    )
    assert RobotsCache([new, old]).get("https://a.test", then + 86_400) is None
    assert (
        RobotsCache([row("http_5xx", 500)]).get("https://a.test", NOON.timestamp() + 1800) is None
    )


def test_an_origin_has_its_own():
    assert origin_of("https://a.test:8443/x?y#z") == "https://a.test:8443"
