"""``rasd export``: plain files; without text no sentence of anybody's article leaves."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from pipeline_helpers import rasd

from pipeline.render.export import QUOTES
from pipeline.sql.data import open_data
from transforms.enrich.entities.names import lexicon
from transforms.rows.schema import TABLES

# Texts that are no quotation: ids, codes, addresses, names of the gazetteer and of publishers.
SAFE = {
    "articles": {
        "article_id", "source_id", "page_id", "url", "canonical_url", "feed_url", "publisher",
        "publisher_country", "guid", "authors", "agency", "published_precision",
        "published_source", "language", "language_verdict", "content_hash", "norm_hash",
        "topics.code", "topics.label_ar", "topics.label_en", "extractor", "raw_ref", "encoding",
        "run_id", "pipeline_version",
    },
    "events": {
        "event_id", "event_key", "article_id", "event_type", "modes", "contexts", "status",
        "quad_plover", "quad_gdelt", "cameo_code", "cameo_root", "event_date_precision",
        "event_date_basis", "claim_status", "rule_id", "coder_version", "run_id",
        "pipeline_version", "trigger.field", "evidence.field", "place.name", "place.country",
        "place.admin1", "place.precision", "place.field",
        *(f"{role}.{name}" for role in ("actors", "recipients")
          for name in ("name", "country", "country_source", "sectors", "field")),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SAFE))
def test_every_text_is_a_quotation_or_known_to_be_none(name):
    texts = set()
    for column in TABLES[name].columns:
        inner = [(f"{column.name}.{field.name}", field) for field in column.fields]
        texts |= {path for path, each in inner or [(column.name, column)] if each.type == "STRING"}
    unknown = texts - SAFE[name] - set(QUOTES[name])
    assert not unknown, f"say in render/export.py or here whether these quote an article: {unknown}"


def test_no_sentence_leaves(seeds_output, tmp_path):
    done = rasd("export", "--data", str(seeds_output), "--output", str(tmp_path), "--no-text")
    assert done.returncode == 0, done.stderr.decode()
    tables = {name: pq.read_table(tmp_path / f"{name}.parquet") for name in TABLES}
    everything = repr({name: table.to_pylist() for name, table in tables.items()})
    bodies = open_data(str(seeds_output)).sql("SELECT title, body FROM articles").to_pylist()
    for row in bodies:
        assert row["title"] is None or row["title"] not in everything
        for start in range(0, len(row["body"]) - 40, 40):
            assert row["body"][start : start + 40] not in everything
    events = tables["events"].to_pylist()
    assert events[0]["trigger"].keys() == {"field", "char_start", "char_end"}
    names = {each["name"] for row in events for each in (*row["actors"], *row["recipients"])}
    assert "إيران" in names
    known = {form.lexeme.name for forms in lexicon().forms.values() for form in forms}
    assert names <= {None, *known}, "a party's name is the article's own words"


def test_csv_with_text(seeds_output, tmp_path):
    done = rasd("export", "--data", str(seeds_output), "--output", str(tmp_path), "--format", "csv")
    assert done.returncode == 0
    text = (tmp_path / "events.csv").read_text("utf-8")
    assert text.startswith("event_id,")
    assert "evidence" in text


def test_mistakes_are_one_line(tmp_path):
    for args, said in (
        (("--data", "nowhere", "--output", "x"), "no output at nowhere"),
        (("--data", "nowhere"), "no --output"),
    ):
        done = rasd("export", *args, cwd=tmp_path)
        assert done.returncode == 2
        assert said in done.stderr.decode()
