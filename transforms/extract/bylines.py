"""Who wrote an article: authors, the news agency, the dateline. When in doubt: nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from transforms.extract.lines import tidy
from transforms.text import arabic

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
_SEPARATOR: Final = re.compile(r"\s*(?:[-–—,،/|+()]|\bو(?=رويترز|كالات|فرانس))\s*")
_CITY: Final = r"[^\W\d_]+(?: [^\W\d_]+){0,3}"
_DATELINES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # القاهرة (أ ف ب) - ... / دمشق، سوريا (CNN) -- ...
        rf"(?P<head>{_CITY}(?:[،,] ?{_CITY})? ?\((?P<agency>[^()\n]{{2,30}})\)) ?(?:[-–—:ـ]|--)+ ?",
        # القاهرة - رويترز: ... / غزة/ الأناضول - ... / أنقرة ـ وكالات ـ
        rf"(?P<head>{_CITY}(?:[،,] ?{_CITY})? ?[-–—/ـ،,] ?(?P<agency>{_ANY_AGENCY})) ?(?:[-–—:/ـ\n]|\Z)",
        # (رويترز) - ... at the head
        rf"(?P<head>\(?(?P<agency>{_ANY_AGENCY})\)?) ?(?:[-–—:ـ]|--)+ ",
        # القاهرة - ...
        r"(?P<head>[^\W\d_]+(?: [^\W\d_]+){0,1}) [-–—ـ] (?P<agency>)",
    )
)
_SIGN_OFF: Final = re.compile(
    rf"(?:المصدر ?: ?|وكاله |\()?(?P<agency>{_ANY_AGENCY})(?: ?[+/،,-] ?(?:{_ANY_AGENCY}|مواقع[\w ]*))*\)?\.?",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(rf"[(/] ?(?P<agency>{_ANY_AGENCY}) ?\)?\.?\Z", re.IGNORECASE)

_BYLINE: Final = re.compile(
    r"^[\s*\-–|]*(?:بقلم|كتب|كتبت|كتبه|كتبها|اعداد|إعداد|حوار|حاوره|حاورته|حاورها|تقرير|تحقيق|"
    r"تأليف|الكاتب|الكاتبة|by)\s*(?P<colon>[:/|–-]?)\s*(?P<name>[^\n:|]{4,60})$",
    re.IGNORECASE,
)
_TITLES: Final = re.compile(
    r"^(?:بقلم|كتب|كتبت|إعداد|اعداد|حوار|تقرير|الكاتبة?|الصحفية?|الصحافية?|الإعلامية?|الدكتورة?|"
    r"الأستاذة?|المحامية?|د|أ|م|by|written by)\b\s*[.:/\-–]*\s*",
    re.IGNORECASE,
)
# Words that no person's name contains; matched on normalised words.
_NOBODY: Final = re.compile(
    r"\b(?:admin\w*|administrator|editor\w*|staff|team|desk|news\w*|media|agency|agencies|press|user"
    r"|guest|webmaster|support|official|tv|online|website|site|author|unknown|null|none|undefined"
    r"|محرر\w*|المحرر\w*|فريق|هيئه|التحرير|تحرير|وكاله|وكالات|الوكالات|مراسل\w*|مراسلنا|موقع"
    r"|الموقع|صحيفه|جريده|الجريده|شبكه|قناه|اخبار|الاخبار|خبر|غرفه|قسم|الترجمه|ترجمه|متابعات|متابعه"
    r"|متابعهنا|خاص|المصدر|مصدر|اداره|مركز|مجله|بوابه|اذاعه|تلفزيون|فضائيه|الكتروني\w*|مشرف\w*|ادمن"
    r"|مدير|كاتب|كاتبه|صحفي\w*|غير|معروف|نشر|في|من|علي|الي|عن|هذا|التي|الذي|اليوم|مقال|تقرير|حوار)\b"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’.\-][^\W\d_]+)*\.?")
_MAX_NAME: Final = 40


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
    lines = body[:2000].split("\n", 2)[:2]
    for line in lines:
        folded = arabic.normalise(line[:160])
        for pattern in _DATELINES:
            match = pattern.match(folded.text)
            if match is None:
                continue
            agency = agency_of(match["agency"] or "")
            if pattern is _DATELINES[-1] and (
                _NOBODY.search(match["head"]) or line is not lines[0]
            ):
                continue
            start, end = folded.span(*match.span("head"))
            return line[start:end].strip(" -–—ـ"), agency
    return None, None


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
    name = tidy(text.replace("\xa0", " "))
    for _ in range(2):
        name = _TITLES.sub("", name).strip(" .:*-–|()\"'«»“”")
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
    """Names from byline patterns on the first and last lines of a body ("بقلم: ...")."""
    lines = body.split("\n")
    found = []
    for line in (*lines[:2], *lines[-1:]):
        match = _BYLINE.match(line) if len(line) <= 80 else None
        if match and (match["colon"] or len(match["name"].split()) <= 4):
            found.append(match["name"])
    return found


_AUTHOR_NAMES: Final = re.compile(
    r"(?:^|[\s_-])(?:author|byline|by-line|writer|katib|journalist|reporter)(?:[\s_-]?name)?(?:$|[\s_-])",
    re.IGNORECASE,
)


def byline_elements(root: Any) -> list[str]:
    """Texts of elements that are marked as the byline (rel, itemprop, class)."""
    found = []
    for element in root.iter("a", "span", "div", "p", "address", "h4", "h5", "li", "strong"):
        marked = element.get("rel") == "author" or "author" in (element.get("itemprop") or "")
        if marked or _AUTHOR_NAMES.search(element.get("class") or ""):
            text = tidy("".join(element.itertext()))
            if 4 <= len(text) <= 80:
                found.append(text)
            if len(found) >= 12:
                break
    return found
