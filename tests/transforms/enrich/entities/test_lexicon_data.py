"""The data files are closed: known codes only, names that are found again, sane coordinates."""

from __future__ import annotations

from importlib import resources

import pytest

from transforms.enrich.entities.find import find_entities
from transforms.enrich.entities.names import lexicon
from transforms.enrich.entities.paradigms import nisba_forms, noun_forms, owned_forms
from transforms.enrich.ontology import plover
from transforms.enrich.tables import read_rows, read_text
from transforms.enrich.words.clitics import readings
from transforms.text.arabic import normalise, normalise_text

COUNTRIES = {row[0] for row in read_rows("entities/countries.tsv")}
TABLES = sorted(
    f"{folder}/{entry.name}"
    for folder in ("entities", "ontology")
    for entry in resources.files(f"transforms.enrich.{folder}").iterdir()
    if entry.name.endswith((".tsv", ".txt", ".gz"))
)


@pytest.mark.parametrize("name", TABLES)
def test_header_names_source_and_licence(name: str) -> None:
    header = [line for line in read_text(name).splitlines() if line.startswith("#")]
    assert any("Apache-2.0" in line or "CC BY 4.0" in line for line in header)


@pytest.mark.parametrize("name", ["entities/organisations.tsv", "entities/leaders.tsv"])
def test_named_actors_have_known_codes(name: str) -> None:
    for country, sectors, names, *_ in read_rows(name):
        assert country == "-" or country in COUNTRIES, names
        assert set(sectors.split()) <= plover.SECTORS, names


def test_agents_have_known_codes_and_flags() -> None:
    for sectors, flags, singulars, plurals in read_rows("entities/agents.tsv"):
        assert set(flags) <= set("pbcrwxaskjo"), flags
        assert sectors == "-" or set(sectors.split()) <= plover.SECTORS
        assert singulars or plurals


def test_places_are_sane() -> None:
    known = lexicon()
    assert len(known.gazetteer) > 5_000
    for row in range(len(known.gazetteer)):
        place = known.place(row)
        assert place.name
        assert place.country is None or place.country in COUNTRIES or len(place.country) == 3
        assert place.precision in {"city", "admin1", "region", "country"}
        if place.lat is not None and place.lon is not None:
            assert -90 <= place.lat <= 90
            assert -180 <= place.lon <= 180


def test_place_variants_are_folded() -> None:
    for name in lexicon().rows:
        assert normalise_text(name) == name


@pytest.mark.parametrize("row", read_rows("entities/countries.tsv"), ids=lambda row: row[0])
def test_every_country_is_found_by_its_names(row: list[str]) -> None:
    code, _, names, *_ = row
    for name in names.split("|"):
        if not name.startswith("~"):
            assert code in [e.country for e in find_entities(normalise(name))], name


def test_nisba_paradigm() -> None:
    written = {form.text for form in nisba_forms("سوري")}
    assert {"سوري", "السورية", "سوريون", "السوريين", "سوريات", "سوريان", "سوريو"} <= written
    assert {"كورية شمالية", "الكوري الشمالي"} <= {form.text for form in nisba_forms("كوري شمالي")}


def test_noun_forms() -> None:
    written = {form.text for form in noun_forms("مسلحون", plural=True)}
    assert written == {"مسلحون", "المسلحون", "مسلحين", "المسلحين", "مسلحو", "مسلحي"}
    assert {"قوات مسلحة", "القوات المسلحة"} <= {
        f.text for f in noun_forms("قوات مسلحة+", plural=True)
    }
    assert "الوزير الدفاع" not in {f.text for f in noun_forms("وزير الدفاع", plural=False)}


def test_owned_forms() -> None:
    assert {"حكومته", "حكومتها"} <= {form.text for form in owned_forms("حكومة", plural=False)}
    written = {form.text for form in owned_forms("مواطنون", plural=True)}
    assert {"مواطنوها", "مواطنيه"} <= written
    assert "مواطنونه" not in written


def test_readings_give_back_the_article() -> None:
    assert ("ل", "الجيش", 0) in readings("للجيش")
    assert ("ل", "الجيش", 1) in readings("وللجيش")
    assert ("ب", "دمشق", 1) in readings("بدمشق")
