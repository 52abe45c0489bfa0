"""What opens a byline, and what hangs on a name in it: labels, titles, addresses, dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from transforms.text.arabic import normalise, normalise_text

Kind = Literal["author", "by", "label", "colon"]

_SEPARATED: Final = r"[ ]*(?P<mark>[:：/|–—-])[ ]*"
_EMAIL: Final = re.compile(
    r"[(\[<]?(?:mailto:)?[^\s<>()\[\]\"',;،]{1,64}@[^\s<>()\[\]\"',;@]{1,120}[)\]>]?"
    r"|\[email.protected\]|(?<!\S)@\w{2,40}",
    re.IGNORECASE,
)
_KINDS: Final[tuple[Kind, ...]] = ("author", "by", "label", "colon")
_OPENING: Final = 60  # code points in which a byline opens, marks and vowels included
# From here on it is a date: "في 28 فبراير 2024", "- 28/2/2024", "الأربعاء 28 شباط".
_DATED: Final = re.compile(
    r"\s*(?:[-–—|•·،,]\s*|\s(?:في|بتاريخ|يوم|on|at)\s+)*"
    r"(?:(?:يوم\s+)?ال(?:[اإ]?ثنين|ثلاثاء|[اأ]ربعاء|خميس|جمعة|سبت|[اأ]حد)[\s،,]+|)\d.*\Z",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Byline:
    """A text that opens like a byline.

    Attributes:
        kind: ``author`` (بقلم: a name follows), ``by`` (بواسطة: a name or anybody), ``label``
            (تحرير: also a common noun), ``colon`` (المحرر: also part of a title).
        separated: whether a colon, stroke or dash stands behind the word.
        name: what follows, as written.
    """

    kind: Kind
    separated: bool
    name: str

    @property
    def names_somebody(self) -> bool:
        """Whether the word alone makes the rest a name: not "تحرير الأسرى", "بواسطة الحكومة"."""
        definite = self.name.startswith("ال")
        return self.separated or self.kind == "author" or (self.kind == "by" and not definite)


@cache
def _words() -> dict[str, str]:
    """The alternatives of each kind, the longest first, folded."""
    text = files("transforms.text").joinpath("data", "byline_words.tsv").read_text("utf-8")
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, spellings = line.split("\t")
            words = {normalise(word.strip()).text.lower() for word in spellings.split(",")}
            found[kind] = "|".join(
                map(re.escape, sorted(words, key=lambda each: (-len(each), each)))
            )
    return found


@cache
def _opening() -> re.Pattern[str]:
    words = _words()
    kinds = "|".join(f"(?P<{kind}>{words[kind]})" for kind in ("label", "by", "author", "colon"))
    return re.compile(rf"[\s*\-–|(]*(?:{kinds})(?!\w)(?:{_SEPARATED})?\s*", re.IGNORECASE)


@cache
def _title() -> re.Pattern[str]:
    return re.compile(rf"(?:{_words()['title']})(?!\w)[ ]*[.:/–-]*[ ]*", re.IGNORECASE)


def read_byline(text: str) -> Byline | None:
    """Read a text that opens like a byline.

    Args:
        text: one short line.

    Returns:
        The byline; None when the text does not open like one, or nothing follows.
    """
    if _opening().match(normalise_text(text[:_OPENING])) is None:  # nearly every text
        return None
    folded = normalise(text)
    match = _opening().match(folded.text)
    if match is None:
        return None
    name = text[folded.offsets[match.end()] :].strip()
    kind = next(kind for kind in _KINDS if match[kind])
    return Byline(kind, match["mark"] is not None, name) if name else None


def is_label(text: str) -> bool:
    """Whether a text is nothing but the words that open a byline ("إعداد وتحرير")."""
    return _opening().fullmatch(normalise(text).text) is not None


def without_label(text: str) -> str:
    """Take the words off that open a byline ("بواسطة: ", "تحرير/ ") where they surely do.

    Args:
        text: the content of a field or an element that is known to hold an author.
    """
    for _ in range(2):
        byline = read_byline(text)
        if byline is None:
            break
        surely = byline.kind != "colon" and not byline.name.startswith("ال")
        if not surely and not byline.names_somebody:
            break
        text = byline.name
    return text


def without_title(text: str) -> str:
    """Take a title off a name: "د. ", "الصحفية "."""
    folded = normalise(text)
    match = _title().match(folded.text)
    return text if match is None else text[folded.offsets[match.end()] :]


def without_contact(text: str) -> str:
    """Take e-mail addresses, handles and a date behind the name off a byline."""
    return _DATED.sub("", _EMAIL.sub(" ", text)).strip()
