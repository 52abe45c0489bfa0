"""``rasd feeds list --format toml``: the catalogue, or a part of it, as a list to go on from."""

from __future__ import annotations

from pipeline_helpers import rasd

from pipeline.sources.files import feeds_of
from transforms.feeds.lists import load_catalogue


def test_the_catalogue_comes_back_whole(tmp_path):
    done = rasd("feeds", "list", "--format", "toml")
    assert done.returncode == 0, done.stderr.decode()
    (tmp_path / "feeds.toml").write_bytes(done.stdout)
    by_url = {feed.url: feed for feed in load_catalogue()}
    assert {feed.url: feed for feed in feeds_of(str(tmp_path / "feeds.toml"))} == by_url


def test_a_check_writes_no_list():
    done = rasd("feeds", "check", "https://news.example/rss", "--format", "toml")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"feeds list" in done.stderr
