"""R18: poisoned dates in pages, feeds and prefetched documents.

A date is believed or NULL; what was written is kept; nothing counts as later than a day after
the fetch; and no date, however far away, ends a run.

R18 (docs/reliability.md): poisoned dates.
"""

from __future__ import annotations

import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from hostile_inputs import TEXT, feed, item, page

pytestmark = pytest.mark.reliability
FETCHED = datetime(2026, 1, 1, tzinfo=UTC)
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
PLAIN = "\n".join(line.replace("يوم الأربعاء 20 سبتمبر 2023 ", "") for line in TEXT.split("\n"))
POISON = (
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "9999-12-31", "9998-06-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0000-00-00T00:00:00Z", "0000-01-01",
    "-0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "99999-99-99", "2023-02-30",
    "2023-02-30T10:00:00Z", "2023-13-01", "2023-00-10", "2023-06-31", "2023-02-29",
    "2036-01-01T00:00:00Z", "2026-01-05T00:00:00Z", "1970-01-01T00:00:00Z", "0", "-1", "1",
    "1695200000", "-1695200000", "1695200000000", "99999999999999999999", "1e309", "NaN",
    "Infinity",
    "2023-09-20T10:00:00+99:99", "2023-09-20T25:61:61Z", "2023-09-20T10:00:60Z",
    "Wed, 31 Feb 2023 10:00:00 GMT", "Wed, 20 Sep 99999 10:00:00 GMT", "Thu, 01 Jan 1970 00:00:00",
    "32 سبتمبر 2023", "30 فبراير 2023", "20 أيلول 99999", "٣١/٠٢/٢٠٢٣", "00/00/0000", "31/31/2023",
    "30 رمضان 9999 هـ", "31 رمضان 1445", "غدا", "بعد 999999999 يوما", "أمس", "الآن",
    "now", "tomorrow", "null", "None", "", " ", "\x00", "T", "-", "2023", "20230230", "garbage",
    "<script>1</script>", "2023-09-20T10:00:00" + "0" * 5_000, "9" * 5_000, "1/1/1", "12:00",
)  # fmt: skip
GOOD = "2025-12-31T10:00:00Z"


def text(word: str, number: int) -> str:
    """A dateless article unlike the others, so that only dates are tried, not duplicates."""
    rng = random.Random(f"{word}{number}")  # noqa: S311 - varied text, no secret
    noise = " ".join(rng.choices(sorted(set(PLAIN.split())), k=60))
    return f"{PLAIN[: len(PLAIN) // 3]}\n{noise}.\n{word} {number}."


def markup(word: str, number: int) -> str:
    """The same as paragraphs."""
    return "".join(f"<p>{line}</p>" for line in text(word, number).split("\n"))


def lines(step: int) -> list[bytes]:
    """Prefetched documents, fetched at a known, no or a poisoned time; some forms each step."""
    made: list[dict[str, object]] = []
    for number, date in enumerate(POISON):
        body, other = ({"body": text(word, number)} for word in ("رقم", "عدد"))
        html = {
            "html": page(
                markup("صفحة", number),
                head=f'<meta property="article:published_time" content="{escape(date)}">'
                f'<script type="application/ld+json">'
                f"{json.dumps({'@type': 'NewsArticle', 'datePublished': date})}</script>",
            ).decode()
        }
        made += [
            {"id": f"given-{number}", **body, "published_at": date, "fetched_at": str(FETCHED)},
            {"id": f"unfetched-{number}", **body, "published_at": date, "title": "بلا وقت"},
            {"id": f"fetched-{number}", **other, "published_at": GOOD, "fetched_at": date},
            {"id": f"page-{number}", **html, "fetched_at": str(FETCHED)},
        ]
        if number % step == 0:
            made.append({"id": f"bare-{number}", **html, "title": "بلا وقت"})
    return [json.dumps(each).encode() for each in made]


def dated_feed(tag: str, step: int) -> bytes:
    """A feed whose items carry the poison, or each step of it, in one element."""
    return feed(
        "".join(
            item(f"{tag.replace(':', '-')}-{n}", inside=f"<{tag}>{escape(date)}</{tag}>")
            for n, date in enumerate(POISON[::step])
        ).replace("يوم الأربعاء 20 سبتمبر 2023 ", "")
    )


@pytest.fixture(scope="module")
def step(sized):
    """How many poisoned dates are passed over in the costlier forms."""
    return sized(4, 1)


@pytest.fixture(scope="module")
def ran(run, step, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dates") / "in"
    folder.mkdir()
    (folder / "documents.jsonl").write_bytes(b"\n".join(lines(step)))
    (folder / "rss.xml").write_bytes(dated_feed("pubDate", 1))
    (folder / "dc.xml").write_bytes(dated_feed("dc:date", step))
    for number, date in enumerate(POISON[::step]):
        seen = f'<time datetime="{escape(date)}">{escape(date)}</time>'
        data = page(seen + markup("ملف", number), title=f"صفحة رقم {number}")
        (folder / f"{number}.html").write_bytes(data)
    return run(tmp_path_factory.mktemp("dates") / "out", folder)


def test_r18_every_document_is_a_row(ran, step):
    assert ran.code == 0, ran.said
    rows = ran.rows("articles", "source_id, url")
    given = len(lines(step)) + len(POISON) + 2 * len(POISON[::step])
    letters = ran.rows("dead_letters", "reason, detail, source_id")
    print(f"R18: {len(rows)} rows of {given} documents with poisoned dates; {letters[:3]}")
    assert not letters
    assert len(rows) == given


def test_r18_a_date_is_believable_or_null_and_the_raw_is_kept(ran):
    columns = "source_id, published_at, published_raw, published_source, fetched_at, event_time"
    rows = ran.rows("articles", columns)
    lost, late = [], []
    for row in rows:
        at, fetched = row["published_at"], row["fetched_at"]
        if at is not None and at < OLDEST:
            late.append(row)
        if fetched and any(each and each > _next(fetched) for each in (at, row["event_time"])):
            late.append(row)
        kind, _, number = (row["source_id"] or "").rpartition("-")
        if kind in {"given", "unfetched", "page", "bare"}:
            written = " ".join(POISON[int(number)].replace("\x00", "").split())[:200]
            if written and not (row["published_raw"] or "").startswith(written[:20]):
                lost.append((row["source_id"], POISON[int(number)][:40], row["published_raw"]))
    assert not late, late[:5]
    assert not lost, lost[:10]
    nulls = sum(row["published_at"] is None for row in rows)
    print(f"R18: {nulls} of {len(rows)} dates NULL, 0 beyond bounds, every raw string kept")


def _next(moment: datetime) -> datetime:
    return min(moment, datetime.max.replace(tzinfo=UTC) - timedelta(days=1)) + timedelta(days=1)


def test_r18_the_end_of_time_ends_no_run(run, tmp_path):
    dates = ("2099-12-31T00:00:00Z", "9999-12-31T23:59:59Z")
    documents = [
        {"body": f"{PLAIN} ثم {number}", "published_at": date, "fetched_at": fetched}
        for number, (date, fetched) in enumerate(itertools.product(dates, ("", *dates)))
    ]
    lines = b"\n".join(json.dumps(each).encode() for each in documents)
    ran = run(tmp_path / "out", "-", stdin=lines)
    assert ran.code == 0, ran.said
    rows = ran.rows("articles", "published_at, published_raw")
    assert len(rows) == len(documents)
    assert {row["published_raw"] for row in rows} == set(dates)


def test_r18_impossible_days_are_not_moved(ran):
    rows = {
        row["source_id"]: row["published_at"]
        for row in ran.rows("articles", "source_id, published_at")
    }
    never = (
        "2023-02-30",
        "2023-13-01",
        "2023-06-31",
        "2023-02-29",
        "0",
        "-1",
        "garbage",
        "9" * 5_000,
    )
    for date in never:
        number = POISON.index(date)
        assert rows[f"given-{number}"] is None, date
        assert rows[f"page-{number}"] is None, date
    future = POISON.index("2036-01-01T00:00:00Z")
    assert rows[f"given-{future}"] is None, "ten years after the fetch"
