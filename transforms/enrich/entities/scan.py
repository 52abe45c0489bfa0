"""Tokens of a normalised text, and what the lexicon makes of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from transforms.enrich.entities.names import Lexicon, NameForm, lexicon
from transforms.enrich.entities.own_names import own_names, with_own
from transforms.enrich.entities.records import PlaceEntry
from transforms.enrich.own import follows
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.clitics import readings
from transforms.enrich.words.memo import remembers

_WORD: Final = re.compile(r"\w+")
_GAP: Final = re.compile(r"[ \"'«»“”„’‘\-–]{1,4}")
_NONE: Final[Mapping[str, int]] = MappingProxyType({})
_MEMO_LIMIT: Final = 60_000
# Best reading of an ambiguous form first.
_PRIORITY: Final = {
    role: rank
    for rank, role in enumerate(
        (
            "region",
            "organisation",
            "leader",
            "country",
            "capital",
            "agent",
            "nisba",
            "people",
            "place",
            "person",
        )
    )
}
_PLACE_CUES: Final = frozenset({"في", "من", "الي", "نحو", "قرب", "باتجاه", "بالقرب", "داخل"})


@follows
@remembers
def _is_whole(word: str) -> bool:
    """Whether a word is a noun of the lists by itself, nothing written onto it."""
    return any(
        r.pos == "N" and not (r.preposition or r.conjunction or r.pronoun) for r in analyse(word)
    )


class PlaceNoun(NamedTuple):
    """A noun that introduces a place name."""

    start: int
    precision: str
    text: str


class Look(NamedTuple):
    """What a word may start: an entry of the look-up memo.

    Attributes:
        clitic: the preposition written onto it, or "".
        rest: the word without its proclitics.
        taken: the characters of those.
        alone: what the word may be by itself.
        several: second word -> number of words of the longest entry that starts with both.
    """

    clitic: str
    rest: str
    taken: int
    alone: tuple[NameForm, ...]
    several: Mapping[str, int]


class Starts(dict[str, bool]):
    """Whether a phrase may start at a word, asked of a scanner once."""

    def __init__(self, scan: Scanner) -> None:
        """Ask ``scan``."""
        super().__init__()
        self._scanner = scan

    def __missing__(self, word: str) -> bool:
        """Ask about a word that was not asked about yet."""
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        found = self[word] = self._scanner.may_start(word)
        return found


class Scanner:
    """Looks words up in the lexicon and remembers the answer for each word."""

    __slots__ = ("_looks", "_nouns", "lexicon", "starts")

    def __init__(self, lexicon: Lexicon) -> None:
        """Look up in ``lexicon``."""
        self.lexicon = lexicon
        self._looks: dict[str, tuple[Look, ...]] = {}
        self._nouns: dict[str, tuple[int, str, str] | None] = {}
        self.starts = Starts(self)

    def may_start(self, word: str) -> bool:
        """Whether a phrase may start at a word; most words start none."""
        given = self.lexicon.given
        name = word in given or (word[0] in "وف" and word[1:] in given)
        return name or bool(self.looks(word) or self.noun(word))

    def looks(self, word: str) -> tuple[Look, ...]:
        """The readings of a word that may start an entry."""
        known = self._looks.get(word)
        if known is None:
            if len(self._looks) >= _MEMO_LIMIT:
                self._looks.clear()
            find, several = self.lexicon.find, self.lexicon.several
            known = self._looks[word] = tuple(
                Look(clitic, rest, taken, find(rest), several.get(rest, _NONE))
                for clitic, rest, taken in readings(word)
                if self.lexicon.knows(rest)
            )
        return known

    def noun(self, word: str) -> tuple[int, str, str] | None:
        """The place noun a word is: characters before it, its precision and usual spelling."""
        if word not in self._nouns:
            if len(self._nouns) >= _MEMO_LIMIT:
                self._nouns.clear()
            nouns = self.lexicon.place_nouns
            found = ((taken, *nouns[rest]) for _, rest, taken in readings(word) if rest in nouns)
            self._nouns[word] = next(found, None)
        return self._nouns[word]


@follows
@functools.cache
def scanner() -> Scanner:
    """The scanner over the packaged lexicon and own names."""
    return Scanner(with_own(lexicon(), own_names()))


@dataclass(slots=True)
class NameMatch:
    """A lexicon entry found at a token; ``last`` is inclusive.

    Attributes:
        first: first token.
        last: last token.
        start: first character, after proclitics.
        clitic: the preposition written onto it (ب ل ك), or "".
        forms: what it may be.
        country: the country an ambiguous place was settled to.
        precision: the precision its noun speaks of.
        attached: a conjunction or preposition is written onto it.
    """

    first: int
    last: int
    start: int
    clitic: str
    forms: tuple[NameForm, ...]
    country: str | None = None
    precision: str = ""
    attached: bool = False

    def best(self) -> NameForm:
        """The most likely reading without context."""
        return min(self.forms, key=lambda form: _PRIORITY[form.lexeme.role])

    def other(self, roles: Collection[str]) -> NameForm | None:
        """The most likely reading among some roles."""
        fitting = [form for form in self.forms if form.lexeme.role in roles]
        return min(fitting, key=lambda form: _PRIORITY[form.lexeme.role]) if fitting else None

    def settle(self, country: str | None) -> None:
        """Fix the country of an ambiguous place."""
        self.country = country

    def prefer(self, precision: str) -> None:
        """Say what the noun before it speaks of: a city or a province."""
        self.precision = precision


class NameTokens:
    """The words of a text with their spans and matches."""

    __slots__ = ("_lexicon", "_matches", "_scanner", "ends", "starts", "text", "words")

    def __init__(self, text: str, scan: Scanner) -> None:
        """Tokenise.

        Args:
            text: normalised text.
            scan: looks words up.
        """
        self.text = text
        self._scanner = scan
        self._lexicon = scan.lexicon
        found = list(_WORD.finditer(text))
        self.words: list[str] = [match[0] for match in found]
        self.starts: list[int] = [match.start() for match in found]
        self.ends: list[int] = [match.end() for match in found]
        self._matches: dict[int, NameMatch | None] = {}

    def joined(self, index: int) -> bool:
        """Whether only blanks or quotation marks stand between a token and the next."""
        if index < 0 or index + 1 >= len(self.words):
            return False
        gap = self.text[self.ends[index] : self.starts[index + 1]]
        return gap == " " or _GAP.fullmatch(gap) is not None

    def match(self, index: int) -> NameMatch | None:
        """The longest lexicon entry that starts at a token; cached."""
        if index >= len(self.words):
            return None
        if index not in self._matches:
            self._matches[index] = self._find(index)
        return self._matches[index]

    def _find(self, index: int) -> NameMatch | None:
        best: NameMatch | None = None
        after = self.words[index + 1] if index + 1 < len(self.words) else ""
        for clitic, rest, taken, alone, several in self._scanner.looks(self.words[index]):
            found, count = alone, 1
            for more in range(several.get(after, 1), 1, -1):
                key = self._joined_key(rest, index, more)
                forms = self._lexicon.find(key) if key else ()
                if forms:
                    found, count = forms, more
                    break
            if found and clitic and _is_whole(self.words[index]):
                continue  # بيان إن is no ب with the town يان آن
            if found and (best is None or count > best.last - index + 1):
                start = self.starts[index] + taken
                best = NameMatch(index, index + count - 1, start, clitic, found)
                best.attached = start > self.starts[index] or bool(clitic)
        return best

    def _joined_key(self, first: str, index: int, count: int) -> str:
        """The folded text of several tokens, "" when they do not stand together."""
        if index + count > len(self.words):
            return ""
        if not all(self.joined(position) for position in range(index, index + count - 1)):
            return ""
        return " ".join([first, *self.words[index + 1 : index + count]])

    def place_noun(self, index: int) -> PlaceNoun | None:
        """The noun that introduces a place at a token (مدينة), if it is one."""
        if index >= len(self.words):
            return None
        found = self._scanner.noun(self.words[index])
        return PlaceNoun(self.starts[index] + found[0], *found[1:]) if found else None

    def place_context(self, first: int, match: NameMatch) -> bool:
        """Whether an ambiguous word (``~``) stands where places stand: after في, من, with ب..."""
        if match.clitic == "ب" and self.ends[match.last] - match.start > 4:
            return True
        return first > 0 and self.joined(first - 1) and self.words[first - 1] in _PLACE_CUES

    def place_rows(self, match: NameMatch) -> list[int]:
        """Gazetteer rows a match may mean, best first."""
        form = match.other({"place"})
        return list(form.lexeme.rows) if form else []

    def entry(self, row: int) -> PlaceEntry:
        """The gazetteer entry in a row."""
        return self._lexicon.place(row)

    def place_country(self, match: NameMatch) -> str | None:
        """The country of a place: settled, or of its likeliest entry."""
        if match.country:
            return match.country
        form = match.other({"region", "country", "capital"})
        if form:
            return form.lexeme.country
        rows = self.place_rows(match)
        return self.entry(rows[0]).country if rows else None

    def can_lie_in(self, match: NameMatch, country: str | None) -> bool:
        """Whether any entry of a match lies in a country."""
        form = match.other({"region", "capital"})
        if form and form.lexeme.country == country:
            return True
        return any(self.entry(row).country == country for row in self.place_rows(match))
