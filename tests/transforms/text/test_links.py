"""A link names a page, or many, or nothing."""

from __future__ import annotations

import pytest

from transforms.text.links import is_less_than, is_placeholder, leads_nowhere, names_page


@pytest.mark.parametrize(
    "text", ["N/A", "n/a", "#", "null", "None", "-", "", " ", "لا يوجد", "about:blank"]
)
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)
    assert leads_nowhere(text)
    assert not names_page(text)


@pytest.mark.parametrize(
    "url",
    [
        "https://daffa.example/",
        "https://daffa.example",
        "http://www.daffa.example/index.php",
        "https://daffa.example/ar/",
        "https://daffa.example/#",
        "https://daffa.example/#story-5",
        "https://daffa.example/rss/N/A",
        "https://daffa.example/null",
        "https://daffa.example/category/politics",
        "https://daffa.example/tag/سيول/page/2",
        "https://daffa.example/قسم/محليات",
        "urn:story:5",
        "https://[broken",
    ],
)
def test_links_to_many_things(url: str) -> None:
    assert not names_page(url)
    assert not is_placeholder(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://daffa.example/news/55",
        "https://daffa.example/?p=12",
        "https://daffa.example/#!/news/55",
        "https://daffa.example/politics/bridge",
        "https://daffa.example/tag/12345-fire-in-the-port",
        "https://daffa.example/videos/bridge",
        "daffa.example/news/1",
        "//daffa.example/a",
    ],
)
def test_links_to_one_page(url: str) -> None:
    assert names_page(url) is not (url == "daffa.example/news/1")  # without a scheme it is a word
    assert not leads_nowhere(url)


@pytest.mark.parametrize(
    ("claim", "url", "less"),
    [
        ("https://a.example/politics", "https://a.example/politics/12345-bridge", True),
        ("https://a.example/ar/news/", "https://a.example/ar/news/the-bridge-is-open-now", True),
        ("https://a.example/news.php", "https://a.example/news.php?id=55", True),
        ("https://a.example/s/123456", "https://a.example/s/123456/the-bridge-is-open", False),
        ("https://a.example/politics/bridge", "https://a.example/politics/bridge?ref=home", False),
        ("https://a.example/the-bridge-is-open", "https://a.example/the-bridge-is-open/2", False),
        ("https://a.example/x", "https://a.example/x", False),
        ("https://b.example/politics", "https://a.example/politics/12345", False),
    ],
)  # fmt: skip
def test_claims_that_name_less(claim: str, url: str, *, less: bool) -> None:
    assert is_less_than(claim, url) is less


@pytest.mark.parametrize("number", range(3))
def test_a_page_by_its_number_is_a_page(number):
    assert names_page(f"https://a.example/{number}")
    assert not leads_nowhere(f"https://a.example/news/{number}")
    assert not leads_nowhere(f"/{number}")
    assert leads_nowhere("0")
