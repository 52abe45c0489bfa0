"""Who wrote an article: authors, the news agency, the dateline. When in doubt: nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from transforms.extract.lines import tidy
from transforms.text import arabic
from transforms.text.bylines import (
    Byline,
    is_label,
    read_byline,
    without_contact,
    without_label,
    without_title,
)

# Agency names as they stand in bylines and datelines -> the name that is stored.
_AGENCIES: Final = (
    ("أ ف ب", r"(?:ا\.? ?ف\.? ?ب\.?|افب|فرانس برس|الفرنسيه|afp|france ?presse)"),
    ("رويترز", r"(?:رويترز|رويتر|reuters)"),
    ("أسوشيتد برس", r"(?:ا\.? ?ب\.?|اسوشيتد ?برس|اسوشييتد ?برس|اسوشيتدبرس|ap|associated press)"),
    ("د ب أ", r"(?:د\.? ?ب\.? ?ا\.?|dpa|الالمانيه)"),
    ("الأناضول", r"(?:وكاله )?(?:الاناضول|anadolu|aa)"),
    ("أ ش أ", r"(?:ا\.? ?ش\.? ?ا\.?|انباء الشرق الاوسط|mena)"),
    ("واس", r"(?:واس|وكاله الانباء السعوديه|spa)"),
    ("وام", r"(?:وام|وكاله انباء الامارات|wam)"),
    ("قنا", r"(?:قنا|وكاله الانباء القطريه|qna)"),
    ("كونا", r"(?:كونا|وكاله الانباء الكويتيه|kuna)"),
    ("بنا", r"(?:بنا|وكاله انباء البحرين|bna)"),
    ("بترا", r"(?:بترا|وكاله الانباء الاردنيه|petra)"),
    ("سانا", r"(?:سانا|وكاله الانباء السوريه|sana)"),
    ("واج", r"(?:واج|وكاله الانباء الجزائريه|aps)"),
    ("وات", r"(?:وات|وكاله تونس افريقيا للانباء|tap)"),
    ("وفا", r"(?:وفا|وكاله الانباء الفلسطينيه|wafa)"),
    ("سونا", r"(?:سونا|وكاله السودان للانباء|suna)"),
    ("سبأ", r"(?:سبا|سبا نت|saba)"),
    ("واع", r"(?:واع|وكاله الانباء العراقيه|ina)"),
    ("سبوتنيك", r"(?:سبوتنيك|sputnik)"),
    ("شينخوا", r"(?:شينخوا|xinhua)"),
    ("تاس", r"(?:تاس|tass)"),
    ("نوفوستي", r"(?:نوفوستي|ريا نوفوستي|novosti)"),
    ("إرنا", r"(?:ارنا|irna)"),
    ("بلومبرغ", r"(?:بلومبرغ|بلومبيرغ|bloomberg)"),
    ("وكالات", r"(?:ال)?وكالات(?: الانباء)?|agencies"),
)
_AGENCY_RES: Final = tuple(
    (name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _AGENCIES
)
_ANY_AGENCY: Final = "|".join(f"(?:{pattern})" for _, pattern in _AGENCIES)
_SEPARATOR: Final = re.compile(r"\s*(?:[-–—,،/|+()]|\bو(?=رويترز|وكالات|فرانس))\s*")
_SHORT: Final = r"[^\W\d_]+(?:[ .][^\W\d_]+){0,3}"
_JOINT: Final = r"(?: ?(?:[-–—/ـ،,+|]|--) ?| ?\(|\) ?)"
# City, agency, outlet in any order, parted by dashes, slashes, commas, brackets; then a colon or a
# dash. Long heads are tried first, since the agency stands last; then the shortest.
_HEAD: Final = rf"\(?{_SHORT}(?:{_JOINT}{{1,2}}{_SHORT}){{0,3}}%s\)?"
_END: Final = r"(?P<end> ?: ?| ?(?:--+|[-–—ـ]) ?)"
_LONG_DATELINE: Final = re.compile(f"(?P<head>{_HEAD % ''}){_END}")
_SHORT_DATELINE: Final = re.compile(f"(?P<head>{_HEAD % '?'}){_END}")
_LINE_DATELINE: Final = re.compile(f"(?P<head>{_HEAD % ''})(?P<end>)\\Z")
_INITIALS: Final = re.compile(r"(?:[^\W\d_][ .]){1,3}[^\W\d_]\.?\Z")
_MAX_DATELINE: Final = 60
# Capitals and usual news places of two words, normalised: alone before a dash they are no sentence.
_LONG_CITIES: Final = frozenset(
    {
        "رام الله", "تل ابيب", "ابو ظبي", "بيت لحم", "بور سودان", "خان يونس", "دير الزور",
        "الدار البيضاء", "شرم الشيخ", "مكه المكرمه", "المدينه المنوره", "القدس المحتله",
        "لوس انجليس", "بوينس ايرس", "هونغ كونغ", "كوالا لمبور", "اديس ابابا", "نيو دلهي",
        "الامم المتحده", "ام درمان", "راس الخيمه", "بنوم بنه", "سان فرانسيسكو",
    }
)  # fmt: skip
_SIGN_OFF: Final = re.compile(
    rf"(?:المصدر ?: ?|وكاله |\()?(?P<agency>{_ANY_AGENCY})"
    rf"(?: ?[+/،,-] ?(?:{_ANY_AGENCY}|مواقع[\w ]*)){{0,4}}\)?\.?",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(rf"[(/] ?(?P<agency>{_ANY_AGENCY}) ?\)?\.?\Z", re.IGNORECASE)

_LEADING_BYLINE: Final = re.compile(
    r"(?:بقلم|كتبت|كتبه|كتبها|كتب|إعداد|اعداد) ?[-–:/] ?(?P<name>[^:\n]{5,60}):"
)
# Words that no person's name contains; matched on normalised words.
_NOBODY: Final = re.compile(
    r"\b(?:admin\w*|administrator|editor\w*|staff|team|desk|news\w*|media|agency|agencies|press|user"
    r"|guest|webmaster|support|official|tv|online|website|site|author|unknown|null|none|undefined"
    r"|محرر\w*|المحرر\w*|فريق|هيئه|التحرير|تحرير|وكاله|وكالات|الوكالات|مراسل\w*|مراسلنا|موقع"
    r"|الموقع|صحيفه|جريده|الجريده|شبكه|قناه|اخبار|الاخبار|خبر|غرفه|قسم|الترجمه|ترجمه|متابعات|متابعه"
    r"|متابعهنا|خاص|المصدر|مصدر|اداره|مركز|مجله|بوابه|اذاعه|تلفزيون|فضائيه|الكتروني\w*|مشرف\w*|ادمن"
    r"|مدير|مكتب|موفد|موفدنا|مبعوث|مندوب|وحده|كاتب|كاتبه|صحفي\w*|غير|معروف|نشر|في|من|الي|عن|هذا|التي|الذي|اليوم|مقال|تقرير|حوار)\b"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’.\-][^\W\d_]+)*\.?")
_MAX_NAME: Final = 40
_MARKS: Final = " .:*-–|()\"'«»“”"


def agency_of(text: str) -> str | None:
    """The news agency that a short text names and nothing else; None when it is something else."""
    folded = tidy(arabic.normalise_text(text)).strip(" .()[]")
    for name, pattern in _AGENCY_RES:
        if pattern.fullmatch(folded):
            return name
    parts = [part for part in _SEPARATOR.split(folded) if part]
    if 1 < len(parts) <= 4:
        return next((found for part in parts if (found := agency_of(part))), None)
    return None


def dateline_of(body: str) -> tuple[str | None, str | None]:
    """Read the dateline at the head of a body.

    Returns:
        The dateline as written ("القاهرة - أ ف ب") and the agency it names; None for what is not
        there.
    """
    line = body[:2000].split("\n", 1)[0]
    folded = arabic.normalise(line[: _MAX_DATELINE + 20])
    patterns = [_LONG_DATELINE, _SHORT_DATELINE]
    if len(line) <= _MAX_DATELINE and len(line) < len(body):
        patterns.insert(0, _LINE_DATELINE)
    agency = None
    for pattern in patterns:
        match = pattern.match(folded.text)
        if match is None or len(match["head"]) > _MAX_DATELINE:
            continue
        parts = _SEPARATOR.split(match["head"])
        parts = [part for piece in parts if (part := piece.strip(" ()."))]
        agency = next((found for part in parts if (found := agency_of(part))), None)
        if _is_dateline(parts, agency, match["end"].strip(), long=pattern is not _SHORT_DATELINE):
            start, end = folded.span(*match.span("head"))
            return line[start:end].strip(" -–—ـ"), agency
        if parts and _OPENS_BYLINE.match(parts[0]):
            return None, agency
    return None, None


_OPENS_BYLINE: Final = re.compile(
    r"(?:بقلم|كتب|كتبت|كتبه|اعداد|حوار|تقرير|تحقيق|ترجمه|تحليل|خاص|سؤال|فيديو|صور|عاجل|شاهد|بيان)\b"
)


def _is_dateline(parts: list[str], agency: str | None, end: str, *, long: bool) -> bool:
    """Whether the parts of a head are places and sources, not the start of a sentence."""
    if not parts or _OPENS_BYLINE.match(parts[0]):
        return False
    if agency or any(_INITIALS.match(part) for part in parts[1:]):
        return True
    words = sum(len(part.split()) for part in parts)
    if any(part.isascii() and part.isupper() for part in parts[1:]):  # CNN, BBC
        return words <= 6
    if long:
        return len(parts) >= 2 and words <= 6 and end in {":", ""}
    return (words == 1 or parts[0] in _LONG_CITIES) and end in {"-", "–", "—", "--", "ـ"}


def signed_agency(body: str) -> str | None:
    """The agency that signs the last line of a body ("(رويترز)", "المصدر: وكالات")."""
    last = arabic.normalise_text(body[-200:].rsplit("\n", 1)[-1]).strip()
    match = _SIGN_OFF.fullmatch(last) or _TAIL.search(last)
    return agency_of(match["agency"]) if match else None


def clean_authors(candidates: Iterable[str], outlet: Iterable[str]) -> tuple[str, ...]:
    """Keep what are surely names of persons.

    Args:
        candidates: author strings as found; one may hold several names.
        outlet: names of publisher and site; whoever shares them is no person.

    Returns:
        Distinct names in the order found.
    """
    own = [key for name in outlet if len(key := _squeeze(name)) >= 3]
    names: dict[str, str] = {}
    for candidate in candidates:
        for part in re.split(r"\s*(?:[,،;/|&\n]|\band\b|\s-\s)\s*", candidate[:300]):
            name = _person(part)
            if name and not any(_squeeze(name) in key or key in _squeeze(name) for key in own):
                names.setdefault(_squeeze(name), name)
    return tuple(names.values())[:8]


def _squeeze(text: str) -> str:
    return "".join(_WORD.findall(arabic.normalise_text(text).lower())).replace(".", "")


def _person(text: str) -> str | None:
    """The name in a string, or None when it is no person's."""
    name = tidy(without_contact(text.replace("\xa0", " "))).strip(_MARKS)
    if is_label(name):
        return None
    name = without_label(name)
    for _ in range(2):
        name = without_title(name).strip(_MARKS)
    words = name.split()
    if not 2 <= len(words) <= 5 or not 5 <= len(name) <= _MAX_NAME:
        return None
    if not all(_WORD.fullmatch(word) for word in words):
        return None
    if name.isascii() and not all(word[0].isupper() for word in words):
        return None
    folded = arabic.normalise_text(name).lower()
    return None if _NOBODY.search(folded) or agency_of(name) else name


def byline_in_text(body: str) -> list[str]:
    """Names from byline patterns on the first and last lines of a body ("بقلم: ...").

    Of a sign-off that names several ("إعداد ... - تحرير ...") whoever wrote comes first.
    """
    lines = body.split("\n")
    leading = _LEADING_BYLINE.match(lines[0])
    found = [leading["name"]] if leading else []
    for line in (*lines[:2], *lines[-1:]):
        if len(line) > _MAX_BYLINE:
            continue
        parts = [read_byline(_FOR_WHOM.sub("", part)) for part in _SIGNED.split(line.strip("() "))]
        bylines = [byline for byline in parts if byline is not None and _is_named(byline)]
        found += [byline.name for byline in sorted(bylines, key=lambda each: each.kind == "label")][
            :1
        ]
    return found


# "إعداد ليلى حداد للنشرة العربية - تحرير سامر الخطيب": who wrote, and who edited.
_SIGNED: Final = re.compile(r"\s*[-–؛،]\s*(?=(?:تحرير|إعداد|اعداد|ترجمة|مراجعة)\b)")
_FOR_WHOM: Final = re.compile(r"\s+للنشرة\b.*\Z")
_MAX_BYLINE: Final = 80


def _is_named(byline: Byline) -> bool:
    """Whether a line that opens like a byline is one, not prose ("كتب الوزير رسالة ...")."""
    return _is_short(byline) and (byline.separated or len(byline.name.split()) <= 4)


def _is_short(byline: Byline) -> bool:
    """Whether what follows may be a name."""
    one = not any(mark in byline.name for mark in ":|\n")
    return byline.names_somebody and one and 4 <= len(byline.name) <= 60


_AUTHOR_NAMES: Final = re.compile(
    r"(?:^|[\s_-])(?:author|byline|by-line|writer|katib|journalist|reporter)(?:[\s_-]?name)?(?:$|[\s_-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Near:
    """A small element near the headline, and its text."""

    element: Any
    text: str


def byline_elements(near: Iterable[Near]) -> list[str]:
    """Bylines round the headline: elements marked so, or texts that begin like one.

    Args:
        near: elements near the headline.
    """
    found = []
    for place in near:
        element, text = place.element, place.text
        names = element.get("class") or ""
        if not 4 <= len(text) <= 80 or "comment" in names.lower():
            continue
        marked = element.get("rel") == "author" or "author" in (element.get("itemprop") or "")
        if marked or _AUTHOR_NAMES.search(names):
            found.append(text)
        else:
            byline = read_byline(text)
            if byline is not None:
                byline = replace(byline, name=without_contact(byline.name))
            if byline is not None and _is_short(byline):
                found.append(byline.name)
    return found[:6]
