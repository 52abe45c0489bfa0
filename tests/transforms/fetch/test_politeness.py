"""The schedule of a host, on a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from transforms.fetch.messages import Response
from transforms.fetch.politeness import HostSchedule, Manners, backoff, retry_after_seconds

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
URL = "https://a.test/x"
OK = Response(URL, URL, 200)


def failed(reason, status=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(URL, URL, status, named, reason=reason)


def schedule(**manners):
    return HostSchedule("a.test", Manners(**manners))


def test_one_at_a_time_and_a_pause():
    host = schedule(delay_seconds=2)
    assert host.wait(100) == 0
    host.started(100)
    assert host.wait(101) is None
    host.finished(OK, 101, epoch=NOON)
    assert host.wait(101) == 1
    assert host.wait(102) == 0


def test_robots_can_ask_for_more_and_never_for_less():
    host = schedule(delay_seconds=2, max_delay_seconds=30)
    host.started(100)
    host.crawl_delay = 10
    host.lengthen()
    host.finished(OK, 103, epoch=NOON)
    assert host.wait(103) == 10, "it counts from the end"
    host.crawl_delay = 0.1
    assert host.delay == 2
    host.crawl_delay = 86400
    assert host.delay == 30


def test_retry_after_holds_the_whole_host():
    for written in ("30", "Sun, 01 Mar 2026 12:00:30 GMT"):
        host = schedule()
        host.started(0)
        host.finished(failed("http_4xx", 429, retry_after=written), 1, epoch=NOON)
        assert host.wait(1) == pytest.approx(30)
        assert not host.closed


def test_a_long_retry_after_ends_the_run_for_the_host():
    host = schedule(max_wait_seconds=60)
    host.started(0)
    response = failed("http_5xx", 503, retry_after="3600")
    host.finished(response, 1, epoch=NOON)
    assert "3600 s" in host.closed
    assert host.again(response, 1) is None


def test_refusals_back_off_further_each_time():
    host, waits = schedule(backoff_seconds=1), []
    for now in range(5):
        host.next_at = now
        host.started(now)
        host.finished(failed("http_4xx", 429), now, epoch=NOON)
        waits.append(host.wait(now))
    assert waits == sorted(waits)
    assert waits[-1] > 8 * waits[0] / 3
    host.started(100)
    host.finished(OK, 100, epoch=NOON)
    assert host.refusals == 0


@pytest.mark.parametrize(("reason", "status"), [("timeout", None), ("http_4xx", 429)])
def test_a_host_that_only_fails_is_left_alone(reason, status):
    host = schedule(give_up_after=4)
    for now in range(4):
        assert not host.closed
        host.started(now)
        host.finished(failed(reason, status), now, epoch=NOON)
    assert "4 times in a row" in host.closed


@pytest.mark.parametrize("status", [404, 410])
def test_gone_pages_never_close_a_host(status):
    host = schedule(give_up_after=2)
    for now in range(50):
        host.started(now)
        host.finished(failed("http_4xx", status), now, epoch=NOON)
    assert not host.closed
    assert host.again(failed("http_4xx", status), 1) is None


@pytest.mark.parametrize("reason", ["timeout", "connect", "dns", "truncated", "http_5xx"])
def test_what_may_pass_is_tried_again(reason):
    host = schedule(retries=2)
    waits = [host.again(failed(reason), attempt) for attempt in (1, 2, 3)]
    assert waits[0] > 0
    assert waits[1] > waits[0] / 2
    assert waits[2] is None


@pytest.mark.parametrize(
    "reason", [None, "tls", "redirect", "blocked_address", "too_large", "http_4xx"]
)
def test_what_will_not_pass_is_not(reason):
    assert schedule().again(failed(reason, 403), 1) is None
    assert schedule().again(OK, 1) is None


def test_a_slow_answer_is_not_asked_for_again_in_this_run():
    assert schedule().again(failed("timeout", 200), 1) is None
    assert schedule().again(failed("timeout"), 1) is not None


def test_jitter_is_the_same_every_time():
    manners = Manners(backoff_seconds=1, max_wait_seconds=1000)
    first = [backoff(f"https://a.test/{i}", 1, manners) for i in range(200)]
    assert first == [backoff(f"https://a.test/{i}", 1, manners) for i in range(200)]
    assert min(first) >= 0.5
    assert max(first) <= 1.5
    assert max(first) - min(first) > 0.8
    assert backoff("x", 10_000, manners) == 1000


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120),
        ("Sun, 01 Mar 2026 15:02:00 +0300", 120),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 12:02:00", 120),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("٣٠", None),
        ("Sun, 99 Foo 99999 99:99:99 GMT", None),
    ],
)
def test_retry_after_in_both_forms(written, seconds):
    assert retry_after_seconds(written, NOON) == seconds
