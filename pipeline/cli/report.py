"""``rasd report``: one self-contained page of figures and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline import log
from pipeline.cli.shared_options import MaxBytes
from pipeline.errors import Exit, UsageError, nearest

EXAMPLES: Final = """\
examples:
  rasd report --data out --output report.html
  rasd report --data out --from 2024-01-01 --to 2024-01-31 --output january.html
  rasd report --data out --country SDN SSD --language en --output sudan.html
  rasd report --data out --output report.pdf

The file needs nothing else and can be mailed: pictures, fonts and the query of every figure are in
it. It names articles by title and address and quotes nothing else of them. A PDF is printed by the
Chromium of this machine, or the one that RASD_CHROMIUM names.
"""


class Language(StrEnum):
    """What a report is written in."""

    ar = "ar"
    en = "en"


class Form(StrEnum):
    """What a report is written as."""

    html = "html"
    pdf = "pdf"


_ENDINGS: Final = {".html": Form.html, ".htm": Form.html, ".pdf": Form.pdf}


def command(  # noqa: PLR0913 - each is an option
    more: Annotated[
        list[str] | None,
        typer.Argument(metavar="", help="Further countries of --country.", hidden=True),
    ] = None,
    *,
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the report goes.", show_default=False),
    ] = None,
    form: Annotated[
        Form | None,
        typer.Option(
            "--format",
            help="A page, or PDF where Chromium is here; FILE's ending says it too.",
            show_default=False,
        ),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day of its incidents.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The last day of its incidents.")
    ] = None,
    country: Annotated[
        list[str] | None,
        typer.Option(metavar="X ...", help="Only incidents in these countries (SYR, IRQ)."),
    ] = None,
    language: Annotated[
        Language, typer.Option(help="What it is written in: Arabic or English.")
    ] = Language.ar,
    max_bytes: MaxBytes = None,
) -> int:
    """Write one self-contained page of figures, a timeline, a map and the largest incidents."""
    if output is None:
        raise UsageError("no --output: name a file for the report, such as report.html")
    asked = {"from": first or "", "to": last or "", "country": ",".join(_countries(country, more))}
    page = _report(data, asked, language, _form(output, form), max_bytes)
    from pipeline.storage import UnwritableError, write_whole  # noqa: PLC0415 - the page on demand

    try:
        write_whole(str(output), page)
    except (OSError, UnwritableError) as error:
        raise UsageError(f"{output}: {error}") from error
    log.say(f"{output}: {len(page) / 1e6:.1f} MB")
    return Exit.DONE


def _report(
    data: str, asked: Mapping[str, str], language: Language, form: Form, max_bytes: int | None
) -> bytes:
    """Make the report.

    Raises:
        UsageError: a day is none, there are no rows, or nothing that prints them.
    """
    from pipeline.serve.filters import filters_of  # noqa: PLC0415 - the page on demand
    from pipeline.serve.pdf import chromium, print_page  # noqa: PLC0415 - the same
    from pipeline.serve.report import write_report  # noqa: PLC0415 - the same
    from pipeline.serve.snapshot import Snapshots  # noqa: PLC0415 - the same
    from pipeline.serve.texts import locale_of  # noqa: PLC0415 - the same

    filters = filters_of(asked)
    for name, value in filters.wrong.items():
        raise UsageError(f"--{name} {value}: give a day as 2024-01-31")
    first, last = asked["from"], asked["to"]
    if first and last and first > last:
        raise UsageError(f"--from {first} is after --to {last}")
    # Looked for before the rows are read, which takes longer.
    printer = chromium() if form is Form.pdf else None
    rows = Snapshots(data, max_bytes=max_bytes)
    page = write_report(rows, filters, locale_of(language.value, None))
    return page if printer is None else print_page(printer, page)


def _form(output: Path, asked: Form | None) -> Form:
    """What the report is written as: as asked, or as the file's ending says.

    Raises:
        UsageError: the two disagree, or nothing says.
    """
    ending = _ENDINGS.get(output.suffix.lower())
    if ending is None and asked is None:
        raise UsageError(f"{output}: a report is a page or PDF; name a .html or a .pdf file")
    if ending is not None and asked is not None and ending is not asked:
        raise UsageError(f"{output}: --format {asked.value} does not go into {output.suffix}")
    return asked or ending or Form.html


def _countries(given: list[str] | None, more: list[str] | None) -> list[str]:
    """The countries that were named, as codes.

    Raises:
        UsageError: one is no country's code, or something stands where nothing is due.
    """
    from pipeline.serve.texts import codes_of  # noqa: PLC0415 - the page on demand

    if more and not given:
        raise UsageError(f"unexpected: {more[0]}; see rasd report --help")
    known = codes_of("country")
    codes = [
        code.upper() for each in [*(given or []), *(more or [])] for code in each.split(",") if code
    ]
    for code in codes:
        if code not in known:
            raise UsageError(
                f"--country {code}: no ISO 3166 alpha-3 code"
                + nearest(code, known, "such as SYR, IRQ, PSE")
            )
    return codes
