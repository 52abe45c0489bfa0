"""What a view needs of one request: who asks, in which language, and what the rows answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from pipeline.errors import UsageError
from pipeline.serve.snapshot import Snapshots
from pipeline.serve.texts import Locale

PAGE: Final = 25
"""Rows of a table that are shown at once."""
CHART: Final = 5_000
"""Rows of a chart that are drawn at most."""
_LAST_PAGE: Final = 100_000
_STAYS: Final = ("lang", "digits")


@dataclass(frozen=True, slots=True)
class Panel:
    """A question and its answer: everything that is seen can be asked again.

    Attributes:
        key: its name on the page.
        sql: the question, in BigQuery's dialect.
        rows: the rows that are shown.
        columns: their names.
        more: whether there are rows that are not shown.
        error: why there is no answer; None when there is one.
        milliseconds: how long it took.
        total: how many rows there are in all, of a table with pages.
        page: which page is shown, from 1.
        sort: the column it is sorted by, with ``-`` before it when the greatest comes first.
        sortable: the columns it can be sorted by.
        chart: what a chart draws; None for what is no chart.
    """

    key: str
    sql: str
    rows: Sequence[Mapping[str, Any]] = ()
    columns: Sequence[str] = ()
    more: bool = False
    error: str | None = None
    milliseconds: float = 0.0
    total: int = 0
    page: int = 1
    sort: str = ""
    sortable: Sequence[str] = ()
    chart: Mapping[str, Any] | None = None

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


@dataclass(slots=True)
class PageContext:
    """What a view needs to answer one request.

    Attributes:
        data: the rows.
        locale: the language of the answer.
        path: of the request.
        params: of the request, as they came.
        notes: what a person must be told: what of the address was left out, and why.
        live: whether addresses lead somewhere; not in a report.
        kept: queries within those that panels ask, whose answers are worth keeping; see
            ``Snapshots.ask``.
    """

    data: Snapshots
    locale: Locale
    path: str = "/"
    params: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    live: bool = True
    kept: Sequence[str] = ()

    def panel(self, key: str, sql: str, *, rows: int = CHART, beside: bool = False) -> Panel:
        """Ask, and put what is answered on a panel; also when nothing is.

        Args:
            key: its name on the page.
            sql: the question.
            rows: how many rows are shown at most.
            beside: whether no page waits for it; see ``Snapshots.ask_beside``.
        """
        sql = sql.strip()
        try:
            if beside:
                answer = self.data.ask_beside(sql, rows=rows)
            else:
                answer = self.data.ask(sql, rows=rows, kept=self.kept)
        except UsageError as error:
            return Panel(key, sql, error=str(error))
        bounded = answer.bounded
        return Panel(
            key,
            sql,
            rows=answer.rows(),
            columns=bounded.rows.column_names,
            more=bounded.more,
            milliseconds=answer.milliseconds,
        )

    def table(
        self,
        key: str,
        sql: str,
        *,
        sortable: Mapping[str, str],
        first: str,
        total: int | None = None,
    ) -> Panel:
        """Ask for one page of a table, sorted as the request says.

        Args:
            key: its name on the page; the request's ``KEY_sort`` and ``KEY_page`` speak of it.
            sql: the question, without an order.
            sortable: column -> what its rows are sorted by; the last of them breaks ties.
            first: the order when none is asked for, as in ``Panel.sort``.
            total: how many rows there are, where that is known; they are counted where not.
        """
        sort = self.params.get(f"{key}_sort", first)
        if sort.lstrip("-") not in sortable:
            self.notes.append(self.locale.say("problem.sort", name=sort[:40]))
            sort = first
        wanted = sortable[sort.lstrip("-")]
        tie = list(sortable.values())[-1]
        descending = " DESC" if sort.startswith("-") else ""
        # No value last in either order: BigQuery and DuckDB differ where nothing is said.
        order = f"IF({wanted} IS NULL, 1, 0), {wanted}{descending}, {tie}"
        ordered = f"{sql.strip()}\nORDER BY {order}"
        if total is None:
            counted = self.panel(key, f"SELECT COUNT(*) AS n FROM (\n{sql.strip()}\n)", rows=1)  # noqa: S608 - made of parts of ours
            if counted.error is not None:
                return Panel(key, ordered, error=counted.error)
            total = int(counted.rows[0]["n"])
        page = min(self._whole(f"{key}_page"), max(1, -(-total // PAGE)))
        shown = self.panel(key, f"{ordered}\nLIMIT {PAGE} OFFSET {(page - 1) * PAGE}", rows=PAGE)
        return Panel(
            key,
            ordered,
            rows=shown.rows,
            columns=shown.columns,
            error=shown.error,
            milliseconds=shown.milliseconds,
            total=total,
            page=page,
            sort=sort,
            sortable=tuple(sortable),
        )

    def _whole(self, name: str) -> int:
        given = self.params.get(name, "1")
        if given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= _LAST_PAGE:
            return int(given[:9])
        self.notes.append(self.locale.say("problem.page", name=given[:40]))
        return 1

    def link(self, path: str, /, **changes: str | int | None) -> str:
        """An address of the page in the same locale.

        Args:
            path: where to.
            changes: its parameters; those that are None are left out.
        """
        given: dict[str, str | int | None] = {
            name: self.params.get(name) for name in _STAYS if name in self.params
        }
        wanted = {name: value for name, value in (given | changes).items() if value is not None}
        return f"{path}?{urlencode(wanted)}" if wanted else path

    def here(self, /, **changes: str | int | None) -> str:
        """The same address with other parameters; see ``link``."""
        given: dict[str, str | int | None] = {n: v for n, v in self.params.items() if v}
        return self.link(self.path, **(given | changes))
