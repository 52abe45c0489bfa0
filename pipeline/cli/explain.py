"""``rasd explain``: one document (or one a line) through every stage."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import typer

from pipeline import log, open_data
from pipeline.cli.shared_options import Names, Rules
from pipeline.errors import Exit, UsageError, not_there
from pipeline.options import own_of
from pipeline.render.explain import (
    ARTICLE_COLUMNS,
    Explained,
    explain_lines,
    explain_page,
    explain_row,
    to_json,
    with_reasons,
)
from pipeline.sources import pages, prefetched, texts
from pipeline.sources.base import Ref
from pipeline.sources.files import check_inputs, kind_of
from pipeline.storage import UnreadableError, read_bytes
from transforms.records import Page, Rejected

_ID: Final = re.compile(r"[0-9a-f]{6,32}")
# What explain says of files that hold no single article, by kind.
_OTHERS: Final = {
    "unknown": "explain reads .txt, .html or .jsonl; save the article as text",
    "empty": "the file is empty",
    "feed": "a feed, not an article; rasd run reads it",
    "feeds": "a list of feeds, not an article; rasd feeds check asks them",
    "table": "a table of documents; rasd run reads it",
    "warc": "a web archive, not an article; rasd run reads it",
}

EXAMPLES: Final = """\
examples:
  rasd explain article.txt
  rasd explain https://news.example/story.html
  echo "تظاهر المئات في تونس" | rasd explain -
  rasd explain article.txt --why                    what was considered and not coded
  rasd explain article.txt --why --rules my-rules   ... with event rules of your own
  rasd explain --article 3f0c9b2a --data out        one that is stored
  rasd explain documents.jsonl --jsonl > explained.jsonl
"""


def command(  # noqa: PLR0913 - each is an option
    source: Annotated[
        str,
        typer.Argument(
            metavar="[FILE|URL|-]",
            help="A .txt, .html or .jsonl file, or an address; - reads standard input.",
        ),
    ] = "-",
    *,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help="Read prefetched documents, one a line; write one line each."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the JSON object.")] = False,
    why: Annotated[
        bool,
        typer.Option(
            "--why", help="Also show every word that was considered, and why it was coded or not."
        ),
    ] = False,
    article: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Explain a stored article instead, by its article_id or its beginning.",
        ),
    ] = None,
    data: Annotated[str, typer.Option(metavar="URI", help="The output that holds it.")] = "out",
    allow_private_hosts: Annotated[
        bool, typer.Option("--allow-private-hosts", help="Fetch from private addresses, too.")
    ] = False,
    rules: Rules = None,
    names: Names = None,
) -> int:
    """Take one document through every stage and show what each one found.

    Each document stands alone: nothing is stored or compared with others, and nothing is fetched
    but a URL that is named itself. [24:30] behind a trigger counts characters of the text.

    docs/codebook.md says what event types, modes and codes mean.
    """
    own_of(rules, names)
    if jsonl:
        return _explain_lines(source)
    if article is not None:
        explained = explain_row(_stored(article, data))
    elif source.startswith(("http://", "https://")):
        explained = explain_page(_fetched(source, allow_private=allow_private_hosts))
    else:
        explained = explain_page(_page_of(source))
    if why:
        explained = with_reasons(explained)
    if as_json:
        sys.stdout.buffer.write(to_json(explained) + b"\n")
    else:
        _show(explained)
    return Exit.DONE


def _stored(article_id: str, data: str) -> Mapping[str, Any]:
    """The row of a stored article."""
    if not _ID.fullmatch(article_id):
        raise UsageError(f"--article {article_id}: give 6 to 32 digits from 0 to f, an article_id")
    columns = ", ".join(ARTICLE_COLUMNS)
    rows = open_data(data).sql(
        f"SELECT {columns} FROM articles WHERE STARTS_WITH(article_id, '{article_id}') LIMIT 2"  # noqa: S608 - digits
    )
    if rows.num_rows != 1:
        number = "more than one" if rows.num_rows else "no"
        raise UsageError(f"{data} holds {number} article whose id begins with {article_id}")
    row: Mapping[str, Any] = rows.to_pylist()[0]
    return row


def _explain_lines(source: str) -> int:
    stream = _standard_input() if source == "-" else _open(source)
    with stream:
        for line in explain_lines(_lines(stream), processes=os.cpu_count() or 1):
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
    return Exit.DONE


def _lines(stream: Iterable[bytes]) -> Iterator[bytes]:
    return (line.rstrip(b"\r\n") for line in stream)


def _open(path: str) -> BinaryIO:
    if "://" in path:
        raise UsageError(f"{path}: --jsonl reads a local file, or - for standard input")
    if not Path(path).exists():
        raise UsageError(not_there(path))
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def _standard_input() -> BinaryIO:
    if sys.stdin.isatty():
        log.say("reading the text from the terminal; end it with Ctrl-D")
    return sys.stdin.buffer


def _page_of(source: str) -> Page | Rejected:
    if source == "-":
        return Page(_standard_input().read(), "text")
    check_inputs([source])
    if Path(source).is_dir():
        raise UsageError(
            f"{source} is a directory: explain shows one document; all of them are read by "
            f"rasd run {source} --output out"
        )
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
    raise UsageError(f"{source}: {_OTHERS[kind]}")


def _fetched(url: str, *, allow_private: bool) -> Page | Rejected:
    """Fetch the page of a URL, as politely and guarded as a run does."""
    # No file needs what follows.
    from pipeline.polling.settings import settings_of  # noqa: PLC0415
    from pipeline.steps.documents import PageRequest  # noqa: PLC0415
    from pipeline.steps.fetch import pages_of  # noqa: PLC0415
    from transforms.fetch.messages import Request  # noqa: PLC0415
    from transforms.fetch.run import fetch_all  # noqa: PLC0415

    settings = settings_of(datetime.now(UTC), allow_private=allow_private)
    request = Request(url, "article", context=PageRequest(url, url, (), ()))
    (fetched,) = fetch_all([request], settings)
    return pages_of(fetched)[0]


def _show(explained: Explained) -> None:
    from pipeline.render.explanation import show  # noqa: PLC0415 - rich is not needed for JSON

    show(explained, sys.stdout.buffer)
