"""The contract of the catalogue: what every file of a publisher must hold."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import pytest

from transforms.feeds.lists import load_catalogue, read_feed_list
from transforms.text.dates.zones import zone_info
from transforms.text.urls import canonicalise_url, registrable_host

FILES = sorted(
    (
        path
        for path in (resources.files("transforms.feeds") / "catalogue").iterdir()
        if path.name.endswith(".toml")
    ),
    key=lambda path: path.name,
)
CATEGORIES = {
    *("agency", "business", "crime", "culture", "general", "opinion", "politics", "science"),
    *("sport", "tech", "world"),
}
# An outlet whose feeds or pages stand on a second domain of its own.
SECOND_DOMAINS = {"bbci-co-uk.toml": {"bbci.co.uk", "bbc.com"}}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_publishers_file(path: Any) -> None:
    data = path.read_bytes()
    document = tomllib.loads(data.decode("utf-8"))
    publisher, feeds = document["publisher"], document["feed"]
    for key in ("name", "name_en", "home", "language"):
        assert publisher.get(key), f"{path.name}: give the publisher's {key}"
    assert any(
        "\u0600" <= letter <= "\u06ff" or letter.isdigit() for letter in publisher["name"]
    ), f"{path.name}: name is the Arabic name; the English one is name_en"
    if "country" not in publisher:
        assert publisher.get("note"), f"{path.name}: without a country a note must say why"
    else:
        assert zone_info(publisher["tz"]) is not None, f"{path.name}: tz is no IANA zone"
    own = SECOND_DOMAINS.get(path.name, {registrable_host(publisher["home"])})
    stem = path.name.removesuffix(".toml")
    assert stem in {host.replace(".", "-") for host in own}, (
        f"{path.name}: name the file after the domain, dots as hyphens"
    )
    for feed in feeds:
        assert feed["category"] in CATEGORIES, f"{path.name}: unknown category {feed['category']}"
        assert isinstance(feed["verified"], bool), f"{path.name}: say verified = true or false"
        for url in (feed["url"], *feed.get("alternatives", [])):
            assert registrable_host(url) in own, (
                f"{path.name}: {url} is not on the outlet's own domain {sorted(own)}"
            )
    parsed = read_feed_list(data, path.name)
    assert len(parsed) == len(feeds), f"{path.name}: the same URL stands twice"


def test_the_catalogue_as_a_whole() -> None:
    feeds = load_catalogue()
    assert len({feed.publisher for feed in feeds}) >= 60
    urls = [url for feed in feeds for url in (feed.url, *feed.alternatives)]
    keys = [canonicalise_url(url) for url in urls]
    assert len(keys) == len(set(keys)), "an address stands in two places"
    countries = {feed.country for feed in feeds if feed.country}
    assert len(countries) >= 20
    assert feeds == load_catalogue()
