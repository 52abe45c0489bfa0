"""Random documents, delivered in runs without Beam and without a pool, and what must hold of them.

The runs go through the real readers, stages, relations and sink. That Beam and the pool give the
same rows is held elsewhere; without them hundreds of runs take seconds.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hostile_inputs import feed
from hypothesis import strategies as st
from outputs import PROVENANCE

from pipeline.context import RunContext
from pipeline.options import Config
from pipeline.render.progress import Progress
from pipeline.run.job import Job
from pipeline.sinks.base import open_sink
from pipeline.sources.base import Ref
from pipeline.steps.documents import read_documents
from pipeline.steps.rows import Recording, rows_of
from transforms.document import process_document
from transforms.enrich import code_events
from transforms.records import Article, Page
from transforms.rows.rows import partition_date
from transforms.rows.schema import TABLES
from transforms.settle import assign_incidents, report_of

START = datetime(2026, 1, 10, 12, tzinfo=UTC)
COMPARED = (
    "articles", "events", "incidents", "duplicates", "clusters", "appearances", "dead_letters",
)  # fmt: skip
DATED = ("articles", "events", "incidents", "duplicates", "clusters")

NEWS = (
    (
        "تظاهر مئات العمال أمام مقر البرلمان في العاصمة تونس أمس احتجاجا على ارتفاع الأسعار، "
        "وقال شهود عيان إن قوات الأمن أغلقت الشوارع المؤدية إلى الساحة وفرقت المحتجين بالغاز "
        "المسيل للدموع قبل أن تعود الحركة إلى طبيعتها في وقت متأخر من الليل."
    ),
    (
        "أعلنت وزارة الصحة في بغداد مقتل 5 أشخاص وإصابة 12 آخرين في هجوم بسيارة مفخخة استهدف "
        "نقطة تفتيش للجيش العراقي قرب مدينة كركوك يوم الثلاثاء، ولم تتبن أي جهة الهجوم حتى "
        "الآن فيما بدأت السلطات تحقيقا واسعا في ملابساته."
    ),
    (
        "التقى الرئيس المصري وزير الخارجية الفرنسي في القاهرة لبحث التعاون الاقتصادي بين "
        "البلدين، ووقع الجانبان اتفاقا لتوريد القمح وبناء محطة للكهرباء في الإسكندرية خلال "
        "عامين بتمويل مشترك من مصارف أوروبية وعربية."
    ),
)
ADDED = (
    "",
    "\nوأضاف المصدر أن العدد ارتفع إلى 17 شخصا بعد وفاة مصابين اثنين في المستشفى.",
    "\nانتهى.",
)


def body(text: int, variant: int) -> str:
    return NEWS[text] + ADDED[variant]


HOURS = st.one_of(st.none(), st.sampled_from((-300, -100, 0, 5, 30, 200)))
DOCUMENTS = st.fixed_dictionaries(
    {
        "page": st.integers(0, 3),
        "text": st.integers(0, 2),
        "variant": st.integers(0, 2),
        "fetched": HOURS,
        "published": HOURS,
        "publisher": st.sampled_from((None, "أ", "ب")),
        "feed_url": st.sampled_from((None, None, "https://one.example/feed")),
        "id": st.sampled_from((None, "x", "y")),
    }
)
BROKEN = st.sampled_from(
    (
        '{"url": ',
        '{"url": "https://broken.example/1", "body": ""}',
        '{"url": "https://broken.example/1", "body": "", "title": " ", "id": "z"}',
        json.dumps({"url": "https://broken.example/2", "body": "The court ruled on it. " * 30}),
        json.dumps({"url": "https://broken.example/2", "body": "A court has ruled. " * 40}),
    )
)
# A page that feeds list has two editions, neither a part of the other.
SIGHTINGS = st.fixed_dictionaries(
    {
        "feed": st.integers(0, 2),
        "page": st.integers(0, 2),
        "hours": st.sampled_from((-90, 0, 60)),
        "edition": st.sampled_from("أب"),
    }
)


def line(drawn: dict[str, Any]) -> str:
    """One prefetched document."""

    def moment(hours: int | None) -> str | None:
        return None if hours is None else (START + timedelta(hours=hours)).isoformat()

    known = {
        "url": f"https://order.example/{drawn['page']}.html",
        "title": f"خبر {drawn['text']}",
        "body": body(drawn["text"], drawn["variant"]),
        "fetched_at": moment(drawn["fetched"]),
        "published_at": moment(drawn["published"]),
        **{name: drawn[name] for name in ("publisher", "feed_url", "id")},
    }
    return json.dumps({name: value for name, value in known.items() if value is not None})


def listing(drawn: dict[str, Any]) -> bytes:
    """A feed that lists one page: with its full text, or so that it would have to be fetched."""
    page, number = drawn["page"], drawn["feed"]
    when = START + timedelta(hours=drawn["hours"] + page)
    texts = NEWS[page:] + NEWS[:page] if page else NEWS[:1]
    paragraphs = "".join(f"<p>{text}</p>" for text in (*texts, f"الطبعة {drawn['edition']}."))
    return feed(
        f'<atom:link rel="self" href="https://f{number}.example/rss" '
        'xmlns:atom="http://www.w3.org/2005/Atom"/>'
        f"<item><title>نشرة {page}</title><link>https://listed.example/{page}</link>"
        f"<guid>{number}-{page}</guid><pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded></item>"
    )


class Straight(Job):
    """A run without Beam and without a pool: every step at once, in this process."""

    def _execute(self, context: RunContext, refs: Sequence[Ref]) -> None:
        groups = defaultdict(list)
        for ref in refs:
            groups[ref.key].append(ref)
        config = self._config
        recording = Recording(context.provenance, config.from_date, config.to_date)
        for key, group in groups.items():  # a bundle a document: the most there can be
            made: dict[str, list[Any]] = defaultdict(list)
            for record in read_documents(key, group, publishers=context.publishers):
                outcome = process_document(record) if isinstance(record, Page) else record
                for table, row in rows_of(outcome, recording, Counter()):
                    made[table].append(row)
            inbox = context.sink.inbox
            staged = [inbox.stage(context.provenance.run_id, *each) for each in made.items()]
            inbox.deliver(context.provenance, staged, bounded=True)


def written(folder: Path, inputs: Sequence[str | bytes]) -> Path:
    """Write documents and feeds into a directory of their own."""
    made = Path(tempfile.mkdtemp(dir=folder))
    lines = [each for each in inputs if isinstance(each, str)]
    (made / "documents.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for number, each in enumerate(each for each in inputs if isinstance(each, bytes)):
        (made / f"feed-{number}.xml").write_bytes(each)
    return made


def front_page() -> bytes:
    """A feed that lists the pages of the documents; as they are given, none is fetched."""
    items = "".join(
        f"<item><title>صفحة {page}</title><link>https://order.example/{page}.html</link>"
        f"<guid>front-{page}</guid><pubDate>Sat, 10 Jan 2026 0{page}:00:00 GMT</pubDate></item>"
        for page in range(4)
    )
    return feed(items)


def deliver(
    output: Path,
    inputs: Path | Sequence[str | bytes],
    *,
    run: type[Job] = Straight,
    **options: Any,
) -> None:
    """Make one run of documents and feeds."""
    given = inputs if isinstance(inputs, Path) else written(output.parent, inputs)
    config = Config((str(given),), str(output), START, offline=True, **options)
    run(config, Progress(quiet=True)).run()


def stored(output: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row, with its partition where that follows from an article."""
    sink = open_sink(str(output))
    return {
        table: sink.read(table, [*TABLES[table].names, *(["date"] * (table in DATED))]).to_pylist()
        for table in COMPARED
    }


def facts(rows: Iterable[dict[str, Any]], table: str) -> dict[str, dict[str, str]]:
    """Rows without provenance, by their key."""
    return {
        repr([row[name] for name in TABLES[table].key]): {
            name: repr(value) for name, value in row.items() if name not in PROVENANCE
        }
        for row in rows
    }


def check_same(one: list[dict[str, Any]], other: list[dict[str, Any]], table: str) -> None:
    """Hold two tables against each other; say which columns of which rows differ."""
    left, right = facts(one, table), facts(other, table)
    differ = {
        key: {
            name: (left[key][name], right[key][name])
            for name in left[key]
            if left[key][name] != right[key][name]
        }
        for key in left.keys() & right.keys()
        if left[key] != right[key]
    }
    assert (left.keys() - right.keys(), right.keys() - left.keys(), differ) == (set(), set(), {}), (
        table
    )


def check_whole(rows: dict[str, list[dict[str, Any]]]) -> None:
    """Hold the tables against each other: nothing is left behind, nothing missing or doubled."""
    articles = {row["article_id"]: row for row in rows["articles"]}
    assert len(articles) == len(rows["articles"])
    for row in rows["articles"]:
        assert row["date"] == partition_date("articles", row)
    assert sorted(row["article_id"] for row in rows["clusters"]) == sorted(articles)
    for row in rows["clusters"]:
        assert row["date"] == articles[row["article_id"]]["date"]
        assert row["cluster_id"] in articles
    events = defaultdict(set)
    for row in rows["events"]:
        events[row["article_id"]].add((row["event_id"], row["event_key"], row["event_date"]))
        assert row["event_time"] == articles[row["article_id"]]["event_time"]
        assert row["date"] == articles[row["article_id"]]["date"]
    for article_id, row in articles.items():
        given = Article(**{name: row[name] for name in Article.__dataclass_fields__})
        coded = {(each.event_id, each.event_key, each.event_date) for each in code_events(given)}
        assert events[article_id] == coded
    reports = [each for each in map(report_of, rows["events"]) if each is not None]
    told = {row["event_id"]: row["incident_id"] for row in rows["incidents"]}
    assert told == assign_incidents(reports)
    days = {row["event_id"]: row["date"] for row in rows["events"]}
    assert all(row["date"] == days[row["event_id"]] for row in rows["incidents"])
    for row in rows["duplicates"]:
        pair = [articles[row[name]] for name in ("article_a", "article_b")]
        times = [each["event_time"] for each in pair]
        assert row["date"] == pair[0]["date"]
        assert None in times or abs(times[0] - times[1]) <= timedelta(days=7)


def draw_inputs(data: st.DataObject, most: int) -> list[str | bytes]:
    return [
        *map(line, data.draw(st.lists(DOCUMENTS, min_size=2, max_size=most))),
        *data.draw(st.lists(BROKEN, max_size=2)),
        *map(listing, data.draw(st.lists(SIGHTINGS, max_size=4))),
    ]


def draw_parts(data: st.DataObject, inputs: Sequence[str | bytes]) -> list[list[str | bytes]]:
    """Spread inputs over two to four runs, some of them over two, in any order."""
    several = data.draw(st.integers(2, 4))
    parts: list[list[str | bytes]] = [[] for _ in range(several)]
    for number in data.draw(st.permutations(range(len(inputs)))):
        for part in data.draw(st.sets(st.integers(0, several - 1), min_size=1, max_size=2)):
            parts[part].append(inputs[number])
    return parts
