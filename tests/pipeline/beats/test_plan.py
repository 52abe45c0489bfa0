"""What a beat orders, and what it makes of what came of earlier ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from beat_feeds import serve_feeds
from http_server import LocalServer
from live_feeds import NOON, settings, table

from pipeline.beats.claims import HELD, Claims
from pipeline.beats.pace import Rhythm
from pipeline.beats.plan import Planner
from pipeline.beats.poll import follow
from pipeline.beats.waiting import WaitingPages
from pipeline.context import RunContext
from pipeline.errors import UsageError
from pipeline.options import Config
from pipeline.polling.history import FeedHistory
from pipeline.sinks.base import open_sink
from pipeline.sinks.staged import read_staged
from pipeline.steps.documents import PageRequest
from pipeline.steps.settle import settle_inbox
from transforms.feeds.known import KnownEntry
from transforms.feeds.publishers import NO_PUBLISHERS
from transforms.records import Sighting
from transforms.rows.packed import PackedRows
from transforms.rows.rows import Provenance
from transforms.text.urls import registrable_host

PROVENANCE = Provenance("stream", "0", NOON)


@pytest.fixture
def world(tmp_path):
    """Two feeds of three pages, and a stream that follows them."""
    with LocalServer() as server:
        source = serve_feeds(server, tmp_path, feeds=2, pages=3)
        sink = open_sink(str(tmp_path / "out"))
        sink.prepare()
        sink.close()
        config = Config((source,), str(tmp_path / "out"), NOON, allow_private_hosts=True)
        fetching = settings(NOON, guard=replace(settings(NOON).guard, allow_private=True))
        yield RunContext(config, sink, PROVENANCE, fetching, NO_PUBLISHERS, awaited=False)


def polled(context, orders, as_of, rhythm=Rhythm()):  # noqa: B008 - a value
    """Do what was ordered, but for fetching pages; give the requests for these."""
    context = context.at(as_of)
    found = list(follow([order for _, order in orders], context, rhythm))
    inbox, run_id = context.sink.inbox, context.provenance.run_id
    staged = [
        inbox.stage_packed(run_id, rows.table, [rows])
        for rows in found
        if isinstance(rows, PackedRows)
    ]
    inbox.deliver(context.provenance, staged, bounded=False)
    return [each for each in found if isinstance(each, PageRequest)]


def later(**more):
    return NOON + timedelta(**more)


def test_a_feed_is_ordered_once_and_again_when_it_is_due_again(world):
    planner, claims = Planner(world, Rhythm()), Claims()
    orders = planner.plan(NOON, claims)
    assert [len(order.feeds) for _, order in orders] == [1, 1]
    assert [host for host, _ in orders] == ["127.78.1.1", "127.78.1.2"]
    assert planner.plan(later(seconds=60), claims) == [], "it is under way"
    wanted = polled(world, orders, NOON)
    assert len(wanted) == 6
    assert planner.plan(later(seconds=120), claims) == [], "answered, and not due"
    assert len(planner.plan(later(hours=3), claims)) == 2, "due again, claimed or not"


def test_a_feed_whose_poll_nobody_hears_of_is_ordered_again_when_its_claim_runs_out(world):
    planner = Planner(world, Rhythm())
    claims = Claims()
    assert len(planner.plan(NOON, claims)) == 2
    assert planner.plan(later(seconds=HELD - 1), claims) == []
    assert len(planner.plan(later(seconds=HELD), Claims())) == 2, "the engine drops old claims"


def test_what_somebody_else_has_settled_is_read_from_the_tables(world):
    planner = Planner(world, Rhythm(60, None))
    orders = planner.plan(NOON, Claims())
    polled(world, orders, NOON)
    world.sink.prepare()
    settle_inbox(world.sink, Provenance("settle", "0", NOON))
    world.sink.close()
    assert planner.plan(later(seconds=60), Claims()) == [], "no claim holds, but they are not due"


def test_a_stream_leaves_settling_to_others_when_told(world):
    planner = Planner(world, Rhythm(60, None))
    polled(world, planner.plan(NOON, Claims()), NOON)
    planner.plan(later(seconds=60), Claims())
    assert world.sink.inbox.waiting()[0]
    assert table(world.sink.uri, "SELECT feed_url FROM feeds") == []


def test_what_others_settle_while_a_beat_reads_it_costs_the_beat_nothing(world, monkeypatch):
    planner = Planner(world, Rhythm(60, None))
    polled(world, planner.plan(NOON, Claims()), NOON)
    inbox = world.sink.inbox
    waiting = type(inbox).waiting

    def overtaken(self):
        bundles, broken = waiting(self)
        monkeypatch.undo()
        world.sink.prepare()
        settle_inbox(world.sink, Provenance("settle", "0", NOON))
        world.sink.close()
        return bundles, broken

    monkeypatch.setattr(type(inbox), "waiting", overtaken)
    planner.plan(later(seconds=60), Claims())
    assert inbox.waiting() == ([], [])
    assert len(table(world.sink.uri, "SELECT feed_url FROM feeds")) == 2


def test_another_writer_at_the_output_costs_a_beat_no_more_than_its_settling(world, monkeypatch):
    planner = Planner(world, Rhythm())
    polled(world, planner.plan(NOON, Claims()), NOON)
    from pipeline.sinks.base import SinkError

    def refuse(_self):
        raise SinkError("another run is writing")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.sink), "prepare", refuse)
        assert planner.plan(later(seconds=60), Claims()) == []
    assert world.sink.inbox.waiting()[0]
    planner.plan(later(seconds=120), Claims())
    assert not world.sink.inbox.waiting()[0]


def test_a_planner_that_lives_on_knows_what_was_told_since_it_began(world):
    """What polls made elsewhere told of new entries counts at their feed's next poll."""
    planner = Planner(world, Rhythm(60, None))
    polled(world, planner.plan(NOON, Claims()), NOON)
    assert planner.plan(later(seconds=60), Claims()) == []
    orders = planner.plan(later(hours=1), Claims())
    assert len(orders) == 2
    for _, order in orders:
        (feed,) = order.feeds
        assert len(order.history.states[feed.url].seen) >= 3
        assert len(order.history.listed(feed.url)) >= 3


def test_an_entry_that_changed_stays_changed_until_its_page_has_come(world):
    """Should the page be lost on the way, the entry is asked for again when the beat is."""
    planner = Planner(world, Rhythm(60, None))
    polled(world, planner.plan(NOON, Claims()), NOON)
    bundles, _ = world.sink.inbox.waiting()
    files = [file for each in bundles for file in each.files if file.table == "appearances"]
    told = [row for file in files for row in read_staged(world.sink.inbox.files, file).to_pylist()]
    assert len(told) == 7, "one page stands in both lists"
    assert {row["text_id"] for row in told} == {None}
    history, known = FeedHistory(None, NOON), {}
    for text in ("as it was", ""):
        seen = Sighting("feed", "g1", "https://a.example/1", 0, text)
        history._see(known, KnownEntry(seen, "article", "page", NOON, NOON, is_open=False))
    assert {each.sighting.text_id for each in known.values()} == {"as it was"}


def test_a_group_that_this_beat_took_is_its_turn_whatever_a_later_one_claimed(world):
    waiting = WaitingPages(world.sink.inbox.files)
    pages = [
        PageRequest(f"https://busy.example/{n}", f"https://busy.example/{n}", (), (), NO_PUBLISHERS)
        for n in range(2)
    ]
    waiting.put("busy.example", pages, NOON, 1)
    planner, claims = Planner(world, Rhythm(60, None)), Claims()
    first = dict(planner.plan(later(seconds=60), claims))["busy.example"].turn
    waiting.take(first, later(seconds=60))
    again = Planner(world, Rhythm(60, None)).plan(later(seconds=60), claims)
    assert dict(again)["busy.example"].turn == first


def test_pages_lost_on_the_way_are_asked_for_again(world):
    """The job dies between a poll and its pages, and nothing of its state is left."""
    first = Planner(world, Rhythm())
    polled(world, first.plan(NOON, Claims()), NOON)
    anew = Planner(world, Rhythm())
    assert anew.plan(later(seconds=60), Claims()) == [], "not due: the poll itself has come in"
    again = polled(world, anew.plan(later(hours=1), Claims()), later(hours=1))
    assert len(again) == 6


def test_the_list_is_read_again_and_the_last_good_one_stays(world, tmp_path):
    planner, claims = Planner(world, Rhythm()), Claims()
    path = tmp_path / "feeds.txt"
    one, two = path.read_text(encoding="utf-8").split()
    path.write_text(one, encoding="utf-8")
    assert len(planner.plan(NOON, claims)) == 1
    path.write_text("{broken", encoding="utf-8")
    assert planner.plan(later(seconds=60), claims) == []
    path.write_text(f"{one}\n{two}", encoding="utf-8")
    assert [each.url for _, o in planner.plan(later(seconds=120), claims) for each in o.feeds] == [
        two
    ]


def test_a_list_that_was_never_there_is_told(world, tmp_path):
    config = replace(world.config, inputs=(str(tmp_path / "none.toml"),))
    with pytest.raises(UsageError, match=r"none\.toml"):
        Planner(replace(world, config=config), Rhythm()).plan(NOON, Claims())


def test_a_beat_that_is_done_again_wants_what_it_wanted(world):
    """The engine fell back to a checkpoint before the beat, whose polls have come in already."""
    polled(world, Planner(world, Rhythm()).plan(NOON, Claims()), NOON)
    fallen = Planner(world, Rhythm())
    orders = fallen.plan(NOON, Claims())
    assert len(orders) == 2
    assert len(polled(world, orders, NOON)) == 6
    assert fallen.plan(later(seconds=60), Claims()) == [], "another beat does not"


def test_a_host_gets_no_more_in_a_beat_than_fits_and_the_rest_waits_for_its_turn(world, tmp_path):
    with LocalServer() as server:
        source = serve_feeds(server, tmp_path, feeds=2, pages=25)
        rhythm, claims = Rhythm(2), Claims()
        world = replace(world, config=replace(world.config, inputs=(source,)))
        planner = Planner(world, rhythm)

        def beat(after):
            orders = planner.plan(later(seconds=after), claims)
            return [each.url for each in polled(world, orders, later(seconds=after), rhythm)]

        first, second = beat(0), beat(2)
        assert Counter(map(registrable_host, first)) == {"127.78.1.1": 20, "127.78.1.2": 20}
        assert len(set(first) | set(second)) == 50, "none twice, none lost"
        assert beat(4) == []


def test_pages_that_wait_are_not_put_down_again_and_new_ones_queue_up_behind(world, tmp_path):
    with LocalServer() as server:
        source = serve_feeds(server, tmp_path, feeds=1, pages=50)
        rhythm = Rhythm(2)
        world = replace(world, config=replace(world.config, inputs=(source,)))
        orders = Planner(world, rhythm).plan(NOON, Claims())
        first = polled(world, orders, NOON, rhythm)
        # An hour later the feed is read again, and none of its pages has come to anything.
        hour = later(hours=1)
        ((_, order),) = Planner(world, rhythm).plan(hour, Claims())
        assert (len(order.feeds), len(order.waiting)) == (1, 2)
        second = polled(world, [("", order)], hour, rhythm)
        waiting = WaitingPages(world.sink.inbox.files)
        names = waiting.look(later(hours=1, seconds=2))["127.78.1.1"].names
        assert waiting.keys(names[:1]).isdisjoint(page.key for page in second), "the older group"
        assert len(waiting.keys(names)) == 30
        assert {page.key for page in first} < waiting.keys(names), "they are behind"


def test_of_many_feeds_of_a_host_those_go_first_that_are_due_for_longest(world, tmp_path):
    path = tmp_path / "feeds.txt"
    feeds = [f"http://127.78.1.1/{number}.xml" for number in range(12)]
    path.write_text("\n".join(feeds), encoding="utf-8")
    rhythm, claims = Rhythm(1), Claims()
    planner = Planner(world, rhythm)
    orders = [order for _, order in planner.plan(NOON, claims)]
    assert [len(order.feeds) for order in orders] == [10]
    rest = [order for _, order in planner.plan(later(seconds=1), claims)]
    asked = [feed.url for order in (*orders, *rest) for feed in order.feeds]
    assert sorted(asked) == sorted(feeds)


def test_a_pause_longer_than_a_beat_is_kept_from_turn_to_turn(world):
    manners = replace(world.fetching.manners, delay_seconds=5.0)
    world = replace(world, fetching=replace(world.fetching, manners=manners))
    waiting = WaitingPages(world.sink.inbox.files)
    urls = [f"http://slow.example/{number}" for number in range(2)]
    pages = [PageRequest(url, url, (), ()) for url in urls]
    assert waiting.put("slow.example", pages, NOON, 1) == 2
    planner, claims, turns = Planner(world, Rhythm(2)), Claims(), {}
    for after in range(2, 16, 2):
        orders = dict(planner.plan(later(seconds=after), claims))
        if "slow.example" in orders:
            taken = waiting.take(orders["slow.example"].turn, later(seconds=after))
            turns[after] = [page.url for page in taken]
    assert turns == {6: urls[:1], 12: urls[1:]}
