"""Index pages and walls are refused by name, articles never."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.evaluation.index_pages import InventedPage, invented_pages
from transforms.extract import extract_article
from transforms.records import Article, Entry, Page, Rejected

PAGES = list(invented_pages())


@pytest.mark.parametrize(
    "page", [page for page in PAGES if not page.held], ids=lambda page: page.name
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1256"])
def test_invented_pages(page: InventedPage, encoding: str) -> None:
    markup = page.markup.replace('<meta charset="utf-8">', "")
    found = extract_article(Page(markup.encode(encoding), "html", url=page.url))
    if page.reason is None:
        assert isinstance(found, Article), found
        return
    assert isinstance(found, Rejected), found.body[:200]
    assert found.reason == page.reason
    assert found.detail


def test_at_least_25_index_templates() -> None:
    assert sum(page.reason == "not_an_article" for page in PAGES) >= 25


def _article_page() -> bytes:
    return next(page.markup for page in PAGES if page.name == "article/plain").encode()


def test_the_address_weighs_in() -> None:
    home = extract_article(Page(_article_page(), "html", url="https://alwadi.example/"))
    assert isinstance(home, Rejected)
    assert home.url == "https://alwadi.example/"
    for url in (
        "https://alwadi.example/news/10405/story",
        "https://alwadi.example/2024/03/02/story/",
        "https://alwadi.example/category/politics",  # prose outweighs a section's address
        "https://alwadi.example/?q=water",
        "https://[broken",
    ):
        assert isinstance(extract_article(Page(_article_page(), "html", url=url)), Article), url


def test_real_index_pages(shared: Path) -> None:
    paths = sorted((shared / "data/pages/index").glob("*.html"))
    kept = [
        p.name for p in paths if isinstance(extract_article(Page(p.read_bytes(), "html")), Article)
    ]
    assert paths
    assert len(kept) <= len(paths) // 10, kept


def _page(name: str) -> bytes:
    return next(page.markup for page in PAGES if page.name == name).encode()


def test_a_feed_entry_is_evidence() -> None:
    """What an entry of a feed leads to is kept, unless its shape is clearly a list's."""
    links = "".join(
        f'<li><a href="/{n}">عنوان خبر قصير رقم {n} من الأخبار</a></li>' for n in range(12)
    )
    page = (
        "<html><head><title>قرار - المرفأ</title></head><body><div><b>قرار</b><br>"
        f"أصدرت البلدية قرارا بإغلاق الجسر القديم مدة أسبوع.</div><ul>{links}</ul></body></html>"
    ).encode()
    entry = Entry("https://a.example/feed", "1", "https://a.example/1", 0, title="قرار")
    alone, fed = (extract_article(Page(page, "html", entry=each)) for each in (None, entry))
    assert isinstance(alone, Rejected)
    assert isinstance(fed, Article), fed
    assert fed.extraction_confidence is not None
    assert fed.extraction_confidence <= 0.5
    listing = extract_article(Page(_page("index/directory-dash"), "html", entry=entry))
    assert isinstance(listing, Rejected)


@pytest.mark.parametrize(
    "name", ["two-words-short", "small-heading", "says-website", "recipe-cards"]
)
def test_doubtful_pages_are_kept_and_flagged(name: str) -> None:
    found = extract_article(Page(_page(f"article/{name}"), "html"))
    assert isinstance(found, Article), found
    assert found.extraction_confidence is not None
    assert found.extraction_confidence <= 0.6
    plain = extract_article(Page(_page("article/plain"), "html"))
    assert isinstance(plain, Article)
    assert plain.extraction_confidence is not None
    assert plain.extraction_confidence > found.extraction_confidence


def test_no_labelled_article_is_refused(shared: Path) -> None:
    pages = shared / "data/pages"
    lines = (pages / "manifest.jsonl").read_text("utf-8").splitlines()
    assert lines
    for line in lines:
        row = json.loads(line)
        content = (pages / row["file"]).read_bytes()
        for url in ("", row["url"]):
            found = extract_article(Page(content, "html", url=url))
            assert isinstance(found, Article), (row["file"], found)


def test_empty_declared_article_is_no_text() -> None:
    page = (
        '<html><head><title>عنوان الخبر</title><meta property="og:type" content="article">'
        "</head><body><div id=app></div></body></html>"
    )
    found = extract_article(Page(page.encode(), "html"))
    assert isinstance(found, Rejected)
    assert found.reason == "no_text"


@pytest.mark.parametrize(
    "box",
    [
        "<form><input type=password><a>تسجيل الدخول</a> <a>نسيت كلمة المرور؟</a></form>",
        "<p>اشترك في النشرة البريدية لمتابعة آخر الأخبار.</p>",
        "<p>نستخدم ملفات تعريف الارتباط وفق سياسة الخصوصية.</p>",
    ],
)
def test_a_short_article_beside_a_box_is_no_wall(box: str) -> None:
    flash = next(page.markup for page in PAGES if page.name == "article/flash-undeclared")
    found = extract_article(Page(flash.replace("<h1>", f"{box}<h1>").encode(), "html"))
    assert isinstance(found, Article), found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("يجب تسجيل الدخول لعرض هذه الصفحة.", "login"),
        ("اشترك الآن لمتابعة القراءة.", "paywall"),
        ("Subscribe to continue reading this article.", "paywall"),
    ],
)
def test_walls_in_front_of_declared_articles(text: str, reason: str) -> None:
    flash = next(page.markup for page in PAGES if page.name == "article/flash")
    found = extract_article(Page(flash.replace("</h1>", f"</h1><p>{text}</p>").encode(), "html"))
    assert isinstance(found, Rejected)
    assert found.reason == reason


BIOGRAPHY = (
    "ليلى منصور صحافية من مواليد 1980، تكتب في الشأن الاقتصادي منذ عشرين عاما، وعملت في عدد من "
    "الصحف العربية قبل أن تنضم إلى أسرة التحرير. حازت جائزة الصحافة عام 2015، ولها كتابان."
)
NOTICE = (
    "تعلن بلدية المدينة للمواطنين الكرام أن دوام مكاتب خدمة الجمهور خلال شهر رمضان المبارك سيكون "
    "من التاسعة صباحا حتى الثانية بعد الظهر، على أن يعود الدوام المعتاد بعد عيد الفطر."
)
PROFILE = '<script type="application/ld+json">{"@type": "ProfilePage", "name": "x"}</script>'


def under_links(name, text, head="", body="<body>"):
    links = "".join(f"<h3><a href='/n/{n}'>عنوان خبر عن السوق {n}</a></h3>" for n in range(12))
    page = (
        f"<html><head><title>{name} | الساحل</title>{head}</head>{body}<main><h1>{name}</h1>"
        f"<p>{text}</p>{links}</main></body></html>"
    )
    return extract_article(Page(page.encode(), "html", url="https://s.example/p/leila-mansour"))


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta property="og:type" content="profile">', "<body>"),
        (PROFILE, "<body>"),
        ("", '<body class="rtl archive author author-leila">'),
        ("", '<body class="page-taxonomy">'),
    ],
)
def test_what_calls_itself_an_authors_page_is_none(head, body):
    found = under_links("ليلى منصور", BIOGRAPHY, head, body)
    assert isinstance(found, Rejected)
    assert found.reason == "not_an_article"


@pytest.mark.parametrize("body", ["<body>", '<body class="single single-post category-news">'])
def test_a_short_notice_over_links_is_kept(body):
    found = under_links("إعلان", NOTICE, body=body)
    assert isinstance(found, Article)
    assert found.extraction_confidence <= 0.5
