"""The actor and place lexicon: every written form of every name, folded, behind one look-up."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from transforms.enrich.ontology.forms import WrittenForm, nisba_forms, noun_forms
from transforms.enrich.ontology.lexeme import PlaceEntry
from transforms.enrich.ontology.tables import read_rows, read_text
from transforms.text.arabic import normalise_text

Role = Literal[
    "country", "capital", "nisba", "people", "agent", "organisation", "leader", "place", "region"
]


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A name or noun of the lexicon, whatever form it is written in.

    Attributes:
        role: what kind of word it is.
        name: canonical spelling.
        country: ISO 3166-1 alpha-3 it stands for, if any.
        sectors: PLOVER sectors it stands for.
        flags: see the header of agents.tsv; ``~`` marks an ambiguous word.
        held_by: country code of the people that holds a partially recognised region.
        rows: gazetteer rows the name may mean, most likely first.
    """

    role: Role
    name: str
    country: str | None = None
    sectors: tuple[str, ...] = ()
    flags: str = ""
    held_by: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
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
        longest: folded first word -> number of words of the longest form that starts with it.
        fillers: folded adjective that may stand inside a phrase, with and without article -> its
            usual spelling.
        place_nouns: folded noun -> precision it speaks of, usual spelling.
        gazetteer: rows of the place table, unparsed.
    """

    forms: dict[str, tuple[Form, ...]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    fillers: dict[str, str] = field(default_factory=dict)
    place_nouns: dict[str, tuple[str, str]] = field(default_factory=dict)
    gazetteer: list[str] = field(default_factory=list)

    def add(self, form: Form) -> None:
        """Enter a form under its folded text; the first lexeme of a role there stays."""
        key = normalise_text(form.text).replace("-", " ")
        known = self.forms.get(key, ())
        if any(other.lexeme.role == form.lexeme.role for other in known):
            return
        self.forms[key] = (*known, form)
        first, *rest = key.split(" ")
        if rest:
            self.longest[first] = max(self.longest.get(first, 1), 1 + len(rest))

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


def _countries() -> Iterator[Form]:
    for code, _, names, adjectives, people, capitals in read_rows("countries.tsv"):
        canonical = _mark(_split(names)[0])[0]
        for name in _split(names):
            text, flags = _mark(name)
            yield Form(Lexeme("country", canonical, code, ("GOV",), flags), text)
        for name in _split(capitals):
            text, flags = _mark(name)
            yield Form(Lexeme("capital", _mark(_split(capitals)[0])[0], code, ("GOV",), flags), text)
        for adjective in _split(adjectives):
            text, flags = _mark(adjective)
            lexeme = Lexeme("nisba", canonical, code, ("CVL",), flags)
            for written in nisba_forms(text):
                yield Form(lexeme, written.text, written.definite, written.plural)
        for noun in _split(people):
            lexeme = Lexeme("nisba", canonical, code, ("CVL",))
            yield Form(lexeme, noun, definite=False, plural=True)
            yield Form(lexeme, f"ال{noun}", definite=True, plural=True)


def _peoples() -> Iterator[Form]:
    for kind, country, sectors, names, held_by in read_rows("people.tsv"):
        code = None if country == "-" else country
        canonical = _split(names)[0]
        for name in _split(names):
            if kind == "region":
                yield Form(Lexeme("region", canonical, code, tuple(sectors.split()), "", held_by), name)
            else:
                singular = name.endswith(("ي", "ية"))
                lexeme = Lexeme("people", canonical, code, tuple(sectors.split()))
                yield Form(lexeme, name, name.startswith("ال"), not singular)


def _agents() -> Iterator[Form]:
    for sectors, flags, singulars, plurals in read_rows("agents.tsv"):
        codes = () if sectors == "-" else tuple(sectors.split())
        for cell, plural in ((singulars, False), (plurals, True)):
            for spec in _split(cell):
                lexeme = Lexeme("agent", spec.rstrip("+"), None, codes, flags)
                written: Iterable[WrittenForm] = noun_forms(spec, plural=plural)
                for form in written:
                    yield Form(lexeme, form.text, form.definite, form.plural or "c" in flags)


def _named(table: str, role: Role) -> Iterator[Form]:
    for country, sectors, persons, *_ in read_rows(table):
        code = None if country == "-" else country
        codes = tuple(sectors.split())
        for names in persons.split(";"):
            canonical = _mark(_split(names)[0])[0]
            for name in _split(names):
                text, flags = _mark(name)
                yield Form(Lexeme(role, canonical, code, codes, flags), text)


def _add_places(lexicon: Lexicon) -> None:
    """Enter the gazetteer: its names are stored folded, so this only fills the dictionary."""
    by_name: dict[str, list[int]] = {}
    ambiguous: set[str] = set()
    lexicon.gazetteer = [
        line for line in read_text("places.tsv.gz").splitlines() if line and line[0] != "#"
    ]
    for row, line in enumerate(lexicon.gazetteer):
        names, _, _, _, _, _, _, marked = line.split("\t")
        for name in names.split("|")[1:]:
            by_name.setdefault(name, []).append(row)
        ambiguous.update(marked.split("|") if marked else ())
    for name, rows in by_name.items():
        flags = "~" if name in ambiguous else ""
        display = lexicon.gazetteer[rows[0]].partition("|")[0]
        form = Form(Lexeme("place", display, flags=flags, rows=tuple(rows)), display)
        lexicon.forms[name] = (*lexicon.forms.get(name, ()), form)
        if " " in name:
            first = name.partition(" ")[0]
            lexicon.longest[first] = max(lexicon.longest.get(first, 1), name.count(" ") + 1)


@functools.cache
def lexicon() -> Lexicon:
    """The lexicon, built once from the packaged tables."""
    built = Lexicon()
    for source in (
        _named("organisations.tsv", "organisation"),
        _named("leaders.tsv", "leader"),
        _peoples(),
        _countries(),
        _agents(),
    ):
        for form in source:
            built.add(form)
    _add_places(built)
    adjectives = [word for cells in read_rows("fillers.txt") for word in cells[0].split()]
    written = (f"{article}{word}" for word in adjectives for article in ("", "ال"))
    built.fillers = {normalise_text(word): word for word in written}
    nouns = read_rows("place_nouns.txt")
    built.place_nouns = {normalise_text(noun): (kind, noun) for noun, kind in nouns}
    return built
