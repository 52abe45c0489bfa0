"""R22: any documents, as one run or spread over several in any order: the same rows.

The runs go through the real readers, stages, relations and sink; only Beam and the process pool
are left out, which other tests hold to give the same rows, so that hundreds of runs take seconds.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hostile_inputs import feed
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from outputs import PROVENANCE, files

from pipeline import graph
from pipeline.documents import KeepStorable, MakeRows, fingerprint_of, read_documents
from pipeline.handover import read_pickled, save_fingerprints
from pipeline.job import Job
from pipeline.options import Config
from pipeline.progress import Progress
from pipeline.relations import write_pairs
from pipeline.sinks.base import open_sink
from transforms.document import process_document
from transforms.enrich import code_events
from transforms.records import Article, Page
from transforms.rows.rows import partition_date
from transforms.rows.schema import TABLES

pytestmark = pytest.mark.reliability
START = datetime(2026, 1, 10, 12, tzinfo=UTC)
COMPARED = ("articles", "events", "duplicates", "clusters", "appearances", "dead_letters")
DATED = ("articles", "events", "duplicates", "clusters")

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
# A page that feeds list says the same in all of them; whose page it is shows in its URL.
SIGHTINGS = st.fixed_dictionaries(
    {"feed": st.integers(0, 2), "page": st.integers(0, 2), "hours": st.sampled_from((-90, 0, 60))}
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
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    return feed(
        f'<atom:link rel="self" href="https://f{number}.example/rss" '
        'xmlns:atom="http://www.w3.org/2005/Atom"/>'
        f"<item><title>نشرة {page}</title><link>https://listed.example/{page}</link>"
        f"<guid>{number}-{page}</guid><pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded></item>"
    )


class Straight(Job):
    """A run without Beam and without a pool: every step at once, in this process."""

    def _execute(self, names: Path, part: Any, plan: Any, given: Sequence[Any]) -> list[Any]:
        if part is graph.relations:
            return list(read_pickled(write_pairs(given, str(names))))
        groups = defaultdict(list)
        for ref in given:
            groups[ref.key].append(ref)
        storable = KeepStorable(plan.provenance, self._config.from_date, self._config.to_date)
        rows = MakeRows(plan.provenance)
        made: dict[str, list[Any]] = defaultdict(list)
        prints: list[Any] = []
        for key, refs in groups.items():
            for record in read_documents(key, refs, registry=plan.registry):
                outcome = process_document(record) if isinstance(record, Page) else record
                for kept in storable.storable_of(outcome):
                    prints += fingerprint_of(kept)
                    for table, row in rows.rows_of(kept):
                        made[table].append(row)
        Path(f"{names}.d").mkdir()
        return [*self._stage(made), save_fingerprints(f"{names}.d", prints)]


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
    for row in rows["duplicates"]:
        pair = [articles[row[name]] for name in ("article_a", "article_b")]
        times = [each["event_time"] for each in pair]
        assert row["date"] == pair[0]["date"]
        assert None in times or abs(times[0] - times[1]) <= timedelta(days=7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("orders")


def holding(examples: int) -> Any:
    """How often a property is tried; not made smaller when it fails: each try is several runs."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


def draw_inputs(data: st.DataObject, most: int) -> list[str | bytes]:
    return [
        *map(line, data.draw(st.lists(DOCUMENTS, min_size=2, max_size=most))),
        *data.draw(st.lists(BROKEN, max_size=2)),
        *map(listing, data.draw(st.lists(SIGHTINGS, max_size=3))),
    ]


def draw_parts(data: st.DataObject, inputs: Sequence[str | bytes]) -> list[list[str | bytes]]:
    """Spread inputs over two to four runs, some of them over two, in any order."""
    several = data.draw(st.integers(2, 4))
    parts: list[list[str | bytes]] = [[] for _ in range(several)]
    for number in data.draw(st.permutations(range(len(inputs)))):
        for part in data.draw(st.sets(st.integers(0, several - 1), min_size=1, max_size=2)):
            parts[part].append(inputs[number])
    return parts


@pytest.mark.slow
def test_r22_any_documents_in_any_order_of_runs(folder, sized):
    runs: list[int] = []

    @holding(sized(6, 400))
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        whole = Path(tempfile.mkdtemp(dir=folder))
        inputs = draw_inputs(data, sized(6, 9))
        deliver(whole / "once", inputs)
        parts = draw_parts(data, inputs)
        for part in parts:
            last = written(whole, part)
            force, size = data.draw(st.booleans()), data.draw(st.integers(1, 4))
            deliver(whole / "split", last, force=force, tick_size=size)
        once, split = stored(whole / "once"), stored(whole / "split")
        check_whole(once)
        check_whole(split)
        for table in COMPARED:
            check_same(split[table], once[table], table)
        before = files(whole / "split")
        deliver(whole / "split", last, force=force)
        assert files(whole / "split") == before, "a run again wrote a file again"
        runs.append(len(parts))
        shutil.rmtree(whole)

    hold()
    print(f"R22: {len(runs)} sets of documents in one run and in {sum(runs)}: the same rows")


def test_r22_pages_that_a_feed_lists_in_every_run(folder, sized):
    """A sighting leads to the latest version; what was not given yet is a dead letter till then."""

    @holding(sized(3, 150))
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        whole = Path(tempfile.mkdtemp(dir=folder))
        inputs = [line(each) for each in data.draw(st.lists(DOCUMENTS, min_size=2, max_size=6))]
        deliver(whole / "once", [*inputs, front_page()])
        for part in draw_parts(data, inputs):
            last = written(whole, [*part, front_page()])
            deliver(whole / "split", last, tick_size=data.draw(st.integers(1, 4)))
        once, split = stored(whole / "once"), stored(whole / "split")
        check_whole(split)
        for table in COMPARED[:-1]:
            check_same(split[table], once[table], table)
        before = files(whole / "split")
        deliver(whole / "split", last)
        assert files(whole / "split") == before, "a run again wrote a file again"
        shutil.rmtree(whole)

    hold()


class Killed(Straight):
    """A run that ends where everything is staged and nothing committed."""

    def _relate(self, plan: Any, prints: Any, staged: Any, work: Path) -> Any:
        super()._relate(plan, prints, staged, work)
        raise KeyboardInterrupt


def test_r22_a_killed_run_leaves_nothing_to_the_run_of_other_input(folder, sized):
    @holding(sized(2, 50))
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        whole = Path(tempfile.mkdtemp(dir=folder))
        first, second, third = (draw_inputs(data, 4) for _ in range(3))
        for part in (first, third):
            deliver(whole / "unbroken", part)
        deliver(whole / "killed", first)
        with pytest.raises(KeyboardInterrupt):
            deliver(whole / "killed", second, run=Killed)
        assert list((whole / "killed" / "_staging").rglob("*.parquet"))
        deliver(whole / "killed", third)
        assert not list((whole / "killed" / "_staging").rglob("*.parquet"))
        unbroken = stored(whole / "unbroken")
        for table, rows in stored(whole / "killed").items():
            check_same(rows, unbroken[table], table)
        deliver(whole / "killed", second)
        deliver(whole / "at once", [*first, *second, *third])
        at_once = stored(whole / "at once")
        for table, rows in stored(whole / "killed").items():
            check_same(rows, at_once[table], table)
        shutil.rmtree(whole)

    hold()


def test_dates_asked_for_leave_no_relation_to_what_lies_outside(folder, sized):
    kept: list[int] = []

    @holding(sized(3, 50))
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        whole = Path(tempfile.mkdtemp(dir=folder))
        inputs = draw_inputs(data, 8)
        days = [START.date() + timedelta(days=gap) for gap in (-12, -4, 0, 1, 8)]
        first, last = sorted(data.draw(st.tuples(st.sampled_from(days), st.sampled_from(days))))
        asked: dict[str, Any] = data.draw(
            st.sampled_from(
                ({"from_date": first, "to_date": last}, {"from_date": first}, {"to_date": last})
            )
        )
        for part in draw_parts(data, inputs):
            deliver(whole / "out", part, **asked)
        rows = stored(whole / "out")
        check_whole(rows)
        for row in rows["articles"]:
            if row["date"] is not None:
                assert asked.get("from_date", row["date"]) <= row["date"]
                assert row["date"] <= asked.get("to_date", row["date"])
        kept.append(len(rows["duplicates"]))
        shutil.rmtree(whole)

    hold()
    assert sum(kept), "no example had a pair left"


@pytest.mark.parametrize("days", [(0, 40), (40, 0), (40, 80, 0, 20)])
def test_an_undated_page_lies_where_it_was_first_fetched(folder, days):
    """Its events, pairs and cluster go with it; nothing is left behind where it lay."""
    output = Path(tempfile.mkdtemp(dir=folder)) / "out"
    same = {"text": 1, "variant": 0, "published": None} | dict.fromkeys(
        ("publisher", "feed_url", "id")
    )
    neighbours = [line(same | {"page": n, "fetched": 24 * day}) for n, day in ((1, 0), (2, 40))]
    deliver(output, neighbours)
    for day in days:
        deliver(output, [line(same | {"page": 0, "fetched": 24 * day})])
        check_whole(stored(output))
    rows = stored(output)
    (page,) = (row for row in rows["articles"] if row["url"].endswith("/0.html"))
    assert page["fetched_at"] == page["event_time"] == START
    assert len(rows["articles"]) == len(rows["clusters"]) == 3
    (pair,) = rows["duplicates"]
    assert page["article_id"] in (pair["article_a"], pair["article_b"])
    assert pair["day_gap"] == 0
    assert {row["date"] for row in rows["events"]} == {row["date"] for row in rows["articles"]}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0, 1)])
def test_versions_stand_in_the_order_of_their_first_fetches(folder, order):
    output = Path(tempfile.mkdtemp(dir=folder)) / "out"
    same = {"page": 0, "text": 0, "published": -100} | dict.fromkeys(
        ("publisher", "feed_url", "id")
    )
    for number in order:
        late = [line(same | {"variant": number, "fetched": 200 + number})]
        deliver(output, late)
    for number in reversed(order):
        deliver(output, [line(same | {"variant": number, "fetched": 10 - number})])
    rows = stored(output)
    revisions = {row["article_id"]: row["revision"] for row in rows["clusters"]}
    by_body = {row["body"]: revisions[row["article_id"]] for row in rows["articles"]}
    assert by_body == {body(0, 2): 1, body(0, 1): 2, body(0, 0): 3}


@pytest.mark.parametrize("late", [0, 24])
def test_events_that_other_rules_found_go_when_the_article_comes_again(folder, late):
    output = Path(tempfile.mkdtemp(dir=folder)) / "out"
    same = {"page": 0, "text": 1, "variant": 0, "published": -100} | dict.fromkeys(
        ("publisher", "feed_url", "id")
    )
    deliver(output, [line(same | {"fetched": 0}), line(same | {"page": 1, "fetched": 0})])
    rows = stored(output)
    sink = open_sink(str(output))
    sink.prepare()
    old = [row | {"event_id": f"old-{number}"} for number, row in enumerate(rows["events"])]
    sink.commit("old", [sink.stage("old", "events", old)])
    sink.close()
    deliver(output, [line(same | {"fetched": late})])
    (other,) = (row["article_id"] for row in rows["articles"] if row["url"].endswith("/1.html"))
    found = {row["event_id"] for row in stored(output)["events"]}
    kept = {row["event_id"] for row in old if row["article_id"] == other}
    assert found == {row["event_id"] for row in rows["events"]} | kept
    assert kept
