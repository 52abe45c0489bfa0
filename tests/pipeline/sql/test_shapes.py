"""Views in the shapes of other datasets have the columns that those publish, in their order.

The lists are the published ones, written out: GDELT 2.0's codebook, the header of POLECAT's
files (spaces are underscores in SQL), ACLED's codebook of 2024.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pytest

from pipeline.sql.catalogue import scripts
from pipeline.sql.data import Answers, open_data
from transforms.enrich.ontology.plover import SECTORS

PUBLISHED = {
    "gdelt_events_v": """
        GLOBALEVENTID SQLDATE MonthYear Year FractionDate
        Actor1Code Actor1Name Actor1CountryCode Actor1KnownGroupCode Actor1EthnicCode
        Actor1Religion1Code Actor1Religion2Code Actor1Type1Code Actor1Type2Code Actor1Type3Code
        Actor2Code Actor2Name Actor2CountryCode Actor2KnownGroupCode Actor2EthnicCode
        Actor2Religion1Code Actor2Religion2Code Actor2Type1Code Actor2Type2Code Actor2Type3Code
        IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions
        NumSources NumArticles AvgTone
        Actor1Geo_Type Actor1Geo_FullName Actor1Geo_CountryCode Actor1Geo_ADM1Code
        Actor1Geo_ADM2Code Actor1Geo_Lat Actor1Geo_Long Actor1Geo_FeatureID
        Actor2Geo_Type Actor2Geo_FullName Actor2Geo_CountryCode Actor2Geo_ADM1Code
        Actor2Geo_ADM2Code Actor2Geo_Lat Actor2Geo_Long Actor2Geo_FeatureID
        ActionGeo_Type ActionGeo_FullName ActionGeo_CountryCode ActionGeo_ADM1Code
        ActionGeo_ADM2Code ActionGeo_Lat ActionGeo_Long ActionGeo_FeatureID
        DATEADDED SOURCEURL""",
    "gdelt_mentions_v": """
        GLOBALEVENTID EventTimeDate MentionTimeDate MentionType MentionSourceName
        MentionIdentifier SentenceID Actor1CharOffset Actor2CharOffset ActionCharOffset InRawText
        Confidence MentionDocLen MentionDocTone MentionDocTranslationInfo Extras""",
    "polecat_v": """
        Event_ID Event_Date Event_Type Event_Mode Intensity Quad_Code Contexts
        Actor_Name Actor_Country Actor_COW Primary_Actor_Sector Actor_Sectors Actor_Title
        Actor_Name_Raw Wikipedia_Actor_ID
        Recipient_Name Recipient_Country Recipient_COW Primary_Recipient_Sector Recipient_Sectors
        Recipient_Title Recipient_Name_Raw Wikipedia_Recipient_ID
        Placename City District Province Country Latitude Longitude GeoNames_ID Raw_Placename
        Feature_Type Source Publication_Date Story_People Story_Organizations Story_Locations
        Language Version""",
    "acled_v": """
        event_id_cnty event_date year time_precision disorder_type event_type sub_event_type
        actor1 assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting
        iso region country admin1 admin2 admin3 location latitude longitude geo_precision
        source source_scale notes fatalities tags timestamp""",
}
COUNTS = {"gdelt_events_v": 61, "gdelt_mentions_v": 16, "polecat_v": 40, "acled_v": 31}


@pytest.fixture(scope="module")
def seeds_data(seeds_output: object) -> Answers:
    return open_data(str(seeds_output))


def column(data: Answers, view: str, *names: str) -> Iterable[tuple[object, ...]]:
    table = data.sql(f"SELECT {', '.join(names)} FROM {view}")
    return list(zip(*(each.to_pylist() for each in table.columns), strict=True))


@pytest.mark.parametrize("view", PUBLISHED)
def test_columns_are_the_published_ones(hand_made_data: Answers, view: str) -> None:
    table = hand_made_data.sql(f"SELECT * FROM {view}")
    assert table.column_names == PUBLISHED[view].split()
    assert table.num_columns == COUNTS[view]
    whole = [field.type for field in table.schema if pa.types.is_integer(field.type)]
    assert set(whole) <= {pa.int64()}  # as BigQuery has them


def test_every_event_and_mention_of_gdelts_is_one_of_ours(seeds_data: Answers) -> None:
    (found,) = column(seeds_data, "v_events", "COUNT(*)")
    events = column(seeds_data, "gdelt_events_v", "GLOBALEVENTID", "NumMentions")
    assert len({number for number, _ in events}) == len(list(events)) == found[0]
    told = [number for (number,) in column(seeds_data, "gdelt_mentions_v", "GLOBALEVENTID")]
    assert {number: told.count(number) for number in set(told)} == dict(events)


def test_every_country_has_a_code_of_two_letters(seeds_data: Answers) -> None:
    pairs = column(
        seeds_data,
        "gdelt_events_v",
        "ActionGeo_Type",
        "ActionGeo_FullName",
        "ActionGeo_CountryCode",
    )
    assert [pair for pair in pairs if pair[0]]
    for kind, name, fips in pairs:
        known = bool(kind) and str(name)[-3:].isascii()  # its last part is a country
        assert (fips is not None and len(str(fips)) == 2) == known, (name, fips)


def types_of(data: Answers, sectors: list[str]) -> list[str | None]:
    """What gdelt_events_v makes of the sectors of an actor, by its own expressions."""
    sql = scripts("views")["gdelt_events_v"].sql
    tail = sql.split("typed AS (", 1)[1]
    array = "[" + ", ".join(f"'{each}'" for each in sectors) + "]" if sectors else "[]"
    given = (
        "WITH named AS (SELECT 'ROU' AS actor_country, CAST(NULL AS STRING) AS recipient_country, "
        f"IF(ARRAY_LENGTH({array}) > 0, ARRAY_TO_STRING({array}, ',') || ',', '') "
        "AS actor_sectors, '' AS recipient_sectors), typed AS ("
    )
    body = tail.split("\nSELECT\n  SAFE_CAST", 1)[0]
    wanted = "SELECT actor_code, actor_types FROM every_type"
    ((code, types),) = [row.values() for row in data.sql(given + body + wanted).to_pylist()]
    assert code == "ROM"  # CAMEO's own
    return [each for each in types.split(",") if each]


@pytest.mark.parametrize(
    ("sectors", "types"),
    [
        ([], []),
        (["GOV"], ["GOV"]),
        (["UNK", "MIL", "PRM", "GOV"], ["MIL", "GOV"]),
        (["JRN", "MED", "REL"], ["MED", "HLH"]),
        (["PTY", "OPP", "SOC", "COP", "GOV"], ["OPP", "NGO", "COP"]),
    ],
)
def test_sectors_become_types_each_once(
    hand_made_data: Answers, sectors: list[str], types: list[str]
) -> None:
    assert set(sectors) <= SECTORS
    assert types_of(hand_made_data, sectors) == types
