"""Plain .txt articles: UTF-8 text without a URL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath

from pipeline import storage
from pipeline.sources.base import Ref, empty_file
from transforms.records import Page, Rejected, content_id


def index(path: str) -> Iterator[Ref | Rejected]:
    """List the one article of a file under its content's hash."""
    data = storage.read_bytes(path)
    if not data.strip():
        yield empty_file(path)
        return
    yield Ref(f"file:{content_id(data)}", "text", path)


def load(ref: Ref) -> Page:
    """Read the article."""
    return Page(
        storage.read_bytes(ref.path),
        "text",
        source_id=PurePath(ref.path).name,
        payload=json.dumps({"path": ref.path}, ensure_ascii=False),
    )
