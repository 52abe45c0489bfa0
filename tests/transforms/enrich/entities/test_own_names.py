"""A user's own names: they win over the shipped ones, and say where, who and in which office."""

from __future__ import annotations

from datetime import date

import pytest
from own_files import NAMES, own

from transforms.enrich import code_events
from transforms.enrich.entities.find import find_entities
from transforms.enrich.entities.names import lexicon
from transforms.enrich.entities.own_names import in_office, read_names
from transforms.enrich.own import use
from transforms.records import Article
from transforms.text.arabic import normalise

HEADER = "kind\tnames\tcountry\tsectors\n"


@pytest.fixture(autouse=True)
def shipped_again():
    """Leave the process as it was."""
    yield
    use(None)


def _found(text: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [(e.name, e.country, e.sectors) for e in find_entities(normalise(text))]


def test_own_names_are_found_with_what_they_say():
    text = "هاجمت كتائب المثال دورية في ساحة المثال وبساحة المثال. والتقى سمير المثالي الوفد."
    assert ("كتائب المثال", "YEM", ("REB",)) not in _found(text)
    use(own(names=NAMES))
    found = _found(text)
    assert ("كتائب المثال", "YEM", ("REB",)) in found
    assert ("سمير المثالي", "EGY", ("LEG", "GOV")) in found
    places = [e.place for e in find_entities(normalise(text)) if e.place is not None]
    assert {(p.name, p.country, p.admin1, p.lat, p.lon, p.precision) for p in places} == {
        ("ساحة المثال", "LBN", "بيروت", 33.89, 35.5, "city")
    }
    assert len(places) == 2


def test_an_own_name_wins_over_the_shipped_one_whatever_its_kind():
    assert _found("اجتمع الأعضاء في حماس أمس.")[-1][0] != "فرقة حماس"
    table = HEADER + "organisation\tفرقة حماس|حماس\tTUN\tSOC\nplace\tموسكو\tUSA\n"
    use(own(names=table))
    assert ("فرقة حماس", "TUN", ("SOC",)) in _found("أحيت حماس حفلا.")
    (place,) = [e.place for e in find_entities(normalise("حفل في موسكو")) if e.place]
    assert (place.country, place.lat, place.geonames_id) == ("USA", None, None)
    use(None)
    (place,) = [e.place for e in find_entities(normalise("حفل في موسكو")) if e.place]
    assert place.country == "RUS"


def test_a_marked_name_counts_only_in_company():
    use(own(names=NAMES))
    assert not [e for e in _found("كان المثال واضحا.") if e[0] == "كتائب المثال"]
    assert [e for e in _found("بيان من حركة المثال.") if e[1] == "YEM"]


@pytest.mark.parametrize(
    ("day", "sectors"),
    [
        (date(2014, 12, 31), ()),
        (date(2015, 1, 1), ("LEG",)),
        (date(2020, 1, 9), ("LEG",)),
        (date(2020, 1, 10), ("GOV",)),
        (None, ("LEG", "GOV")),
    ],
)
def test_sectors_are_those_of_the_offices_held_on_the_day(day, sectors):
    use(own(names=NAMES))
    body = "أدان سمير المثالي الهجوم على الحافلة."
    events = code_events(Article("a", "p", body, "c", "n", published_on=day))
    (event,) = [e for e in events if e.event_type == "ACCUSE"]
    assert [(a.name, a.country, a.sectors) for a in event.actors] == [
        ("سمير المثالي", "EGY", sectors)
    ]


def test_others_keep_their_sectors():
    use(own(names=NAMES))
    (entity,) = find_entities(normalise("فلاديمير بوتين"))
    assert in_office(entity, date(2024, 1, 1)) is entity


def test_the_shipped_lexicon_stays_as_it_is():
    before = dict(lexicon().forms), dict(lexicon().rows), len(lexicon().gazetteer)
    use(own(names=NAMES))
    _found("سمير المثالي في ساحة المثال")
    assert (dict(lexicon().forms), dict(lexicon().rows), len(lexicon().gazetteer)) == before


def test_a_sound_table_has_no_faults_however_a_spreadsheet_writes_it():
    padded = NAMES.replace("\n", "\t\t\t\r\n")
    assert read_names("x", padded)[1] == []
    quoted = 'kind\t"names"\nplace\t" ساحة المثال "\n'
    assert [each.name for each in read_names("x", quoted)[0]] == ["ساحة المثال"]
    names, faults = read_names("x", "# by hand\n\n" + NAMES)
    assert faults == []
    assert [each.line for each in names] == [4, 5, 6, 7]
    assert names[0].since == date(2015, 1, 1)
    assert names[0].until == date(2020, 1, 9)
    month, _ = read_names("x", "kind\tnames\tfrom\tto\nperson\tفلان\t2019-02\t2019-12\n")
    assert (month[0].since, month[0].until) == (date(2019, 2, 1), date(2019, 12, 31))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "no line in it"),
        ("kind,names\n", 1, "separated by tabs"),
        ("kind\tname\n", 1, "no such column: 'name'"),
        ("kind\tcountry\n", 1, "the column names is missing"),
        ("kind\tnames\tnames\n", 1, "names stands here twice"),
        (HEADER + "party\tحزب المثال\n", 2, "kind is 'party'"),
        (HEADER + "\n# no\nperson\t\n", 4, "is no name"),
        (HEADER + "person\tفلان|ا\n", 2, "'ا' is no name"),
        (HEADER + "person\t^فلان\n", 2, "^ before فلان is for places"),
        (HEADER + "person\tفلان\tEgypt\n", 2, "country is 'EGYPT'"),
        (HEADER + "person\tفلان\tEGY\tGOV,MIL\n", 2, "'GOV,MIL' is none"),
        (HEADER + "place\tساحة\tEGY\tGOV\n", 2, "a place has none"),
        (HEADER + "place\tساحة\tEGY\t\tx\n", 2, "more cells than the 4 columns"),
        ("kind\tnames\tfrom\nperson\tفلان\t12/2019\n", 2, "write 2019, 2019-05 or 2019-05-31"),
        ("kind\tnames\tfrom\nperson\tفلان\t2019-02-30\n", 2, "write 2019"),
        ("kind\tnames\tfrom\tto\nperson\tفلان\t2020\t2019\n", 2, "from is later than to"),
        ("kind\tnames\tfrom\norganisation\tفلان\t2019\n", 2, "a organisation has none"),
        ("kind\tnames\tlat\tlon\nplace\tساحة\t91\t0\n", 2, "lat is '91'"),
        ("kind\tnames\tlat\tlon\nplace\tساحة\t33,5\t35.5\n", 2, "degrees with a point"),
        ("kind\tnames\tlat\tlon\nplace\tساحة\tnan\t35.5\n", 2, "lat is 'nan'"),
        ("kind\tnames\tlat\tlon\nplace\tساحة\t33.5\t\n", 2, "lat and lon go together"),
        ("kind\tnames\tprecision\nplace\tساحة\ttown\n", 2, "precision is 'town'"),
        (HEADER + "person\tفلان\tEGY\nperson\tعلان|فلان\tEGY\n", 3, "فلان is فلان in line 2"),
        (HEADER + "person\tفلان\tEGY\nperson\tفلان\tSYR\n", 3, "another country in line 2"),
    ],
)
def test_every_fault_has_its_line(text, line, what):
    _, faults = read_names("my.tsv", text)
    assert [f.line for f in faults if what in f.what] == [line], list(map(str, faults))
    assert str(faults[0]).startswith(f"my.tsv:{faults[0].line}: ")
