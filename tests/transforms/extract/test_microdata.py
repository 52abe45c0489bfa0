"""Itemprops of the page's own article count, those of related lists never."""

from __future__ import annotations

import pytest

from transforms.extract import extract_article
from transforms.records import Article, Page

TITLE = "اللجنة توزع البذور على مزارعي الوادي قبل موسم الأمطار"
PROSE = (
    "<p>بدأت اللجنة توزيع البذور على مزارعي الوادي، وقالت إن الكميات تكفي الموسم كله.</p>"
    "<p>وأضافت أن التوزيع يشمل القرى الشمالية أولا ثم بقية القرى خلال الأسبوع المقبل.</p>"
    "<p>ورحب المزارعون بالخطوة، وطالبوا بإصلاح القنوات قبل بدء الأمطار في الخريف.</p>"
)
H1 = f"<h1>{TITLE}</h1>"
NEWS = 'itemscope itemtype="https://schema.org/NewsArticle"'
OWN = '<meta itemprop="datePublished" content="2024-03-01T10:00:00Z">'
TIME = '<time itemprop="datePublished" datetime="2024-03-01T10:00:00Z">1 مارس</time>'
OTHER = '<meta itemprop="datePublished" content="2023-12-09T08:00:00Z">'
CARD = f'<div {NEWS}>{OTHER}<a href="/x" itemprop="url">افتتاح جسر المدينة</a></div>'
RELATED = f'<section class="related-news">{CARD}{CARD}</section>'
LIST = "".join(f"<li>{CARD}</li>" for _ in range(4))
COMMENT = (
    '<div itemscope itemtype="http://schema.org/Comment"><span itemprop="datePublished" '
    'content="2023-12-09">قبل مدة</span><p>شكرا لكم على هذا الخبر المفيد جدا.</p></div>'
)


@pytest.mark.parametrize(
    "body",
    [
        f"{H1}<ul class=related>{LIST}</ul><div {NEWS}>{OWN}{PROSE}</div>",
        f"{H1}{CARD}<div {NEWS}>{TIME}{PROSE}</div>",
        f"{CARD}<article {NEWS}>{H1}{OWN}{PROSE}</article>{CARD}",
        f"<article {NEWS}>{H1}{RELATED}{TIME}{PROSE}</article>",
        f"<ul>{LIST}</ul>{H1}{TIME}<div>{PROSE}</div>",
        f"<aside>{CARD}{OTHER}</aside><div {NEWS}>{H1}{OWN}<p itemprop=articleBody>{PROSE}</div>",
        f"{COMMENT}<div {NEWS}>{H1}{OWN}{PROSE}</div>",
        f"<div {NEWS}>{H1}{COMMENT}{OWN}{PROSE}</div>",
        f'<div itemscope itemtype="http://schema.org/WebPage">{CARD}{H1}{TIME}{PROSE}</div>',
        f'<div itemscope itemtype="https://schema.org/CreativeWork">{H1}{OWN}{PROSE}</div>{CARD}',
        f"<div {NEWS}>{CARD}<div {NEWS}>{H1}{OWN}{PROSE}</div></div>",
    ],
)  # fmt: skip
def test_own_date(body: str) -> None:
    page = f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>"
    found = extract_article(Page(page.encode(), "html"))
    assert isinstance(found, Article), found
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2024-03-01T10:00:00+00:00"
    assert found.published_source == "meta"


@pytest.mark.parametrize(
    "body",
    [
        f"{H1}{PROSE}<ul class=related>{LIST}</ul>",
        f"{H1}{PROSE}{CARD}",
        f"{H1}{PROSE}<ul>{LIST}</ul>",
        f"{H1}{PROSE}{COMMENT}",
        f"{H1}<div>{PROSE}</div><aside>{OTHER}</aside>",
    ],
)
def test_no_date_is_taken_from_others(body: str) -> None:
    page = f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>"
    found = extract_article(Page(page.encode(), "html"))
    assert isinstance(found, Article), found
    assert found.published_at is None


def test_scope_round_the_page() -> None:
    page = (
        f'<html {NEWS}><head><title>{TITLE}</title><meta itemprop="datePublished" '
        f'content="2024-03-01T10:00:00Z"></head><body><article {NEWS}>{H1}{PROSE}</article></body>'
    )
    found = extract_article(Page(page.encode(), "html"))
    assert isinstance(found, Article)
    assert found.published_at is not None


@pytest.mark.parametrize(
    "box",
    [
        '<ul class="related-news">%s</ul>',
        '<div class="most-read"><ul>%s</ul></div>',
        "<aside><ul>%s</ul></aside>",
        '<section id="latest-widget">%s</section>',
    ],
)
def test_dates_and_names_beside_the_headline_are_its_own(box: str) -> None:
    other = (
        '<li><time datetime="2023-12-09T08:00:00Z">9 ديسمبر</time> <span class="author">نبيل '
        'الكردي</span> <a href="/x">افتتاح جسر المدينة</a></li>'
    )
    own = '<div class="meta"><span class="author">سمر الحلبي</span> <time>2024-03-01</time></div>'
    body = f"<div class='page'>{H1}{box % other}{own}{PROSE}</div>"
    page = f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>"
    found = extract_article(Page(page.encode(), "html"))
    assert isinstance(found, Article), found
    assert found.published_at is not None
    assert found.published_at.date().isoformat() == "2024-03-01"
    assert found.authors == ("سمر الحلبي",)
