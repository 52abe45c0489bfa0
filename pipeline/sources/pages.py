"""Saved web pages: HTML and MHTML that tell their own URL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath

from pipeline import storage
from pipeline.sources.base import Ref, empty_file
from transforms.extract import declared_url
from transforms.records import Page, Rejected, content_id
from transforms.text.urls import canonicalise_url


def index(path: str) -> Iterator[Ref | Rejected]:
    """List the one page of a file under its canonical URL."""
    data = storage.read_bytes(path)
    if not data.strip():
        yield empty_file(path)
        return
    url = canonicalise_url(declared_url(data))
    yield Ref(url or f"file:{content_id(data)}", "page", path)


def load(ref: Ref) -> Page:
    """Read the page; its URL is told again by the page itself."""
    data = storage.read_bytes(ref.path)
    return Page(
        data,
        "html",
        url=declared_url(data),
        content_type="multipart/related" if ref.path.endswith((".mhtml", ".mht")) else "",
        source_id=PurePath(ref.path).name,
        payload=json.dumps({"path": ref.path}, ensure_ascii=False),
    )
