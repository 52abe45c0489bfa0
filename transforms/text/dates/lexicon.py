"""Words of dates, and texts as sequences of them.

A text becomes a string with one letter a token (``Tokens.codes``), so that the grammar of dates
is a handful of regular expressions over word classes instead of one over characters: one scan,
however long the word lists. The letters:

====  ==========================================  ====  =====================================
D Y I number of 1-2, 4, other digits              N     number word(s), value already summed
f     numeric date 20/9/2023                      t q   clock time 18:30; 18.30 or 18,30
M H   Gregorian, Hijri month                      W w   weekday with, without article
R r   relative day (أمس), night                   T A   part of the day; am or pm word
P p F X C c  past, earlier, future, later, current, recent modifier      h  this
B S E k  قبل منذ بعد خلال                          K     phase of a period (مطلع)
u U   day(s), dual                                v V   week(s), dual
m Q   month(s), dual                              y Z   year(s), dual
i J   hour(s), dual                               j L   minute(s), dual
d G   decade(s), dual                             s O   century(-ies), dual
@ ~   اليوم, غد                                    =     the same (نفس, ذلك, ذاته)
!     adjective of a named day                    ?     masthead word before اليوم
o     الساعة                                      n     من
1 $   ordinal, of days; of hours                    2     fraction of an hour (والنصف)
3     decade name (الستينيات)                      4     season
5     vague reference                             6     set word (يوميا)
7     كل                                          8     about, more than
9     الموافق                                     0 <   filler of date lines (بتاريخ), في
e     era mark (م, ه)                             z     zone
%     "في المئة"
+ >   "و" alone; إلى, حتى                                    , / - ( ) : . |  themselves
x     anything else                               #     end of line
====  ==========================================  ====  =====================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from transforms.text.arabic import normalise_text
from transforms.text.numbers import number_words, read_number_words

_CODES: Final = {
    "month": "M", "hijri": "H", "weekday": "W", "bareday": "w", "relday": "R", "today": "@",
    "same": "=", "named": "!", "masthead": "?", "and": "+", "to": ">", "relnight": "r",
    "daypart": "T", "ampm": "A", "eraword": "e", "past": "P", "earlier": "p", "future": "F",
    "later": "X", "current": "C", "recent": "c", "this": "h", "before": "B", "since": "S",
    "after": "E", "within": "k", "phase": "K", "day": "u", "daydual": "U", "week": "v",
    "weekdual": "V", "monthunit": "m", "monthdual": "Q", "year": "y", "yeardual": "Z", "hour": "i",
    "hourdual": "J", "minute": "j", "minutedual": "L", "decade": "d", "decadedual": "G",
    "century": "s", "centurydual": "O", "clock": "o", "from": "n", "ordinal": "1",
    "hourordinal": "$", "naming": "&", "bareday_rel": "~", "fraction": "2", "decadename": "3",
    "season": "4", "vague": "5", "setword": "6", "each": "7", "more": "8", "corresponding": "9",
    "percent": "%", "in": "<", "filler": "0",
}  # fmt: skip
# Clitics before a word: conjunctions and one-letter prepositions.
_CLITICS: Final = ("و", "ف", "ب", "ل", "ك", "وب", "ول", "فب", "فل")
_NO_CLITICS: Final = frozenset("e0A<w>+")  # one-letter words and fillers
_LETTERS: Final = "\u0621-\u064a\u0671-\u06d3"
_TOKEN: Final = re.compile(
    r"(?P<f>(?<![\d.,/\-])\d{1,4}(?P<sep>[/.\-\\])\d{1,2}(?P=sep)\d{1,4}(?!\d|[/\-]\d))"
    r"|(?P<t>\d{1,2}[:hH]\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?![\d:]))"
    r"|(?P<q>(?<![\d.,])\d{1,2}[.,]\d{2}(?![\d.,]\d|\d))"
    r"|(?P<d>\d+)"
    rf"|(?P<l>[{_LETTERS}]+)"
    r"|(?P<z>(?:GMT|UTC) ?[+\-] ?\d{1,2}(?::?\d{2})?(?!\d)|(?:(?<!\w)[+\-]|\+)\d{2}:?\d{2}(?!\d))"
    r"|(?P<e>[^\W\d_]+(?:\.[a-z]\.)?)"
    r"|(?P<x>[^\s]|\n)"
)
_PUNCTUATION: Final = {
    **dict.fromkeys(",،;؛", ","),
    **dict.fromkeys("-–—‑", "-"),
    **{char: char for char in "/():.|"},
    "\\": "/",
    "\n": "#",
}

Value = int | str | None


@dataclass(frozen=True, slots=True)
class Word:
    """A lexicon entry: class letter, value, how many letters its clitics take."""

    code: str
    value: Value
    clitics: int = 0


@dataclass(slots=True)
class Tokens:
    """A text as date tokens.

    Attributes:
        codes: one letter a token (see the module).
        values: the value of each token (month number, digits as written, zone ...).
        starts: first normalised index of each token, clitics left out.
        ends: normalised index after each token.
        definite: whether each token carries the article.
    """

    codes: str
    values: list[Value]
    starts: list[int]
    ends: list[int]
    definite: list[bool]

    def cut(self, start: int, end: int) -> Tokens:
        """The tokens from ``start`` up to ``end``."""
        return Tokens(
            self.codes[start:end],
            self.values[start:end],
            self.starts[start:end],
            self.ends[start:end],
            self.definite[start:end],
        )

    def without(self, dropped: set[int]) -> Tokens:
        """The tokens but for some indexes."""
        kept = [index for index in range(len(self.codes)) if index not in dropped]
        return Tokens(
            "".join(self.codes[index] for index in kept),
            [self.values[index] for index in kept],
            [self.starts[index] for index in kept],
            [self.ends[index] for index in kept],
            [self.definite[index] for index in kept],
        )


def _read_table(name: str) -> list[list[str]]:
    text = files("transforms.text").joinpath("data", name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]


def fold(word: str) -> str:
    """A word as the lexicon keeps it: normalised, lower case."""
    return normalise_text(word).lower().strip()


@cache
def weekdays() -> dict[str, int]:
    """The names of weekdays with the article, folded -> 0 for Monday to 6 for Sunday."""
    return {
        fold(name): int(value)
        for kind, value, names in _read_table("date_words.tsv")
        if kind == "weekday"
        for name in names.split(",")
    }


@cache
def zone_table(kind: str) -> dict[str, str]:
    """Zones by spelling.

    Args:
        kind: ``abbr`` (offsets by abbreviation), ``city`` (what follows بتوقيت), ``country``
            (by ISO 3166 alpha-3, upper case), ``domain`` (by top-level domain).
    """
    table: dict[str, str] = {}
    for row_kind, value, spellings in _read_table("zones.tsv"):
        if row_kind == kind:
            for spelling in spellings.split(","):
                key = spelling.strip()
                table[key if kind == "country" else fold(key)] = value
    return table


@cache
def _lexicon() -> tuple[dict[str, Word], dict[str, list[tuple[tuple[str, ...], Word]]]]:
    """Single words, and the continuations of each first word, the longest first."""
    single: dict[str, Word] = {}
    several: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
    entries: list[tuple[str, str, Value]] = []
    for kind, value, spellings in _read_table("date_words.tsv"):
        code = "e" if kind == "eraword" else _CODES.get(kind, "")
        parsed: Value = int(value) if re.fullmatch(r"-?\d+", value) else value
        if code:
            entries.extend((fold(word), code, parsed) for word in spellings.split(","))
    entries.extend((word, "z", zone) for word, zone in zone_table("abbr").items())
    entries.extend(
        (f"{clitic}توقيت {city}", "z", zone)
        for city, zone in zone_table("city").items()
        for clitic in ("", "ب")
    )
    for word, code, parsed in entries:
        _enter(single, several, word, Word(code, parsed))
    for word, code, parsed in entries:
        if code not in _NO_CLITICS and len(word) > 2 and word[0] >= "\u0621" and code != "z":
            for clitic in _CLITICS:
                joined = clitic + word
                if clitic[-1] == "ل" and word.startswith("ال"):
                    joined = clitic + "ل" + word[2:]
                _enter(single, several, joined, Word(code, parsed, len(clitic)))
    for continuations in several.values():
        continuations.sort(key=lambda entry: -len(entry[0]))
    return single, several


def _enter(
    single: dict[str, Word],
    several: dict[str, list[tuple[tuple[str, ...], Word]]],
    word: str,
    entry: Word,
) -> None:
    first, *rest = re.findall(r"[^\s.]+", word)
    if rest:
        several.setdefault(first, []).append((tuple(rest), entry))
    else:
        single.setdefault(first, entry)


def tokenise(text: str) -> Tokens:
    """Cut a normalised text into date tokens.

    Args:
        text: normalised text (see ``transforms.text.arabic``).

    Returns:
        Its tokens; white space other than line ends is none.
    """
    known = _known()
    found = [(match.lastgroup, match.group(), match.start()) for match in _TOKEN.finditer(text)]
    tokens = Tokens("", [], [], [], [])
    codes: list[str] = []
    position = 0
    total = len(found)
    while position < total:
        group, word, start = found[position]
        after = position + 1
        code, value, clitics = "x", None, 0
        if group == "l" and word not in known:
            if codes and codes[-1] == "x":  # one token stands for a run of other words
                position = after
                continue
        elif group in {"l", "e"}:
            entry, after = _word(word, found, position)
            if entry is not None:
                code, value, clitics = entry.code, entry.value, entry.clitics
        else:
            code, value = _sign(group, word)
        codes.append(code)
        tokens.values.append(value)
        tokens.starts.append(start + clitics)
        tokens.definite.append(
            word.startswith("ال", clitics)
            or (clitics > 0 and word[clitics - 1 : clitics + 1] == "لل")
        )
        last = found[after - 1]
        tokens.ends.append(last[2] + len(last[1]))
        position = after
    tokens.codes = "".join(codes)
    return tokens


def _sign(group: str | None, word: str) -> tuple[str, Value]:
    """Code and value of a token that is no word."""
    if group == "d":
        return {1: "D", 2: "D", 4: "Y"}.get(len(word), "I"), word
    if group == "x":
        return _PUNCTUATION.get(word, "x"), word
    return str(group), word


@cache
def _known() -> frozenset[str]:
    """Every word that may begin an entry or a number."""
    single, several = _lexicon()
    return frozenset(single) | frozenset(several) | frozenset(number_words())


def _word(
    word: str,
    found: list[tuple[str | None, str, int]],
    position: int,
) -> tuple[Word | None, int]:
    """Look a word up, alone and with those that follow it; else read a number in words."""
    single, several = _lexicon()
    key = word if word[0] >= "\u0621" else word.lower()
    for rest, entry in several.get(key, ()):
        after = _continues(rest, found, position + 1)
        if after and (len(word) > 1 or not rest[0].isdigit() or _is_close(found, position)):
            return entry, after
    entry_alone = single.get(key)
    if entry_alone is not None or key not in number_words():
        return entry_alone, position + 1
    words = [token[1] for token in found[position : position + 12]]
    number = read_number_words(words)
    if number is None:
        return None, position + 1
    value, length = number
    clitic = len(key) - len(key.lstrip("وف")) if number_words()[key].joined else 0
    return Word("N", value, clitic), position + length


def _in_brackets(word: str, found: list[tuple[str | None, str, int]], position: int) -> bool:
    return [token[1] for token in found[position : position + 3]] == ["(", word, ")"]


def _is_close(found: list[tuple[str | None, str, int]], position: int) -> bool:
    """Whether a digit belongs to the one letter before it: "ت2", "14 ت 2"."""
    beside = found[position + 1][2] == found[position][2] + 1
    return beside or (position > 0 and found[position - 1][0] == "d")


def _continues(
    rest: tuple[str, ...], found: list[tuple[str | None, str, int]], position: int
) -> int:
    """The index after the words of an entry when they follow (abbreviations: with dots); else 0."""
    for word in rest:
        if word.isdigit() and _in_brackets(word, found, position):
            position += 3
            continue
        if word.isdigit() and position + 1 < len(found) and found[position][1] == "/":
            position += 1  # "تشرين/2"
        while position < len(found) and found[position][1] == "." and len(word) == 1:
            position += 1
        if position >= len(found) or found[position][1].lower() != word:
            return 0
        position += 1
    return position
