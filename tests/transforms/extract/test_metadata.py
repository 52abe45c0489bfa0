"""Titles without site names, believable addresses, persons only, agencies and datelines."""

from __future__ import annotations

import pytest

from transforms.extract import extract_article
from transforms.extract.bylines import (
    agency_of,
    byline_in_text,
    clean_authors,
    dateline_of,
    signed_agency,
)
from transforms.extract.jsonld import author_names, read_jsonld, text_of
from transforms.extract.markup import parse_page
from transforms.extract.metadata import PageMeta, read_metadata, without_site
from transforms.records import Article, Page

TITLE = "الوزارة تعلن مواعيد الامتحانات للعام الجديد"
PROSE = (
    "<p>أعلنت الوزارة مواعيد الامتحانات في جميع المحافظات، وقالت إنها ستبدأ مطلع الشهر المقبل.</p>"
    * 3
)

LD = '<script type="application/ld+json">'
SITE = "<meta property='og:site_name' content='صحيفة الضفة'>"
FRONT = "<link rel=canonical href=https://daffa.example/index.html>"
PERSON = '{"@type":"Person","name":"سامر الخطيب"},{"@type":"Organization","name":"الضفة ليوم"}'


def _meta(head: str = "", body: str = "", url: str = "") -> PageMeta:
    root = parse_page(f"<html lang='ar'><head>{head}</head><body>{body}{PROSE}</body></html>")
    assert root is not None
    return read_metadata(root, url=url)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (
            f"<title>{TITLE} - صحيفة الضفة</title>{SITE}",
            "",
        ),
        (f"<title>{TITLE} | الضفة</title>", ""),
        (f"<title>الضفة :: {TITLE}</title>", ""),
        (f"<title>الضفة - {TITLE}</title><meta property='og:site_name' content='الضفة'>", ""),
        (f"<title>{TITLE} - سياسة - الضفة</title>", f"<h1>{TITLE}</h1><h1>الضفة</h1>"),
        (f"<title>الضفة: {TITLE}</title>", f"<h2>خبر آخر لا شأن له</h2><h2>{TITLE}</h2>"),
        (f"<meta property='og:title' content='{TITLE}'><title>x</title>", "<h1>الضفة</h1>"),
        (
            f'{LD}{{"@type":"NewsArticle","headline":"{TITLE}"}}</script>',
            "",
        ),
        ("", f"<h1>{TITLE}</h1>"),
    ],
)
def test_title(head: str, body: str) -> None:
    assert _meta(head, body).title == TITLE


def test_title_rules() -> None:
    assert without_site("الضفة", "الضفة") == ""
    assert without_site("خبر - عاجل", "") == "خبر - عاجل"
    assert without_site("كلمة | كلمة", "") == "كلمة | كلمة"
    assert _meta("<title>الضفة</title>", "<h1>خبر</h1>").title == "الضفة"
    assert _meta().title == ""
    escaped = LD + '{"@type":"NewsArticle","headline":"أ &amp; ب هنا"}</script>'
    assert _meta(escaped).title == "أ & ب هنا"


@pytest.mark.parametrize(
    ("head", "url", "canonical"),
    [
        (
            "<link rel=canonical href=/news/1>",
            "https://www.daffa.example/x",
            "https://daffa.example/news/1",
        ),
        (
            "<link rel=canonical href=https://daffa.example/news/1?utm_source=x>",
            "",
            "https://daffa.example/news/1",
        ),
        ("<link rel=canonical href=https://daffa.example/>", "https://daffa.example/news/1", ""),
        ("<link rel=canonical href=https://other.test/news/1>", "https://daffa.example/news/1", ""),
        (
            FRONT + "<meta property='og:url' content='https://m.daffa.example/news/2'>",
            "https://daffa.example/a",
            "https://daffa.example/news/2",
        ),
        ("<link rel=canonical href='https://[x'>", "https://daffa.example/a", ""),
        ("", "https://daffa.example/a", ""),
    ],
)
def test_canonical_address(head: str, url: str, canonical: str) -> None:
    assert _meta(head, url=url).canonical_url == canonical


@pytest.mark.parametrize(
    ("names", "persons"),
    [
        (["سامر الخطيب"], ("سامر الخطيب",)),
        (["بقلم: د. سامر الخطيب"], ("سامر الخطيب",)),
        (["كتبت - ليلى عبد الرحمن"], ("ليلى عبد الرحمن",)),
        (["سامر الخطيب، ليلى حداد"], ("سامر الخطيب", "ليلى حداد")),
        (["سامر الخطيب", "سامِر الخطيب"], ("سامر الخطيب",)),
        (["علي رياح"], ("علي رياح",)),
        (["Jean-Pierre O'Neil"], ("Jean-Pierre O'Neil",)),
        (["admin", "Site Admin", "editor@daffa.example", "cdn-media-42", "jane doe"], ()),
        (["فريق التحرير", "محرر الموقع", "وكالات", "رويترز", "أ ف ب", "مكتب القاهرة"], ()),
        (["صحيفة الضفة", "الضفة الغربية"], ()),
        (["اسم", "اسم طويل جدا لا يمكن أن يكون لشخص واحد أبدا"], ()),
        (["https://www.facebook.com/daffa"], ()),
        (["بواسطة سامر الخطيب"], ("سامر الخطيب",)),
        (["بواسطة: سامر الخطيب", "تحرير/ ليلى حداد"], ("سامر الخطيب", "ليلى حداد")),
        (["تحرير: سامر الخطيب"], ("سامر الخطيب",)),
        (["إعداد وتحرير - سامر الخطيب"], ("سامر الخطيب",)),
        (["كتبه: سامر الخطيب"], ("سامر الخطيب",)),
        (["أعدّه : سامر الخطيب"], ("سامر الخطيب",)),
        (["نشر بواسطة: سامر الخطيب"], ("سامر الخطيب",)),
        (["Posted by: Samir Haddad"], ("Samir Haddad",)),
        (["بواسطة: الصحفية ليلى حداد"], ("ليلى حداد",)),
        (["سامر الخطيب samer@daffa.example"], ("سامر الخطيب",)),
        (["سامر الخطيب <samer@daffa.example>"], ("سامر الخطيب",)),
        (["samer@daffa.example (سامر الخطيب)"], ("سامر الخطيب",)),
        (["بقلم: سامر الخطيب [email protected]"], ("سامر الخطيب",)),
        (["سامر الخطيب @samer_kh"], ("سامر الخطيب",)),
        (["بواسطة سامر الخطيب في 28 فبراير 2024"], ("سامر الخطيب",)),
        (["بواسطة: فريق التحرير", "تحرير الموقع", "تحرير: وكالات", "بواسطة المحرر"], ()),
        (["samer@daffa.example", "@samer_kh", "تحرير الأسرى الفلسطينيين"], ()),
    ],
)
def test_authors(names: list[str], persons: tuple[str, ...]) -> None:
    assert clean_authors(names, ["صحيفة الضفة الغربية"]) == persons


@pytest.mark.parametrize(
    ("head", "body", "persons"),
    [
        (
            LD + '{"@type":["NewsArticle"],"author":[' + PERSON + "]}</script>",
            "",
            ("سامر الخطيب",),
        ),
        ("<meta name=author content='سامر الخطيب'>", "", ("سامر الخطيب",)),
        ("<meta name=author content='https://x.example/a'>", "", ()),
        ("", "<div><a rel=author>سامر الخطيب</a></div>", ("سامر الخطيب",)),
        ("", "<div class='post-author-name'>سامر الخطيب</div>", ("سامر الخطيب",)),
        ("", "<div><span>بقلم سامر الخطيب</span></div>", ("سامر الخطيب",)),
        ("", "<div class='comment-author'>سامر الخطيب</div>", ()),
        ("", "<p>بقلم: سامر الخطيب</p>", ("سامر الخطيب",)),
        ("<meta name=author content='بواسطة: سامر الخطيب'>", "", ("سامر الخطيب",)),
        ("<meta name=author content='سامر الخطيب (s@daffa.example)'>", "", ("سامر الخطيب",)),
        ("", "<div><span>بواسطة: سامر الخطيب</span></div>", ("سامر الخطيب",)),
        ("", "<div><span>تحرير: سامر الخطيب</span></div>", ("سامر الخطيب",)),
        ("", "<div><span>بواسطة سامر الخطيب - 28 فبراير 2024 10:30</span></div>", ("سامر الخطيب",)),
        (
            "",
            (
                "<div>كتب: <a href='mailto:s@daffa.example'>سامر الخطيب</a> "
                "<a href='mailto:s@daffa.example'>s@daffa.example</a></div>"
            ),
            ("سامر الخطيب",),
        ),
        (
            "",
            "<div class=byline>بقلم <a href='mailto:s@d.example'>سامر الخطيب</a></div>",
            ("سامر الخطيب",),
        ),
        ("", "<div><span>تحرير الأسرى الفلسطينيين</span></div>", ()),
        ("", "<div><span>بواسطة الحكومة الانتقالية</span></div>", ()),
    ],
)
def test_authors_of_pages(head: str, body: str, persons: tuple[str, ...]) -> None:
    markup = (
        f"<html><head><title>{TITLE}</title>{head}</head><body><div><h1>{TITLE}</h1>{body}</div>"
        f"<div>{PROSE}</div></body></html>"
    )
    found = extract_article(Page(markup.encode(), "html"))
    assert isinstance(found, Article)
    assert found.authors == persons


def test_bylines_in_text() -> None:
    assert byline_in_text("حوار: آسيا العتروس\nنص") == ["آسيا العتروس"]
    assert byline_in_text("كتب - محمود عبد الجواد، وكالات: تبادلت الدولتان الأسرى") == [
        "محمود عبد الجواد، وكالات"
    ]
    assert byline_in_text("كتب الوزير رسالة طويلة إلى البرلمان يشرح فيها موقفه\nنص") == []
    signed = "نص\nآخر\n(إعداد ليلى حداد للنشرة العربية - تحرير سامر الخطيب)"
    assert byline_in_text(signed) == ["ليلى حداد"]
    assert byline_in_text("نص\nآخر\nتحرير: سامر الخطيب") == ["سامر الخطيب"]
    assert byline_in_text("نص\nآخر\nتحرير الأسرى أولوية") == []


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("أ ف ب", "أ ف ب"), ("(أ.ف.ب)", "أ ف ب"), ("رويترز", "رويترز"), ("Reuters", "رويترز"),
        ("وكالة الأناضول", "الأناضول"), ("د ب أ", "د ب أ"), ("واس", "واس"), ("وكالات", "وكالات"),
        ("رويترز، أ ف ب", "رويترز"), ("صدى النيل", None), ("", None),
    ],
)  # fmt: skip
def test_agencies(text: str, agency: str | None) -> None:
    assert agency_of(text) == agency


@pytest.mark.parametrize(
    ("body", "dateline", "agency"),
    [
        ("القاهرة - أ ف ب: قال الوزير", "القاهرة - أ ف ب", "أ ف ب"),
        ("غزة (رويترز) - قال شهود", "غزة (رويترز)", "رويترز"),
        ("دمشق، سوريا (CNN) -- أكدت جهات", "دمشق، سوريا (CNN)", None),
        ("أنقرة/ الأناضول\nقال الرئيس", "أنقرة/ الأناضول", "الأناضول"),
        ("واس - الرياض\nاستقبل الأمير", "واس - الرياض", "واس"),
        ("يريفان - م ش أ: تبادلت الدولتان", "يريفان - م ش أ", None),
        ("كانو (نيجيريا) - أ ف ب: خطف مسلحون", "كانو (نيجيريا) - أ ف ب", "أ ف ب"),
        ("القاهرة - قال الوزير إن", "القاهرة", None),
        ("كتب - محمود عبد الجواد، وكالات: تبادلت", None, "وكالات"),
        ("أعلن الرئيس، مساء الأربعاء، أن البلاد", None, None),
        ("قال الوزير: لن نقبل", None, None),
        ("", None, None),
    ],
)
def test_datelines(body: str, dateline: str | None, agency: str | None) -> None:
    assert dateline_of(body) == (dateline, agency)


def test_sign_off() -> None:
    assert signed_agency("نص طويل.\n(رويترز)") == "رويترز"
    assert signed_agency("نص طويل.\nالمصدر: وكالات") == "وكالات"
    assert signed_agency("نص طويل (أ ف ب)") == "أ ف ب"
    assert signed_agency("نص طويل عن الوكالات.") is None


def _structured(*scripts: str) -> str:
    return "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)


def test_jsonld_is_read_tolerantly() -> None:
    root = parse_page(
        "<html><head>"
        + _structured(
            "{broken",
            '<![CDATA[{"@type":"NewsArticle","headline":"أ\nب","datePublished":"2024-01-01",}]]>',
            '{"@type":"Organization","name":"الضفة"}',
        )
        + "</head><body></body></html>"
    )
    found = read_jsonld(root)
    assert found.article["datePublished"] == "2024-01-01"
    assert found.publisher == "الضفة"
    assert not found.is_listing


def test_jsonld_lists() -> None:
    many = ",".join('{"@type":"NewsArticle","headline":"x"}' for _ in range(5))
    root = parse_page(f"<html><head>{_structured(f'[{many}]')}</head><body></body></html>")
    assert read_jsonld(root).listed == 5
    root = parse_page(
        "<html><head>"
        + _structured(
            '{"@type":"schema:CollectionPage","hasPart":[{"@type":"http://schema.org/Article"}]}',
            "1" * 300_001,
        )
        + "</head><body></body></html>"
    )
    found = read_jsonld(root)
    assert found.is_listing
    assert found.listed == 1
    assert found.article == {}


def test_jsonld_values() -> None:
    assert text_of([{"@value": " أ "}]) == "أ"
    assert text_of([]) == text_of(None) == text_of(3) == ""
    assert author_names({"creator": "سامر"}) == ["سامر"]
    assert author_names({"author": [{"name": None}]}) == []
