"""Bodies: nothing of the article lost, nothing of the page around it kept."""

from __future__ import annotations

import pytest

from transforms.extract import extract_article
from transforms.extract.body import extract_body
from transforms.extract.lines import render_lines, tidy
from transforms.extract.markup import parse_page
from transforms.extract.phrases import is_bare_related_label, is_boilerplate_line, is_related_label
from transforms.records import Article, Page

TITLE = "البلدية تفتتح جسرا جديدا فوق الوادي بعد عامين من العمل"
STANDFIRST = "قال رئيس البلدية إن الجسر سيختصر الطريق بين ضفتي المدينة إلى عشر دقائق."
FIRST = "افتتحت البلدية صباح الثلاثاء جسرا جديدا فوق الوادي، بعد عامين من العمل وثلاثة تأجيلات."
SECOND = "ويبلغ طول الجسر أربعمئة متر، وقد شارك في بنائه مئتا عامل وفق بيان وزع على الصحفيين."
THIRD = "وحضر الافتتاح عدد من سكان الأحياء القريبة الذين طالبوا بإنارة الطرق المؤدية إليه."


def _body(inner: str, head: str = "") -> str:
    page = (
        f"<html><head><title>{TITLE} - صحيفة الضفة</title>{head}</head><body><header><nav><a>سياسة"
        f"</a></nav></header>{inner}<footer><p>جميع الحقوق محفوظة لصحيفة الضفة 2024</p></footer>"
        "</body></html>"
    )
    found = extract_article(Page(page.encode(), "html"))
    assert isinstance(found, Article), found
    assert found.title == TITLE
    return found.body


def _paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


WHOLE = f"{FIRST}\n{SECOND}\n{THIRD}"


def test_standfirst_outside_the_container() -> None:
    inner = (
        f"<div class='article__header'><h1>{TITLE}</h1><div class='article__announce-text'>"
        f"{STANDFIRST}</div></div><div class='article__body'>"
        + "".join(
            f"<div class='article__block'><div class='article__text'>{text}</div></div>"
            for text in (FIRST, SECOND, THIRD)
        )
        + "</div>"
    )
    assert _body(inner) == f"{STANDFIRST}\n{WHOLE}"


def test_standfirst_known_by_the_description() -> None:
    head = f'<meta name="description" content="{STANDFIRST}">'
    inner = (
        f"<h1>{TITLE}</h1><section><p class='x1'>{STANDFIRST}</p></section>"
        f"<div class='article-body'>{_paragraphs(FIRST, SECOND, THIRD)}</div>"
    )
    assert _body(inner, head) == f"{STANDFIRST}\n{WHOLE}"


def test_standfirst_is_not_said_twice() -> None:
    head = f'<meta name="description" content="{FIRST}">'
    inner = f"<h1>{TITLE}</h1><div class='entry-content'>{_paragraphs(FIRST, SECOND, THIRD)}</div>"
    assert _body(inner, head) == WHOLE


@pytest.mark.parametrize(
    "junk",
    [
        "<p>تم نشره في 20:15 GMT 03.05.2024</p>",
        "<p>آخر تحديث: 3 مايو 2024</p>",
        "<div class='img-caption'>الجسر الجديد كما بدا صباح اليوم</div>",
        "<figure><img src=a.jpg><figcaption>الجسر الجديد</figcaption></figure>",
        "<p>تابعوا آخر أخبار الضفة عبر غوغل نيوز</p>",
        "<div class='share-bar'><span>شارك</span><span>فيسبوك</span></div>",
        "<p>شارك على فيسبوك</p>",
        "<p>اقرأ أيضا: <a href='/n/1'>مقتل شخصين في تصادم على الطريق الساحلي</a></p>",
        "<p><b>اقرأ أيضاً</b></p><ul><li><a href='/n/1'>خبر آخر عن المدينة القديمة</a></li></ul>",
        "<div class='related-posts'><a href='/n/1'>أخبار أخرى من المدينة</a></div>",
        "<section aria-labelledby='byline'><ul><li>سامر الخطيب</li><li>الضفة</li></ul></section>",
        "<script>var a = 'نص لا يظهر للقارئ أبدا مهما طال';</script>",
        "<div class='comments-area' id='comments'><p>تعليق من قارئ غاضب على الخبر.</p></div>",
    ],
)
def test_what_stands_round_and_between_is_dropped(junk: str) -> None:
    for order in ((junk, FIRST), (FIRST, junk)):
        parts = [part if part.startswith("<") else f"<p>{part}</p>" for part in order]
        inner = (
            f"<article><h1>{TITLE}</h1><div class='content'>{''.join(parts)}"
            f"{_paragraphs(SECOND, THIRD)}</div></article>"
        )
        assert _body(inner) == WHOLE


def test_teaser_cards_beside_the_article_are_dropped() -> None:
    cards = "".join(
        f"<div class='c'><h3><a href='/n/{i}'>خبر آخر من أخبار المدينة رقم {i}</a></h3>"
        f"<p>ملخص الخبر الآخر الذي لا شأن له بالجسر ولا بالوادي أبدا.</p></div>"
        for i in range(6)
    )
    inner = f"<h1>{TITLE}</h1><div><div>{_paragraphs(FIRST, SECOND, THIRD)}</div>{cards}</div>"
    assert _body(inner) == WHOLE


def test_layout_tables_and_the_one_form() -> None:
    inner = (
        "<form id='aspnetForm'><table><tr><td>سياسة | اقتصاد | رياضة | ثقافة | صحة</td></tr><tr>"
        f"<td><h1>{TITLE}</h1>{_paragraphs(FIRST, SECOND, THIRD)}</td></tr></table></form>"
    )
    assert _body(inner) == WHOLE


def test_data_tables_lose_their_bars() -> None:
    table = "<table><tr><td>الطول</td><td>400</td></tr></table>"
    inner = f"<article><h1>{TITLE}</h1>{_paragraphs(FIRST, SECOND)}{table}<p>{THIRD}</p></article>"
    assert "الطول | 400" in _body(inner).split("\n")


def test_a_paragraph_dropped_from_between_others_comes_back() -> None:
    fourth = (
        "وشكر رئيس البلدية العمال، وقال إن العمل في الجسر الثاني سيبدأ بعد انتهاء موسم الأمطار."
    )
    parts = "".join(
        f"<p{mark}>{text}</p>"
        for text, mark in (
            (FIRST, ""),
            (SECOND, " style='border:0'"),
            (THIRD, " class='embed'"),
            (fourth, ""),
            ("خاتمة النص كله هنا.", ""),
            (
                "كاتب هذا الخبر صحفي يعمل في الصحيفة منذ عشرين عاما ويكتب عن المدن والعمران.",
                " class='author-bio'",
            ),
        )
    )
    body = _body(f"<article><h1>{TITLE}</h1><div>{parts}</div></article>")
    assert body == f"{WHOLE}\n{fourth}\nخاتمة النص كله هنا."


def test_long_comments_do_not_win() -> None:
    comments = "".join(
        f"<div class='comment-body'><p>{text * 3}</p></div>"
        for text in ("رأيي أن الجسر لا يكفي وحده. ", "أما أنا فأرى أن المال ضاع. ") * 6
    )
    notice = (
        f"<div class='cookie-consent'><p>{'نستخدم ملفات الارتباط لتحسين الخدمة. ' * 12}</p></div>"
    )
    inner = (
        f"{notice}<article><h1>{TITLE}</h1>{_paragraphs(FIRST, SECOND, THIRD)}</article>"
        f"<div id='comments' class='comments-area'>{comments}</div>"
    )
    assert _body(inner) == WHOLE


def test_title_is_not_repeated_and_letters_stay() -> None:
    text = (
        "قالـت «الهيئة» إن ﻻ نية لرفع الأسعار هذا العام، وإن می\u200cشود كلمة فارسية تبقى كما هي."
    )
    inner = f"<article><h1>{TITLE}</h1><p>{TITLE}</p><p>{FIRST}</p><p>{text}</p></article>"
    assert _body(inner) == f"{FIRST}\n{text}"


def test_line_breaks_make_paragraphs() -> None:
    inner = f"<h1>{TITLE}</h1><div class='story'>{FIRST}<br><br>{SECOND}<br><br>{THIRD}</div>"
    assert _body(inner) == WHOLE


def test_prose_that_the_engine_refuses_is_rendered() -> None:
    root = parse_page(
        "<html><body><div class='sidebar-menu footer'><div class='sidebar'>"
        + "".join(f"<div class='widget'>{text * 3}</div>" for text in (FIRST, SECOND, THIRD))
        + "</div></div></body></html>"
    )
    body = extract_body(root, title="", description="")
    assert FIRST in body.text
    assert THIRD in body.text


def test_nothing_to_extract() -> None:
    body = extract_body(parse_page("<html><body></body></html>"), title="", description="")
    assert body.text == ""
    assert body.coverage == 0


def test_render_lines_shows_what_a_reader_sees() -> None:
    root = parse_page(
        "<html><body><p>سطر <b>أول</b></p>ثان<br>ثالث<script>x</script><ul><li>رابع</li></ul>"
    )
    assert render_lines(root) == ["سطر أول", "ثان", "ثالث", "رابع"]
    assert tidy(" a \n\t b\u00a0 ") == "a b\u00a0"


def test_phrases_leave_prose_alone() -> None:
    for prose in (
        "نشر الجيش 300 جندي على الحدود",
        "صورة قاتمة للاقتصاد",
        "إعلان حالة الطوارئ في البلاد",
        "المزيد من الضغوط على الحكومة مع اقتراب الانتخابات.",
        "تابع الرئيس المباراة على يوتيوب مع أسرته.",
        "(رويترز)",
        "المصدر: وكالات",
        "كلمة " * 200,
    ):
        assert not is_boilerplate_line(prose), prose
    assert is_boilerplate_line("للمزيد حول الموضوع")
    assert is_related_label("إقرأ أيضاً: خبر")
    assert is_bare_related_label("اقرأ أيضًا:")
    assert not is_bare_related_label("اقرأ أيضا خبرا عن الوادي")
