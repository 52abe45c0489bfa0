"""Siblings of the reported pages: other outlets, other markup, the same right values."""

from __future__ import annotations

import json

import pytest

from transforms.extract import extract_article
from transforms.records import Article, Page, Rejected

URL = "https://sahel.example/2024/03/15/port-strike"
TITLE = "إضراب عمال الميناء يدخل يومه الثالث"
OWN = [
    "دخل إضراب عمال الميناء يومه الثالث بعد فشل جولة جديدة من المفاوضات مع الإدارة حول الأجور.",
    "وقال ممثل النقابة في مؤتمر صحفي إن العمال لن يعودوا إلى الأرصفة قبل توقيع اتفاق مكتوب.",
    "وحذر اتحاد المصدرين من خسائر كبيرة إذا استمر توقف الحركة، فيما تنتظر عشرات السفن في البحر.",
    "وأعلنت الحكومة تشكيل لجنة وساطة تضم ثلاثة وزراء، على أن ترفع تقريرها خلال أسبوع واحد.",
]
OTHER = [
    "حققت بلدة جبلية صغيرة في الشمال رقما قياسيا في إنتاج الكرز هذا الموسم بفضل الأمطار.",
    "وقال مزارعون إن الأسعار تراجعت إلى النصف، داعين إلى فتح أسواق جديدة قبل نهاية الصيف.",
    "وتنظم البلدة مهرجانا سنويا يقصده آلاف الزوار من المدن القريبة ويستمر ثلاثة أيام.",
]


def paragraphs(texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def page(head="", body=None):
    body = body or f"<main><article><h1>{TITLE}</h1>{paragraphs(OWN)}</article></main>"
    return (
        f'<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8">'
        f"<title>{TITLE} | الساحل</title>{head}</head><body><header><nav><a href='/'>الرئيسية</a>"
        f"</nav></header>{body}<footer>حقوق</footer></body></html>"
    )


def script(said):
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return f'<script type="application/ld+json">{text}</script>'


def own(**more):
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": TITLE,
        "datePublished": "2024-03-15T08:00:00Z",
        "author": {"@type": "Person", "name": "ليلى منصور"},
        **more,
    }


def other(**more):
    return {
        "@type": "NewsArticle",
        "headline": "موسم الكرز",
        "url": "https://sahel.example/cherry",
        "datePublished": "2024-02-01T08:00:00Z",
        "author": {"@type": "Person", "name": "عمر فارس"},
        **more,
    }


def read(html):
    return extract_article(Page(html.encode(), "html", url=URL))


def check(html, *, at="2024-03-15T08:00", authors=("ليلى منصور",), body=OWN):
    found = read(html)
    assert isinstance(found, Article), found
    assert found.title == TITLE
    assert found.body.split("\n") == list(body)
    if at is not None:
        assert found.published_at is not None
        assert found.published_at.isoformat()[:16] == at
    if authors is not None:
        assert found.authors == authors


ABOUT = {"@type": "WebPage", "@id": URL, "mainEntity": {"@id": "#art"}}
OWN_BY_ID = {**own(), "headline": "عنوان آخر", "@id": "#art"}
WHICH = {
    "own after the related one, by its headline": script(other()) + script(own()),
    "in a graph, by its url": script({"@graph": [other(), own(url=URL)]}),
    "in a list, by mainEntityOfPage": script([other(), own(mainEntityOfPage={"@id": URL})]),
    "behind a list of others": script(
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": other()}]}
    )
    + script(own()),
    "as mainEntity of the page": script({"@type": "WebPage", "url": URL, "mainEntity": own()})
    + script(other()),
    "as mainEntity by reference": script(
        {
            "@graph": [
                {"@type": "WebPage", "@id": URL, "mainEntity": {"@id": "#art"}},
                other(),
                OWN_BY_ID,
            ]
        }
    ),
    "with others inside": script(own(hasPart=[other()], mentions=[other()])),
    "poorer than the other": script(own()) + script(other(articleBody=" ".join(OTHER), image="i")),
    "by an address written otherwise": script(other())
    + script(own(url="http://www.sahel.example/2024/03/15/port-strike/")),
}


@pytest.mark.parametrize("name", WHICH)
def test_the_pages_own_node(name):
    check(page(WHICH[name]))


def test_only_others_are_described():
    meta = '<meta property="article:published_time" content="2024-03-15T08:00:00Z">'
    check(page(meta + script(other())), authors=())


WRITER = {"@type": "Person", "@id": "#p1", "name": "ليلى منصور"}


@pytest.mark.parametrize(
    "head",
    [
        script({"@graph": [own(author={"@id": "#p1"}), WRITER]}),
        script(own(author=[{"@id": "#p1"}])) + script(WRITER),
        script({"@graph": [own(author={"@type": "Person", "@id": "#p1"}), WRITER]}),
        script(WRITER) + script({"@graph": [other(), own(author={"@id": "#p1"})]}),
    ],
)
def test_authors_by_reference(head):
    check(page(head))


PLAIN = json.dumps(own(), ensure_ascii=False)
QUOTING = own(description='قال: "لن نعود", ثم "ربما", وانصرف')
BROKEN = {
    "CDATA": f"<![CDATA[\n{PLAIN}\n]]>",
    "CDATA behind strokes": f"//<![CDATA[\n{PLAIN}\n//]]>",
    "CDATA in a comment": f"/*<![CDATA[*/{PLAIN}/*]]>*/",
    "an HTML comment": f"<!--\n{PLAIN}\n-->",
    "semicolons": PLAIN + ";;",
    "a comma too many": PLAIN.replace('"}}', '"},}'),
    "a comma too few": PLAIN.replace('", "datePublished"', '" "datePublished"'),
    "entities": PLAIN.replace('"', "&quot;"),
    "a line comment": "{\n// مقال\n" + PLAIN[1:],
    "a line break in a text": PLAIN.replace(TITLE, TITLE[:10] + "\n" + TITLE[10:]),
    "an assignment": f"var x = {PLAIN};",
    "two objects": PLAIN + json.dumps(other(), ensure_ascii=False),
    "single quotes": PLAIN.replace('"', "'"),
    "a byte order mark": "\ufeff" + PLAIN.replace(TITLE, TITLE + "\t"),
    "inner quotes and commas": json.dumps(QUOTING, ensure_ascii=False).replace('\\"', '"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_scripts_say_plainly_what_they_say(name):
    check(page(script(BROKEN[name])))


def item(day, inner, tag="div", more=""):
    return (
        f'<{tag} {more} itemscope itemtype="http://schema.org/NewsArticle">'
        f'<meta itemprop="datePublished" content="{day}T08:00:00Z">{inner}</{tag}>'
    )


HEADED = f"<h1 itemprop=headline>{TITLE}</h1>"
MARKED = f"<div itemprop=articleBody>{paragraphs(OWN)}</div>"
PARTS = f"<h1>{TITLE}</h1><time datetime='2024-03-15T08:00:00Z'>15 مارس</time>{paragraphs(OWN)}"
STAMPED = "<li><time datetime='2024-01-01T00:00:00Z'></time><a href=/o>كرز</a></li>"
RELATED = item("2024-01-01", "<h3>كرز</h3><span itemprop=author>عمر فارس</span>", "article")


@pytest.mark.parametrize(
    "body",
    [
        f"<aside>{RELATED}</aside><main>{item('2024-03-15', HEADED + MARKED)}</main>",
        f"<main>{item('2024-03-15', f'{HEADED}<section>{RELATED}</section>{MARKED}')}</main>",
        f"<ul class=latest>{RELATED * 2}</ul><main>{item('2024-03-15', HEADED + MARKED)}</main>",
        f"<ul class=latest>{STAMPED}</ul><main><article>{PARTS}</article></main>",
    ],
)
def test_marks_of_related_lists_are_not_ours(body):
    check(page(body=body), authors=())


def live(**more):
    update = {
        "@type": "BlogPosting",
        "headline": "تحديث",
        "datePublished": "2024-03-15T19:00:00Z",
        "author": {"name": "عمر فارس"},
    }
    return own(**{"@type": "LiveBlogPosting", "liveBlogUpdate": [update, update], **more})


@pytest.mark.parametrize(
    "head",
    [
        script(live()),
        script({"@graph": [{"@type": "WebPage", "url": URL}, live(url=URL)]}),
        script(live(dateModified="2024-03-15T20:00:00Z", coverageEndTime="2024-03-16T00:00:00Z")),
        script([live(liveBlogUpdate=live()["liveBlogUpdate"][0])]),
    ],
)
def test_a_live_blog_is_of_its_own_day(head):
    check(page(head))


CHERRY = "موسم الكرز في الجبال"
SECOND = {
    "sections": f"<main><section class=story><h1>{TITLE}</h1>{paragraphs(OWN)}</section>"
    f"<section class=story><h1>{CHERRY}</h1>{paragraphs(OTHER)}</section></main>",
    "boxes": f"<div class=post><h1>{TITLE}</h1><div>{paragraphs(OWN)}</div></div>"
    f"<div class=post><h1>{CHERRY}</h1><div>{paragraphs(OTHER)}</div></div>",
    "behind a label": f"<div><h1>{TITLE}</h1>{paragraphs(OWN)}<p>الخبر التالي</p>"
    f"<h2><a href=/cherry>{CHERRY}</a></h2>{paragraphs(OTHER)}</div>",
    "articles with addresses": f"<main><article data-url='{URL}'><h1>{TITLE}</h1>{paragraphs(OWN)}"
    f"</article><article data-url='/cherry'><h1>{CHERRY}</h1>{paragraphs(OTHER)}</article></main>",
    "a linked headline and a day": f"<div><h1>{TITLE}</h1><p>15 مارس 2024</p>{paragraphs(OWN)}<hr>"
    f"<h1><a href='/cherry'>الكرز</a></h1><p>1 فبراير 2024</p>{paragraphs(OTHER)}</div>",
    "no heading at all": f"<div><h1>{TITLE}</h1>{paragraphs(OWN)}<div><a href='/cherry'><strong>"
    f"{CHERRY}</strong></a></div><span class=date>1 فبراير 2024</span>{paragraphs(OTHER)}</div>",
    "a linked paragraph and a day": f"<div><h1>{TITLE}</h1>{paragraphs(OWN)}<p><a href='/cherry'>"
    f"{CHERRY}</a></p><p>الخميس 1 فبراير 2024</p>{paragraphs(OTHER)}</div>",
}


@pytest.mark.parametrize("name", SECOND)
def test_a_second_article_ends_the_first(name):
    check(page(body=SECOND[name]), at=None, authors=None)


def test_a_link_to_read_between_paragraphs_ends_nothing():
    read_also = "<p><a href='/cherry'>موسم الكرز في الجبال يبدأ مبكرا</a></p>"
    body = (
        f"<article><h1>{TITLE}</h1>{paragraphs(OWN[:2])}{read_also}{paragraphs(OWN[2:])}</article>"
    )
    found = read(page(body=body))
    assert isinstance(found, Article)
    assert found.body.endswith(OWN[-1])


BREAKS = "<br><br>".join(OWN)
TWICE = {
    "by screen": f"<article><h1>{TITLE}</h1><div class=hidden-xs>{paragraphs(OWN)}</div>"
    f"<div class=visible-xs>{paragraphs(OWN)}</div></article>",
    "for print": f"<div class=article-body>{paragraphs(OWN)}</div>"
    f"<div class=print-only>{paragraphs(OWN)}</div>",
    "paragraph by paragraph": "<article>"
    + "".join(f"<p>{text}</p><p>{text}</p>" for text in OWN)
    + "</article>",
    "with line breaks": f"<main><div>{paragraphs(OWN)}</div><div>{BREAKS}</div></main>",
    "the lead": f"<article><h1>{TITLE}</h1><p class=lead>{OWN[0]}</p>{paragraphs(OWN)}</article>",
    "cut short": f"<article><h1>{TITLE}</h1><div>{paragraphs(OWN)}</div>"
    f"<div>{paragraphs(OWN[:2])}</div></article>",
}


@pytest.mark.parametrize("name", TWICE)
def test_what_stands_twice_is_stored_once(name):
    check(page(body=TWICE[name]), at=None, authors=None)


BARE = f"<main><h1>{TITLE}</h1><div id=app></div></main>"
ESCAPED = paragraphs(OWN).replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    "head",
    [
        script(own(articleBody="\n".join(OWN))),
        script(own(articleBody=paragraphs(OWN))),
        script(own(articleBody=ESCAPED)),
        script({"@type": "WebPage", "mainEntity": own(articleBody="\n\n".join(OWN))}),
    ],
)
@pytest.mark.parametrize("more", ["", f"<p>{OWN[0]}</p>"])
def test_a_text_that_stands_in_a_script_only(head, more):
    check(page(head, BARE.replace("<div id=app></div>", more)))


@pytest.mark.parametrize(
    "head",
    [
        script(own(articleBody=" ".join(OWN)[:200] + "...")),
        script(own()) + script(other(articleBody="\n".join(OTHER * 3))),
        script(own(articleBody=" ".join(OWN)[:255])),
    ],
)
def test_a_cut_text_or_anothers_is_none(head):
    found = read(page(head, BARE))
    assert isinstance(found, Rejected)
    assert found.reason == "no_text"


@pytest.mark.parametrize(
    "written",
    [
        "بواسطة ليلى منصور", "تحرير: ليلى منصور", "إعداد - ليلى منصور", "كتب: ليلى منصور",
        "كتبت ليلى منصور", "بقلم ليلى منصور", "By ليلى منصور", "إعداد وتحرير: ليلى منصور",
        "المحرر: ليلى منصور", "الكاتب: ليلى منصور", "ليلى منصور - تونس",
        "ليلى منصور &lt;leila@sahel.example>", "بواسطة : ليلى منصور | 15 مارس 2024",
    ],
)  # fmt: skip
def test_words_round_a_name(written):
    check(page(f'<meta name="author" content="{written}">'), at=None)


@pytest.mark.parametrize("written", ["leila@sahel.example", "admin", "https://facebook.com/sahel"])
def test_what_is_no_name(written):
    check(page(f'<meta name="author" content="{written}">'), at=None, authors=())


@pytest.mark.parametrize(
    "byline",
    [
        "<div class=byline>بواسطة <a href='mailto:l@sahel.example'>ليلى منصور</a></div>",
        "<span class=author>تحرير: <a href='mailto:l@x.example'>l@x.example</a> ليلى منصور</span>",
        "<p class='by-line'>كتبت: ليلى منصور</p>",
        "<a rel=author href='/a/l'>ليلى منصور</a>",
    ],
)
def test_bylines_of_the_page(byline):
    body = f"<main><article><h1>{TITLE}</h1>{byline}{paragraphs(OWN)}</article></main>"
    check(page(body=body), at=None)
