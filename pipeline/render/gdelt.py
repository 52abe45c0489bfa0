"""Events and mentions in the shape of GDELT 2.0, under its column names and with its codes.

For programs that read GDELT. What rasd does not measure (tone, ethnic and religious codes, places
of actors) is empty. An event is a row of ``v_events``, a mention a report of it that is asserted
at or above the default confidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final, Protocol

import pyarrow as pa

_ACTOR: Final = (
    "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code",
    "Religion2Code", "Type1Code", "Type2Code", "Type3Code",
)  # fmt: skip
_GEO: Final = (
    "Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID",
)  # fmt: skip
EVENT_COLUMNS: Final = (
    "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
    *(f"Actor{n}{name}" for n in (1, 2) for name in _ACTOR),
    "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale",
    "NumMentions", "NumSources", "NumArticles", "AvgTone",
    *(f"{who}Geo_{name}" for who in ("Actor1", "Actor2", "Action") for name in _GEO),
    "DATEADDED", "SOURCEURL",
)  # fmt: skip
MENTION_COLUMNS: Final = (
    "GLOBALEVENTID", "EventTimeDate", "MentionTimeDate", "MentionType", "MentionSourceName",
    "MentionIdentifier", "SentenceID", "Actor1CharOffset", "Actor2CharOffset", "ActionCharOffset",
    "InRawText", "Confidence", "MentionDocLen", "MentionDocTone", "MentionDocTranslationInfo",
    "Extras",
)  # fmt: skip
_WHOLE: Final = frozenset(
    {
        "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "IsRootEvent", "QuadClass", "NumMentions",
        "NumSources", "NumArticles", "Actor1Geo_Type", "Actor2Geo_Type", "ActionGeo_Type",
        "DATEADDED", "EventTimeDate", "MentionTimeDate", "MentionType", "SentenceID",
        "Actor1CharOffset", "Actor2CharOffset", "ActionCharOffset", "InRawText", "Confidence",
        "MentionDocLen",
    }
)  # fmt: skip
_REAL: Final = frozenset(
    {"FractionDate", "GoldsteinScale", "AvgTone", "MentionDocTone"}
    | {f"{who}Geo_{name}" for who in ("Actor1", "Actor2", "Action") for name in ("Lat", "Long")}
)
_QUADS: Final = {
    "verbal_cooperation": 1,
    "material_cooperation": 2,
    "verbal_conflict": 3,
    "material_conflict": 4,
}
# PLOVER's sectors under the names that CAMEO has for them; the others are called alike.
_TYPES: Final = {
    "JRN": "MED", "MED": "HLH", "PRM": "MIL", "PTY": "OPP", "SOC": "NGO", "REL": "", "UNK": "",
    "PRE": "",
}  # fmt: skip
_EVENTS: Final = """
SELECT
  e.event_key, e.event_date, e.published_on, e.event_time, e.actors, e.recipients, e.place,
  e.cameo_code, e.quad_gdelt, e.goldstein, e.evidence, e.url, e.publisher_count, e.article_count,
  m.mentions
FROM v_events AS e
JOIN (
  SELECT event_key, COUNT(*) AS mentions
  FROM v_event_mentions
  WHERE status = 'asserted' AND confidence >= 0.5
  GROUP BY event_key
) AS m ON m.event_key = e.event_key
ORDER BY IFNULL(e.event_date, DATE '9999-12-31'), e.event_key
"""
_MENTIONS: Final = """
SELECT
  m.event_key, v.event_time AS first_time, m.event_time, m.publisher, m.url, m.evidence,
  m.actors, m.recipients, m.`trigger`, m.confidence, m.event_id,
  CHAR_LENGTH(a.body) AS length
FROM v_event_mentions AS m
JOIN v_events AS v ON v.event_key = m.event_key
JOIN articles AS a ON a.article_id = m.article_id
WHERE m.status = 'asserted' AND m.confidence >= 0.5
ORDER BY m.event_key, m.event_time, m.event_id
"""

_Row = Mapping[str, Any]


class Asked(Protocol):
    """The rows of an output."""

    def sql(self, query: str) -> pa.Table:
        """Run one query."""
        ...


def events(data: Asked) -> pa.Table:
    """Make the table of events, 61 columns.

    Args:
        data: the output, opened.
    """
    return _table(EVENT_COLUMNS, [_event(row) for row in data.sql(_EVENTS).to_pylist()])


def mentions(data: Asked) -> pa.Table:
    """Make the table of mentions, 16 columns; see ``events``."""
    return _table(MENTION_COLUMNS, [_mention(row) for row in data.sql(_MENTIONS).to_pylist()])


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> pa.Table:
    kinds = {name: pa.int64() for name in _WHOLE} | {name: pa.float64() for name in _REAL}
    fields = [pa.field(name, kinds.get(name, pa.string())) for name in columns]
    return pa.Table.from_pylist(rows, pa.schema(fields))


def _event(row: _Row) -> dict[str, Any]:
    day = row["event_date"] or row["published_on"]
    code = row["cameo_code"]
    return {
        "GLOBALEVENTID": _number(row["event_key"]),
        **_day(day),
        **_actor("Actor1", row["actors"]),
        **_actor("Actor2", row["recipients"]),
        "IsRootEvent": int(any(part["paragraph"] == 0 for part in row["evidence"])),
        "EventCode": code,
        "EventBaseCode": code and code[:3],
        "EventRootCode": code and code[:2],
        "QuadClass": _QUADS.get(row["quad_gdelt"]),
        "GoldsteinScale": row["goldstein"],
        "NumMentions": row["mentions"],
        "NumSources": row["publisher_count"],
        "NumArticles": row["article_count"],
        "Actor1Geo_Type": 0,
        "Actor2Geo_Type": 0,
        **_geo(row["place"]),
        "DATEADDED": _moment(row["event_time"]),
        "SOURCEURL": row["url"],
    }


def _mention(row: _Row) -> dict[str, Any]:
    first = min(row["evidence"], key=lambda part: part["paragraph"], default=None)
    return {
        "GLOBALEVENTID": _number(row["event_key"]),
        "EventTimeDate": _moment(row["first_time"]),
        "MentionTimeDate": _moment(row["event_time"]),
        "MentionType": 1,  # a page of the web
        "MentionSourceName": row["publisher"],
        "MentionIdentifier": row["url"],
        "SentenceID": first["paragraph"] + 1 if first else None,
        "Actor1CharOffset": _offset(*row["actors"][:1]),
        "Actor2CharOffset": _offset(*row["recipients"][:1]),
        "ActionCharOffset": _offset(row["trigger"]),
        "InRawText": 1,
        "Confidence": round(row["confidence"] * 100),
        "MentionDocLen": row["length"],
        "MentionDocTranslationInfo": "srclc:ara",
    }


def _number(event_key: str) -> int:
    """A whole number for an event: 52 bits of its key, exact in R and JavaScript, too."""
    return int(event_key[:13], 16)


def _day(day: date | None) -> dict[str, Any]:
    if day is None:
        return {}
    fraction = min((day.month * 30 + day.day) / 365, 0.9999)  # GDELT's own formula
    return {
        "SQLDATE": day.year * 10_000 + day.month * 100 + day.day,
        "MonthYear": day.year * 100 + day.month,
        "Year": day.year,
        "FractionDate": round(day.year + fraction, 4),
    }


def _moment(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.astimezone(UTC).strftime("%Y%m%d%H%M%S"))


def _actor(name: str, parties: list[_Row]) -> dict[str, Any]:
    """The columns of a side, by its first party."""
    if not parties:
        return {}
    party = parties[0]
    country = party["country"] and (_codes().get(party["country"], ("", ""))[1] or party["country"])
    types = [_TYPES.get(sector, sector) for sector in party["sectors"] or ()]
    types = list(dict.fromkeys(filter(None, types)))[:3]
    numbered = {f"{name}Type{n}Code": code for n, code in enumerate(types, 1)}
    return {
        f"{name}Code": "".join([country or "", *types]) or None,
        f"{name}Name": party["name"] or party["text"],
        f"{name}CountryCode": country,
        **numbered,
    }


def _geo(place: _Row | None) -> dict[str, Any]:
    """The columns of the place of the act."""
    if place is None:
        return {"ActionGeo_Type": 0}
    country = _fips(place)
    american = place["country"] == "USA"
    exact, wide = (3, 2) if american else (4, 5)
    kind = {"country": 1, "city": exact}.get(place["precision"], wide)
    parts = dict.fromkeys(filter(None, (place["name"], place["admin1"], place["country"])))
    return {
        "ActionGeo_Type": kind,
        "ActionGeo_FullName": ", ".join(parts),
        "ActionGeo_CountryCode": country,
        "ActionGeo_ADM1Code": country,  # without the province: nobody maps its codes freely
        "ActionGeo_Lat": place["lat"],
        "ActionGeo_Long": place["lon"],
        "ActionGeo_FeatureID": country if kind == 1 else None,
    }


def _fips(place: _Row) -> str | None:
    if place["country"] == "PSE" and place["lon"] is not None and place["lon"] < 34.6:
        return "GZ"
    return _codes().get(place["country"] or "", (None, ""))[0]


@cache
def _codes() -> Mapping[str, tuple[str, str]]:
    """ISO alpha-3 -> FIPS 10-4, and CAMEO's code where it is another."""
    text = (files(__package__) / "gdelt_countries.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line[0] != "#"]
    return {alpha3: (fips, cameo) for alpha3, fips, cameo in rows}


def _offset(part: _Row | None = None) -> int:
    """Where something stands in the body; -1 when it does not."""
    if part is None or part["field"] != "body" or part["char_start"] is None:
        return -1
    return int(part["char_start"])
