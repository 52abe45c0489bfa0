"""Pages that wait for their turn: put down in groups, taken one a beat, and again at that beat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from buckets import emulated_bucket
from live_feeds import NOON

from pipeline.beats.claims import HELD
from pipeline.beats.pace import HostPace, Rhythm
from pipeline.beats.waiting import WaitingPages
from pipeline.sinks.inbox import WAITING, Inbox
from pipeline.steps.documents import PageRequest
from transforms.feeds.publishers import PublisherIndex
from transforms.fetch.politeness import Manners
from transforms.records import Entry, Feed, FetchLog, Sighting

HOST = "اخبار.example"


def page(number):
    url, feed = f"https://a.example/{number}", "https://a.example/rss"
    entry = Entry(feed, url, url, number, title=f"خبر {number}", published_at=NOON)
    seen = Sighting(feed, url, url, number, "hash")
    known = PublisherIndex({feed: Feed(feed, publisher="وكالة", country="IRQ", tz="Asia/Baghdad")})
    return PageRequest(url, url, (entry,), (seen,), known)


def later(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize("store", ["disk", "bucket"])
def test_groups_are_taken_in_order_and_a_beat_done_again_finds_its_own(
    store, tmp_path, monkeypatch
):
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with emulated_bucket(monkeypatch) as bucket:
        files = Inbox(str(tmp_path / "out") if store == "disk" else f"{bucket}/out").files
        waiting = WaitingPages(files)
        pages = [page(number) for number in range(5)]
        assert waiting.put(HOST, pages, NOON, 2) == 3
        assert waiting.put(HOST, pages, NOON, 2) == 3, "the same beat again: the same files"
        groups = waiting.look(later(60))
        assert list(groups) == [HOST]
        assert groups[HOST].asked_at == NOON
        first, second, _ = groups[HOST].names
        assert waiting.keys([second]) == {pages[2].key, pages[3].key}
        taken = waiting.take(first, later(60))
        assert [each.key for each in taken] == [each.key for each in pages[:2]]
        assert taken[0].entries == pages[0].entries
        assert taken[0].publishers == pages[0].publishers
        assert [each.seen_at for each in taken[0].sightings] == [NOON], "when it was listed"
        assert waiting.look(later(60))[HOST].names[0] == first, "should this beat be done again"
        assert waiting.take(first, later(60)) == taken
        assert waiting.look(later(120))[HOST].names[0] == second
        assert waiting.look(later(120))[HOST].asked_at == later(60)
        assert waiting.take(first, later(120)) == [], "another beat has had it"
        assert waiting.look(later(60 + HELD))[HOST].names == groups[HOST].names[1:]
        assert not [name for name in files.listing(WAITING) if "taken" in name]


def test_beats_done_again_find_what_each_took_whatever_later_ones_took(tmp_path):
    """An engine goes back several beats: a group of each was taken, and none was delivered."""
    waiting = WaitingPages(Inbox(str(tmp_path / "out")).files)
    waiting.put(HOST, [page(number) for number in range(3)], NOON, 1)
    names = waiting.look(NOON)[HOST].names
    beats = [later(60), later(62), later(64)]
    taken = [waiting.take(name, beat) for name, beat in zip(names, beats, strict=True)]
    for name, beat, before, pages in zip(names, beats, [NOON, *beats], taken, strict=False):
        groups = waiting.look(beat)[HOST]
        assert groups.names == [name]
        assert groups.asked_at == before, "what comes later has not been asked yet"
        assert waiting.take(name, beat) == pages


def test_a_group_that_goes_between_reading_and_taking_is_this_beats_or_nobodys(
    tmp_path, monkeypatch
):
    """A worker that was given up for dead may still be at it."""
    files = Inbox(str(tmp_path / "out")).files
    waiting = WaitingPages(files)
    waiting.put(HOST, [page(1)], NOON, 1)
    (name,) = waiting.look(NOON)[HOST].names
    pages, read = waiting.take(name, later(60)), waiting._read
    for beat, expected in ((later(60), pages), (later(62), [])):
        with monkeypatch.context() as patch:
            patch.setattr(waiting, "_read", lambda each: pages if each == name else read(each))
            assert waiting.take(name, beat) == expected


def test_groups_that_are_being_written_are_none_yet(tmp_path):
    files = Inbox(str(tmp_path / "out")).files
    waiting = WaitingPages(files)
    waiting.put(HOST, [page(1)], NOON, 1)
    (name,) = waiting.look(NOON)[HOST].names
    folder, _, last = name.rpartition("/")
    with files.writing(f"{folder}/{last.replace('0000', '0001')}") as stream:
        stream.write(b"half of it")
        assert [each for each in files.listing(WAITING) if each.endswith(".part")]
        assert waiting.look(NOON)[HOST].names == [name]


def test_what_cannot_be_read_is_empty_and_told(tmp_path, caplog):
    caplog.set_level("WARNING")  # a command that was run in this process may have turned it off
    files = Inbox(str(tmp_path / "out")).files
    waiting = WaitingPages(files)
    waiting.put(HOST, [page(1)], NOON, 1)
    (name,) = waiting.look(NOON)[HOST].names
    files.write(name, b"cut off")
    assert waiting.take(name, NOON) == []
    assert "asked for later" in caplog.text


def test_room_follows_from_the_beat_and_what_the_host_asks_for():
    log = FetchLog("https://slow.example/robots.txt", "robots", NOON, "ok", status=200)
    asks = replace(log, robots="User-agent: *\nCrawl-delay: 10")
    most = replace(
        asks, url="https://still.example/robots.txt", robots="User-agent: *\nCrawl-delay: 999"
    )
    pace = HostPace(Rhythm(60), Manners(), [asks, most])
    assert pace.room("quick.example") == 60
    assert pace.room("slow.example") == 3
    assert pace.room("still.example") == 1
    assert HostPace(Rhythm(2), Manners(delay_seconds=0.0)).room("any.example") == 20
