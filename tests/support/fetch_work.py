"""Work of the tests of ``FetchPages``, importable by worker processes."""

from __future__ import annotations

from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Request

Told = tuple[str, str | None, int, int]


def tell(fetched: Fetched) -> Told:
    """What a test wants to know; fails on a record that has lost its class.

    Returns:
        URL, reason, bytes, rows of the log for the page.
    """
    if not isinstance(fetched, Fetched) or not isinstance(fetched.request, Request):
        raise TypeError(type(fetched))
    rows = sum(row.purpose == "article" for row in fetched.log)
    return fetched.request.url, fetched.response.reason, len(fetched.response.body), rows
