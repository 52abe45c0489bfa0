"""A user's own labels: a CSV with a row for each event, and how the coder does on them.

docs/label-your-own.md tells a person how to fill it in. An article's columns need to stand in its
first row only; an article in which nothing happens has one row without a type. The figures are
those of ``news_gold`` over these articles.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, get_args

from pipeline.errors import UsageError, nearest
from pipeline.evaluation.base import Case, Figure, SuiteReport
from pipeline.evaluation.news_gold import score
from transforms.enrich import code_events
from transforms.enrich.ontology.plover import EVENT_TYPES
from transforms.records import Article, Status, content_id
from transforms.text.cells import as_it_was

ARTICLE: Final = ("article_id", "url", "published_on", "publisher_country", "title", "body")
EVENT: Final = (
    "type", "trigger", "mentions", "status", "background", "actor", "recipient", "both_sides",
    "place", "date", "dead",
)  # fmt: skip
COLUMNS: Final = (*ARTICLE, *EVENT)
_STATUSES: Final = get_args(Status)
_ARTICLES: Final = 100  # of a template: an afternoon's or two days' work
# An empty file of labels: a row for each of some articles, its event columns empty. Ids are hashes:
# the first in their order are a fair draw, and the same one every time.
_DRAWN: Final = ", ".join([f"a.{name}" for name in ARTICLE] + [f"'' AS `{name}`" for name in EVENT])
TEMPLATE: Final = (
    f"SELECT {_DRAWN} FROM v_articles AS a "  # noqa: S608 - names of ours
    "WHERE a.duplicate_kind IS NULL AND a.body IS NOT NULL "
    f"ORDER BY a.article_id LIMIT {_ARTICLES}"
)
_COUNTRY: Final = re.compile(r"[A-Z]{3}")
_DAY: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_YES: Final = frozenset({"1", "x", "yes", "نعم"})
_FIGURES: Final = (
    "precision", "core_recall", "macro_f1", "candidate_recall", "actor_country",
    "recipient_country", "place_country", "date", "dead",
)  # fmt: skip


@dataclass(slots=True)
class _Reader:
    """Turns rows into articles of the gold, and notes what is wrong with them."""

    path: Path
    documents: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _taken: Counter[tuple[str, str]] = field(default_factory=Counter)

    def read(self) -> list[dict[str, Any]]:
        """Read the file.

        Raises:
            UsageError: it cannot be read, or rows are wrong: each with its line.
        """
        try:
            text = self.path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{self.path}: {error}") from error
        first = text.partition("\n")[0]
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(first))
        missing = [
            name for name in ("body", "type", "trigger") if name not in (rows.fieldnames or ())
        ]
        if missing:
            raise UsageError(
                f"{self.path}: no column {', '.join(missing)}; "
                "rasd evaluate --template --data DIR writes a file that has all"
            )
        for row in rows:
            self._row(
                rows.line_num,
                {k: (v or "").strip() for k, v in row.items() if k and isinstance(v, str)},
            )
        if self.problems:
            more = len(self.problems) - 1
            rest = f" (and {more} more like it)" if more else ""
            raise UsageError(f"{self.path}, {self.problems[0]}{rest}")
        return self.documents

    def _row(self, line: int, row: dict[str, str]) -> None:
        if row.get("body") and self._begins(row):
            self.documents.append(_document(row))
            if row.get("published_on") and self.documents[-1]["published"] is None:
                self._wrong(line, f"published_on {row['published_on']}: write 2024-03-17")
        if not self.documents:
            self._wrong(line, "an event before any article: its body is empty")
        elif row.get("type") or row.get("trigger"):
            self._event(line, row, self.documents[-1])

    def _begins(self, row: Mapping[str, str]) -> bool:
        """Whether a row with a text begins another article than the one before it."""
        return not self.documents or self.documents[-1]["doc_id"] != _document(row)["doc_id"]

    def _event(self, line: int, row: Mapping[str, str], document: dict[str, Any]) -> None:
        kind = row.get("type", "").upper()
        if kind not in EVENT_TYPES:
            self._wrong(line, f"no such type: {kind or '(none)'}{nearest(kind, EVENT_TYPES)}")
        status = row.get("status", "").lower() or "asserted"
        if status not in _STATUSES:
            self._wrong(line, f"no such status: {status}{nearest(status, _STATUSES)}")
        day = row.get("date", "")
        if day and not _DAY.fullmatch(day):
            self._wrong(line, f"date {day}: write 2024-03-17, 2024-03 or 2024")
        dead = row.get("dead", "")
        if dead and not dead.isdigit():
            self._wrong(line, f"dead {dead}: write a number")
        trigger = self._place(line, document, row.get("trigger", ""))
        mentions = [self._place(line, document, each) for each in _parts(row.get("mentions", ""))]
        document["events"].append(
            {
                "type": kind,
                "alt_types": [],
                "status": status,
                "core": row.get("background", "").lower() not in _YES,
                "trigger": trigger,
                "mentions": mentions,
                "actor": self._parties(line, row.get("actor", "")),
                "recipient": self._parties(line, row.get("recipient", "")),
                "reciprocal": row.get("both_sides", "").lower() in _YES,
                "place": {"country": self._country(line, row["place"])}
                if row.get("place")
                else None,
                "date": day or None,
                "fatalities": [int(dead)] if dead.isdigit() else None,
            }
        )

    def _place(self, line: int, document: Mapping[str, Any], words: str) -> dict[str, Any]:
        """Find words in the text; the same words again mean their next place."""
        text = f"{document['title']}\n{document['body']}"
        key = (document["doc_id"], words)
        self._taken[key] += 1
        found = [match.start() for match in re.finditer(re.escape(words), text)] if words else []
        if not found:
            self._wrong(line, f"'{words}' does not stand in the article" if words else "no trigger")
            return {"text": words, "start": 0, "end": 0}
        start = found[min(self._taken[key], len(found)) - 1]
        return {"text": words, "start": start, "end": start + len(words)}

    def _parties(self, line: int, cell: str) -> list[dict[str, Any]]:
        return [{"country": self._country(line, each)} for each in _parts(cell)]

    def _country(self, line: int, code: str) -> str:
        if not _COUNTRY.fullmatch(code.upper()):
            self._wrong(line, f"country {code}: write its three letters (ISO 3166), such as SYR")
        return code.upper()

    def _wrong(self, line: int, what: str) -> None:
        self.problems.append(f"line {line}: {what}")


def _delimiter(header: str) -> str:
    """The one that parts a header: spreadsheets write semicolons in some countries."""
    return max((",", ";", "\t"), key=header.count)


def _parts(cell: str) -> Iterator[str]:
    """What stands between bars in a cell."""
    return (each.strip() for each in cell.split("|") if each.strip())


def _document(row: Mapping[str, str]) -> dict[str, Any]:
    title, body = as_it_was(row.get("title", "")), as_it_was(row["body"].replace("\r\n", "\n"))
    return {
        "doc_id": row.get("article_id") or content_id(title, body),
        "title": title,
        "body": body,
        "published": _day(row.get("published_on", "")),
        "country": row.get("publisher_country") or None,
        "events": [],
        "hard_negatives": [],
    }


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def read_labels(path: Path) -> list[dict[str, Any]]:
    """Read a file of labels as articles in the form of ``news_gold``.

    Args:
        path: a CSV with the columns of ``COLUMNS``; commas, semicolons or tabs; UTF-8.

    Raises:
        UsageError: it cannot be read; the first wrong line is told.
    """
    return _Reader(path).read()


def labelled_article(document: Mapping[str, Any]) -> Article:
    """A labelled article as the coder takes it."""
    body = document["body"]
    key = content_id(document["title"], body)
    return Article(
        key,
        key,
        body,
        key,
        key,
        title=document["title"] or None,
        published_on=document["published"],
        publisher_country=document["country"],
    )


def evaluate_labels(path: Path) -> SuiteReport:
    """Score the coder on a file of labels.

    Raises:
        UsageError: the file cannot be read.
    """
    documents = read_labels(path)
    tally = score(documents, lambda document: code_events(labelled_article(document)))
    found = tally.figures()
    figures = [
        Figure(name, round(found[name], 4), tally.counts[f"{name}_n"])
        for name in _FIGURES
        if tally.counts[f"{name}_n"]
    ]
    required = tally.counts["core_recall_n"]
    if required:
        figures.insert(2, Figure("macro_f1", round(found["macro_f1"], 4), required))
    figures += [
        Figure(
            f"f1_{name.lower()}", round(value, 4), tally.types[name]["tp"] + tally.types[name]["fn"]
        )
        for name, value in tally.type_f1().items()
    ]
    cases = tuple(Case(doc, what, text) for doc, what, text in tally.errors)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return SuiteReport("labels", tuple(figures), cases, digest)
