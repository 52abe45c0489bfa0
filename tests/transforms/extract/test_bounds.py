"""Where the page's own article begins and ends, and texts that stand twice or only in JSON-LD."""

from __future__ import annotations

import json

import pytest

from transforms.extract import extract_article
from transforms.extract.declared_body import declared_text
from transforms.records import Article, Page, Rejected

TITLE = "اللجنة توزع البذور على مزارعي الوادي قبل موسم الأمطار"
OWN = (
    "بدأت اللجنة توزيع البذور على مزارعي الوادي، وقالت إن الكميات تكفي الموسم كله.",
    "وأضافت أن التوزيع يشمل القرى الشمالية أولا ثم بقية القرى خلال الأسبوع المقبل.",
    "ورحب المزارعون بالخطوة، وطالبوا بإصلاح القنوات قبل بدء الأمطار في الخريف.",
    "ويعتمد أهل الوادي على زراعة القمح والشعير، ويبيعون ما يفيض عنهم في أسواق المدينة.",
)
NEXT = (
    "افتتحت البلدية الجسر الجديد أمام السيارات بعد عامين من العمل، بحضور أهل الحي القديم.",
    "وقال المهندس المشرف إن الجسر يختصر الطريق إلى الميناء نصف ساعة في ساعات الذروة.",
    "وتستعد البلدية لرصف الشارع المؤدي إليه، على أن يكتمل العمل قبل نهاية العام الجاري.",
    "وكان الجسر القديم قد أغلق بعد أن ظهرت فيه شقوق خطرة إثر سيول الشتاء قبل الماضي.",
    "وأكد سكان الحي أن الازدحام خف منذ اليوم الأول، وأن المحال استعادت زبائنها سريعا.",
)


def _ps(lines: tuple[str, ...]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


BREAKS = "<br>".join(OWN)
H1 = f"<h1>{TITLE}</h1>"
H2 = "<h2>البلدية تفتتح الجسر الجديد أمام السيارات</h2>"
OTHER_H1 = "<h1>البلدية تفتتح الجسر الجديد أمام السيارات</h1>"
STAMP = "<div class=post-meta>نشر في 3 مارس 2024</div>"


def _body(markup: str, head: str = "", title: str = TITLE) -> list[str]:
    page = f"<html><head><title>{title}</title>{head}</head><body>{markup}</body></html>"
    found = extract_article(Page(page.encode(), "html"))
    assert isinstance(found, Article), found
    assert found.title == TITLE
    return found.body.split("\n")


@pytest.mark.parametrize(
    "markup",
    [
        f"<main><article>{H1}{_ps(OWN)}</article><article>{H2}{_ps(NEXT)}</article></main>",
        f"<main><article>{H1}{_ps(OWN)}</article><article>{OTHER_H1}{_ps(NEXT)}</article></main>",
        f"<div><div class=post>{H1}{_ps(OWN)}</div><div class=post>{H2}{_ps(NEXT)}</div></div>",
        f"<div><div>{H1}{_ps(OWN)}</div><div>{OTHER_H1}{_ps(NEXT)}</div></div>",
        f"<div><section>{H1}{_ps(OWN)}</section><section>{H2}{STAMP}{_ps(NEXT)}</section></div>",
        (
            f"<div class=wrap><div>{H1}</div><div>{_ps(OWN)}</div></div>"
            f"<div class=wrap id=next-article>{H2}{_ps(NEXT)}</div>"
        ),
        f"<article>{H1}{_ps(OWN)}</article><div class=infinite-scroll>{H2}{_ps(NEXT)}</div>",
        f"<div>{H1}{_ps(OWN)}{OTHER_H1}{_ps(NEXT)}</div>",
        f"<div>{H1}{_ps(OWN)}<hr>{H2}<time datetime=2024-03-03>3 مارس</time>{_ps(NEXT)}</div>",
        f"<div>{H1}{_ps(OWN)}<p>الخبر التالي</p>{H2}{_ps(NEXT)}</div>",
        f"<div>{H1}{_ps(OWN)}<h3>المقال التالي:</h3><h4>الجسر الجديد</h4>{_ps(NEXT)}</div>",
        f"<div><div>{H1}</div><article>{_ps(OWN)}</article><article>{H2}{_ps(NEXT)}</article></div>",
        (
            f"<main><article>{H1}{_ps(OWN)}</article><article>{H2}{_ps(NEXT)}</article>"
            f"<article>{H2}{_ps(NEXT[::-1])}</article></main>"
        ),
        f"<main><article>{H1}{_ps(OWN[:1])}</article><article>{H2}{_ps(NEXT)}</article></main>",
        (
            f"<main><div class=w data-url=/1><header>{H1}</header><div>{_ps(OWN)}</div></div>"
            f"<div class=w data-url=/2><header>{H2}</header><div>{_ps(NEXT)}</div></div></main>"
        ),
        (
            f"<main><div class=w><div>{H1}</div><div>{_ps(OWN)}</div></div><div class=w><h2>"
            f"<a href=/2>البلدية تفتتح الجسر الجديد</a></h2><div>{_ps(NEXT)}</div></div></main>"
        ),
        f"<main><article>{OTHER_H1}{_ps(NEXT)}</article><article>{H1}{_ps(OWN)}</article></main>",
        f"<div><div class=post>{H2}{_ps(NEXT)}</div><div class=post>{H1}{_ps(OWN)}</div></div>",
    ],
)
def test_a_second_article_ends_the_first(markup: str) -> None:
    lines = _body(markup)
    assert OWN[0] in lines
    assert not set(lines) & set(NEXT)
    if OWN[1] in markup:
        assert lines == list(OWN)


@pytest.mark.parametrize(
    "markup",
    [
        f"<article>{H1}{_ps(OWN)}<h2>كيف بنيت القنوات قديما؟</h2>{_ps(NEXT)}</article>",
        (
            f"<div><section>{H1}{_ps(OWN)}</section>"
            f"<section><h2>كيف بنيت القنوات قديما؟</h2>{_ps(NEXT)}</section></div>"
        ),
        (
            f"<div><div class=row>{H1}{_ps(OWN)}</div>"
            f"<div class=row><h2>كيف بنيت القنوات قديما؟</h2>{_ps(NEXT)}</div></div>"
        ),
        f"<article>{H1}{_ps(OWN)}<h3>الجسر</h3><div class=box>{_ps(NEXT)}</div></article>",
        (
            f"<div><div>{H1}<p>{OWN[0]}</p></div><div class=side><h2>آخر أخبار المدينة</h2>{STAMP}"
            f"<p>{OWN[1] * 2}</p></div><div class=rest>{_ps(OWN)}{_ps(NEXT)}</div></div>"
        ),
        (
            f"<div>{H1}<div><h2>مقدمة عن الوادي وأهله</h2>{_ps(OWN)}</div>"
            f"<div><h2>كيف بنيت القنوات قديما؟</h2>{_ps(NEXT)}</div></div>"
        ),
        (
            f"<article>{H1}<article class=update><h2>الساعة العاشرة صباحا</h2>{_ps(OWN)}</article>"
            f"<article class=update><h2>الساعة التاسعة صباحا</h2>{_ps(NEXT)}</article></article>"
        ),
    ],
)
def test_sections_of_one_article_stay(markup: str) -> None:
    assert set(OWN + NEXT) <= set(_body(markup))


@pytest.mark.parametrize(
    "markup",
    [
        f"<article>{H1}{_ps(OWN)}<hr>{H2}{_ps(NEXT)}</article>",
        f"<div><section>{H1}{_ps(OWN)}</section><section>{H2}{_ps(NEXT)}</section></div>",
    ],
)
def test_what_the_page_describes_as_another_article_is_one(markup: str) -> None:
    nodes = [
        {"@type": "NewsArticle", "headline": TITLE},
        {"@type": "NewsArticle", "headline": "البلدية تفتتح الجسر الجديد أمام السيارات"},
    ]
    head = f'<script type="application/ld+json">{json.dumps(nodes)}</script>'
    assert _body(markup, head) == list(OWN)
    assert set(NEXT) <= set(_body(markup))


def test_a_live_blog_keeps_its_updates() -> None:
    blog = {
        "@type": "LiveBlogPosting",
        "headline": TITLE,
        "datePublished": "2024-03-01T10:00:00Z",
        "liveBlogUpdate": [{"@type": "BlogPosting", "datePublished": "2024-03-03T10:00:00Z"}],
    }
    head = f'<script type="application/ld+json">{json.dumps(blog)}</script>'
    markup = (
        f"<main><article>{H1}{_ps(OWN)}</article><article>{H2}{STAMP}{_ps(NEXT)}</article></main>"
    )
    assert set(OWN + NEXT) <= set(_body(markup, head))


@pytest.mark.parametrize(
    "markup",
    [
        f"<div>{H1}<div itemprop=articleBody>{_ps(OWN)}</div><div>{_ps(NEXT)}</div></div>",
        f"<div>{H1}<div class=article-body>{_ps(OWN)}</div><div>{_ps(NEXT)}</div></div>",
        f"<article>{H1}{_ps(OWN)}</article><div class=about>{_ps(NEXT)}</div>",
        f"<div>{_ps(NEXT)}</div>{H1}<div class='entry-content clear'>{_ps(OWN)}</div>",
        (
            f'<div itemscope itemtype="https://schema.org/NewsArticle">{H1}'
            f'<div itemprop="articleBody">{_ps(OWN)}</div></div>'
            f"<div>{_ps(NEXT)}{_ps(NEXT[::-1])}</div>"
            f'<div itemscope itemtype="https://schema.org/NewsArticle"><h2>الجسر</h2>'
            f'<div itemprop="articleBody">{_ps(NEXT)}</div></div>'
        ),
    ],
)
def test_marked_bodies_win(markup: str) -> None:
    assert _body(markup) == list(OWN)


@pytest.mark.parametrize(
    "markup",
    [
        f"<div>{H1}<div class=d-md-block>{_ps(OWN)}</div><p class=d-none>{BREAKS}</p></div>",
        f"<div>{H1}<div class=desktop>{_ps(OWN)}</div><div class=mobile>{_ps(OWN)}</div></div>",
        f"<div>{H1}<div class=desktop>{_ps(OWN)}</div><div class=mobile>{BREAKS}</div></div>",
        f"<article>{H1}<div>{_ps(OWN)}</div></article><div class=print>{_ps(OWN)}</div>",
        f"<article>{H1}{_ps(OWN)}<blockquote>{OWN[1]}</blockquote></article>",
        f"<article>{H1}<p>{OWN[0]}</p>{_ps(OWN)}</article>",
        f"<article>{H1}{_ps(OWN)}{_ps(tuple(line.replace('،', ' ،') for line in OWN))}</article>",
    ],
)
def test_what_stands_twice_is_stored_once(markup: str) -> None:
    assert _body(markup) == list(OWN)


def test_refrains_stay() -> None:
    verses = ("يا وادي النخيل", "عليك السلام", "يا وادي النخيل", "وطاب المقام") * 3
    lines = _body(f"<article>{H1}{_ps(OWN)}{_ps(verses)}</article>")
    assert lines == [*OWN, *verses]


def _declared(text: str, markup: str = "<div id=root></div>", **more: object) -> bytes:
    node = {"@type": "NewsArticle", "headline": TITLE, "articleBody": text, **more}
    return (
        f'<html><head><title>{TITLE}</title><script type="application/ld+json">'
        f"{json.dumps(node, ensure_ascii=False)}</script></head><body>{markup}</body></html>"
    ).encode()


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(OWN),
        "\r\n\r\n".join(OWN),
        _ps(OWN),
        _ps(OWN).replace("<", "&lt;").replace(">", "&gt;"),
        "<br/>".join(OWN),
    ],
)
@pytest.mark.parametrize(
    "markup",
    [
        "<div id=root></div>",
        "<noscript>يرجى تفعيل جافاسكربت</noscript><div id=app><p>جار التحميل، من فضلك انتظر</p>",
        f"<h1>{TITLE}</h1><p>{OWN[0]}</p>",
    ],
)
def test_whole_text_only_in_jsonld(text: str, markup: str) -> None:
    found = extract_article(Page(_declared(text, markup), "html"))
    assert isinstance(found, Article), found
    assert found.body.split("\n") == list(OWN)
    assert found.extractor == "jsonld"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(OWN)[:255],
        "\n".join(OWN) + " ...",
        "\n".join(OWN[:3]) + "\nويعتمد أهل الوادي على زراعة…",
        "\n".join(OWN) + "\nويعتمد أهل",
        "قصير.",
    ],
)
def test_cut_text_is_never_taken(text: str) -> None:
    found = extract_article(Page(_declared(text), "html"))
    assert isinstance(found, Rejected)
    assert found.reason == "no_text"


def test_the_page_is_believed_before_its_declaration() -> None:
    shown = f"<article>{H1}{_ps(OWN)}</article>"
    found = extract_article(Page(_declared("\n".join(NEXT), shown), "html"))
    assert isinstance(found, Article)
    assert found.body.split("\n") == list(OWN)
    assert found.extractor == "trafilatura"


def test_declared_text() -> None:
    assert declared_text({}) == declared_text({"articleBody": 3}) == ""
    assert declared_text({"articleBody": list(OWN)}) == "\n".join(OWN)
    assert declared_text({"articleBody": "\n".join(OWN), "wordCount": 400}) == ""
    cut = "\n".join(OWN).rstrip(".")
    assert declared_text({"articleBody": cut, "wordCount": len(cut.split())}) == cut
