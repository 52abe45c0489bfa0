"""A wave of big feeds needs the memory of a few of them, and comes out in the same order."""

from __future__ import annotations

import gc

import pytest
from http_faults import answer
from http_server import LocalServer
from live_feeds import NOON, rss, settings

from pipeline.polling.history import FeedHistory
from pipeline.polling.poller import Poller
from pipeline.polling.request import Answer, FeedRequester
from pipeline.sources.spool import Spool
from pipeline.workers.pool import Workers
from transforms.fetch.crawl import READY_BYTES, Fetched
from transforms.records import Feed, ParsedFeed

pytestmark = pytest.mark.reliability

HOSTS, PARSERS, SIZE = 8, 2, 1_000_000
TEXT = "قال مسؤولون إن الاجتماع عقد في العاصمة وناقش الأوضاع في المنطقة. "
ITEM = (
    "<item><title>خبر</title><link>https://news.example/{number}</link>"
    "<content:encoded>{text}</content:encoded></item>"
)


def big_feed():
    """A feed of some megabyte in four entries."""
    text = TEXT * (SIZE // 4 // len(TEXT.encode()))
    body = rss(ITEM.format(number=number, text=text) for number in range(4))
    named = "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/' "
    return body.replace("<rss ", named).encode()


class Counting(FeedRequester):
    """Counts what is in memory whenever an answer is put aside."""

    bodies = feeds = 0

    def put_aside(self, record):
        """Count, and put the record aside."""
        held = [each for each in gc.get_objects() if isinstance(each, Fetched | ParsedFeed)]
        bodies = sum(len(each.response.body) for each in held if isinstance(each, Fetched))
        self.bodies = max(self.bodies, bodies)
        self.feeds = max(self.feeds, sum(isinstance(each, ParsedFeed) for each in held))
        return super().put_aside(record)


def test_a_wave_of_big_feeds_takes_the_memory_of_a_few(tmp_path, sized):
    count = sized(6, 40) * HOSTS
    body = big_feed()
    with LocalServer() as server, Spool(tmp_path) as aside:
        urls = [
            server.on(f"127.77.33.{1 + number % HOSTS}", f"/{number}", answer(body))
            for number in range(count)
        ]
        feeds = [Feed(url) for url in urls]
        memory = FeedHistory(None, NOON)
        memory.recall(feeds)
        asker = Counting(settings(NOON), Workers(PARSERS), aside)
        polled = []
        for each in Poller(asker, now=NOON).poll(feeds, memory):
            assert len(each.entries) == 4
            polled.append(each.feed.url)
    came = count * len(body)
    print(
        f"\n{count} feeds, {came / 1e6:.0f} MB: {asker.bodies / 1e6:.1f} MB of bodies and"
        f" {asker.feeds} parsed feeds held at the most"
    )
    assert polled == sorted(urls), "the order they came in shows"
    # Those that wait to be read, one on its way from each host, those that are being parsed.
    assert asker.bodies <= READY_BYTES + (HOSTS + PARSERS + 1) * len(body) < came
    assert asker.feeds <= PARSERS + 1


def test_an_answer_that_is_put_aside_comes_back_whole(tmp_path):
    with LocalServer() as server, Spool(tmp_path) as aside:
        url = server.on("127.77.33.1", "/rss", answer(rss([])))
        memory = FeedHistory(None, NOON)
        memory.recall([Feed(url)])
        asker = FeedRequester(settings(NOON), Workers(1), aside)
        wanted = {url: [(Feed(url, publisher="ناشر"), memory.states[url])] * 2}
        found = list(asker.ask(wanted, "feed"))
    assert [type(each) for each in found] == [Answer, Answer]
    assert {each.feed.publisher for each in found} == {"ناشر"}
    assert {each.fetched.response.body for each in found} == {rss([]).encode()}
    assert {each.parsed.kind for each in found if each.parsed} == {"rss"}
