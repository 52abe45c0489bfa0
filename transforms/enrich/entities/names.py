"""The actor and place lexicon: every written form of every name, folded, behind one look-up."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from transforms.enrich.entities.paradigms import WrittenForm, nisba_forms, noun_forms, owned_forms
from transforms.enrich.entities.records import PlaceEntry
from transforms.enrich.tables import read_rows, read_text
from transforms.text.arabic import normalise_text

Role = Literal[
    "country",
    "capital",
    "nisba",
    "people",
    "agent",
    "organisation",
    "leader",
    "place",
    "region",
    "person",
]

# The folds of the normaliser as one translation: the tables hold letters and vowel marks only.
_FOLD: Final = {code: normalise_text(chr(code)) for code in (ord("-"), *range(0x0621, 0x0660))} | {
    ord("-"): " "
}


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A name or noun of the lexicon, whatever form it is written in.

    Attributes:
        role: what kind of word it is.
        name: canonical spelling.
        country: ISO 3166-1 alpha-3 it stands for, if any.
        sectors: PLOVER sectors it stands for.
        flags: see the header of agents.tsv; ``~`` and ``^`` mark ambiguous words (ambiguous.txt).
        held_by: country code of the people that holds a partially recognised region.
        rows: gazetteer rows the name may mean, most likely first.
        kin: folded nouns an organisation is also called by (حركة of حركة حماس).
    """

    role: Role
    name: str
    country: str | None = None
    sectors: tuple[str, ...] = ()
    flags: str = ""
    held_by: str = ""
    rows: tuple[int, ...] = ()
    kin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameForm:
    """One written form of a lexeme, in usual spelling."""

    lexeme: Lexeme
    text: str
    definite: bool = True
    plural: bool = False


@dataclass(slots=True)
class Lexicon:
    """Forms by folded text, multi-word forms by their first word, and the word lists.

    Attributes:
        forms: folded text -> the forms it may be (several when ambiguous).
        rows: folded place name -> rows of the gazetteer, likeliest first.
        marks: folded place name -> the company it needs (``~``, ``^``).
        several: folded first word -> second word -> number of words of the longest form that
            starts with both.
        fillers: folded adjective that may stand inside a phrase, with and without article -> its
            usual spelling.
        place_nouns: folded noun -> precision it speaks of, usual spelling.
        given: folded given name -> its usual spelling.
        wordlike: folded given names that are also everyday words.
        gazetteer: rows of the place table, unparsed.
    """

    forms: dict[str, tuple[NameForm, ...]] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    several: dict[str, dict[str, int]] = field(default_factory=dict)
    fillers: dict[str, str] = field(default_factory=dict)
    place_nouns: dict[str, tuple[str, str]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    wordlike: set[str] = field(default_factory=set)
    gazetteer: list[str] = field(default_factory=list)
    _found: dict[str, tuple[NameForm, ...]] = field(default_factory=dict, repr=False)

    def add(self, form: NameForm) -> None:
        """Enter a form under its folded text; the first lexeme of a role there stays."""
        self.enter(form.text.translate(_FOLD), form)

    def enter(self, key: str, form: NameForm) -> None:
        """Enter a form under a folded text; the first lexeme of a role there stays."""
        known = self.forms.get(key, ())
        if any(other.lexeme.role == form.lexeme.role for other in known):
            return
        self.forms[key] = (*known, form)
        self.lengthen(key)

    def lengthen(self, key: str) -> None:
        """See that the look-up tries as many words as a folded name has."""
        first, _, rest = key.partition(" ")
        if rest:
            second = rest.partition(" ")[0]
            known = self.several.setdefault(first, {})
            known[second] = max(known.get(second, 1), key.count(" ") + 1)

    def knows(self, key: str) -> bool:
        """Whether a folded text is a name or the first word of one."""
        return key in self.forms or key in self.rows or key in self.several

    def find(self, key: str) -> tuple[NameForm, ...]:
        """The forms a folded text may be, () for none. Places become forms when first asked for."""
        rows = self.rows.get(key)
        if rows is None:
            return self.forms.get(key, ())
        found = self._found.get(key)
        if found is None:
            display = self.gazetteer[rows[0]].partition("|")[0]
            lexeme = Lexeme("place", display, flags=self.marks.get(key, ""), rows=tuple(rows))
            found = self._found[key] = (*self.forms.get(key, ()), NameForm(lexeme, display))
        return found

    def place(self, row: int) -> PlaceEntry:
        """The gazetteer entry in a row."""
        names, country, admin1, lat, lon, geonames_id, precision, _ = self.gazetteer[row].split(
            "\t"
        )
        return PlaceEntry(
            name=names.partition("|")[0],
            country=country or None,
            admin1=admin1 or None,
            lat=float(lat) if lat else None,
            lon=float(lon) if lon else None,
            geonames_id=int(geonames_id) if geonames_id else None,
            precision=precision,
        )


def _split(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def _mark(name: str) -> tuple[str, str]:
    """Take the ambiguity mark off a name: (name, flags)."""
    return (name[1:], "~") if name.startswith("~") else (name, "")


def _countries() -> Iterator[NameForm]:
    for code, _, names, adjectives, people, capitals in read_rows("entities/countries.tsv"):
        canonical = _mark(_split(names)[0])[0]
        for name in _split(names):
            text, flags = _mark(name)
            yield NameForm(Lexeme("country", canonical, code, ("GOV",), flags), text)
        for name in _split(capitals):
            text, flags = _mark(name)
            yield NameForm(
                Lexeme("capital", _mark(_split(capitals)[0])[0], code, ("GOV",), flags), text
            )
        for adjective in _split(adjectives):
            text, flags = _mark(adjective)
            lexeme = Lexeme("nisba", canonical, code, ("CVL",), flags)
            for written in nisba_forms(text):
                yield NameForm(lexeme, written.text, written.definite, written.plural)
        for noun in _split(people):
            lexeme = Lexeme("nisba", canonical, code, ("CVL",))
            yield NameForm(lexeme, noun, definite=False, plural=True)
            yield NameForm(lexeme, f"ال{noun}", definite=True, plural=True)


def _peoples() -> Iterator[NameForm]:
    for kind, country, sectors, names, held_by in read_rows("entities/people.tsv"):
        code = None if country == "-" else country
        canonical = _split(names)[0]
        for name in _split(names):
            if kind == "region":
                yield NameForm(
                    Lexeme("region", canonical, code, tuple(sectors.split()), "", held_by), name
                )
            else:
                singular = name.endswith(("ي", "ية"))
                lexeme = Lexeme("people", canonical, code, tuple(sectors.split()))
                yield NameForm(lexeme, name, name.startswith("ال"), not singular)


def _agents() -> Iterator[NameForm]:
    for sectors, flags, singulars, plurals in read_rows("entities/agents.tsv"):
        codes = () if sectors == "-" else tuple(sectors.split())
        for cell, plural in ((singulars, False), (plurals, True)):
            for spec in _split(cell):
                lexeme = Lexeme("agent", spec.rstrip("+"), None, codes, flags)
                inflect = owned_forms if "o" in flags else noun_forms
                written: Iterable[WrittenForm] = inflect(spec, plural=plural)
                for form in written:
                    yield NameForm(lexeme, form.text, form.definite, form.plural)


def _named(table: str, role: Role) -> Iterator[NameForm]:
    for country, sectors, persons, *_ in read_rows(table):
        code = None if country == "-" else country
        codes = tuple(sectors.split())
        for names in persons.split(";"):
            variants = [_mark(name) for name in _split(names)]
            canonical = variants[0][0]
            firsts = (text.partition(" ")[0] for text, _ in variants if " " in text)
            kin = tuple(dict.fromkeys(normalise_text(first) for first in firsts))
            for text, flags in variants:
                yield NameForm(Lexeme(role, canonical, code, codes, flags, kin=kin), text)


def _add_places(lexicon: Lexicon) -> None:
    """Enter the gazetteer: its names are stored folded, so this only fills dictionaries."""
    lines = read_text("entities/places.tsv.gz").splitlines()
    lexicon.gazetteer = [line for line in lines if line and line[0] != "#"]
    rows, lengthen = lexicon.rows, lexicon.lengthen
    for row, line in enumerate(lexicon.gazetteer):
        for name in line[: line.index("\t")].split("|")[1:]:
            rows.setdefault(name, []).append(row)
            if " " in name:
                lengthen(name)
        marked = line[line.rindex("\t") + 1 :]
        for name in marked.split("|") if marked else ():
            lexicon.marks.setdefault(name[1:], name[0])


@functools.cache
def lexicon() -> Lexicon:
    """The lexicon, built once from the packaged tables."""
    built = Lexicon()
    for source in (
        _named("entities/organisations.tsv", "organisation"),
        _named("entities/leaders.tsv", "leader"),
        _peoples(),
        _countries(),
        _agents(),
    ):
        for form in source:
            built.add(form)
    _add_places(built)
    adjectives = [word for cells in read_rows("entities/fillers.txt") for word in cells[0].split()]
    written = (f"{article}{word}" for word in adjectives for article in ("", "ال"))
    built.fillers = {normalise_text(word): word for word in written}
    for (line,) in read_rows("entities/given_names.txt"):
        names = {normalise_text(name): name for name in line.lstrip("~ ").split()}
        built.given.update(names)
        built.wordlike |= names.keys() if line.startswith("~") else set()
    nouns = read_rows("entities/place_nouns.txt")
    built.place_nouns = {normalise_text(noun): (kind, noun) for noun, kind in nouns}
    return built
