"""``rasd deploy``: the commands of a deployment in Google's cloud, checked."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

from pipeline import log
from pipeline.errors import Exit, UsageError

EXAMPLES: Final = """\
examples:
  rasd deploy --dry-run --project my-project --region europe-west1 --feeds feeds.toml
    --contact https://desk.example/bot
  rasd deploy --dry-run --project my-project --region europe-west1 --follow none
    --contact https://desk.example/bot > deploy.sh

Nothing is done: read the commands, then run them (sh deploy.sh). deploy/README.md tells what they
make and what it costs.
"""


def command(  # noqa: PLR0913 - each is an option of the command line
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print and check the commands; nothing else is built.")
    ] = False,
    project: Annotated[str, typer.Option(metavar="ID", help="The project.", show_default=False)],
    region: Annotated[
        str,
        typer.Option(metavar="REGION", help="Of jobs, buckets and dataset.", show_default=False),
    ],
    contact: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="A page or address for those who run the sites.",
            show_default=False,
        ),
    ],
    feeds: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The list of feeds to follow.", show_default=False),
    ] = None,
    follow: Annotated[
        str,
        typer.Option(
            metavar="HOW",
            help="fetcher (a small machine), stream (one job of Dataflow), queue (a machine that "
            "fetches, a job of Dataflow that codes), dataflow (a job by schedule) or none.",
        ),
    ] = "fetcher",
    dataset: Annotated[str, typer.Option(metavar="NAME", help="Of the rows.")] = "news",
    bucket: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Begins the names of the buckets; PROJECT-rasd by default.",
            show_default=False,
        ),
    ] = "",
    alert_email: Annotated[
        str,
        typer.Option(metavar="MAIL", help="Who is told of what is wrong.", show_default=False),
    ] = "",
) -> int:
    """Print the commands of a deployment, and check what can be checked from here."""
    if not dry_run:
        raise UsageError("rasd deploy does nothing itself: add --dry-run, read, and run the lines")
    from pipeline.deploy.check import check, missing_tools  # noqa: PLC0415 - reads lists of feeds
    from pipeline.deploy.plan import Target, script, steps  # noqa: PLC0415 - the same

    target = Target(
        project, region, contact, dataset=dataset, bucket=bucket, feeds=feeds, follow=follow,
        alert_email=alert_email,
    )  # fmt: skip
    check(target)
    for line in missing_tools():
        log.say(f"{line}")
    sys.stdout.write(script(steps(target)))
    return Exit.DONE
