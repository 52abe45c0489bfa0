"""``rasd report``: one self-contained page of figures and pictures."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.errors import Exit, UsageError, nearest

EXAMPLES: Final = """\
examples:
  rasd report --data out --output report.html
  rasd report --data out --from 2024-01-01 --to 2024-01-31 --output january.html
  rasd report --data out --country SDN SSD --language en --output sudan.html

The file needs nothing else and can be mailed: pictures, fonts and the query of every figure are in
it. It names articles by title and address and quotes nothing else of them.
"""


class Language(StrEnum):
    """What a report is written in."""

    ar = "ar"
    en = "en"


def command(
    more: Annotated[
        list[str] | None,
        typer.Argument(metavar="", help="Further countries of --country.", hidden=True),
    ] = None,
    *,
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Where the report goes.", show_default=False),
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
    max_bytes: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="What copying a table may have BigQuery bill, in bytes (10 GB by default).",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Write one self-contained page of figures, a timeline, a map and the largest incidents."""
    if output is None:
        raise UsageError("no --output: name a file for the report, such as report.html")
    if output.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(f"{output}: a report is a page; name a file that ends in .html")
    from pipeline.serve.filters import wish_of  # noqa: PLC0415 - the page on demand
    from pipeline.serve.report import write_report  # noqa: PLC0415 - the same
    from pipeline.serve.snapshot import Snapshots  # noqa: PLC0415 - the same
    from pipeline.serve.texts import tongue_of  # noqa: PLC0415 - the same
    from pipeline.storage import UnwritableError, write_whole  # noqa: PLC0415 - the same

    countries = _countries(country or [], more or [])
    asked = {"from": first or "", "to": last or "", "country": ",".join(countries)}
    wish = wish_of(asked)
    for name, value in wish.wrong.items():
        raise UsageError(f"--{name} {value}: give a day as 2024-01-31")
    if first and last and first > last:
        raise UsageError(f"--from {first} is after --to {last}")
    page = write_report(Snapshots(data, max_bytes=max_bytes), wish, tongue_of(language.value, None))
    try:
        write_whole(str(output), page)
    except (OSError, UnwritableError) as error:
        raise UsageError(f"{output}: {error}") from error
    sys.stderr.write(f"rasd: {output}: {len(page) / 1e6:.1f} MB\n")
    return Exit.DONE


def _countries(given: list[str], more: list[str]) -> list[str]:
    """The countries that were named, as codes.

    Raises:
        UsageError: one is no country's code, or something stands where nothing is due.
    """
    from pipeline.serve.texts import codes_of  # noqa: PLC0415 - the page on demand

    if more and not given:
        raise UsageError(f"unexpected: {more[0]}; see rasd report --help")
    known = codes_of("country")
    codes = [code.upper() for each in [*given, *more] for code in each.split(",") if code]
    for code in codes:
        if code not in known:
            raise UsageError(
                f"--country {code}: no ISO 3166 alpha-3 code"
                + nearest(code, known, "such as SYR, IRQ, PSE")
            )
    return codes
