"""Options that several commands have: own rules and names, staging, what BigQuery may bill."""

from __future__ import annotations

from typing import Annotated

import typer

Rules = Annotated[
    str | None,
    typer.Option(
        metavar="DIR",
        help="Event rules of your own (.toml) beside the shipped ones: a directory, gs://BUCKET/PATH.",
        show_default=False,
    ),
]
Names = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Persons, organisations and places of your own: a tab-separated file, gs://BUCKET/PATH.",
        show_default=False,
    ),
]
Staging = Annotated[
    str | None,
    typer.Option(
        metavar="URI",
        help="Where rows for BigQuery wait, as given to rasd run.",
        show_default=False,
    ),
]
MaxBytes = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="What a query may have BigQuery bill, in bytes (10 GB by default).",
        show_default=False,
    ),
]
