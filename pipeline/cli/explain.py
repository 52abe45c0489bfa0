"""``rasd explain``: one document (or one a line) through every stage."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from pipeline.errors import Exit, NotBuiltError, UsageError
from pipeline.explain import Explained, explain_lines, explain_page, to_json
from pipeline.sources import pages, prefetched, texts
from pipeline.sources.base import Ref
from pipeline.sources.files import kind_of
from pipeline.sources.storage import UnreadableError, read_bytes
from transforms.records import Page, Rejected


def command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="[FILE|URL|-]", help="A .txt, .html or .jsonl file; - reads standard input."
        ),
    ] = "-",
    *,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help="Read prefetched documents, one a line; write one line each."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the JSON object.")] = False,
) -> int:
    """Take one document through every stage and show what each one found.

    Each document stands alone: nothing is fetched, stored or compared with others.
    """
    if source.startswith(("http://", "https://")):
        raise NotBuiltError("explaining a URL is not built yet; save the page and name the file")
    if jsonl:
        return _explain_lines(source)
    explained = explain_page(_page_of(source))
    if as_json:
        sys.stdout.buffer.write(to_json(explained) + b"\n")
    else:
        _show(explained)
    return Exit.DONE


def _explain_lines(source: str) -> int:
    stream = sys.stdin.buffer if source == "-" else _open(source)
    with stream:
        for line in explain_lines(_lines(stream), processes=os.cpu_count() or 1):
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
    return Exit.DONE


def _lines(stream: Iterable[bytes]) -> Iterator[bytes]:
    return (line.rstrip(b"\r\n") for line in stream)


def _open(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def _page_of(source: str) -> Page | Rejected:
    if source == "-":
        return Page(sys.stdin.buffer.read(), "text")
    if not Path(source).is_file():
        raise UsageError(f"no such file: {source}")
    try:
        kind = kind_of(source)
        if kind == "text":
            return texts.load(Ref("", "text", source))
        if kind == "page":
            return pages.load(Ref("", "page", source))
        if kind == "prefetched":
            lines = [line for line in read_bytes(source).splitlines() if line.strip()]
            if len(lines) == 1:
                return prefetched.parse_line(lines[0])
            raise UsageError(f"{source} holds {len(lines)} documents: add --jsonl")
    except UnreadableError as error:
        raise UsageError(str(error)) from error
    raise UsageError(
        f"{source}: explain reads one article (.txt, .html or one JSON line), not {kind}"
    )


def _show(explained: Explained) -> None:
    from pipeline.explain_text import show  # noqa: PLC0415 - rich is not needed for JSON

    show(explained)
