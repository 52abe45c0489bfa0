"""``rasd schema``: the tables, from the one schema in the code."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated, Final

import typer

from transforms.rows.dialects import render_schema

EXAMPLES: Final = """\
examples:
  rasd schema > tables.sql
  rasd schema --dialect json
"""


class Dialect(StrEnum):
    """How the tables can be written down."""

    bigquery = "bigquery"
    duckdb = "duckdb"
    json = "json"
    arrow = "arrow"


def command(
    dialect: Annotated[
        Dialect, typer.Option(help="How to write the tables down.")
    ] = Dialect.bigquery,
) -> None:
    """Print the tables: BigQuery or DuckDB DDL, JSON Schema, or the Arrow schema.

    docs/schema.md says what every column means.
    """
    sys.stdout.write(render_schema(dialect.value).rstrip("\n") + "\n")
