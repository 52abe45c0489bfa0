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
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import TokenType

from pipeline.errors import UsageError
from transforms.rows.schema import TABLES

# Expression of the tree -> what to write instead. A test runs what is proposed.
_REFUSED: Final[dict[type[exp.Expression], str]] = {
    exp.CountIf: "COUNTIF gives NULL on an empty group in DuckDB: write SUM(IF(condition, 1, 0))",
    exp.ApproxDistinct: "APPROX_COUNT_DISTINCT differs: write COUNT(DISTINCT x)",
    exp.ApproxTopK: "APPROX_TOP_COUNT is BigQuery's only: write SELECT x, COUNT(*) AS n ... "
    "GROUP BY x ORDER BY n DESC, x LIMIT 10",
    exp.TimestampTrunc: "TIMESTAMP_TRUNC depends on the zone: write DATE(x), or "
    "DATE_TRUNC(DATE(x), MONTH)",
    exp.FarmFingerprint: "FARM_FINGERPRINT is BigQuery's only: the ids are hashes already, write "
    "SUBSTR(x, 1, 8) of one",
    exp.Normalize: "NORMALIZE is BigQuery's only: texts are stored as written, write x itself",
    exp.NetFunc: "NET functions are BigQuery's only: write REGEXP_EXTRACT(url, r'://([^/]+)')",
    exp.TimeToStr: "FORMAT_DATE and _TIMESTAMP depend on the zone: write CAST(DATE(x) AS STRING), "
    "or SUBSTR(CAST(DATE(x) AS STRING), 1, 7) for the month",
}
_TOKEN: Final = re.compile(r"<Token token_type: \S+, text: (.*?), line: .*?>")
_WEEKS: Final = "write EXTRACT(ISOWEEK FROM x), or DATE_TRUNC(x, WEEK(MONDAY)) for its first day"
_PLAIN: Final = frozenset({"expressions", "from_"})  # of a query of nothing else
_WRITES: Final = (exp.DML, exp.DDL, exp.Into)
# What DuckDB tells of itself, of this machine and of where files lie, and BigQuery does not know.
_OWN_TABLES: Final = re.compile(r"(duckdb|pragma|pg|sqlite)_")
_OWN_FUNCTIONS: Final = re.compile(
    r"current_(connection_id|database|query|query_id|role|schemas?|setting|transaction_id|user)|"
    r"getenv|getvariable|version|write_log|in_search_path|nextval|currval|txid_current|"
    r"(duckdb|pg|inet|has)_.*|(col|obj|shobj)_description|json_.*serialize.*|.*_log_message"
)
_OF_SESSIONS: Final = (
    exp.CurrentDatabase, exp.CurrentSchema, exp.CurrentSchemas, exp.CurrentUser, exp.SessionUser,
    exp.Parameter, exp.SessionParameter,
)  # fmt: skip
_BRACKETS: Final = 10  # within each other, each behind the name of a type, that are parsed
_TOO_DEEP: Final = "the query is nested too deeply: take it apart WITH names for its parts"
_SAID: Final = 60  # characters of a query that a refusal repeats
_DAYS: Final = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_OF_DATES: Final = (exp.DateTrunc, exp.DateAdd, exp.DateSub)
_MOMENTS: Final = frozenset(
    column.name
    for table in TABLES.values()
    for column in table.columns
    if column.type == "TIMESTAMP"
) | {"first_reported_at", "last_reported_at"}


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
        if isinstance(node, exp.Extract) and str(node.this).upper().startswith("WEEK"):
            yield f"EXTRACT(WEEK) numbers weeks otherwise in DuckDB: {_WEEKS}"
        if isinstance(node, _OF_DATES) and _is_moment(node.this):
            name, function = node.this.sql(dialect="bigquery"), node.sql_name()
            yield f"{function} takes dates: write {function}(DATE({name}), ...)"
        if isinstance(node, exp.ArrayAgg) and node.find(exp.Limit):
            yield (
                "ARRAY_AGG with LIMIT is BigQuery's only: number the rows first, QUALIFY "
                "ROW_NUMBER() OVER (PARTITION BY x ORDER BY y) <= 3"
            )


def _is_moment(node: exp.Expr) -> bool:
    """Whether something is a column known to be a TIMESTAMP."""
    return isinstance(node, exp.Column) and node.name.lower() in _MOMENTS


def _translated(node: exp.Expr) -> exp.Expr:
    """What DuckDB is to be given for a part of the tree.

    Dates stay dates: DuckDB's own functions make timestamps of them. Weeks begin on the day that
    is asked for; without one on Sunday, as in BigQuery. What a list's elements hold is taken
    from them one by one: as a query within the query it costs ten times as much.
    """
    if isinstance(node, exp.Array):
        return _of_each(node) or node
    if isinstance(node, exp.DateTrunc):
        return _truncated(node)
    if isinstance(node, exp.DateAdd | exp.DateSub):
        return exp.cast(node.copy(), "date")
    if isinstance(node, exp.Extract):
        part = str(node.this).upper()
        if part == "ISOWEEK":
            return exp.Extract(this=exp.var("WEEK"), expression=node.expression.copy())
        if part == "DAYOFWEEK":  # from 1, a Sunday
            return exp.paren(exp.Add(this=node.copy(), expression=exp.Literal.number(1)))
    return node


def _truncated(node: exp.DateTrunc) -> exp.Expr:
    unit = node.args["unit"]
    day = exp.cast(node.this.copy(), "date")
    if isinstance(unit, exp.WeekStart):
        first = str(unit.this).upper()
    else:
        name = unit.name.upper()
        first = {"WEEK": "SUNDAY", "ISOWEEK": "MONDAY"}.get(name, "")
    if first not in _DAYS:
        return exp.cast(node.copy(), "date")
    # Go back to the last such weekday: ISODOW counts from 1, a Monday.
    back = f"(ISODOW(day) + {6 - _DAYS.index(first)}) % 7"
    moved: exp.Expr = sqlglot.parse_one(f"CAST(day - CAST({back} AS INT) AS DATE)", read="duckdb")
    return moved.transform(lambda each: day.copy() if _is_day(each) else each)


def _of_each(node: exp.Array) -> exp.Expr | None:
    """``ARRAY(SELECT f(x) FROM UNNEST(list) AS x)`` as a function of the list; None of others."""
    query = node.expressions[0] if len(node.expressions) == 1 else None
    if not isinstance(query, exp.Select) or {k for k, v in query.args.items() if v} - _PLAIN:
        return None
    if query.args.get("from_") is None:
        return None
    source = query.args["from_"].this
    if not isinstance(source, exp.Unnest) or len(query.expressions) != 1:
        return None
    names = source.args["alias"].columns if source.args.get("alias") else []
    made = query.expressions[0]
    if (
        len(names) != 1
        or len(source.expressions) != 1
        or made.find(exp.Query, exp.AggFunc, exp.Window)
    ):
        return None
    columns = list(made.find_all(exp.Column))
    if not columns or any(each.table != names[0].name for each in columns):
        return None
    for each in columns:
        inner = exp.Dot(this=exp.to_identifier("_each"), expression=each.this.copy())
        each.replace(inner)
    call = sqlglot.parse_one("COALESCE(LIST_TRANSFORM(a, LAMBDA _each : x), [])", read="duckdb")
    call.this.set("this", source.expressions[0].copy())
    call.this.expression.set("this", query.expressions[0].unalias())
    return call


def _is_day(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and node.name == "day"


def parse(sql: str) -> exp.Query:
    """Parse one query in BigQuery's dialect.

    Raises:
        UsageError: it does not parse, is not one query, writes, or is not portable; the message
            says what.
    """
    try:
        _check_depth(sql)
        statements = [each for each in sqlglot.parse(sql, read="bigquery") if each is not None]
        return _only_query(sql, statements)
    except RecursionError as error:
        raise UsageError(_TOO_DEEP) from error
    except SqlglotError as error:
        message = _TOKEN.sub(r"'\1'", str(error).split("\n", 1)[0])
        raise UsageError(f"the query does not parse: {message}") from error


def _only_query(sql: str, statements: list[exp.Expr]) -> exp.Query:
    """The one query that was given.

    Raises:
        UsageError: see ``parse``.
    """
    if not statements:
        raise UsageError("the query is empty")
    if len(statements) != 1:
        raise UsageError(f"one query at a time, not {len(statements)}")
    tree = statements[0]
    if not isinstance(tree, exp.Query):
        raise _writes(sql.split(maxsplit=1)[0])
    for node in tree.walk():
        # DuckDB would do what a named part or INTO says, and a row is not only read.
        if isinstance(node, _WRITES):
            raise _writes(node.key.upper())
        if isinstance(node, exp.CTE) and not isinstance(node.this, exp.Query):
            raise _writes(node.sql("bigquery"))
        if isinstance(node, exp.Table | exp.Lateral) and isinstance(node.this, exp.Func):
            said = node.this.sql("bigquery")[:_SAID]
            raise UsageError(f"{said} is no table: read tables and views, or UNNEST a list")
        _check_name(node)
    problems = sorted(set(lint(tree)))
    if problems:
        raise UsageError("not portable between BigQuery and DuckDB: " + "; ".join(problems))
    return tree


def _check_name(node: exp.Expr) -> None:
    """Refuse what tells of DuckDB and of this machine instead of the rows.

    Raises:
        UsageError: it is such a table or function, or a table that is not named plainly.
    """
    said = node.sql("bigquery")[:_SAID] if isinstance(node, exp.Table | exp.Func) else ""
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        if node.db or node.catalog:
            raise UsageError(f"{said}: name tables plainly, without project or dataset")
        if _OWN_TABLES.match(node.name.lower()):
            raise UsageError(f"{said} is DuckDB's own: read the tables and views of rasd")
    own = isinstance(node, exp.Anonymous) and _OWN_FUNCTIONS.fullmatch(node.name.lower())
    if own or isinstance(node, _OF_SESSIONS):
        raise UsageError(f"{said or node.sql('bigquery')[:_SAID]} tells of no rows and is refused")


def _writes(what: str) -> UsageError:
    return UsageError(f"only queries (SELECT ...) read the rows: {what[:_SAID]} is refused")


def _check_depth(sql: str) -> None:
    """Refuse brackets behind names of types within each other, such as ``STRUCT(STRUCT(...))``.

    sqlglot tries each as a type and as a function: twenty of them take it minutes, and nothing
    stops it.

    Raises:
        UsageError: there are too many.
    """
    if sql.count("(") <= _BRACKETS:
        return
    opened: list[bool] = []
    before = None
    for token in sqlglot.tokenize(sql, read="bigquery"):
        if token.token_type == TokenType.L_PAREN:
            opened.append(before in Parser.TYPE_TOKENS)
            if sum(opened) > _BRACKETS:
                raise UsageError(_TOO_DEEP)
        elif token.token_type == TokenType.R_PAREN and opened:
            opened.pop()
        before = token.token_type


def to_duckdb(sql: str) -> str:
    """Translate one query from BigQuery's dialect to DuckDB's.

    Raises:
        UsageError: see ``parse``; or sqlglot cannot translate it.
    """
    try:
        return _translate(parse(sql))
    except RecursionError as error:
        raise UsageError(_TOO_DEEP) from error
    except SqlglotError as error:
        raise UsageError(f"the query cannot be translated for DuckDB: {error}") from error


def _translate(tree: exp.Query) -> str:
    for node in reversed(list(tree.walk())):  # what stands inside first
        translated = _translated(node)
        if translated is not node:
            node.replace(translated)
    return tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE)
