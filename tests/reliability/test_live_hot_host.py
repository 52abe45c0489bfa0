"""R24: one publisher has most of the work; the pages of the others come as if it were not there.

R24 is the number of the hot key in the list of reliability tests. Places in the order of requests
are counted, not seconds: they do not depend on how busy the machine is.
"""

from __future__ import annotations

import pytest
from http_faults import answer
from http_server import GUARD, LocalServer
from live_feeds import NOON

from transforms.fetch.messages import Request
from transforms.fetch.politeness import Manners
from transforms.fetch.run import FetchSettings, fetch_all


def last_places(hot: int, hosts: int, pages: int) -> tuple[int, int]:
    """Fetch and return the place of the others' 99th of a hundred requests, and all requests."""
    with LocalServer(fallback=answer("<p>خبر</p>")) as server:
        todo = [Request(server.url("hot.com", f"/{number}")) for number in range(hot)]
        todo += [
            Request(server.url(f"h{host}.com", f"/{page}"))
            for host in range(hosts)
            for page in range(pages)
        ]
        settings = FetchSettings(
            NOON,
            guard=GUARD,
            resolve=server.resolve,
            manners=Manners(delay_seconds=0.0, backoff_seconds=0.05),
        )
        found = fetch_all(todo, settings)
        assert len(found) == len(todo)
        assert all(each.response.status == 200 for each in found)
        others = [place for place, hit in enumerate(server.hits) if hit.host != "hot.com"]
        return others[int(len(others) * 0.99)], len(server.hits)


@pytest.mark.reliability
def test_r24_a_hot_host_does_not_hold_up_the_others(sized):
    hosts, pages = sized(20, 100), sized(10, 80)
    alone, _ = last_places(0, hosts, pages)
    hot = hosts * pages * 3 // 2  # 60 % of all
    beside, total = last_places(hot, hosts, pages)
    print(
        f"R24: {hosts * pages} pages of {hosts} hosts, {hot} of one: the others' p99 is request "
        f"{beside} of {total}, alone it was {alone}"
    )
    assert beside <= 2 * alone
