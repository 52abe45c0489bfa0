"""A user's own labels: read with their mistakes told, and scored."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from pipeline_helpers import rasd

from pipeline.errors import UsageError
from pipeline.evaluation.labels import COLUMNS, evaluate_labels, read_labels

TEXT = (
    "قصفت طائرات إسرائيلية منزلا في غزة صباح الأحد ما أدى إلى مقتل ثلاثة مدنيين. وتواصل القصف مساء."
)


def table(tmp_path, *rows, columns=COLUMNS, delimiter=",", encoding="utf-8-sig"):
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "mine.csv"
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


ARTICLE = {"article_id": "a", "published_on": "2024-03-18", "title": "غارة على غزة", "body": TEXT}
EVENT = {
    "type": "assault", "trigger": "قصفت", "mentions": "القصف | مقتل", "actor": "isr",
    "recipient": "PSE", "place": "PSE", "date": "2024-03-17", "dead": "3",
}  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_labels_become_gold(tmp_path, delimiter):
    second = {"trigger": "غارة", "type": "ASSAULT", "background": "x"}
    quiet = {"article_id": "b", "body": "ارتفعت أسعار القمح في السوق."}
    path = table(tmp_path, ARTICLE | EVENT, second, quiet, delimiter=delimiter)
    told, nothing = read_labels(path)
    text = f"{told['title']}\n{told['body']}"
    first, other = told["events"]
    assert text[first["trigger"]["start"] : first["trigger"]["end"]] == "قصفت"
    assert [text[m["start"] : m["end"]] for m in first["mentions"]] == ["القصف", "مقتل"]
    assert first["core"]
    assert not other["core"]
    assert (first["type"], first["actor"], first["fatalities"]) == (
        "ASSAULT",
        [{"country": "ISR"}],
        [3],
    )
    assert nothing["events"] == []


def test_the_same_words_again_mean_their_next_place(tmp_path):
    body = "قصف الجيش القرية، ثم قصف المدينة."
    rows = [{"article_id": "a", "body": body, "type": "ASSAULT", "trigger": "قصف"}]
    rows.append({"type": "ASSAULT", "trigger": "قصف"})
    (told,) = read_labels(table(tmp_path, *rows))
    places = [event["trigger"]["start"] for event in told["events"]]
    assert places == [1, 1 + body.rindex("قصف")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "ASSALT"}, "line 2: no such type: ASSALT; did you mean ASSAULT?"),
        ({"trigger": "هدم"}, "line 2: 'هدم' does not stand in the article"),
        ({"trigger": ""}, "line 2: no trigger"),
        ({"date": "17/3/2024"}, "line 2: date 17/3/2024"),
        ({"dead": "many"}, "line 2: dead many"),
        ({"actor": "Israel"}, "line 2: country Israel"),
        ({"status": "denied"}, "line 2: no such status: denied"),
        ({"published_on": "march"}, "line 2: published_on march"),
        ({"body": ""}, "line 2: an event before any article"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_with_its_line(tmp_path, change, said):
    path = table(tmp_path, {**ARTICLE, **EVENT, "mentions": "", **change})
    with pytest.raises(UsageError, match=re.escape(said)):
        read_labels(path)


def test_a_file_of_another_kind_is_told(tmp_path):
    path = table(tmp_path, {"article_id": "a"}, columns=("article_id", "text"))
    with pytest.raises(UsageError, match="no column body, type, trigger; rasd evaluate"):
        read_labels(path)
    path.write_bytes("body,type,trigger\nنص".encode("cp1256"))
    with pytest.raises(UsageError, match=r"mine.csv: 'utf-8' codec"):
        read_labels(path)


def test_figures_of_labels(tmp_path):
    quiet = {
        "article_id": "b",
        "published_on": "2024-03-18",
        "body": "ارتفعت أسعار القمح في السوق.",
    }
    missed = ARTICLE | {"article_id": "c", "type": "AID", "trigger": "مساء"}
    report = evaluate_labels(table(tmp_path, ARTICLE | EVENT, quiet, missed))
    figures = {figure.name: (figure.value, figure.n) for figure in report.figures}
    assert figures["core_recall"] == (0.5, 2)
    assert figures["f1_aid"] == (0, 1)
    assert figures["dead"] == (1, 1)
    assert ("c", "missed AID") in {(case.id, case.expected) for case in report.cases}


def test_from_an_output_to_figures(tmp_path):
    """The whole way: run, template, one label filled in, measured."""
    source = tmp_path / "one.jsonl"
    given = {"id": "1", "title": "=غارة على غزة", "published_at": "2024-03-18", "body": TEXT}
    source.write_text(json.dumps(given), "utf-8")
    output = str(tmp_path / "out")
    assert rasd("run", str(source), "--output", output, "--offline").returncode == 0
    empty = rasd("evaluate", "--template", "--data", output).stdout.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(empty))
    assert row["title"] == "'=غارة على غزة", "no formula opens in a spreadsheet"
    path = table(tmp_path, row | {"type": "ASSAULT", "trigger": "قصفت"})
    assert read_labels(path)[0]["title"] == "=غارة على غزة"
    done = rasd("evaluate", "--labels", str(path), "--format", "json")
    figures = json.loads(done.stdout)["labels"]["figures"]
    assert figures["core_recall"]["value"] == 1
    assert figures["core_recall"]["says"]
