"""The words that news sites put round an article: what is boilerplate, who writes, who closes.

Everything here is general Arabic newsroom usage, matched on short lines only; nothing names a
single site.
"""

from __future__ import annotations

import re
from typing import Final

from transforms.text import arabic

_RELATED: Final = (
    r"(?:(?:اقرا|اقرءوا|طالع|شاهد|تابع|انظر|اقراي|واقرا)\w* *(?:ايضا|كذلك|المزيد|اكثر|اكتر)(?!\w)"
    r"|(?:مواضيع|موضوعات|اخبار|مقالات|مواد|تقارير|قصص|روابط|موضوع|خبر|مقال) +(?:ذات|ذو|متعلق|مرتبط|"
    r"مشابه|قد ته)\w*|قد يهمك|قد يعجبك|ربما يعجبك|ربما يهمك|لا يفوتك|لا تفوت|نرشح لك|ننصحك بقراءه"
    r"|اقرا في هذا الموضوع|المزيد (?:من|عن|حول) |للمزيد|لمزيد من|اكمل القراءه|read (?:more|also))"
)
_FOLLOW: Final = (
    r"(?:(?:تابعوا|تابعونا|تابعنا|تابع|اشترك|اشتركوا|انضم|انضموا|حمل|حملوا|لمتابعه)\b.{0,60}"
    r"(?:غوغل|جوجل|google|نيوز|تويتر|twitter|فيسبوك|facebook|تلغرام|تليجرام|تلجرام|telegram"
    r"|واتساب|واتس|whatsapp|انستغرام|يوتيوب|youtube|نبض|قناتنا|صفحتنا|صفحاتنا|تطبيق|النشره البريديه"
    r"|\bاكس\b))"
)
_STAMP: Final = (
    r"(?:(?:تم )?(?:نشر|النشر|نشرت|نشره|تحديث|اخر تحديث|تاريخ النشر|وقت النشر|تاريخ التحديث|اضيف)"
    r"\b(?: (?:في|ب|بتاريخ|يوم|الخبر|المقال|هذا))* ?:? ?(?=.{0,40}\d)[^.]{0,70}"
    r"|(?:published|updated|last update)\b.{0,60}|\d+ (?:دقيقه|دقائق) (?:قراءه|للقراءه)"
    r"|(?:مده|وقت|زمن) القراءه.{0,30})"
)
_SHARE: Final = (
    r"(?:(?:شارك|شاركها|مشاركه|انشر|ارسل|طباعه|اطبع|نسخ الرابط|حفظ|استمع|تكبير الخط|تصغير الخط)"
    r"(?: +(?:هذا|هذه|ال\w+|علي|عبر|الي|مع|في|رابط|فيسبوك|تويتر|واتساب|\w*صدقا\w*))*"
    r"|share|tweet|print|facebook|twitter|whatsapp|telegram|copy link|pinterest|linkedin|email|فيسبوك|تويتر|واتساب"
    r"|تلغرام|تليجرام|لينكدان|بينتيريست|اعلان|اعلانات|advertisement|الكلمات (?:المفتاحيه|الداله).*"
    r"|كلمات (?:مفتاحيه|داله).*|وسوم.*|الوسوم.*|tags.*|التعليقات|اضف تعليق\w*.*|اترك تعليق\w*.*"
    r"|لا (?:توجد|يوجد) تعليقات.*|عدد (?:المشاهدات|القراءات|الزيارات).*|\d+ (?:مشاهده|قراءه|زياره))"
)
_POLICY: Final = (
    r"(?:(?:كل |جميع )?(?:الاراء|التعليقات|المقالات|الحقوق|حقوق النشر) .{0,40}(?:لا تعبر|لا تعكس"
    r"|تعبر عن راي|تعكس وجه|محفوظه)|.{0,40}(?:ارشادات|شروط|قواعد|سياسه) "
    r"(?:الاستخدام|التعليق|النشر)\b|ترحب .{0,60}(?:بالتعليقات|بالنقاش|بتعليقاتكم)|the post .{3,300} appeared first on"
    r"|all rights reserved|©|copyright)"
)
_PHOTO: Final = (
    r"(?:(?:تصوير|عدسه|مصدر الصوره|صوره ارشيفيه|ارشيفيه|ارشيف|من الارشيف|الصوره|صوره|getty images"
    r"|reuters|afp|ا ف ب|رويترز|gettyimages|الاناضول|مواقع التواصل)"
    r"(?: ?[:/(|-]? ?[\w ()/.-]{0,40})?)"
)
_END: Final = r"[\s.:!…«»\"“”'()\[\]<>‹›|*•-]*"

_RELATED_RE: Final = re.compile(_END + _RELATED, re.IGNORECASE)
_WHOLE_RE: Final = re.compile(f"{_END}(?:{_STAMP}|{_SHARE}|{_PHOTO}){_END}", re.IGNORECASE)
_HEAD_RE: Final = re.compile(f"{_END}(?:{_FOLLOW}|{_POLICY})", re.IGNORECASE)
_LABEL_RE: Final = re.compile(f"{_END}{_RELATED}{_END}", re.IGNORECASE)


def is_related_label(text: str) -> bool:
    """Whether a short text opens with a pointer to other articles ("اقرأ أيضا")."""
    return _RELATED_RE.match(arabic.normalise_text(text[:80])) is not None


def is_bare_related_label(text: str) -> bool:
    """Whether a text is nothing but such a pointer, the links standing after it."""
    return len(text) <= 60 and _LABEL_RE.fullmatch(arabic.normalise_text(text)) is not None


def is_boilerplate_line(line: str) -> bool:
    """Whether a line of extracted text is a stamp, share bar, appeal to follow, or policy.

    Args:
        line: one paragraph; long ones are never boilerplate here.
    """
    if len(line) > 400:
        return False
    if _is_menu(line):
        return True
    text = arabic.normalise_text(line)
    if len(line) <= 100 and _WHOLE_RE.fullmatch(text):
        return True
    if len(line) <= 250 and _RELATED_RE.match(text):
        return True
    return _HEAD_RE.match(text) is not None


def _is_menu(line: str) -> bool:
    """Whether a line is a bar of short labels ("سياسة | اقتصاد | رياضة | ثقافة | صحة")."""
    labels = re.split(r"\s*[|»›•·]\s*", line)
    return len(labels) >= 5 and all(len(label) <= 25 for label in labels)
