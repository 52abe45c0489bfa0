"""Arabic numbers: digits of both scripts and number words, as integers or ranges.

Made for casualty figures, where a report says "ما لا يقل عن 12", "عشرات" or "بين 5 و7": every
mention is a range whose ends may be open. Dual nouns (قتيلان) and a bare singular are grammar of
the noun, not numbers, and are left to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final

from transforms.text.arabic import Normalised, normalise, normalise_text

_UNITS: Final = {
    1: "واحد واحدة واحدا",
    2: "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي",
    3: "ثلاثة ثلاث",
    4: "أربعة أربع",
    5: "خمسة خمس",
    6: "ستة ست",
    7: "سبعة سبع",
    8: "ثمانية ثماني ثمان",
    9: "تسعة تسع",
}
_TENS: Final = {
    20: "عشرون عشرين",
    30: "ثلاثون ثلاثين",
    40: "أربعون أربعين",
    50: "خمسون خمسين",
    60: "ستون ستين",
    70: "سبعون سبعين",
    80: "ثمانون ثمانين",
    90: "تسعون تسعين",
}
_HUNDREDS: Final = {
    100: "مئة مائة مية",
    200: "مئتان مئتين مائتان مائتين مئتا مائتا مئتي مائتي",
    300: "ثلاثمئة ثلاثمائة",
    400: "أربعمئة أربعمائة",
    500: "خمسمئة خمسمائة",
    600: "ستمئة ستمائة",
    700: "سبعمئة سبعمائة",
    800: "ثمانمئة ثمانمائة ثمانيمئة",
    900: "تسعمئة تسعمائة",
}
_SCALES: Final = {
    1_000: "ألف ألفا آلاف",
    1_000_000: "مليون مليونا ملايين",
    1_000_000_000: "مليار مليارا مليارات",
}
_SCALE_DUALS: Final = {
    2_000: "ألفان ألفين",
    2_000_000: "مليونان مليونين مليونا",
    2_000_000_000: "ملياران مليارين",
}
_VAGUE: Final = {
    "عشرات": (20, 99),
    "مييات": (200, 999),  # مئات as folded
    "مايات": (200, 999),
    "ميات": (200, 999),
    "الاف": (2_000, 9_999),
    "الوف": (2_000, 9_999),
    "ملايين": (2_000_000, 9_999_999),
    "بضع": (3, 9),
    "بضعه": (3, 9),
}
_ARABIC = "\u0621-\u064a"
# A number in digits (with separators of thousands or a decimal part), a word, or any other sign.
_TOKEN: Final = re.compile(rf"\d+(?:[,.]\d+)*|[{_ARABIC}]+|[^\s]")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3}){2,}|\d+")
_DECIMAL: Final = re.compile(r"(\d{1,6})[.,](\d{1,2})")
_PERCENT: Final = re.compile(r" ?(?:[%٪]|(?:في |ب)ال(?:مي|ماي)ه(?![\u0621-\u064a]))")
_HUNDRED_OF_PERCENT: Final = re.compile(r"(?:في |ب)ال(?:مي|ماي)ه$")
_AT_LEAST: Final = re.compile(
    r"(?:ما لا يقل عن|لا يقل عن|ما لا يقل علي|اكثر من|ما يزيد عن|ما يزيد علي|يزيد علي|يزيد عن"
    r"|تجاوز|فوق|ازيد من|ما يربو علي|يفوق)(?: ال)? ?$"
)
_AT_MOST: Final = re.compile(
    r"(?:اقل من|ما لا يزيد عن|ما لا يزيد علي|لا يزيد عن|لا يزيد علي|ما يصل الي|يصل الي"
    r"|لا يتجاوز) ?$"
)
_AFTER_AT_LEAST: Final = re.compile(r" ?(?:[\u0621-\u064a]+ )?علي الاقل")
_BETWEEN: Final = re.compile(r"(?:بين|من) $")
_MAXIMUM: Final = 10**15


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number in a text.

    Attributes:
        start: first code point in the original text.
        end: the code point after the last.
        low: the smallest value that the words allow.
        high: the largest; None when the words leave it open ("ما لا يقل عن 12").
    """

    start: int
    end: int
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class NumberWord:
    """A number word: its value, its kind and whether "و" joins it to the word before."""

    value: int
    kind: str  # unit, ten, hundred, scale, dual, teen
    joined: bool


@cache
def number_words() -> dict[str, NumberWord]:
    """Number words as folded, with the clitics that may stand before them."""
    table: dict[str, NumberWord] = {}
    groups = (
        ("dual", _SCALE_DUALS),
        ("unit", _UNITS),
        ("ten", _TENS),
        ("hundred", _HUNDREDS),
        ("scale", _SCALES),
        ("teen", {10: "عشرة عشر"}),
    )
    for kind, words in groups:
        for value, spellings in words.items():
            for word, joined, clitic in product(
                normalise_text(spellings).split(), ("", "و", "ف"), ("", "ب", "ل", "ك", "ال", "بال")
            ):
                table[joined + clitic + word] = NumberWord(value, kind, joined == "و")
            for word in normalise_text(spellings).split():
                table["لل" + word] = NumberWord(value, kind, joined=False)
    table.pop("لست", None)  # "I am not"
    # "احد" is one of a group; only "احد عشر" is a number.
    for word in ("احد", "احدي", "واحدي"):
        table.setdefault(word, NumberWord(1, "one", word.startswith("و")))
    return table


def read_number_words(words: Sequence[str], start: int = 0) -> tuple[int, int] | None:
    """Read the longest number that the words spell from ``start`` on.

    Args:
        words: folded words (see ``transforms.text.arabic``).
        start: where the number begins.

    Returns:
        The value and the index after its last word; None when no number begins there. A single
        "احد/احدى" (one of) is none.
    """
    table = number_words()
    total = group = 0
    position = start
    last = ""
    while position < len(words):
        word = table.get(words[position])
        if word is None or (position > start and not _continues(word, last, group)):
            break
        if word.kind == "scale":
            total += max(group, 1) * word.value
            group = 0
        elif word.kind == "dual":
            total += word.value
        elif word.kind == "hundred" and last == "unit":
            group = group // 10 * 10 + group % 10 * 100
        else:
            group += word.value
        last = word.kind
        position += 1
    if position == start or last == "one":
        return None
    return total + group, position


def _continues(word: NumberWord, last: str, group: int) -> bool:
    """Whether a word goes on with the number so far (Arabic: hundreds, units, tens; then scale)."""
    if word.kind == "scale":
        return not word.joined and last in {"unit", "ten", "hundred", "teen"}
    if word.kind == "teen":
        return not word.joined and last in {"unit", "one"}
    if word.kind == "hundred":
        return (not word.joined and last == "unit" and group < 10) or (
            word.joined and last in {"scale", "dual"}
        )
    if not word.joined:
        return False
    allowed = {
        "unit": {"hundred", "scale", "dual"},
        "one": {"hundred", "scale", "dual"},
        "ten": {"unit", "one", "hundred", "scale", "dual"},
        "dual": {"scale", "dual"},
    }
    return last in allowed[word.kind]


def parse_number(text: str) -> int | None:
    """Read a text that is one whole number, in words or digits.

    Args:
        text: "٢٥", "1,200", "12 ألفا", "ثلاثة عشر", "مئتان وخمسون ألفا".

    Returns:
        The value; None when the text is anything else (a decimal, a range, two numbers).
    """
    mentions = _scan(normalise(text.strip()))
    if len(mentions) != 1:
        return None
    mention = mentions[0]
    whole = mention.start == 0 and mention.end == len(text.strip())
    return mention.low if whole and mention.low == mention.high else None


def find_numbers(text: str, *, normalised: Normalised | None = None) -> list[NumberMention]:
    """Find the numbers of a text.

    Args:
        text: the original text.
        normalised: its normalised form, when the caller has it already.

    Returns:
        The mentions in order, with spans in the original text. The span covers the number itself
        (for "بين 5 و7" from the first to the last digit), not the words that open its range.
    """
    return _scan(normalised or normalise(text))


@dataclass(slots=True)
class _Raw:
    """A number found, in normalised offsets."""

    start: int
    end: int
    low: int
    high: int | None


def _scan(normalised: Normalised) -> list[NumberMention]:
    text = normalised.text
    found = _merge_ranges(_raw_numbers(text), text)
    for raw in found:
        if raw.low == raw.high:
            _open_range(raw, text)
    return [NumberMention(*normalised.span(raw.start, raw.end), raw.low, raw.high) for raw in found]


def _raw_numbers(text: str) -> list[_Raw]:
    table = number_words()
    vague_words = _vague_words()
    tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text)]
    words = [token[0] for token in tokens]
    found: list[_Raw] = []
    position = 0
    while position < len(words):
        word = words[position]
        read = None
        skipped = 0
        if word[0].isdigit():
            read = _digits(words, position)
        elif word in vague_words:
            read = _vague(words, position)
        elif word in table and (spelt := read_number_words(words, position)) is not None:
            read = None if _one_of(words, position, spelt[1]) else (spelt[0], spelt[0], spelt[1])
            skipped = 1 if table[word].joined else 0
        if read is None:
            position += 1
            continue
        low, high, after = read
        start, end = tokens[position][1] + skipped, tokens[after - 1][1] + len(words[after - 1])
        if not _is_percent(text, start, end):
            found.append(_Raw(start, end, low, high))
        position = after
    return found


def _one_of(words: Sequence[str], position: int, after: int) -> bool:
    """Whether "واحد" is a folded "وأحد" before its group ("وأحد الجنود")."""
    alone = after == position + 1 and words[position] == "واحد"
    return alone and after < len(words) and words[after].startswith("ال")


def _is_percent(text: str, start: int, end: int) -> bool:
    """Whether a number is a share ("20 %", "في المئة"), no count."""
    if _PERCENT.match(text, end):
        return True
    return _HUNDRED_OF_PERCENT.search(text, max(0, start - 3), end) is not None


def _digits(words: Sequence[str], position: int) -> tuple[int, int, int] | None:
    """Read digits and the scale words behind them: low, high and the index after.

    A decimal is a count only before a scale ("12,5 مليون").
    """
    word = words[position]
    scale, after = _scale(words, position + 1)
    plain = word.replace(",", "").replace(".", "")
    if not plain.isascii() or len(plain) > 15:
        return None
    decimal = _DECIMAL.fullmatch(word)
    if decimal is not None and scale > 1:
        value = int(decimal.group(1)) * scale
        value += int(decimal.group(2)) * scale // 10 ** len(decimal.group(2))
    elif _THOUSANDS.fullmatch(word):
        value = int(plain) * scale
    else:
        return None
    return (value, value, after) if value <= _MAXIMUM else None


def _scale(words: Sequence[str], after: int) -> tuple[int, int]:
    """The scale word at a place ("ألفا"), or 1; and the index after it."""
    word = number_words().get(words[after]) if after < len(words) else None
    if word is None or word.kind != "scale" or word.joined:
        return 1, after
    return word.value, after + 1


@cache
def _vague_words() -> dict[str, str]:
    """Vague numbers with their clitics -> the bare word."""
    return {
        prefix + word: word for word in _VAGUE for prefix in ("", "و", "ب", "ل", "ال", "وال", "بال")
    }


def _vague(words: Sequence[str], position: int) -> tuple[int, int, int]:
    """Read "عشرات", "مئات الآلاف": low, high and the index after."""
    base = _vague_words()[words[position]]
    low, high = _VAGUE[base]
    after = position + 1
    if base in {"بضع", "بضعه"} and after < len(words) and words[after] == "عشر":
        return 13, 19, after + 1
    if after < len(words) and words[after] in {"الالاف", "الاف", "الملايين", "ملايين"}:
        scale = 1_000_000 if "ملايين" in words[after] else 1_000
        if low < scale:
            return low * scale, (high + 1) * scale - 1, after + 1
    return low, high, after


def _merge_ranges(found: list[_Raw], text: str) -> list[_Raw]:
    """Join "بين 5 و7", "من 5 إلى 7" and "5-7" into one mention each."""
    merged: list[_Raw] = []
    for raw in found:
        if merged and _is_range(merged[-1], raw, text):
            merged[-1] = _Raw(merged[-1].start, raw.end, merged[-1].low, raw.high)
        else:
            merged.append(raw)
    return merged


def _is_range(first: _Raw, second: _Raw, text: str) -> bool:
    if first.high is None or second.high is None or first.high >= second.low:
        return False
    between = text[first.end : second.start].replace(" ", "")
    if between in {"-", "–"}:
        return True
    opened = _BETWEEN.search(text, max(0, first.start - 5), first.start)
    return opened is not None and between in {"و", "الي"}


def _open_range(raw: _Raw, text: str) -> None:
    """Widen a plain number by the words round it."""
    before = text[max(0, raw.start - 24) : raw.start]
    if _AT_LEAST.search(before) or _AFTER_AT_LEAST.match(text, raw.end):
        raw.high = None
    elif _AT_MOST.search(before):
        raw.low = 0
