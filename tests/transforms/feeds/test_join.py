"""The join of pages and entries of one URL: what wins, and that order does not matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.join import MIN_CONTENT, is_full, join_page
from transforms.records import Entry, Feed, Page, Rejected

URL = "https://news.example/1"
BODY = "أعلنت الهيئة نتائجها اليوم في بيان مفصل. "
FULL = "<p>" + BODY * 20 + "</p>"
PAGE = Page(b"<html>1</html>", "html", url=URL)


def entry(feed: str = "https://a.example/rss", day: int = 2, **known: object) -> Entry:
    at = datetime(2024, 5, day, tzinfo=UTC)
    made = Entry(feed, "g", URL, 0, title="عنوان", published_at=at)
    return replace(made, **known)  # type: ignore[arg-type]


def test_nothing_gives_nothing() -> None:
    assert join_page([], []) == []


def test_a_page_alone_stays_as_it_is() -> None:
    assert join_page([PAGE], []) == [PAGE]


def test_a_page_wins_over_content_and_carries_the_earliest_sighting() -> None:
    early = entry("https://z.example/rss", 1, summary="ملخص", content=FULL)
    late = entry("https://a.example/rss", 2, content=FULL)
    feeds = {early.feed_url: Feed(early.feed_url, publisher="ز", country="EGY", tz="Africa/Cairo")}
    (page,) = join_page([PAGE], [late, early], feeds=feeds)
    assert isinstance(page, Page)
    assert page.content == PAGE.content
    assert page.entry == replace(early, content="")
    assert page.feed_url == "https://z.example/rss"
    assert (page.publisher, page.publisher_country, page.tz) == ("ز", "EGY", "Africa/Cairo")


def test_equal_times_go_to_the_smallest_feed_and_undated_ones_come_last() -> None:
    same = [entry("https://b.example/rss"), entry("https://a.example/rss")]
    undated = entry("https://0.example/rss", published_at=None)
    (page,) = join_page([PAGE], [*same, undated])
    assert isinstance(page, Page)
    assert page.feed_url == "https://a.example/rss"


def test_what_was_given_with_a_page_stays() -> None:
    given_page = replace(PAGE, feed_url="https://own.example/rss", publisher="م", tz="UTC")
    (page,) = join_page([given_page], [entry()], feeds={"https://a.example/rss": Feed("x", "ن")})
    assert isinstance(page, Page)
    assert (page.feed_url, page.publisher, page.tz) == ("https://own.example/rss", "م", "UTC")


def test_distinct_contents_each_once() -> None:
    other = replace(PAGE, content=b"<html>2</html>")
    again = replace(PAGE, source_id="s1")
    pages = join_page([PAGE, other, again], [])
    contents = {page.content for page in pages if isinstance(page, Page)}
    assert contents == {b"<html>1</html>", b"<html>2</html>"}
    assert len(pages) == 2
    kept = next(page for page in pages if isinstance(page, Page) and page.content == PAGE.content)
    assert kept.source_id == "s1"


def test_full_content_needs_no_page() -> None:
    early = entry("https://z.example/rss", 1, summary="ملخص", authors=("أ",))
    whole = entry(content=FULL, title="عنوان معدل", modified_at=datetime(2024, 5, 3, tzinfo=UTC))
    (page,) = join_page([], [whole, early])
    assert isinstance(page, Page)
    assert (page.kind, page.content, page.url) == ("fragment", FULL.encode(), URL)
    assert page.entry is not None
    assert (page.entry.title, page.entry.authors) == ("عنوان معدل", ("أ",))
    assert page.entry.published_at == early.published_at
    assert page.entry.modified_at == whole.modified_at
    assert page.feed_url == early.feed_url


def test_a_changed_content_is_a_version_and_an_excerpt_is_none() -> None:
    changed = FULL.replace("نتائجها", "أرقامها")
    excerpt = "<p>" + BODY * 15 + "</p>"
    pages = join_page([], [entry(content=each) for each in (FULL, changed, excerpt, FULL)])
    contents = [page.content.decode() for page in pages if isinstance(page, Page)]
    assert sorted(contents) == sorted([FULL, changed])


def test_a_version_is_the_same_whether_or_not_others_come_with_it() -> None:
    one = entry("https://z.example/rss", 1, content=FULL)
    other = entry("https://b.example/rss", 2, content=FULL.replace("نتائجها", "أرقامها"))
    part = entry("https://c.example/rss", 3, content="<p>" + BODY * 15 + "</p>")
    together = join_page([], [one, other, part])
    apart = [*join_page([], [one, part]), *join_page([], [other])]
    assert sorted(together, key=repr) == sorted(apart, key=repr)
    feeds = {page.feed_url for page in together if isinstance(page, Page)}
    assert feeds == {one.feed_url, other.feed_url}
    early = entry("https://a.example/rss", 1)
    pages = join_page([], [one, other, early])
    assert {page.feed_url for page in pages if isinstance(page, Page)} == {early.feed_url}


def test_pages_fetched_at_once_that_differ_in_what_is_said_of_them_all_stay() -> None:
    dated = [replace(PAGE, published=f"2024-05-0{day}") for day in (2, 1)]
    assert len(join_page([*dated, *dated], [])) == 2
    late = replace(PAGE, published="2024-05-03", fetched_at=datetime(2024, 5, 4, tzinfo=UTC))
    early = replace(late, fetched_at=datetime(2024, 5, 1, tzinfo=UTC))
    assert join_page([late, early, *dated], []) == [early]


def test_a_rejection_names_the_smallest_feed() -> None:
    entries = [entry("https://b.example/rss", 1), entry("https://a.example/rss", 2)]
    (rejected,) = join_page([], entries)
    assert rejected.feed_url == "https://a.example/rss"


def test_full_means_long_and_not_cut_off() -> None:
    assert is_full(FULL)
    assert not is_full("<p>" + "x" * (MIN_CONTENT - 1) + "</p>")
    assert not is_full("<div class='" + "x" * 1000 + "'>قصير</div>")
    for ending in ("…", " [...]", "<a>اقرأ المزيد</a>", " للمزيد: الرابط"):
        assert not is_full(FULL.replace("</p>", ending + "</p>"))


def test_a_summary_only_when_asked_for() -> None:
    short = entry(summary="أعلنت الوزارة نتائج الامتحانات صباح اليوم في مؤتمر")
    (offline,) = join_page([], [short])
    assert isinstance(offline, Rejected)
    assert (offline.stage, offline.reason, offline.url) == ("fetch", "not_fetched", URL)
    assert offline.feed_url == "https://a.example/rss"
    (page,) = join_page([], [short], use_summary=True)
    assert isinstance(page, Page)
    assert (page.kind, page.content.decode()) == ("body", short.summary)
    (refused,) = join_page([], [entry(summary="عاجل")], use_summary=True)
    assert isinstance(refused, Rejected)


def test_a_failure_is_told() -> None:
    failure = Rejected("fetch", "http_4xx", "403")
    (told,) = join_page([], [entry()], failure=failure, use_summary=True)
    assert told == replace(failure, url=URL, feed_url="https://a.example/rss")


def test_an_entry_without_a_link() -> None:
    (told,) = join_page([], [entry(url="")], key="file:1")
    assert isinstance(told, Rejected)
    assert (told.reason, told.url) == ("no_text", "file:1")


POOL = [
    *(entry(f"https://{name}.example/rss", day) for name in "ab" for day in (1, 2)),
    entry(content=FULL),
    entry(content=FULL, title="آخر"),
    entry(content=FULL + "<p>زيادة</p>"),
    entry(summary="أعلنت الوزارة نتائج الامتحانات صباح اليوم في مؤتمر"),
    entry(published_at=None),
]
PAGES = [
    PAGE,
    replace(PAGE, source_id="1"),
    replace(PAGE, source_id="2"),
    replace(PAGE, fetched_at=datetime(2024, 1, 1, tzinfo=UTC)),
    replace(PAGE, content=b"<html>2</html>"),
]


@given(
    st.lists(st.sampled_from(POOL)), st.lists(st.sampled_from(PAGES)), st.booleans(), st.randoms()
)
def test_the_order_of_the_input_does_not_matter(
    entries: list[Entry], pages: list[Page], use_summary: bool, chance: object
) -> None:
    expected = join_page(pages, entries, use_summary=use_summary)
    chance.shuffle(entries)  # type: ignore[attr-defined]
    chance.shuffle(pages)  # type: ignore[attr-defined]
    assert join_page(pages, entries, use_summary=use_summary) == expected
