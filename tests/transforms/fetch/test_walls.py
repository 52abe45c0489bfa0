# ruff: noqa: E501 - a page a line reads best
"""Paywalls, consent pages and logins are no articles; articles are no walls (R32).

R32 (docs/reliability.md): expired, self-signed and wrong certificates, TLS 1.0; paywalls and
    consent pages.
"""

from __future__ import annotations

import pytest
from growth import assert_linear

from transforms.fetch.messages import Response
from transforms.fetch.walls import find_wall

ASKED = "https://a.test/news/1"
BODY = "<p>" + "وصل الوفد إلى المدينة صباح اليوم والتقى عدداً من المسؤولين. " * 30 + "</p>"


def page(title: str, text: str, *, head: str = "") -> bytes:
    return (
        f"<html><head><title>{title}</title>{head}</head>"
        f"<body><nav>اشترك لقراءة النشرة</nav>{text}</body></html>"
    ).encode()


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


ASKS = '<form><input name=p type="password"></form>'
WALLS = [
    ("paywall", page("خبر", "<p>مقدمة قصيرة</p><div>هذا المحتوى مخصص للمشتركين فقط</div>")),
    ("paywall", page("خبر", "<p>مقدمة</p><p>اشترك الآن لمتابعة القراءة</p>")),
    ("paywall", page("News", "<p>Intro.</p><p>Subscribe to continue reading.</p>")),
    ("paywall", page("News", "<p>Already a subscriber? Sign in</p>")),
    ("paywall", page("خبر", BODY, head=json_ld('{"@type":"NewsArticle","isAccessibleForFree":false}'))),
    ("paywall", page("خبر", BODY, head=json_ld('{"@graph":[{"@type":["NewsArticle"],"isAccessibleForFree":"False"}]}'))),
    ("paywall", page("خبر", BODY, head=json_ld('[{"@type":"ReportageNewsArticle","isAccessibleForFree":"http://schema.org/False"}]'))),
    ("paywall", page("خبر", BODY, head='<meta property="article:content_tier" content="locked">')),
    ("login", page("تسجيل الدخول", f"<h1>تسجيل الدخول</h1>{ASKS}")),
    ("login", page("Log in", "<p>Please log in to go on. Forgot your password?</p>")),
    ("consent", page("قبل المتابعة", "<p>نحن وشركاؤنا نستخدم ملفات تعريف الارتباط</p><b>قبول الكل</b>")),
    ("consent", page("We value your privacy", "<p>We use cookies.</p>")),
    ("consent", page("a.test", "<p>We and our partners use cookies</p><b>Accept all</b><b>Reject all</b>")),
    ("paywall", page("خبر", "<p>هذا المقال متاح للمشتركين</p>").decode().encode("cp1256")),
]  # fmt: skip
PLACES = [
    ("login", "https://a.test/login?next=/news/1"),
    ("login", "https://login.a.test/?to=x"),
    ("login", "https://accounts.b.test/x"),
    (
        "login",
        "https://a.test/ar/%D8%AA%D8%B3%D8%AC%D9%8A%D9%84-%D8%A7%D9%84%D8%AF%D8%AE%D9%88%D9%84",
    ),
    ("consent", "https://consent.a.test/collect?x"),
    ("consent", "https://a.test/privacy-gate?u=1"),
    ("paywall", "https://a.test/subscribe?from=1"),
    ("paywall", "https://subscribe.a.test/"),
    (None, "https://www.a.test/news/1"),
    (None, "https://a.test/news/1-login-of-a-minister-fails"),
    (None, "https://a.test/ar/news/consent-law-passed"),
]
FREE = [
    page("خبر", BODY),
    page("خبر عاجل", "<p>هز انفجار وسط العاصمة.</p>"),
    page("خبر", BODY + ASKS + "<div>اشترك لقراءة المزيد. للمشتركين فقط. cookies</div>"),
    page("Login law passes", BODY + ASKS),
    page("خبر", "<p>خبر قصير.</p>" + ASKS),
    page("خبر", "<p>خبر قصير.</p><footer>سياسة الخصوصية ملفات تعريف الارتباط الكوكيز</footer>"),
    page("خبر", BODY, head=json_ld('{"@type":"NewsArticle","isAccessibleForFree":true}')),
    page("خبر", BODY, head=json_ld('{"@type":"NewsArticle","isAccessibleForFree":true,"hasPart":{"isAccessibleForFree":false}}')),
    page("خبر", BODY, head=json_ld('{"@type":"NewsArticle","isAccessibleForFree":false')),
    page("خبر", BODY, head=json_ld("[" * 5000 + '"isAccessibleForFree"')),
    b"",
    b"\xff\xfe\x00",
]  # fmt: skip


def answered(body: bytes, status: int = 200, final: str = ASKED) -> Response:
    return Response(ASKED, final, status, body=body)


@pytest.mark.parametrize(("reason", "body"), WALLS)
def test_walls_are_named(reason, body):
    assert find_wall(answered(body)) == reason


@pytest.mark.parametrize(("reason", "final"), PLACES)
def test_places_name_walls(reason, final):
    assert find_wall(answered(FREE[0], final=final)) == reason


def test_a_page_asked_for_is_no_wall_for_its_address():
    url = "https://a.test/subscribe"
    assert find_wall(Response(url, url, 200, body=FREE[0])) is None


@pytest.mark.parametrize("body", FREE)
def test_articles_are_no_walls(body):
    assert find_wall(answered(body)) is None


def test_statuses():
    assert find_wall(answered(b"", 401)) == "login"
    assert find_wall(answered(b"", 402)) == "paywall"
    assert find_wall(answered(b"", 304)) is None
    assert find_wall(Response(ASKED, ASKED, 404, reason="http_4xx", body=WALLS[0][1])) is None


@pytest.mark.reliability
def test_r32_no_real_page_is_taken_for_a_wall(seed_pages, shared, capsys):
    pages = [*seed_pages, *(shared / "data" / "pages").rglob("*.html")]
    hits = [path.name for path in pages if find_wall(answered(path.read_bytes()))]
    named = sum(find_wall(answered(body)) == reason for reason, body in WALLS)
    with capsys.disabled():
        print(f"\nR32: {named} of {len(WALLS)} walls named, {len(hits)} of {len(pages)} pages hit")
    assert not hits


def test_hostile_pages_cost_their_length_only():
    for unit in ("<script", "<title", "<input type ", "<h1>", "<script>", "<svg>", "<nav>", "&lt;"):
        assert_linear(lambda n, unit=unit: find_wall(answered((unit * n).encode())), 50_000)
