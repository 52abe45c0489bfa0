"""The words that news sites put round an article: what is boilerplate, who writes, who closes.

Everything here is general Arabic newsroom usage, matched on short lines only; nothing names a
single site.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from transforms.text import arabic
from transforms.text.dates import parse_timestamp

# Texts are compared after Arabic normalisation, so the patterns are written in folded letters.
_RELATED: Final = (
    r"(?:(?:اقرا|اقرءوا|اقراوا|واقرا|طالع|طالعوا|شاهد|شاهدوا|تابع|انظر) *"
    r"(?:ايضا|كذلك|المزيد|اكثر|اكتر)(?!\w)"
    r"|(?:مواضيع|موضوعات|اخبار|مقالات|مواد|تقارير|قصص|روابط|موضوع|خبر|مقال) +"
    r"(?:ذات صله|ذو صله|متعلقه?|مرتبطه?|مشابهه?|قد تهمك|قد يهمك|مقترحه)"
    r"|قد يهمك|قد يعجبك|ربما يعجبك|ربما يهمك|لا يفوتك|لا تفوتك?|نرشح لك|ننصحك بقراءه"
    r"|اقرا في هذا الموضوع|اكمل القراءه|read (?:more|also)\b)"
)
_MORE: Final = r"(?:المزيد (?:من|عن|حول)\b|للمزيد\b|لمزيد من)"
_PLATFORM: Final = (
    r"(?:غوغل|جوجل|google|تويتر|twitter|فيسبوك|facebook|تلغرام|تليجرام|تلجرام|telegram|واتساب"
    r"|whatsapp|انستغرام|انستجرام|instagram|يوتيوب|youtube|نبض|النشره البريديه|تطبيق)"
)
_FOLLOW: Final = (
    rf"(?:(?:تابعوا|تابعونا|تابعنا|اشترك|اشتركوا|انضم|انضموا|حملوا|حمل|لمتابعه)\b.{{0,80}}{_PLATFORM}"
    rf"|تابع\b.{{0,60}}(?:صفحتنا|قناتنا|حسابنا|صفحاتنا|الاخبار|غوغل نيوز|جوجل نيوز|google news))"
)
_STAMP: Final = (
    r"(?:(?:تم )?(?:نشر|النشر|نشرت|نشره|تحديث|التحديث|اخر تحديث|تاريخ النشر|وقت النشر|اضيف)"
    r"(?: (?:في|بتاريخ|يوم|الخبر|المقال|هذا))* ?:? ?(?:(?:ال)?(?:احد|اثنين|ثلاثاء|اربعاء|خميس"
    r"|جمعه|سبت)\b|\d|قبل \d|منذ \d).{0,70}|(?:published|updated|last update)\b.{0,60}"
    r"|\d+ (?:دقيقه|دقائق) (?:قراءه|للقراءه)|(?:مده|وقت|زمن) القراءه.{0,30})"
)
_SHARE: Final = (
    r"(?:(?:شارك|شاركها|مشاركه|انشر|ارسل|ارسال|طباعه|اطبع|نسخ الرابط|حفظ|استمع|تكبير الخط"
    r"|تصغير الخط)(?: +(?:هذا|هذه|الخبر|المقال|الموضوع|القصه|الصفحه|الرابط|علي|عبر|الي|مع|رابط"
    r"|فيسبوك|تويتر|واتساب|اصدقا\w*|صديق|ارسال|نسخ|طباعه|شارك))*|share|tweet|print|facebook"
    r"|twitter|whatsapp|telegram|copy link|pinterest|linkedin|email|فيسبوك|تويتر|واتساب|تلغرام"
    r"|تليجرام|لينكدان|بينتيريست|اعلان|اعلانات|advertisement"
    r"|(?:ال)?كلمات (?:ال)?(?:مفتاحيه|داله).*|(?:ال)?وسوم\b.*|tags\b.*|التعليقات"
    r"|(?:اضف|اترك|اكتب) تعليق\w*.*|لا (?:توجد|يوجد) تعليقات.*"
    r"|عدد (?:المشاهدات|القراءات|الزيارات).*|\d+ (?:مشاهده|قراءه|زياره))"
)
_POLICY: Final = (
    r"(?:(?:كل |جميع )?(?:الاراء|التعليقات|المقالات|الحقوق|حقوق النشر) .{0,40}(?:لا تعبر|لا تعكس"
    r"|تعبر عن راي|تعكس وجه|محفوظه)|ترحب .{0,60}(?:بالتعليقات|بالنقاش|بتعليقاتكم|بمشاركاتكم)"
    r"|the post .{3,300} appeared first on|all rights reserved|©|copyright)"
)
_PHOTO: Final = (
    r"(?:(?:تصوير|عدسه|مصدر الصوره|الصوره|صوره|صور) ?[:/|(-].{0,60}|صوره ارشيفيه|ارشيفيه|ارشيف"
    r"|من الارشيف|getty images|gettyimages)"
)
_LONGEST: Final = 400  # characters; a longer line is prose
_NEXT: Final = (
    r"(?:(?:الخبر|المقال|المقاله|الموضوع|الماده|القصه|التقرير) (?:التالي|التاليه|القادم)"
    r"|(?:اقرا|طالع|تصفح|شاهد) (?:الخبر |المقال |الموضوع )?(?:التالي|التاليه)"
    r"|(?:مقال|خبر|موضوع) (?:تال|اخر)|التالي|تاليا|up next|next (?:article|story|post|news))"
)
_GO_ON: Final = (
    r"(?:(?:اقرا|اعرف|شاهد|اكتشف|تصفح) المزيد|المزيد|(?:ال)?تفاصيل|للتفاصيل|للمزيد|التتمه|تتمه"
    r"|(?:اكمل|تابع|متابعه|اكمال|واصل) (?:القراءه|قراءه الخبر)|اقرا الخبر|قراءه المزيد|الباقي"
    r"|(?:تحميل|تنزيل|فتح|عرض) (?:ال)?(?:ملف|كتاب|تقرير|عدد|دراسه|مزيد)(?: (?:كاملا|pdf))?|تحميل"
    r"|(?:read |learn )?more|download|continue reading|details)"
)
_END: Final = r"[\s.:!…«»\"“”'()\[\]<>‹›|*•-]*"

_RELATED_RE: Final = re.compile(_END + _RELATED, re.IGNORECASE)
_WHOLE_RE: Final = re.compile(f"{_END}(?:{_STAMP}|{_SHARE}|{_PHOTO}){_END}", re.IGNORECASE)
_MORE_RE: Final = re.compile(f"{_END}{_MORE}", re.IGNORECASE)
_HEAD_RE: Final = re.compile(f"{_END}(?:{_FOLLOW}|{_POLICY})", re.IGNORECASE)
_NEXT_RE: Final = re.compile(f"{_END}{_NEXT}{_END}", re.IGNORECASE)
_GO_ON_RE: Final = re.compile(f"{_END}{_GO_ON}{_END}", re.IGNORECASE)
_LABEL_RE: Final = re.compile(f"{_END}{_RELATED}{_END}", re.IGNORECASE)


def is_related_label(text: str) -> bool:
    """Whether a short text opens with a pointer to other articles ("اقرأ أيضا")."""
    return _RELATED_RE.match(arabic.normalise_text(text[:80])) is not None


def is_bare_related_label(text: str) -> bool:
    """Whether a text is nothing but such a pointer, the links standing after it."""
    return len(text) <= 60 and _LABEL_RE.fullmatch(arabic.normalise_text(text)) is not None


def is_date_line(text: str) -> bool:
    """Whether a short text says nothing but a day ("الخميس 1 فبراير 2024")."""
    if not 6 <= len(text) <= 45 or not any(letter.isdigit() for letter in text):
        return False
    return parse_timestamp(text) is not None


def is_next_label(text: str) -> bool:
    """Whether a text is nothing but the announcement of the next article ("الخبر التالي")."""
    return _NEXT_RE.fullmatch(arabic.normalise_text(text)) is not None


def is_more_label(text: str) -> bool:
    """Whether a link's text only says that there is more behind it ("المزيد", "التفاصيل")."""
    return 3 <= len(text) <= 40 and _says_more(text)


@lru_cache(maxsize=4096)
def _says_more(text: str) -> bool:
    return _GO_ON_RE.fullmatch(arabic.normalise_text(text)) is not None


def is_boilerplate_line(line: str) -> bool:
    """Whether a line of extracted text is a stamp, share bar, appeal to follow, or policy.

    Args:
        line: one paragraph; long ones are never boilerplate here.
    """
    if len(line) > _LONGEST:
        return False
    if _is_menu(line):
        return True
    text = arabic.normalise_text(line)
    if len(line) <= 100 and _WHOLE_RE.fullmatch(text):
        return True
    if _RELATED_RE.match(text):
        return len(line) <= 250
    if _MORE_RE.match(text):
        return len(line) <= 120 and not line.rstrip().endswith((".", "!", "؟"))
    return _HEAD_RE.match(text) is not None


def _is_menu(line: str) -> bool:
    """Whether a line is a bar of short labels ("سياسة | اقتصاد | رياضة | ثقافة | صحة")."""
    labels = re.split(r"\s*[|»›•·]\s*", line)
    return len(labels) >= 5 and all(len(label) <= 25 for label in labels)
