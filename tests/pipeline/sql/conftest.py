"""Nine articles in four clusters with fifteen events, small enough to count by hand.

Story 1 (a1, its later version a2, the copy a3, the undated copy a4): a raid on Gaza and aid.
Story 2 (a6, and a5, which takes over a part of it): riots in Amman, told by story 3 as well.
Story 3 (a8, and the copy a7, of which no time at all is known). Story 4 (a9): nobody knows when
or by whom.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from outputs import put

from pipeline.sinks.base import open_sink
from pipeline.sql.data import Answers, open_data
from transforms.records import (
    Actor,
    Article,
    Cluster,
    Duplicate,
    Event,
    Evidence,
    Feed,
    FetchLog,
    Place,
    Rejected,
    Sighting,
    Span,
)
from transforms.rows import rows
from transforms.rows.rows import Provenance, Row
from transforms.rows.validate import validate_row

RUN = Provenance("run1", "0.1.0", datetime(2024, 3, 10, tzinfo=UTC))
LATER = Provenance("run2", "0.1.0", datetime(2024, 3, 11, tzinfo=UTC))

RAID = "غارة على غزة."  # 13 characters
RAID_AND_AID = "غارة على غزة. وأرسل الأردن مساعدات."  # 35 characters
RIOT = "شغب في عمان واحتجاج."
PROMISE = "قد تصل معونة بعد شغب في عمان."
VISIT = "زار وزير مصر تركيا."
GAZA = Place("غزة", "غزة", "PSE", "غزة", 31.5, 34.47, 281133, "city", "body", 9, 12)
PALESTINE = Place("غزة", "غزة", "PSE")
JORDAN = Place("الأردن", "عمان", "JOR", precision="country")


def at(day: int, hour: int) -> datetime:
    """A moment of March 2024."""
    return datetime(2024, 3, day, hour, tzinfo=UTC)


def article(name: str, page: str, title: str, body: str, **more: Any) -> Article:
    """An article whose event time is that of its publication unless it is given."""
    more.setdefault("event_time", more.get("published_at"))
    url = f"https://news.example/{page}"
    return Article(name, page, body, f"hash {body}", f"hash {body}", url=url, title=title, **more)


ALPHA = {"publisher": "Alpha", "publisher_country": "EGY"}
BETA = {"publisher": "Beta", "publisher_country": "JOR"}
GAMMA = {"publisher": "Gamma", "publisher_country": "LBN"}
ARTICLES = [
    article("a1", "p1", "غارة على غزة", RAID, published_at=at(1, 8), **ALPHA),
    article(
        "a2",
        "p1",
        "غارة على غزة: جديد",
        RAID_AND_AID,
        published_at=at(1, 8),
        modified_at=at(1, 12),
        **ALPHA,
    ),
    article(
        "a3",
        "p3",
        "غارة على غزة",
        RAID,
        published_at=at(2, 9),
        published_precision="minute",
        fetched_at=at(2, 9) + timedelta(minutes=30),
        agency="وفا",
        **BETA,
    ),
    article("a4", "p4", "الغارة", RAID, event_time=at(1, 23), fetched_at=at(1, 23)),
    article("a5", "p5", "شغب", "شغب في عمان.", published_at=at(4, 10), **ALPHA),
    article("a6", "p6", "شغب واحتجاج", RIOT, published_at=at(2, 10), **BETA),
    article("a7", "p7", "معونة", PROMISE, **GAMMA),
    article("a8", "p8", "معونة", PROMISE, published_at=at(5, 6), **GAMMA),
    article("a9", "p9", "زيارة", VISIT),
]
CLUSTERS = [
    Cluster("a1", "a1", None, None, 1),
    Cluster("a2", "a1", "revision", "a1", 2),
    Cluster("a3", "a1", "exact", "a1", 1),
    Cluster("a4", "a1", "near", "a1", 1),
    Cluster("a5", "a6", "contained", "a6", 1),
    Cluster("a6", "a6", None, None, 1),
    Cluster("a7", "a8", "exact", "a8", 1),
    Cluster("a8", "a8", None, None, 1),
    Cluster("a9", "a9", None, None, 1),
]
# a, b, kind, jaccard, containment, day_gap, same_publisher, origin_agency
_PAIRS: list[tuple[Any, ...]] = [
    ("a1", "a2", "revision", 0.4, 1.0, 0.0, True, None),
    ("a1", "a3", "exact", 1.0, 1.0, 1.0, False, "وفا"),
    ("a1", "a4", "near", 0.7, 0.9, 0.5, None, None),
    ("a3", "a4", "near", 0.7, 0.9, 0.5, None, None),
    ("a5", "a6", "contained", 0.3, 0.9, 2.0, False, None),
    ("a7", "a8", "exact", 1.0, 1.0, None, True, None),
]
DUPLICATES = [Duplicate(*pair) for pair in _PAIRS]


def event(
    name: str,
    of: str,
    kind: str,
    key: str = "",
    *,
    trigger: str = "غارة",
    status: Any = "asserted",
    confidence: float = 0.9,
    quotes: tuple[tuple[Any, str], ...] = (),
    **more: Any,
) -> Event:
    """An event of an article; trigger and quotes are found in its text."""
    source = next(each for each in ARTICLES if each.article_id == of)
    texts = {"title": source.title or "", "body": source.body}
    start = texts["body"].index(trigger)
    evidence = [
        Evidence(text, field, texts[field].index(text), texts[field].index(text) + len(text), 0)
        for field, text in quotes or (("body", trigger),)
    ]
    return Event(
        event_id=name,
        event_key=key or name,
        article_id=of,
        event_type=kind,
        status=status,
        quad_plover=f"quad of {kind}",
        trigger=Span(trigger, "body", start, start + len(trigger)),
        evidence=tuple(evidence),
        confidence=confidence,
        rule_id="rule",
        coder_version="1",
        event_time=source.event_time,
        **more,
    )


def actor(country: str | None, text: str | None = None, start: int | None = None) -> Actor:
    """An actor or recipient."""
    return Actor(None, text, country, (), "body" if text else None, start, start)


ATTACK: dict[str, Any] = {
    "actors": (actor("ISR"),),
    "recipients": (Actor("غزة", "غزة", "PSE", ("CVL",), "body", 9, 12),),
    "place": GAZA,
    "event_date": date(2024, 3, 1),
    "modes": ("aerial",),
    "goldstein": -10.0,
}
UNREST: dict[str, Any] = {
    "trigger": "شغب",
    "place": JORDAN,
    "event_date": date(2024, 3, 2),
    "modes": ("riot",),
    "goldstein": -6.5,
}
SAID: dict[str, Any] = {"speaker": "الشرطة", "claim_status": "official"}
EVENTS = [
    event("e01", "a1", "ASSAULT", "raid", fatalities_max=3, **ATTACK),
    event(
        "e02",
        "a2",
        "ASSAULT",
        "raid",
        confidence=0.8,
        fatalities_min=3,
        fatalities_max=5,
        injured_min=10,
        injured_max=12,
        quotes=(("title", "غارة على غزة"), ("body", RAID)),
        **ATTACK,
    ),
    event("e03", "a3", "ASSAULT", "raid", confidence=0.85, **ATTACK),
    event("e04", "a2", "ASSAULT", "raid", confidence=0.7, **{**ATTACK, "trigger": "على"}),
    event("e05", "a4", "ASSAULT", "raid", confidence=0.4, **ATTACK),
    event(
        "e06",
        "a6",
        "PROTEST",
        "riot",
        confidence=0.6,
        actors=(actor("JOR", "متظاهرون", 0), actor(None, "آخرون", 9), actor("JOR")),
        quotes=(("body", RIOT),),
        **UNREST,
        **SAID,
    ),
    event("e07", "a6", "CONSULT", "talks", trigger="عمان", status="future"),
    event("e08", "a6", "RETREAT", "truce", trigger="في", status="negated", modes=("ceasefire",)),
    event("e09", "a5", "PROTEST", "riot", confidence=0.55, **UNREST, **SAID),
    event(
        "e10",
        "a9",
        "CONSULT",
        trigger="زار",
        confidence=0.5,
        actors=(actor("EGY"), actor("EGY")),
        recipients=(actor("TUR"), actor(None)),
        modes=("visit",),
        goldstein=1.0,
    ),
    event("e11", "a9", "THREATEN", trigger="وزير", status="hypothetical"),
    event("e12", "a9", "ASSAULT", trigger="مصر", status="historical"),
    event(
        "e13",
        "a8",
        "AID",
        trigger="معونة",
        confidence=0.3,
        speaker="الوزير",
        claim_status="third_party",
    ),
    event(
        "e14",
        "a2",
        "AID",
        "aid",
        trigger="أرسل",
        confidence=0.6,
        actors=(actor("JOR"),),
        recipients=(actor("PSE"),),
        place=PALESTINE,
        event_date=date(2024, 3, 2),
        goldstein=7.0,
        quotes=(("body", "وأرسل الأردن مساعدات."),),
    ),
    event("e15", "a8", "PROTEST", "riot", confidence=0.58, **UNREST),
]
# event -> the first event of its incident: reports of a raid, of a riot, and two that stand alone.
INCIDENTS = {
    **dict.fromkeys(("e01", "e02", "e03", "e04"), "e01"),
    **dict.fromkeys(("e06", "e09", "e15"), "e06"),
    "e10": "e10",
    "e14": "e14",
}
REJECTED = [
    Rejected("fetch", "timeout", "no answer in 10 s", url="https://news.example/x1"),
    Rejected("fetch", "timeout", "no answer in 9 s", url="https://news.example/x2"),
    Rejected("language", "not_arabic", "another script", url="https://news.example/x3"),
    Rejected("read", "bad_json", "line 7", payload="{"),
]
# Two pages asked in one hour, and a feed that lists nothing new a day after its only entry.
REQUESTS = [
    FetchLog("https://news.example/p4", "article", at(1, 23), "ok"),
    FetchLog("https://news.example/x1", "article", at(1, 23), "timeout"),
    FetchLog("https://news.example/feed", "feed", at(10, 0), "ok"),
    FetchLog("https://news.example/feed", "feed", at(11, 0), "not_modified"),
]
MENDED = Rejected("fetch", "http_5xx", "503", url="https://news.example/x4")


def tables() -> dict[str, list[Row]]:
    """The rows of every table, valid."""
    times = {each.article_id: each.event_time for each in ARTICLES}
    sighting = Sighting("https://news.example/feed", "g1", "https://news.example/p1", 0)
    made = {
        "articles": [rows.article_row(each, RUN) for each in ARTICLES],
        "clusters": [
            rows.cluster_row(each, RUN, event_time=times[each.article_id]) for each in CLUSTERS
        ],
        "duplicates": [
            rows.duplicate_row(each, RUN, event_time=times[each.article_a]) for each in DUPLICATES
        ],
        "events": [rows.event_row(each, RUN) for each in EVENTS],
        "incidents": [
            rows.incident_row(each.event_id, INCIDENTS[each.event_id], RUN, day=_day(each))
            for each in EVENTS
            if each.event_id in INCIDENTS
        ],
        "dead_letters": [rows.dead_letter_row(each, RUN) for each in [*REJECTED, MENDED]],
        "fetch_log": [rows.fetch_log_row(asdict(each), RUN) for each in REQUESTS],
        "appearances": [rows.appearance_row(sighting, RUN, article_id="a1", page_id="p1")],
        "feeds": [rows.feed_row(Feed(sighting.feed_url, "Alpha"), RUN, health="ok")],
    }
    for table, each in made.items():
        for row in each:
            assert not validate_row(table, row), (table, validate_row(table, row))
    return made


def _day(event: Event) -> date | None:
    """The partition of an event."""
    return None if event.event_time is None else event.event_time.date()


def write(folder: Path, made: dict[str, list[Row]], run: Provenance = RUN) -> None:
    """Commit rows to an output."""
    sink = open_sink(str(folder))
    sink.prepare()
    put(sink, made, run.run_id)
    sink.close()


@pytest.fixture(scope="session")
def hand_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output with the hand-made rows; one dead letter is mended by a second run."""
    folder = tmp_path_factory.mktemp("sql") / "out"
    made = tables()
    write(folder, made)
    write(folder, {"dead_letters": [rows.resolved_row(made["dead_letters"][-1], LATER)]}, LATER)
    return folder


@pytest.fixture(scope="session")
def hand_made_data(hand_made: Path) -> Answers:
    """The hand-made rows, open."""
    return open_data(str(hand_made))


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """An output in which every table is missing."""
    folder = tmp_path_factory.mktemp("sql-empty") / "out"
    sink = open_sink(str(folder))
    sink.prepare()
    sink.close()
    return open_data(str(folder))
