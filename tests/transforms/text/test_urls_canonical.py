"""The canonical URL: which spellings are one page, which are not, and that it never breaks.

R34 (docs/reliability.md): random input for parsers of feeds, dates and URLs and for the
    normaliser.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.text.urls import canonicalise_url

PAGE = "https://example.com/news/2024/5/12/خبر-عاجل"
ESCAPED = "https://example.com/news/2024/5/12/%D8%AE%D8%A8%D8%B1-%D8%B9%D8%A7%D8%AC%D9%84"
HOST_U = "https://أخبار.example/a"
HOST_A = "https://xn--igbicxr.example/a"

SAME = [
    # scheme and host
    ("http and https", "http://example.com/a", "https://example.com/a"),
    ("scheme in capitals", "HTTPS://example.com/a", "https://example.com/a"),
    ("feed scheme", "feed://example.com/a", "https://example.com/a"),
    ("feed prefix", "feed:https://example.com/a", "https://example.com/a"),
    ("scheme written twice", "http://https://example.com/a", "https://example.com/a"),
    ("three slashes", "https:///example.com/a", "https://example.com/a"),
    ("no scheme before //", "//example.com/a", "https://example.com/a"),
    ("no scheme before www.", "www.example.com/a", "https://example.com/a"),
    ("www", "https://www.example.com/a", "https://example.com/a"),
    ("host in capitals", "https://EXAMPLE.Com/a", "https://example.com/a"),
    ("dot after the host", "https://example.com./a", "https://example.com/a"),
    ("port 443", "https://example.com:443/a", "https://example.com/a"),
    ("port 80", "http://example.com:80/a", "https://example.com/a"),
    ("empty port", "http://example.com:/a", "https://example.com/a"),
    ("user and password", "https://me:secret@example.com/a", "https://example.com/a"),
    ("punycode and Unicode", HOST_A, HOST_U),
    ("ideographic full stop", "https://example。com/a", "https://example.com/a"),
    ("full-width letters", "https://ｅｘａｍｐｌｅ.com/a", "https://example.com/a"),
    ("escaped host", "https://ex%61mple.com/a", "https://example.com/a"),
    ("phone host m.", "https://m.example.com/a", "https://www.example.com/a"),
    ("phone host mobile.", "https://mobile.example.com/a", "https://example.com/a"),
    ("www.m.", "https://www.m.example.com/a", "https://example.com/a"),
    ("m. in the middle", "https://ar.m.example.org/a", "https://ar.example.org/a"),
    ("no path", "https://example.com", "https://example.com/"),
    ("query straight after the host", "https://example.com?id=1", "https://example.com/?id=1"),
    # path
    ("raw and escaped Arabic", PAGE, ESCAPED),
    ("case of escapes", ESCAPED.lower(), ESCAPED),
    ("half escaped", PAGE.replace("خ", "%D8%AE"), ESCAPED),
    ("unreserved escaped", "https://example.com/%61%2Db%7Ec", "https://example.com/a-b~c"),
    ("comma escaped", "https://example.com/a%2Cb", "https://example.com/a,b"),
    ("colon escaped", "https://example.com/a%3Ab", "https://example.com/a:b"),
    ("brackets escaped", "https://example.com/a%28b%29", "https://example.com/a(b)"),
    ("NFD and NFC", "https://example.com/caf%65%CC%81", "https://example.com/caf%C3%A9"),
    ("NFD hamza", "https://example.com/ا\u0654", "https://example.com/أ"),
    ("RLM inside", "https://example.com/خبر\u200f-عاجل", "https://example.com/خبر-عاجل"),
    ("escaped RLM", "https://example.com/خبر%E2%80%8F", "https://example.com/خبر"),
    ("bidi isolate round it", "\u2067https://example.com/a\u2069", "https://example.com/a"),
    ("ZWNJ", "https://example.com/ا\u200cب", "https://example.com/اب"),
    ("BOM in front", "\ufeffhttps://example.com/a", "https://example.com/a"),
    ("white space round it", " \n\thttps://example.com/a\u00a0 ", "https://example.com/a"),
    ("line break inside", "https://example.com/a\n  \tb", "https://example.com/a%20%20b"),
    ("space raw and escaped", "https://example.com/a b", "https://example.com/a%20b"),
    ("escaped space at the end", "https://example.com/a%20", "https://example.com/a"),
    ("dot segments", "https://example.com/x/.././a", "https://example.com/a"),
    ("escaped dot segments", "https://example.com/x/%2e%2E/a", "https://example.com/a"),
    ("above the root", "https://example.com/../../a", "https://example.com/a"),
    ("double slashes", "https://example.com//news///a", "https://example.com/news/a"),
    ("backslashes", "https://example.com\\news\\a", "https://example.com/news/a"),
    ("trailing slash", "https://example.com/a/", "https://example.com/a"),
    ("index.html", "https://example.com/a/index.html", "https://example.com/a/"),
    ("index.php with an id", "https://example.com/index.php?id=1", "https://example.com/?id=1"),
    ("Default.aspx", "https://example.com/Default.aspx", "https://example.com/"),
    ("jsessionid", "https://example.com/a;jsessionid=0AB.node1?id=1", "https://example.com/a?id=1"),
    # fragment and query
    ("fragment", "https://example.com/a#comments", "https://example.com/a"),
    ("text fragment", "https://example.com/a#:~:text=x", "https://example.com/a"),
    ("bare #", "https://example.com/a#", "https://example.com/a"),
    ("bare #/", "https://example.com/a#/", "https://example.com/a"),
    ("bare ?", "https://example.com/a?", "https://example.com/a"),
    ("empty pairs", "https://example.com/a?&id=1&&", "https://example.com/a?id=1"),
    ("order of the query", "https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
    ("name without value", "https://example.com/a?12345=", "https://example.com/a?12345"),
    ("plus and %20", "https://example.com/?q=a+b", "https://example.com/?q=a%20b"),
    ("escaped Arabic value", "https://example.com/?q=%d8%ae", "https://example.com/?q=خ"),
    ("&amp; left in", "https://example.com/?a=1&amp;b=2", "https://example.com/?a=1&b=2"),
    ("the same pair twice", "https://example.com/?a=1&a=1", "https://example.com/?a=1"),
    ("PHPSESSID", "https://example.com/?id=1&PHPSESSID=abc", "https://example.com/?id=1"),
    (
        "long sid",
        "https://example.com/?id=1&sid=0a1b2c3d4e5f60718293a4b5",
        "https://example.com/?id=1",
    ),
    ("print view", "https://example.com/a?print=1", "https://example.com/a"),
    ("blogger's phone view", "https://example.com/a.html?m=1", "https://example.com/a.html"),
    *[
        (f"tracking {query}", f"https://example.com/a?{query}", "https://example.com/a")
        for query in (
            "utm_source=rss&utm_medium=feed&utm_campaign=x",
            "UTM_Source=rss",
            "amp;utm_source=rss",
            "fbclid=IwAR0x",
            "gclid=x&gbraid=y&wbraid=z",
            "msclkid=1",
            "at_medium=RSS&at_campaign=KARANGA",
            "at_custom1=x&at_link_id=1",
            "ocid=socialflow_twitter",
            "ns_mchannel=rss&ns_source=x",
            "xtor=RSS-1",
            "maca=ara-rss-ar-all-1124-rdf",
            "ref=rss",
            "ref=twitter",
            "source=rss",
            "from=rss",
            "traffic_source=rss",
            "mc_cid=1&mc_eid=2",
            "_ga=1&_gl=2",
            "yclid=1&ysclid=2",
            "igshid=1",
            "__twitter_impression=true",
            "wt.mc_id=1",
            "guccounter=1&guce_referrer=x",
            "share=facebook",
            "feature=share",
            "_=1715500000",
        )
    ],
    # AMP
    ("/amp", "https://example.com/a/amp", "https://example.com/a"),
    ("/amp/", "https://example.com/a/amp/", "https://example.com/a"),
    ("amp first", "https://example.com/amp/news/a", "https://example.com/news/a"),
    ("amp after the language", "https://example.com/ar/amp/a", "https://example.com/ar/a"),
    ("amp.html", "https://example.com/a/amp.html", "https://example.com/a"),
    ("x.amp", "https://example.com/arabic/c1.amp", "https://example.com/arabic/c1"),
    ("x.amp.html", "https://example.com/c1.amp.html", "https://example.com/c1.html"),
    ("x.html.amp", "https://example.com/c1.html.amp", "https://example.com/c1.html"),
    ("?amp", "https://example.com/a?amp", "https://example.com/a"),
    ("?amp=1", "https://example.com/a?amp=1", "https://example.com/a"),
    ("?outputType=amp", "https://example.com/a?outputType=amp", "https://example.com/a"),
    ("?output=amp", "https://example.com/a?output=amp", "https://example.com/a"),
    ("amp host", "https://amp.example.com/a", "https://example.com/a"),
    (
        "AMP cache",
        "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a/amp/?usqp=mq331",
        "https://example.com/a",
    ),
    (
        "AMP viewer",
        "https://cdn.ampproject.org/v/s/example.com/a?amp_js_v=0.1&id=5",
        "https://example.com/a?id=5",
    ),
    (
        "AMP cache over http",
        "https://example-com.cdn.ampproject.org/c/example.com/a",
        "https://example.com/a",
    ),
    (
        "google.com/amp/s/",
        "https://www.google.com/amp/s/m.example.com/a/amp",
        "https://example.com/a",
    ),
    ("google.com.eg/amp/", "https://www.google.com.eg/amp/example.com/a", "https://example.com/a"),
    ("bing's cache", "https://example-com.bing-amp.com/c/s/example.com/a", "https://example.com/a"),
    (
        "google's redirect",
        "https://www.google.com/url?rct=j&sa=t&url=https://example.com/a%3Fid%3D1&ct=ga",
        "https://example.com/a?id=1",
    ),
    (
        "facebook's redirect",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fa&h=AT0",
        "https://example.com/a",
    ),
]

DIFFERENT = [
    ("ids", "https://example.com/?id=1", "https://example.com/?id=2"),
    ("post ids", "https://example.com/?p=10", "https://example.com/?p=11"),
    ("an id and none", "https://example.com/?p=10", "https://example.com/"),
    ("bare numbers", "https://example.com/?123", "https://example.com/?124"),
    ("page numbers", "https://example.com/a", "https://example.com/a?page=2"),
    ("language", "https://example.com/a?lang=ar", "https://example.com/a?lang=en"),
    ("case in the path", "https://example.com/aBc", "https://example.com/abc"),
    ("case in a value", "https://example.com/?v=aBc", "https://example.com/?v=abc"),
    ("case in a name", "https://example.com/?ID=1", "https://example.com/?id=1"),
    ("paths", "https://example.com/a", "https://example.com/b"),
    ("path depth", "https://example.com/a/b", "https://example.com/b"),
    ("html and none", "https://example.com/a.html", "https://example.com/a"),
    ("Arabic letters", "https://example.com/اخبار", "https://example.com/أخبار"),
    ("hosts", "https://example.com/a", "https://example.org/a"),
    ("sub-domains", "https://arabic.example.com/a", "https://example.com/a"),
    ("look-alike sub-domain", "https://mm.example.com/a", "https://example.com/a"),
    ("m. on a public suffix", "https://m.com.eg/a", "https://com.eg/a"),
    ("m. as the name", "https://m.example/a", "https://example/a"),
    ("ports", "https://example.com:8080/a", "https://example.com/a"),
    ("two ports", "https://example.com:8080/a", "https://example.com:8081/a"),
    ("the other scheme's port", "http://example.com:443/a", "https://example.com/a"),
    ("hash-bang routes", "https://example.com/#!/a", "https://example.com/#!/b"),
    ("hash routes", "https://example.com/#/a/1", "https://example.com/#/a/2"),
    ("hash-bang and none", "https://example.com/#!a", "https://example.com/"),
    ("escaped slash", "https://example.com/a%2Fb", "https://example.com/a/b"),
    ("escaped question mark", "https://example.com/a%3Fid=1", "https://example.com/a?id=1"),
    ("escaped percent", "https://example.com/%2541", "https://example.com/A"),
    ("escaped plus in a value", "https://example.com/?q=a%2Bb", "https://example.com/?q=a+b"),
    ("escaped & in a value", "https://example.com/?a=1%26b=2", "https://example.com/?a=1&b=2"),
    ("order of one name's values", "https://example.com/?a=1&a=2", "https://example.com/?a=2&a=1"),
    ("windows-1256 bytes", "https://example.com/%C7%E1", "https://example.com/%C7%E3"),
    ("amp inside a word", "https://example.com/amplifier", "https://example.com/"),
    ("amp in the middle", "https://example.com/music/amp/a", "https://example.com/music/a"),
    ("ref that is an id", "https://example.com/?ref=123", "https://example.com/?ref=124"),
    ("source that is a name", "https://example.com/?source=saba", "https://example.com/"),
    ("m that is a month", "https://example.com/?m=202401", "https://example.com/"),
    ("short sid", "https://example.com/?sid=12", "https://example.com/?sid=13"),
    ("searching for amp", "https://example.com/?q=amp", "https://example.com/"),
    ("index of another name", "https://example.com/index-2.html", "https://example.com/"),
    ("google searches", "https://www.google.com/search?q=a", "https://www.google.com/search?q=b"),
    (
        "archived copy",
        "https://web.archive.org/web/2020/https://example.com/a",
        "https://example.com/a",
    ),
]

UNUSABLE = [
    "file:0123456789abcdef",
    "tag:example.com,2024:1",
    "urn:uuid:1",
    "mailto:a@example.com",
    "javascript:void(0)",
    "/news/a",
    "example.com/a",
    "no url at all",
    "https://",
    "https://exa mple.com/",
    "https://example.com:99999/",
    "https://example.com:8x/",
    "https://[::1/",
    "https://" + "أ" * 80 + ".example/",
    "https://" + "a." * 200,
    "ftp://example.com/a",
    "https://example.com/" + "a" * 9000,
]


@pytest.mark.parametrize(("left", "right"), [c[1:] for c in SAME], ids=[c[0] for c in SAME])
def test_one_page(left: str, right: str) -> None:
    assert canonicalise_url(left) == canonicalise_url(right)


@pytest.mark.parametrize(
    ("left", "right"), [c[1:] for c in DIFFERENT], ids=[c[0] for c in DIFFERENT]
)
def test_two_pages(left: str, right: str) -> None:
    assert canonicalise_url(left) != canonicalise_url(right)


def test_enough_cases_and_all_of_them_idempotent() -> None:
    assert len(SAME) + len(DIFFERENT) >= 100
    for _, left, right in [*SAME, *DIFFERENT]:
        for url in (left, right):
            once = canonicalise_url(url)
            assert once.startswith("http")
            assert once.isascii()
            assert canonicalise_url(once) == once


@pytest.mark.parametrize("url", UNUSABLE)
def test_what_is_no_web_address_stays_as_it_is(url: str) -> None:
    assert canonicalise_url(f" \u200f{url}\n") == url


def test_blank_is_empty() -> None:
    assert canonicalise_url(" \u200f\n") == ""


def test_the_spelling_itself() -> None:
    assert canonicalise_url("http://www.Example.com:80/خبر/?b=2&a=ع&utm_source=x#top") == (
        "https://example.com/%D8%AE%D8%A8%D8%B1?a=%D8%B9&b=2"
    )


def test_addresses_and_unusual_ports_keep_their_host() -> None:
    assert canonicalise_url("http://127.0.0.1:8000/a/") == "https://127.0.0.1:8000/a"
    assert canonicalise_url("http://[::1]:8000/a") == "https://[::1]:8000/a"
    assert canonicalise_url("http://localhost/a") == "https://localhost/a"


def test_wrappers_in_wrappers_end() -> None:
    url = "https://example.com/a"
    for _ in range(2):
        url = "https://www.google.com/url?q=" + url.replace("%", "%25").replace("?", "%3F")
    assert canonicalise_url(url) == "https://example.com/a"
    assert canonicalise_url("https://www.google.com/url?q=httpx").startswith("https://google.com")
    assert canonicalise_url("https://www.google.com/amp/x") == "https://google.com/x"


PIECES = st.sampled_from(
    [
        *"/?#&=%;:@.\\ +!",
        *("http://", "https://", "www.", "m.", "amp", "amp/", ".amp", "index.html", "example.com"),
        *(
            "%d8",
            "%B9",
            "%2F",
            "%25",
            "%E2%80%8F",
            "%00",
            "%C3",
            "\u200f",
            "ا\u0654",
            "é",
            "e\u0301",
        ),
        *("utm_source=x", "id=1", "ref=rss", "&amp;", "..", "/./", ":443", ":80", "#!", "#/x"),
        *(
            "\ud800",
            "\udcd8",
            "google.com/amp/s/",
            "cdn.ampproject.org/c/s/",
            "[::1]",
            "خبر",
            "sid=",
        ),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
@settings(max_examples=600)
def test_never_raises_and_is_idempotent(text: str) -> None:
    once = canonicalise_url(text)
    assert canonicalise_url(once) == once


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=600)
def test_idempotent_behind_a_host(rest: str) -> None:
    once = canonicalise_url("https://example.com/" + rest)
    assert canonicalise_url(once) == once
