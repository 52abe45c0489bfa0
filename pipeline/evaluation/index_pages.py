"""Invented pages for the is-article question: index pages in many templates, and hard articles.

All text is written for this project. Pages are built deterministically; every template follows a
layout that is common on Arabic news sites, none copies one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_HEADLINES: Final = (
    "الحكومة تقر خطة جديدة لدعم المزارعين في المحافظات الشرقية",
    "وصول قافلة مساعدات طبية إلى المدينة بعد انقطاع دام أسبوعين",
    "المنتخب يختتم معسكره التدريبي استعدادا للتصفيات القارية",
    "البنك المركزي يثبت أسعار الفائدة للشهر الثالث على التوالي",
    "انطلاق معرض الكتاب بمشاركة مئة دار نشر عربية",
    "مقتل شخصين في تصادم على الطريق الساحلي",
    "وزير النقل يتفقد أعمال توسعة الميناء الجنوبي",
    "احتجاجات في العاصمة على ارتفاع أسعار الوقود",
    "اكتشاف موقع أثري يعود إلى القرن الثالث قرب الوادي",
    "اتفاق بين البلدين على استئناف الرحلات الجوية المباشرة",
    "الأرصاد تحذر من عاصفة رملية تضرب الصحراء الغربية غدا",
    "افتتاح أول محطة للطاقة الشمسية في الإقليم الشمالي",
    "جامعة المدينة تمنح جائزتها السنوية لباحثة في علوم المياه",
    "مجلس الأمن يعقد جلسة طارئة لبحث الأوضاع على الحدود",
    "إضراب عمال السكك الحديدية يدخل يومه الخامس",
    "فيلم تسجيلي عن صيادي اللؤلؤ يفوز بجائزة المهرجان",
)
_SENTENCES: Final = (
    "وأوضح المتحدث أن الخطة ستنفذ على مراحل تبدأ مطلع الشهر المقبل وتشمل جميع المناطق الريفية.",
    "وقالت مصادر محلية إن فرق الإنقاذ وصلت إلى المكان بعد نحو ساعة من وقوع الحادث.",
    "وشدد المسؤول على ضرورة التعاون بين الجهات المعنية لتجاوز الصعوبات التي واجهت المشروع.",
    "ومن المتوقع أن يستمر العمل في المرحلة الأولى ستة أشهر على الأقل بحسب البيان.",
    "في المقابل رأى خبراء أن القرار لا يعالج جوهر المشكلة وطالبوا بإصلاحات أوسع.",
    "وكانت اللجنة قد اجتمعت الأسبوع الماضي لمراجعة التقارير الواردة من المحافظات.",
    "وأضاف أن عدد المستفيدين بلغ حتى الآن أكثر من أربعة آلاف أسرة في ثلاث مدن.",
    "ولم يصدر تعليق رسمي من الوزارة حتى لحظة نشر هذا الخبر.",
)
_SECTIONS: Final = ("الرئيسية", "سياسة", "اقتصاد", "رياضة", "ثقافة", "صحة", "تكنولوجيا", "فيديو", "رأي")


def _headline(number: int) -> str:
    return _HEADLINES[number % len(_HEADLINES)]


def _text(number: int, sentences: int) -> str:
    return " ".join(_SENTENCES[(number + i) % len(_SENTENCES)] for i in range(sentences))


def _link(number: int) -> str:
    return f'<a href="/news/{10400 + number}/story-{number}">{_headline(number)}</a>'


def _nav() -> str:
    items = "".join(f'<li><a href="/{i}">{name}</a></li>' for i, name in enumerate(_SECTIONS))
    return f'<div id="top"><ul class="menu">{items}</ul></div>'


def _footer() -> str:
    return '<div class="foot"><p>جميع الحقوق محفوظة لموقع الوادي الإخباري 2024</p></div>'


def _page(title: str, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title} - '
        f"الوادي الإخباري</title>{head}</head><body>{_nav()}{body}{_footer()}</body></html>"
    )


_OG_SITE: Final = (
    '<meta property="og:type" content="website"><meta property="og:site_name" '
    'content="الوادي الإخباري">'
)
_OG_ARTICLE: Final = '<meta property="og:type" content="article">'


def _jsonld(kind: str, extra: str = "") -> str:
    return (
        '<script type="application/ld+json">{"@context":"https://schema.org","@graph":['
        f'{{"@type":"{kind}","name":"الوادي"{extra}}},'
        '{"@type":"WebSite","name":"الوادي الإخباري"}]}</script>'
    )


def _cards(pattern: str, number: int = 12, sentences: int = 1, start: int = 0) -> str:
    return "".join(
        pattern.format(link=_link(i), title=_headline(i), text=_text(i, sentences), n=i)
        for i in range(start, start + number)
    )


def index_pages() -> Iterator[tuple[str, str]]:
    """Index, section, tag, search and listing pages.

    Yields:
        (name, markup); none of them is an article.
    """
    grid = (
        '<article class="post"><div class="thumb"><a href="/n/{n}"><img src="{n}.jpg"></a></div>'
        '<h2 class="entry-title">{link}</h2><time>منذ {n} ساعات</time><p>{text}</p></article>'
    )
    excerpt = (
        '<article class="post hentry"><header><h2>{link}</h2></header><div class="entry-summary">'
        '<p>{text} <a href="/n/{n}">أكمل القراءة</a></p></div></article>'
    )
    yield "home-grid", _page("الرئيسية", f"<main>{_cards(grid)}</main>", _OG_SITE)
    yield "category-excerpts", _page("سياسة", f"<h1>سياسة</h1><main>{_cards(excerpt, 10, 3)}</main>")
    yield (
        "tag-collection",
        _page(
            "وسم: المياه",
            f'<div id="content"><h1 class="page-title">المياه</h1>{_cards(excerpt, 8, 2)}</div>',
            _jsonld("CollectionPage"),
        ),
    )
    yield (
        "search-results",
        _page(
            "نتائج البحث عن: المساعدات",
            "<h1>نتائج البحث عن: المساعدات</h1><ol>"
            + _cards("<li><h3>{link}</h3><div class='snippet'>{text}</div></li>", 10, 2)
            + "</ol>",
        ),
    )
    yield (
        "author-archive",
        _page(
            "سامر الخطيب",
            f"<h1>سامر الخطيب</h1><p class='bio'>{_text(2, 2)}</p>" + _cards(excerpt, 9, 1),
        ),
    )
    yield (
        "drupal-view",
        _page(
            "أخبار محلية",
            '<div class="view-content">'
            + _cards(
                '<div class="views-row"><div class="views-field-title"><span class="field-content">'
                '{link}</span></div><div class="views-field-body"><div class="field-content"><p>{text}'
                "</p></div></div></div>",
                12,
                2,
            )
            + "</div>",
        ),
    )
    yield (
        "aspnet-grid",
        _page(
            "الأخبار",
            '<form id="aspnetForm"><table id="gv">'
            + _cards("<tr><td><img src='{n}.jpg'></td><td>{link}<br>{text}</td></tr>", 14, 1)
            + "</table></form>",
        ),
    )
    sections = "".join(
        f'<section><h2 class="block-title"><a href="/{s}">{s}</a></h2><ul>'
        + _cards("<li><h3>{link}</h3></li>", 6, start=n * 3)
        + "</ul></section>"
        for n, s in enumerate(_SECTIONS[1:])
    )
    yield (
        "newspaper-home",
        _page(
            "الوادي الإخباري",
            f"<div class='hero'><h1>{_link(3)}</h1><p>{_text(1, 2)}</p></div>{sections}",
            _OG_SITE + _jsonld("NewsMediaOrganization"),
        ),
    )
    yield (
        "video-list",
        _page(
            "فيديو",
            "<h1>فيديو</h1>"
            + _cards("<div class='video'><a href='/v/{n}'><img></a><span>02:3{n}</span>{link}</div>", 20),
        ),
    )
    yield (
        "gallery-index",
        _page("صور", _cards("<figure>{link}<figcaption>{title}</figcaption></figure>", 18)),
    )
    yield (
        "ticker",
        _page(
            "آخر الأخبار",
            "<h1>آخر الأخبار</h1><ul>" + _cards("<li><span>1{n}:05</span> {link}</li>", 40) + "</ul>",
        ),
    )
    yield (
        "amp-category",
        _page(
            "اقتصاد",
            _cards("<div class='amp-wp-content'><h2>{link}</h2><p>{text}</p></div>", 10, 1),
            '<link rel="canonical" href="https://alwadi.example/category/economy">',
        ),
    )
    post = "<div class='post-outer'><h3 class='post-title'>{link}</h3><div class='post-body'>{text}</div></div>"
    yield "blog-home-full-posts", _page("مدونة الوادي", f"<div id='main'>{_cards(post, 6, 12)}</div>")
    yield (
        "old-table-home",
        _page(
            "الوادي",
            "<table width=770><tr><td>"
            + _cards("<table><tr><td><b>{link}</b><br>{text}<br><a href='/n/{n}'>التفاصيل</a></table>", 12, 1)
            + "</td></tr></table>",
        ),
    )
    yield (
        "featured-section",
        _page(
            "ثقافة",
            f"<div class='featured'><h2>{_link(4)}</h2><p>{_text(3, 4)}</p></div><ul>"
            + _cards("<li>{link}</li>", 24)
            + "</ul>",
            _OG_SITE,
        ),
    )
    yield (
        "most-read",
        _page("الأكثر قراءة", "<ol>" + _cards("<li><em>{n}</em>{link}</li>", 20) + "</ol>"),
    )
    yield (
        "archive-month",
        _page(
            "أرشيف مارس",
            "".join(f"<h3>{day} مارس</h3><ul>" + _cards("<li>{link}</li>", 4, start=day) + "</ul>" for day in range(1, 12)),
        ),
    )
    yield (
        "long-summaries",
        _page("تقارير", _cards("<div class='item'><h2>{link}</h2><p>{text}</p></div>", 15, 4)),
    )
    yield (
        "topic-with-intro",
        _page(
            "ملف المياه",
            f"<h1>ملف المياه</h1><div class='intro'><p>{_text(5, 4)}</p></div>" + _cards(grid, 15, 1),
            _OG_SITE,
        ),
    )
    yield (
        "opinion-writers",
        _page(
            "رأي",
            _cards("<div class='op'><img><b>كاتب رقم {n}</b><h4>{link}</h4></div>", 18),
        ),
    )
    yield (
        "podcast-list",
        _page(
            "بودكاست",
            "<h1>بودكاست الوادي</h1>"
            + _cards("<div class='ep'><h3>{link}</h3><audio></audio><p>{text}</p><span>42 دقيقة</span></div>", 9, 2),
        ),
    )
    yield (
        "cards-in-links",
        _page(
            "صحة",
            _cards("<a class='card' href='/n/{n}'><h3>{title}</h3><p>{text}</p></a>", 14, 2),
        ),
    )
    yield (
        "divs-only",
        _page(
            "منوعات",
            _cards("<div class='row'><div class='t'>{link}</div><div class='d'>{text}</div></div>", 14, 2),
        ),
    )
    yield (
        "category-says-article",
        _page("رياضة", f"<h1>رياضة</h1>{_cards(grid, 16, 1)}", _OG_ARTICLE),
    )
    yield (
        "flat-headings-and-paragraphs",
        _page("محليات", "<div class='list'>" + _cards("<h3>{link}</h3><p>{text}</p>", 14, 2) + "</div>"),
    )
    yield (
        "script-only-home",
        _page("الوادي", '<div id="app"></div><script>window.data={"items":[1,2,3]}</script>'),
    )
    yield (
        "schedule",
        _page(
            "جدول البرامج",
            "<table>" + _cards("<tr><td>1{n}:00</td><td>{link}</td><td>إعادة</td></tr>", 16) + "</table>",
        ),
    )
    yield (
        "item-list",
        _page(
            "تكنولوجيا",
            _cards("<div class='c'><h2>{link}</h2><p>{text}</p></div>", 10, 1),
            _jsonld(
                "ItemList",
                ',"itemListElement":['
                + ",".join(f'{{"@type":"NewsArticle","headline":"خبر {i}"}}' for i in range(5))
                + "]",
            ),
        ),
    )
    yield (
        "live-front",
        _page(
            "الوادي",
            "<div class='main-story'><a href='/n/1'><h1>"
            + _headline(13)
            + f"</h1></a><p>{_text(4, 3)}</p><ul>"
            + _cards("<li>{link}</li>", 5)
            + "</ul></div>"
            + _cards(grid, 20, 1),
            _OG_SITE,
        ),
    )
    yield (
        "documents",
        _page(
            "بيانات",
            "<ul>" + _cards("<li>{link} <a href='/f/{n}.pdf'>تحميل الملف</a> (2{n} ك.ب)</li>", 20) + "</ul>",
        ),
    )


def _paragraphs(number: int, wrap: str = "<p>{}</p>", first: int = 0) -> str:
    return "".join(wrap.format(_text(first + i, 2)) for i in range(number))


def article_pages() -> Iterator[tuple[str, str]]:
    """Articles that are easily taken for something else: short, odd in layout, among teasers.

    Yields:
        (name, markup); every one is an article.
    """
    related = _cards("<div class='card'><h3>{link}</h3></div>", 12, start=2)
    title = _headline(5)
    h1 = f"<h1>{title}</h1>"
    yield "plain", _page(title, f"{h1}<div>{_paragraphs(6)}</div>")
    yield "flash", _page(title, f"{h1}<div class='body'><p>{_text(1, 2)}</p></div>", _OG_ARTICLE)
    yield "flash-undeclared", _page(title, f"{h1}<div class='body'><p>{_text(1, 2)}</p></div>")
    yield (
        "flash-among-teasers",
        _page(
            title,
            f"<article>{h1}<div class='entry-content'><p>{_text(1, 3)}</p></div></article>"
            f"<div class='more'>{related}</div>",
            _OG_ARTICLE + _jsonld("NewsArticle", ',"headline":"' + title + '","datePublished":"2024-03-02T10:00:00Z"'),
        ),
    )
    yield (
        "among-teasers-undeclared",
        _page(title, f"<div class='post'>{h1}{_paragraphs(5)}</div><div class='more'>{related}</div>"),
    )
    yield (
        "teasers-with-summaries",
        _page(
            title,
            f"<article>{h1}{_paragraphs(6)}</article>"
            + _cards("<div class='card'><h3>{link}</h3><p>{text}</p></div>", 8, 1, start=3),
            _OG_ARTICLE,
        ),
    )
    wrapped = "<div class='block'><div class='text'>{}</div></div>"
    yield "wrapped-blocks", _page(title, f"{h1}<div class='article'>{_paragraphs(6, wrapped)}</div>")
    yield (
        "line-breaks",
        _page(title, f"{h1}<div id='story'>{_paragraphs(6, '{}<br><br>')}</div>{related}"),
    )
    yield (
        "aspnet",
        _page(
            title,
            f"<form id='form1'><table><tr><td>{h1}<span id='lbl'>{_paragraphs(5)}</span></td></tr>"
            "</table></form>",
        ),
    )
    yield (
        "poem",
        _page(
            "صوت النهر",
            "<h1>صوت النهر</h1><div class='post-body'>"
            + "<br>".join("يا نهر خذني حيث تمضي الريح" for _ in range(30))
            + "</div>",
        ),
    )
    yield (
        "listicle",
        _page(
            "عشر نصائح لتوفير الماء في المنزل",
            "<h1>عشر نصائح لتوفير الماء في المنزل</h1><div class='content'>"
            + _cards("<h2>{n}. نصيحة</h2><p>{text}</p>", 10, 2)
            + "</div>",
        ),
    )
    yield (
        "interview",
        _page(
            title,
            f"{h1}<div class='td-post-content'>"
            + _cards("<p><strong>* كيف تصفون الوضع اليوم؟</strong></p><p>- {text}</p>", 8, 3)
            + "</div>",
        ),
    )
    yield (
        "no-heading",
        _page(title, f"<div class='txt'><span class='t'>{title}</span>{_paragraphs(4)}</div>", _OG_SITE),
    )
    yield (
        "linked-sources",
        _page(
            title,
            f"{h1}<article>"
            + _cards("<p>وبحسب <a href='/n/{n}'>ما ذكرته الوزارة في بيانها</a> {text}</p>", 6, 2)
            + "</article>",
        ),
    )


def walls() -> Iterator[tuple[str, str, str]]:
    """Pages that stand before an article.

    Yields:
        (name, markup, the reason it must be refused with).
    """
    title = _headline(2)
    yield (
        "paywall",
        _page(
            title,
            f"<h1>{title}</h1><p>{_text(0, 1)}</p><div class='wall'><p>هذا المقال مخصص للمشتركين فقط. "
            "اشترك الآن لقراءة المقال كاملا.</p></div>",
            _OG_ARTICLE,
        ),
        "paywall",
    )
    yield (
        "paywall-structured",
        _page(
            title,
            f"<h1>{title}</h1><p>{_text(0, 2)}</p>",
            _jsonld("NewsArticle", ',"headline":"x","isAccessibleForFree":false'),
        ),
        "paywall",
    )
    yield (
        "consent",
        _page(
            "قبل أن تتابع",
            "<div><h1>خصوصيتك تهمنا</h1><p>نحن وشركاؤنا نستخدم ملفات تعريف الارتباط لتخزين معلومات على "
            "جهازك وفق سياسة الخصوصية.</p><button>قبول الكل</button></div>",
        ),
        "consent",
    )
    yield (
        "login",
        _page(
            "تسجيل الدخول",
            "<h1>تسجيل الدخول</h1><form><input type=text><input type=password></form><p>يرجى تسجيل "
            "الدخول لمتابعة القراءة. نسيت كلمة المرور؟</p>",
        ),
        "login",
    )

