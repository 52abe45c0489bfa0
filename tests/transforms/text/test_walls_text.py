"""The table of wall phrases: what asks, and what only mentions."""

from __future__ import annotations

import pytest

from transforms.text import walls


@pytest.mark.parametrize(
    "text",
    [
        "اشترك الآن لمتابعة القراءة",
        "هذا المقال مخصص للمشتركين فقط",
        "بقيّة المقال متاحة للمشتركين",
        "لقد استنفدت المقالات المجانية هذا الشهر",
        "Subscribe now to continue reading",
        "Already a subscriber?",
    ],
)
def test_paywalls(text: str) -> None:
    assert walls.asks_to_subscribe(walls.fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "اشترك في النشرة البريدية لمتابعة آخر الأخبار",
        "زاد عدد المشتركين في الشبكة",
        "نفى الاشتراك في الجريمة",
    ],
)
def test_no_paywalls(text: str) -> None:
    assert not walls.asks_to_subscribe(walls.fold(text))


def test_logins() -> None:
    assert walls.asks_to_log_in(walls.fold("يجب  تسجيل الدخول لعرض الصفحة"))
    assert walls.asks_to_log_in(walls.fold("سجّل الدخول للمتابعة"))
    assert not walls.asks_to_log_in(walls.fold("منعت السلطات دخول الشاحنات"))
    assert walls.is_login_title(walls.fold("تسجيل الدخول"))
    assert len(walls.login_words(walls.fold("تسجيل الدخول نسيت كلمة المرور؟ Sign in"))) == 3


def test_consent() -> None:
    notice = walls.fold(
        "نستخدم ملفات تعريف الارتباط (cookies) وفق سياسة الخصوصية. قبول الكل، رفض الكل"
    )
    assert len(set(walls.consent_words(notice))) == 5
    assert walls.is_consent_title(walls.fold("قبل المتابعة"))
    assert not walls.consent_words(walls.fold("باعت الشركة كعكا"))
