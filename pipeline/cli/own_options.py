"""``--rules`` and ``--names`` of the commands that code."""

from __future__ import annotations

from typing import Annotated

import typer

Rules = Annotated[
    str | None,
    typer.Option(
        metavar="DIR",
        help="Event rules of your own (.toml) beside the shipped ones.",
        show_default=False,
    ),
]
Names = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Persons, organisations and places of your own: a tab-separated file.",
        show_default=False,
    ),
]
