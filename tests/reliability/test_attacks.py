"""R10: attack files among good items. No neighbour is harmed, each bad one is accounted for.

R10 (docs/reliability.md): attack files among 1,000 good items.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from pathlib import Path

import pytest
from hostile_inputs import attack_feeds, attack_lines, attack_pages
from outputs import facts
from pipeline_helpers import SHARED, rasd

from pipeline.sources.feeds import parse_file
from pipeline.workers.pool import Failure, KillablePool, Workers
from transforms.document import process_document
from transforms.records import Document, Page
from transforms.rejects import REASONS

pytestmark = pytest.mark.reliability
LIMIT = 5.0  # seconds of CPU an attack file may take
SLOWER = 1.1  # times as long a good page may take beside attacks
TURN = 20  # good pages at a time, alone and among attacks by turns: other work slows both alike


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    """Our own attack files, and the public ones where they are at hand."""
    folder = tmp_path_factory.mktemp("bad") / "files"
    folder.mkdir()
    for name, data in {**attack_pages(), **attack_feeds()}.items():
        (folder / f"own-{name}").write_bytes(data)
    public = SHARED / "data/hostile/attack"
    for path in sorted([*public.glob("*.html"), *public.glob("*.xml")]):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "own-lines.jsonl").write_bytes(b"\n".join(attack_lines()))
    return folder


@pytest.fixture(scope="module")
def alone(good_pages, run, tmp_path_factory):
    started = time.monotonic()
    ran = run(tmp_path_factory.mktemp("alone") / "out", good_pages)
    return ran, time.monotonic() - started


@pytest.fixture(scope="module")
def among(good_pages, bad, run, tmp_path_factory):
    started = time.monotonic()
    ran = run(tmp_path_factory.mktemp("among") / "out", good_pages, bad)
    return ran, time.monotonic() - started


def test_r10_good_items_are_all_written_and_unchanged(good_pages, bad, alone, among):
    (good, good_seconds), (mixed, mixed_seconds) = alone, among
    assert good.code == mixed.code == 0, mixed.said
    expected = facts(good.output, "articles")
    assert len(expected) == len(list(good_pages.iterdir()))
    ids = {row["article_id"] for row in expected}
    for table in ("articles", "events", "clusters"):
        kept = [row for row in facts(mixed.output, table) if row["article_id"] in ids]
        assert kept == facts(good.output, table), f"{table} of good items changed"
    pace = f"{good_seconds:.1f} s alone, {mixed_seconds:.1f} s among attacks"
    print(f"R10: {len(ids)} of {len(ids)} good items written beside {_count(bad)} bad ones; {pace}")


def _count(bad: Path) -> int:
    return len(list(bad.iterdir())) - 1 + len(attack_lines())


def test_r10_every_bad_file_is_a_row_or_has_a_reason(bad, among):
    ran, _ = among
    articles = {row["source_id"] for row in ran.rows("articles", "source_id")}
    letters = ran.rows("dead_letters", "source_id, url, reason, detail")
    dead = {row["source_id"] for row in letters} | {row["url"] for row in letters}
    feeds = {row["feed_url"] for row in ran.rows("feeds", "feed_url")}
    lost = [
        path.name
        for path in sorted(bad.iterdir())
        if path.suffix != ".jsonl"
        and not {path.name, f"file:{path.name}"} & (articles | dead | feeds)
    ]
    assert not lost, f"neither row nor dead letter: {lost}"
    assert all(row["reason"] in REASONS and row["detail"] for row in letters)
    killed = [row for row in letters if row["reason"] in {"crashed", "too_slow", "out_of_memory"}]
    assert not killed, f"ended by force instead of by a rule: {killed}"
    print(f"R10: {_count(bad)} bad items: 0 without an outcome, 0 ended by force")


def test_r10_no_bad_page_takes_five_seconds(bad, tmp_path):
    lines = [
        json.dumps({"id": path.name, "html_base64": base64.b64encode(path.read_bytes()).decode()})
        for path in sorted(bad.iterdir())
        if path.suffix in {".html", ".mhtml"}
    ]
    source = tmp_path / "pages.jsonl"
    source.write_bytes("\n".join(lines).encode() + b"\n" + b"\n".join(attack_lines()))
    done = rasd("explain", str(source), "--jsonl")
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(lines) + len(attack_lines())
    slowest = max(answers, key=_seconds)
    assert _seconds(slowest) <= LIMIT, slowest["source_id"]
    print(f"R10: slowest bad page {slowest['source_id']}: {_seconds(slowest):.2f} s")


def _seconds(answer: dict[str, dict[str, float]]) -> float:
    return sum(answer["timings_ms"].values()) / 1000


def test_r10_good_pages_take_no_longer_beside_bad_ones(good_pages, bad, sized):
    good = [Page(path.read_bytes(), "html") for path in sorted(good_pages.iterdir())]
    attacks = [Page(path.read_bytes(), "html") for path in sorted(bad.glob("*.html"))]
    turns = [good[start : start + TURN] for start in range(0, len(good), TURN)]
    seconds = {"alone": 0.0, "among": 0.0}
    with (
        KillablePool(process_document, Workers(2)) as alone,
        KillablePool(process_document, Workers(2)) as among,
    ):
        for pool in (alone, among):
            assert len(list(pool.map(turns[0]))) == len(turns[0])  # its workers are warm now
        for number, pages in enumerate(turns):
            mixed = sorted(
                [*pages, *attacks[number :: len(turns)]],
                key=lambda page: hashlib.sha256(page.content).digest(),
            )
            seconds["alone"] += _answered(alone, pages, pages)
            seconds["among"] += _answered(among, mixed, pages)
    ratio = seconds["among"] / seconds["alone"]
    print(f"R10: a good page takes {ratio:.2f} times as long beside {len(attacks)} bad ones")
    if sized(0, 1):  # a few pages tell too little
        assert ratio <= SLOWER


def _answered(pool: KillablePool, pages: list[Page], good: list[Page]) -> float:
    """Seconds from handing over to answer, summed over the good pages; each gives a document."""
    handed: list[float] = []

    def hand_over():
        for page in pages:
            handed.append(time.perf_counter())
            yield page

    total = 0.0
    found = 0
    for index, answer in pool.as_completed(hand_over()):
        if any(pages[index] is page for page in good):
            total += time.perf_counter() - handed[index]
            found += isinstance(answer, Document)
    assert found == len(good)
    return total


def test_r10_no_bad_feed_takes_five_seconds(bad):
    paths = [str(path) for path in sorted(bad.iterdir()) if path.suffix in {".xml", ".json"}]
    seconds: dict[str, float] = {}
    with KillablePool(parse_file, Workers(1, timeout=LIMIT)) as pool:
        next(iter(pool.map(paths[:1])))  # the start of the worker is not the feed's
        started = time.monotonic()
        for path, answer in zip(paths, pool.map(paths), strict=True):
            now = time.monotonic()
            assert not isinstance(answer, Failure), (path, answer)
            seconds[Path(path).name], started = now - started, now
    slowest = max(seconds, key=lambda name: seconds[name])
    print(f"R10: slowest bad feed {slowest}: {seconds[slowest]:.2f} s")
