"""BigQuery's dialect on DuckDB: transpiled by sqlglot, guarded by a lint on the syntax tree.

Some functions transpile without an error and answer something else (measured on sqlglot 30 and
DuckDB 2): they are refused with the form that means the same on both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from pipeline.errors import UsageError

# Expression of the tree -> what to write instead.
_REFUSED: Final[dict[type[exp.Expression], str]] = {
    exp.CountIf: "COUNTIF gives NULL on an empty group in DuckDB: write SUM(IF(condition, 1, 0))",
    exp.ApproxDistinct: "APPROX_COUNT_DISTINCT differs: write COUNT(DISTINCT x)",
    exp.ApproxTopK: "APPROX_TOP_COUNT is BigQuery's only: group, order and limit",
    exp.TimestampTrunc: "TIMESTAMP_TRUNC depends on the zone: write DATE(x), or EXTRACT its parts",
    exp.DateTrunc: "DATE_TRUNC gives a TIMESTAMP in DuckDB: EXTRACT its parts",
    exp.FarmFingerprint: "FARM_FINGERPRINT is BigQuery's only: the ids are hashes already",
    exp.Normalize: "NORMALIZE is BigQuery's only: texts are stored as written",
    exp.NetFunc: "NET functions are BigQuery's only: write REGEXP_EXTRACT(url, r'://([^/]+)')",
    exp.TimeToStr: "FORMAT_DATE and _TIMESTAMP depend on the zone: write CAST(DATE(x) AS STRING)",
}
_TOKEN: Final = re.compile(r"<Token token_type: \S+, text: (.*?), line: .*?>")
_REFUSED_PARTS: Final = {
    "DAYOFWEEK": "EXTRACT(DAYOFWEEK) counts from another day",
    "WEEK": "weeks begin on another day",
    "ISOWEEK": "ISOWEEK fails to transpile",
}


def lint(tree: exp.Query) -> Iterator[str]:
    """Find what would mean something else on the other side.

    Args:
        tree: a parsed statement.

    Yields:
        One sentence for each finding, with what to write instead.
    """
    for node in tree.walk():
        for kind, advice in _REFUSED.items():
            if type(node) is kind:
                yield advice
        if isinstance(node, exp.Unnest) and node.args.get("offset"):
            yield "WITH OFFSET counts from 1 in DuckDB: number the rows with ROW_NUMBER()"
        if isinstance(node, exp.Extract):
            part = str(node.this).upper()
            if part in _REFUSED_PARTS:
                yield f"{_REFUSED_PARTS[part]} in DuckDB: use MONTH, or the date itself"
        if isinstance(node, exp.ArrayAgg) and node.find(exp.Limit):
            yield "ARRAY_AGG with LIMIT is BigQuery's only: number the rows first"


def parse(sql: str) -> exp.Query:
    """Parse one query in BigQuery's dialect.

    Raises:
        UsageError: it does not parse, is not one query, or is not portable; the message says what.
    """
    try:
        statements = [each for each in sqlglot.parse(sql, read="bigquery") if each is not None]
    except SqlglotError as error:
        message = _TOKEN.sub(r"'\1'", str(error).split("\n", 1)[0])
        raise UsageError(f"the query does not parse: {message}") from error
    if not statements:
        raise UsageError("the query is empty")
    if len(statements) != 1:
        raise UsageError(f"one query at a time, not {len(statements)}")
    tree = statements[0]
    if not isinstance(tree, exp.Query):
        first = sql.split(maxsplit=1)[0]
        raise UsageError(f"only queries (SELECT ...) read the rows: {first} is refused")
    problems = sorted(set(lint(tree)))
    if problems:
        raise UsageError("not portable between BigQuery and DuckDB: " + "; ".join(problems))
    return tree


def to_duckdb(sql: str) -> str:
    """Translate one query from BigQuery's dialect to DuckDB's.

    Raises:
        UsageError: see ``parse``; or sqlglot cannot translate it.
    """
    tree = parse(sql)
    try:
        return tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        raise UsageError(f"the query cannot be translated for DuckDB: {error}") from error
