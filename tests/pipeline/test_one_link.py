"""Stories that share a link are stories of their own, in one run and over several."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline_helpers import rasd

from pipeline.sql.data import open_data

TEXTS = {
    "bridge": "افتتحت البلدية الجسر الجديد أمام السيارات بعد عامين من العمل بحضور أهل الحي. ",
    "seeds": "بدأت اللجنة توزيع البذور على مزارعي الوادي قبل موسم الأمطار وقالت إنها تكفي الجميع. ",
    "match": "بلغ فريق الصقور نصف النهائي بعد الفوز بركلات الترجيح مساء الخميس على ملعب الميناء. ",
}


def _document(name: str, day: int, more: str = "") -> str:
    return json.dumps(
        {
            "id": name + more[:3],
            "url": "https://daffa.example/politics-today",
            "title": f"خبر {name}",
            "body": TEXTS[name] * 4 + more,
            "published_at": f"2024-03-{day:02}T10:00:00Z",
            "fetched_at": f"2024-03-{day:02}T12:00:00Z",
        }
    )


def _run(output: Path, *inputs: Path) -> None:
    done = rasd("run", *map(str, inputs), "--output", str(output), "--offline")
    assert done.returncode == 0, done.stderr


def test_texts_of_one_address(tmp_path: Path) -> None:
    batches = (
        [_document("bridge", 1), _document("seeds", 2)],
        [_document("match", 3), _document("bridge", 4, "وأضافت أن العمل لم ينته بعد.")],
    )
    output = tmp_path / "out"
    for number, batch in enumerate(batches):
        path = tmp_path / f"part-{number}.jsonl"
        path.write_text("\n".join(batch), encoding="utf-8")
        _run(output, path)
    data = open_data(str(output))
    rows = data.sql("SELECT title, revision FROM v_articles ORDER BY title, revision").to_pylist()
    assert [(row["title"], row["revision"]) for row in rows] == [
        ("خبر bridge", 1),
        ("خبر bridge", 2),
        ("خبر match", 1),
        ("خبر seeds", 1),
    ]
    assert len(data.sql("SELECT article_id FROM v_stories").to_pylist()) == 3
    (changed,) = data.sql("SELECT title, previous_title FROM v_revisions").to_pylist()
    assert changed == {"title": "خبر bridge", "previous_title": "خبر bridge"}


def test_reported_feeds(shared: Path, tmp_path: Path) -> None:
    for name in ("190-same-link", "200-link-na"):
        output = tmp_path / name
        _run(output, shared / f"data/reports/{name}.xml")
        data = open_data(str(output))
        assert len(data.sql("SELECT article_id FROM v_stories").to_pylist()) == 3
        seen = data.sql("SELECT DISTINCT page_id FROM appearances").to_pylist()
        assert len(seen) == 3
