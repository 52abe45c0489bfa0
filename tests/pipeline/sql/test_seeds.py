"""Every view and query answers on the seeds what was counted by hand from their sources.

The goldens stand in tests/golden/sql/seeds/ (its README says how to read them); nothing in them
comes from a run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from outputs import facts
from seed_goldens import article_goldens, is_article

from pipeline.sql.catalogue import scripts
from pipeline.sql.data import Answers, open_data

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "sql" / "seeds"
ALL = {
    f"{kind}/{name}": script.sql if kind == "queries" else f"SELECT * FROM {name}"
    for kind in ("views", "queries")
    for name, script in scripts(kind).items()
}
SURE = "status = 'asserted' AND confidence >= 0.5"
# What counts events must count each once, also those no golden names: script -> (its count, whole).
WHOLE = {
    "views/v_timeline": ("events", "FROM v_incidents WHERE event_date IS NOT NULL"),
    "views/v_sources": ("events", f"FROM v_event_mentions WHERE {SURE}"),
    "queries/event_types": ("events", "FROM v_events"),
    "queries/casualties": ("incidents", "FROM v_incidents WHERE event_type = 'ASSAULT'"),
    "queries/statuses": ("mentions", "FROM events"),
}


@pytest.fixture(scope="module")
def seeds_data(seeds_output: Path) -> Answers:
    return open_data(str(seeds_output))


@pytest.fixture(scope="module")
def names(seeds_output: Path) -> dict[str, str]:
    """Ids as goldens write them: an article by its seed, a page by the first seed it holds."""
    found = {}
    for row in facts(seeds_output, "articles"):
        (stem,) = [name for name, golden in article_goldens().items() if is_article(golden, row)]
        found[row["article_id"]] = stem
        found[row["page_id"]] = min(f"page of {stem}", found.get(row["page_id"], "page of ~"))
    return found


def _plain(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return names.get(value, value) if isinstance(value, str) else value


def _answer(data: Answers, script: str, columns: Sequence[str], names: dict[str, str]) -> list[Any]:
    table: pa.Table = data.sql(ALL[script])
    return [[_plain(row[name], names) for name in columns] for row in table.to_pylist()]


def _agrees(cell: Any, value: Any) -> bool:
    """Whether a value is what a golden's cell allows (see the README)."""
    if not isinstance(cell, dict):
        return cell in ("*", value)
    ((word, said),) = cell.items()
    if word == "at_least":
        return value >= said
    if word == "one_of":
        return value in said
    if word == "not_yet":
        return not _agrees(said, value)
    assert word == "has", cell
    text = json.dumps(value, ensure_ascii=False)
    return any(part in text for part in said)


def _fits(row: Sequence[Any], found: Sequence[Any]) -> bool:
    return all(_agrees(cell, value) for cell, value in zip(row, found, strict=True))


def _partners(golden: list[Any], found: list[Any]) -> dict[int, int]:
    """Give as many rows of the golden as possible a row of the answer of their own."""
    taken: dict[int, int] = {}  # row of the answer -> row of the golden

    def place(row: int, seen: set[int]) -> bool:
        for at, each in enumerate(found):
            if at in seen or not _fits(golden[row], each):
                continue
            seen.add(at)
            if at not in taken or place(taken[at], seen):
                taken[at] = row
                return True
        return False

    for row in range(len(golden)):
        place(row, set())
    return {row: at for at, row in taken.items()}


def _side_by_side(golden: list[Any], found: list[Any], partners: dict[int, int]) -> str:
    left = [json.dumps(row, ensure_ascii=False) for row in golden]
    right = [json.dumps(row, ensure_ascii=False, default=str)[:400] for row in found]
    pairs = [(row, right[partners[at]] if at in partners else "-") for at, row in enumerate(left)]
    used = set(partners.values())
    pairs += [("-", row) for at, row in enumerate(right) if at not in used]
    width = max([len("golden"), *(len(row) for row, _ in pairs)])
    lines = [f"{row:<{width}} | {other}" for row, other in [("golden", "answer"), *pairs]]
    return "\n".join(lines)


@pytest.mark.parametrize("script", ALL)
def test_the_seeds_answer_as_counted_by_hand(seeds_data, names, script):
    name = script.split("/")[1]
    path = GOLDEN / f"{name}.json"
    assert path.is_file(), (
        f"{script}.sql has no golden on the seeds: count its answer by hand from the texts in "
        f"benchmarks/seed_articles/ and the goldens in tests/golden/seeds/, and write "
        f"tests/golden/sql/seeds/{name}.json (its README says how)"
    )
    golden = json.loads(path.read_text("utf-8"))
    found = _answer(seeds_data, script, golden["columns"], names)
    rows = golden["rows"]
    whole = golden["fixed"] == "all"
    if whole and script.startswith("queries/"):  # a query promises its order
        fits = [_fits(*pair) for pair in zip(rows, found, strict=False)]
        partners = {at: at for at, fit in enumerate(fits) if fit}
    else:
        partners = _partners(rows, found)
    both = f"\n{golden['why']}\n{_side_by_side(rows, found, partners)}"
    assert len(partners) == len(rows), both
    assert not whole or len(found) == len(rows), both
    for row in golden.get("never", []):
        wrong = [each for each in found if _fits(row, each)]
        assert not wrong, f"{row} must not be there:\n{wrong}"
    for row in golden.get("not_yet", []):
        more = _partners([*rows, row], found)
        assert len(more) == len(rows), f"now answered; move it to the rows of {path.name}: {row}"


def test_every_golden_has_its_script():
    assert {path.stem for path in GOLDEN.glob("*.json")} == {key.split("/")[1] for key in ALL}


@pytest.mark.parametrize("script", WHOLE)
def test_every_event_is_counted_once(seeds_data, script):
    column, source = WHOLE[script]
    counted = sum(row[column] for row in seeds_data.sql(ALL[script]).to_pylist())
    (whole,) = seeds_data.sql(f"SELECT COUNT(*) AS x {source}").to_pylist()
    assert counted == whole["x"] > 0


def test_an_event_stands_in_v_events_once(seeds_data):
    rows = seeds_data.sql("SELECT event_key, article_count FROM v_events").to_pylist()
    assert len({row["event_key"] for row in rows}) == len(rows)
    assert all(row["article_count"] >= 1 for row in rows)
