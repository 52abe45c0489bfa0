"""Own names: a user's table of persons, organisations and places, before the shipped ones.

The table is tab-separated; its first line names the columns (``COLUMNS``), in any order. What the
shipped tables say of a name that stands in it is forgotten, whatever its role.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from transforms.enrich.entities.names import Lexeme, Lexicon, NameForm, Role
from transforms.enrich.entities.records import Entity
from transforms.enrich.ontology.plover import SECTORS
from transforms.enrich.own import Fault, follows, own_tables
from transforms.enrich.tables import read_rows
from transforms.text.arabic import normalise_text

# Kind -> the columns it may fill beside ``kind`` and ``names``.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("country", "sectors", "from", "to"),
    "organisation": ("country", "sectors"),
    "place": ("country", "admin1", "lat", "lon", "precision"),
}
COLUMNS: Final = (
    "kind", "names", "country", "sectors", "from", "to", "admin1", "lat", "lon", "precision",
)  # fmt: skip
PRECISIONS: Final = ("city", "admin1", "region", "country")
_ROLES: Final[Mapping[str, Role]] = {"person": "leader", "organisation": "organisation"}
_WORD: Final = re.compile(r"\w+")
_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)
_SPAN: Final = {"lat": 90.0, "lon": 180.0}


@dataclass(frozen=True, slots=True)
class OwnName:
    """A line of the table.

    Attributes:
        line: its number, from 1.
        kind: one of ``KINDS``.
        variants: spellings, each with ``~``, ``^`` or "" (see ``ambiguous.txt``), the name first.
        country: ISO 3166-1 alpha-3; None when it has none.
        sectors: PLOVER sectors.
        since: the first day in office; None when it is open.
        until: the last day, likewise.
        place: governorate, latitude, longitude and precision of a place, as written.
    """

    line: int
    kind: str
    variants: tuple[tuple[str, str], ...]
    country: str | None
    sectors: tuple[str, ...]
    since: dt.date | None
    until: dt.date | None
    place: tuple[str, str, str, str]

    @property
    def name(self) -> str:
        """The name that rows carry."""
        return self.variants[0][0]


def folded(name: str) -> str:
    """A name as the look-up spells it: folded words with a blank between."""
    return " ".join(_WORD.findall(normalise_text(name)))


def read_names(file: str, text: str) -> tuple[list[OwnName], list[Fault]]:
    """Read a table of own names.

    Args:
        file: what it is called, for the faults.
        text: what it holds.

    Returns:
        The lines that can be meant, and every fault.
    """
    rows = [
        (number, line.rstrip("\r").split("\t"))
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not rows:
        return [], [Fault(file, 1, f"no line in it; the first names the columns: {_listed()}")]
    number, header = rows[0]
    columns = [cell.strip().lower() for cell in "\t".join(map(_plain, header)).rstrip().split("\t")]
    faults = [Fault(file, number, what) for what in _header_faults(columns)]
    if faults:
        return [], faults
    names: list[OwnName] = []
    for line, cells in rows[1:]:
        found = _Line(dict(zip(columns, map(_plain, cells), strict=False)))
        if any(cell.strip() for cell in cells[len(columns) :]):
            found.fault(f"more cells than the {len(columns)} columns; is a tab missing above?")
        name = found.read(line)
        faults += [Fault(file, line, what) for what in found.faults]
        if name is not None and not found.faults:
            names.append(name)
    return names, [*faults, *_clashes(file, names)]


def _plain(cell: str) -> str:
    """A cell without blanks around it, and without the quotation marks spreadsheets put there."""
    cell = cell.strip()
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"').strip() if quoted else cell


def _listed() -> str:
    return ", ".join(COLUMNS)


def _header_faults(columns: list[str]) -> list[str]:
    if len(columns) == 1:
        return [f"columns are separated by tabs; the first line names them: {_listed()}"]
    unknown = [f"no such column: {each!r}; there are {_listed()}" for each in columns]
    found = [what for each, what in zip(columns, unknown, strict=True) if each not in COLUMNS]
    found += [f"the column {each} is missing" for each in COLUMNS[:2] if each not in columns]
    twice = sorted({each for each in columns if columns.count(each) > 1})
    return found + [f"the column {each} stands here twice" for each in twice]


@cache
def _country_codes() -> frozenset[str]:
    return frozenset(row[0] for row in read_rows("entities/countries.tsv"))


class _Line:
    """One line: its cells by column, and what is wrong with them."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self.faults: list[str] = []

    def fault(self, what: str) -> None:
        self.faults.append(what)

    def cell(self, column: str) -> str:
        return self._cells.get(column, "")

    def read(self, line: int) -> OwnName | None:
        """The name, when its kind is known; faults are gathered."""
        kind = self.cell("kind").lower()
        if kind not in KINDS:
            self.fault(f"kind is {kind!r}: write {', '.join(KINDS)}")
            return None
        for column in COLUMNS[2:]:
            if self.cell(column) and column not in KINDS[kind]:
                self.fault(f"{column}: a {kind} has none; leave the cell empty")
        variants = self._variants(kind)
        precision = self.cell("precision").lower() or PRECISIONS[0]
        if precision not in PRECISIONS:
            self.fault(f"precision is {precision!r}: write {', '.join(PRECISIONS)}")
        since, until = self._day("from", first=True), self._day("to", first=False)
        if since and until and since > until:
            self.fault("from is later than to")
        country, sectors = self._country(), self._sectors()
        lat, lon = self._degrees("lat"), self._degrees("lon")
        if bool(lat) != bool(lon):
            self.fault("lat and lon go together: write both or none")
        place = (self.cell("admin1"), lat, lon, precision)
        if not variants:
            return None
        return OwnName(line, kind, variants, country, sectors, since, until, place)

    def _variants(self, kind: str) -> tuple[tuple[str, str], ...]:
        found = []
        for part in self.cell("names").split("|"):
            name = part.strip()
            mark = name[0] if name[:1] in ("~", "^") else ""
            name = name[len(mark) :].strip()
            if len(folded(name)) < 2:
                self.fault(f"names: {part!r} is no name; at least two letters, | between variants")
            elif mark == "^" and kind != "place":
                self.fault(f"names: ^ before {name} is for places; write ~")
            else:
                found.append((name, mark))
        return tuple(found)

    def _country(self) -> str | None:
        code = self.cell("country").upper()
        if code in ("", "-"):
            return None
        if code not in _country_codes():
            self.fault(f"country is {code!r}: write three letters (ISO 3166), as in EGY, or -")
        return code

    def _sectors(self) -> tuple[str, ...]:
        found = tuple(self.cell("sectors").upper().split())
        for each in found:
            if each not in SECTORS:
                known = " ".join(sorted(SECTORS))
                self.fault(f"sectors: {each!r} is none; blanks between, of {known}")
        return found

    def _day(self, column: str, *, first: bool) -> dt.date | None:
        written = self.cell(column)
        if not written:
            return None
        parts = _DAY.fullmatch(written)
        year, month, day = (int(part or 0) for part in parts.groups()) if parts else (0, 0, 0)
        try:
            begun = dt.date(year, month or 1, day or 1)
        except ValueError:
            self.fault(f"{column} is {written!r}: write 2019, 2019-05 or 2019-05-31")
            return None
        if first or day:
            return begun
        following = (year + month // 12, month % 12 + 1) if month else (year + 1, 1)
        return dt.date(*following, 1) - dt.timedelta(days=1)

    def _degrees(self, column: str) -> str:
        written = self.cell(column)
        if not written:
            return ""
        try:
            value = float(written)
        except ValueError:
            value = float("nan")
        if not -_SPAN[column] <= value <= _SPAN[column]:
            self.fault(f"{column} is {written!r}: write degrees with a point, as in 33.51")
            return written
        return repr(value)


def _clashes(file: str, names: Iterable[OwnName]) -> list[Fault]:
    """Names of actors that two lines claim; places may be several of one name."""
    owners: dict[tuple[str, str], OwnName] = {}
    faults = []
    for each in names:
        for text, _ in each.variants if each.kind != "place" else ():
            owner = owners.setdefault((each.kind, folded(text)), each)
            if folded(owner.name) != folded(each.name):
                what = f"{text} is {owner.name} in line {owner.line}: one {each.kind} a name"
                faults.append(Fault(file, each.line, what))
            elif owner.country != each.country:
                what = f"{text} has another country in line {owner.line}: write the same in both"
                faults.append(Fault(file, each.line, what))
    return faults


@follows
@cache
def own_names() -> tuple[OwnName, ...]:
    """The own names that this process codes with."""
    return tuple(name for file, text in own_tables().names for name in read_names(file, text)[0])


def with_own(base: Lexicon, names: Iterable[OwnName]) -> Lexicon:
    """A lexicon in which own names win.

    Args:
        base: stays as it is.
        names: checked; without any the base itself comes back.
    """
    given = list(names)
    if not given:
        return base
    built = replace(
        base, forms=dict(base.forms), rows=dict(base.rows), marks=dict(base.marks),
        several={first: dict(known) for first, known in base.several.items()},
        gazetteer=list(base.gazetteer), _found={},
    )  # fmt: skip
    for key in {folded(text) for each in given for text, _ in each.variants}:
        for table in (built.forms, built.rows, built.marks):
            table.pop(key, None)
    for each in given:
        if each.kind == "place":
            _enter_place(built, each)
        else:
            _enter_actor(built, each, given)
    return built


def _enter_actor(lexicon: Lexicon, name: OwnName, names: Iterable[OwnName]) -> None:
    """Enter a person or organisation; several lines of one are one, with all their sectors."""
    same = [each for each in names if (each.kind, each.name) == (name.kind, name.name)]
    sectors = tuple(dict.fromkeys(sector for each in same for sector in each.sectors))
    firsts = [text.split()[0] for text, _ in name.variants if " " in text]
    kin = tuple(dict.fromkeys(map(normalise_text, firsts)))
    role = _ROLES[name.kind]
    for text, mark in name.variants:
        lexeme = Lexeme(role, name.name, name.country, sectors, mark, kin=kin)
        lexicon.enter(folded(text), NameForm(lexeme, text))


def _enter_place(lexicon: Lexicon, name: OwnName) -> None:
    """Append a row to the gazetteer, in its own form."""
    keys = [folded(text) for text, _ in name.variants]
    admin1, lat, lon, precision = name.place
    cells = ("|".join([name.name, *keys]), name.country or "", admin1, lat, lon, "", precision, "")
    row = len(lexicon.gazetteer)
    lexicon.gazetteer.append("\t".join(cells))
    for key, (_, mark) in zip(keys, name.variants, strict=True):
        lexicon.rows.setdefault(key, []).append(row)
        lexicon.lengthen(key)
        if mark:
            lexicon.marks[key] = mark


@follows
@cache
def _offices() -> Mapping[str, tuple[OwnName, ...]]:
    """The lines of every own person that has dates in office, by name."""
    found: dict[str, list[OwnName]] = {}
    for each in own_names():
        if each.kind == "person":
            found.setdefault(each.name, []).append(each)
    return {
        name: tuple(lines)
        for name, lines in found.items()
        if any(each.since or each.until for each in lines)
    }


def in_office(entity: Entity, day: dt.date | None) -> Entity:
    """An own person with the sectors of the offices held on a day.

    Args:
        entity: any; others come back as they are.
        day: of the article; without one all sectors stay.
    """
    lines = _offices().get(entity.name, ()) if day and entity.head == "leader" else ()
    if not lines or day is None:
        return entity
    held = [each for each in lines if (each.since or day) <= day <= (each.until or day)]
    sectors = tuple(dict.fromkeys(sector for each in held for sector in each.sectors))
    return replace(entity, sectors=sectors)
