"""Pages rebuilt from public bug reports of other tools: the right article, the right values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from transforms.extract import extract_article
from transforms.records import Article, Page

FIRST, LAST = "أعلنت وزارة الداخلية", "وفق ما نقله محامون."


@pytest.mark.parametrize(
    ("name", "published", "authors", "paragraphs"),
    [
        ("085-jsonld-cdata-semicolon", "2024-02-28T10:00", (), 3),
        ("110-jsonld-own-then-related", "2024-02-28T10:00", ("سمير حداد",), 3),
        ("112-jsonld-author-id", "2024-02-28T10:00", ("سمير حداد",), 3),
        ("114-jsonld-inner-quotes", "2024-02-28T10:00", (), 3),
        ("116-microdata-related-first", "2024-02-28T10:00", (), 3),
        ("178-liveblog", "2024-02-28T10:00", (), 3),
        ("210-second-article", None, (), 4),
        ("211-responsive-twice", None, (), 6),
        ("212-jsonld-articlebody", "2024-02-28T10:00", (), 6),
    ],
)
def test_reported_pages(
    shared: Path, name: str, published: str | None, authors: tuple[str, ...], paragraphs: int
) -> None:
    content = (shared / f"data/reports/{name}.html").read_bytes()
    for more in ({}, {"url": "https://akhbar.example/2024/story-1.html"}):
        options: dict[str, Any] = more
        found = extract_article(Page(content, "html", **options))
        assert isinstance(found, Article), found
        assert found.title == "اعتقال عشرة متظاهرين في تونس"
        at = found.published_at.isoformat()[:16] if found.published_at else None
        assert at == published
        assert found.authors == authors
        lines = found.body.split("\n")
        assert len(lines) == len(set(lines)) == paragraphs
        assert lines[0].startswith(FIRST)
        assert (lines[-1].endswith(LAST)) is (paragraphs == 6)
