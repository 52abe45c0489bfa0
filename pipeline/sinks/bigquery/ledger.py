"""The ledger of commits, and the one transaction that makes a commit.

Each row of the ledger is a commit and names the one that came after it. A commit reads the last
one before it reads anything else, and its transaction names itself as the successor of that one:
where another has done so first, it fails as a whole. So of two writers that began at the same
state one is told to begin again, and no row of either is lost.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.sinks.base import OutputChanged
from pipeline.sinks.bigquery.backoff import passes
from pipeline.sinks.bigquery.failures import explained, one_line
from pipeline.sinks.bigquery.load import Loaded
from pipeline.sinks.bigquery.merge import COMES, GOES
from pipeline.sinks.bigquery.names import LEDGER, OP
from pipeline.sinks.bigquery.session import Session, array_parameter, job_id
from transforms.records import content_id
from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.schema import STORED

GENESIS: Final = "genesis"  # the commit before the first
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_MADE: Final = "rasd: this commit was made already"
_MOVED: Final = "rasd: another commit was made meanwhile"
_ABORTED: Final = re.compile(r"aborted|concurrent update", re.IGNORECASE)
# A statement may change rows in 4,000 partitions at most.
_PARTITIONS_AT_ONCE: Final = 3_000


@dataclass(frozen=True, slots=True)
class Head:
    """The last commit of a dataset.

    Attributes:
        commit_id: its id.
        number: how many came before it.
    """

    commit_id: str
    number: int

    def followed_by(self, commit_id: str) -> Head:
        """Return the commit after this one."""
        return Head(plain_id(commit_id), self.number + 1)


def plain_id(commit_id: str) -> str:
    """Return a commit's id as the ledger has it: letters, digits, ``_`` and ``-`` only."""
    return commit_id if _PLAIN.fullmatch(commit_id) else content_id(commit_id)


class Ledger:
    """The ledger of a session's dataset.

    Args:
        session: whose dataset.
    """

    def __init__(self, session: Session) -> None:
        """Remember the session; nothing is read yet."""
        self._session = session
        self._table = session.address.quoted(LEDGER)

    def begin(self) -> None:
        """Give an empty ledger its first row."""
        if self._session.select(f"SELECT number FROM {self._table} LIMIT 1").num_rows:
            return
        with explained(self._session.address):
            self._session.query(
                f"INSERT INTO {self._table} (commit_id, number, committed_at) "
                f"SELECT '{GENESIS}', 0, CURRENT_TIMESTAMP() FROM (SELECT 1) "
                f"WHERE NOT EXISTS (SELECT 1 FROM {self._table})"
            )

    def head(self) -> Head:
        """Return the last commit."""
        found = self._session.select(
            f"SELECT commit_id, number FROM {self._table} WHERE successor IS NULL "
            "ORDER BY number DESC LIMIT 1"
        ).to_pylist()
        return Head(**found[0]) if found else Head(GENESIS, 0)

    def holds(self, commit_id: str) -> bool:
        """Return whether a commit was made."""
        found = self._session.select(
            f"SELECT commit_id FROM {self._table} WHERE commit_id IN UNNEST(@ids)",
            {"ids": array_parameter("ids", "STRING", [plain_id(commit_id)])},
        )
        return bool(found.num_rows)

    def commit(self, commit_id: str, head: Head, loaded: Sequence[Loaded]) -> bool:
        """Make a commit: all of it or nothing.

        Args:
            commit_id: its id.
            head: the commit whose state was read.
            loaded: the staging tables; those that name none change nothing.

        Returns:
            Whether it was made now; False when it had been made before.

        Raises:
            OutputChanged: another commit was made since ``head``.
            SinkError: BigQuery cannot be reached, or refuses; nothing was changed.
        """
        mine = plain_id(commit_id)
        script = self._script(mine, head, loaded)
        name = job_id(str(self._session.address), mine, head.commit_id, script)
        with explained(self._session.address):
            try:
                self._session.query(script, name=name)
            except Exception as error:
                said = one_line(error)
                if _MADE in said:
                    return False
                moved = _MOVED in said
                if moved or (_ABORTED.search(said) and not passes(error)):
                    raise OutputChanged(
                        f"another run has written to {self._session.address} since this one began "
                        "to read: nothing was changed, and what waits is kept; run it again"
                    ) from error
                raise
        return True

    def _script(self, mine: str, head: Head, loaded: Sequence[Loaded]) -> str:
        """Write the transaction; an error in it undoes all of it."""
        last = plain_id(head.commit_id)
        mine_is_there = f"SELECT 1 FROM {self._table} WHERE commit_id = '{mine}'"
        mine_follows = (
            f"SELECT 1 FROM {self._table} WHERE commit_id = '{last}' AND successor = '{mine}'"
        )
        follow = (
            f"UPDATE {self._table} SET successor = '{mine}' "
            f"WHERE commit_id = '{last}' AND successor IS NULL"
        )
        enter = (
            f"INSERT INTO {self._table} (commit_id, number, committed_at) "
            f"VALUES ('{mine}', {head.number + 1}, CURRENT_TIMESTAMP())"
        )
        changes = [
            statement
            for each in loaded
            if each.stage
            for statement in (*self._deletes(each), *self._inserts(each))
        ]
        statements = [
            "BEGIN TRANSACTION",
            f"IF EXISTS ({mine_is_there}) THEN SELECT ERROR('{_MADE}'); END IF",
            follow,
            f"IF NOT EXISTS ({mine_follows}) THEN SELECT ERROR('{_MOVED}'); END IF",
            *changes,
            enter,
            "COMMIT TRANSACTION",
        ]
        return ";\n".join(statements) + ";"

    def _deletes(self, loaded: Loaded) -> Iterator[str]:
        """Delete the stored rows whose keys the staging table names, within their partitions."""
        plan = loaded.plan
        if not any(plan.ops[op] for op in GOES):
            return
        table, stage = map(self._session.address.quoted, (plan.table, loaded.stage))
        same = " AND ".join(f"S.`{name}` = T.`{name}`" for name in STORED[plan.table].key)
        gone = f"S.`{OP}` IN ({_texts(GOES)})"
        for days in self._days(plan.table, plan.days):
            within = f"({days('T')}) AND " if days else ""
            yield (
                f"DELETE FROM {table} T WHERE {within}"
                f"EXISTS (SELECT 1 FROM {stage} S WHERE {gone} AND {same})"
            )

    def _inserts(self, loaded: Loaded) -> Iterator[str]:
        """Insert the rows that come, columns named."""
        plan = loaded.plan
        if not any(plan.ops[op] for op in COMES):
            return
        table, stage = map(self._session.address.quoted, (plan.table, loaded.stage))
        names = ", ".join(f"`{column.name}`" for column in STORED[plan.table].stored_columns)
        groups = list(self._days(plan.table, plan.new_days))
        for days in groups:
            within = f" AND ({days('S')})" if days and len(groups) > 1 else ""
            yield (
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {stage} S "
                f"WHERE S.`{OP}` IN ({_texts(COMES)}){within}"
            )

    def _days(self, table: str, days: Collection[date | None]) -> Iterator[_Days | None]:
        """Yield conditions on the partition, none of which names more than one statement may."""
        if STORED[table].partition is None:
            yield None
            return
        dated = sorted(day for day in days if day is not None)
        undated = len(dated) < len(set(days))
        for at in range(0, max(len(dated), 1), _PARTITIONS_AT_ONCE):
            some = dated[at : at + _PARTITIONS_AT_ONCE]
            yield _Days(tuple(some), undated and at == 0)


@dataclass(frozen=True, slots=True)
class _Days:
    """A condition on the partition of a row: one of some days, or none at all."""

    days: tuple[date, ...]
    undated: bool

    def __call__(self, alias: str) -> str:
        """Return it in SQL; dates are written out, so that BigQuery skips other partitions."""
        column = f"{alias}.`{PARTITION_COLUMN}`"
        parts = [f"{column} IS NULL"] if self.undated else []
        if self.days:
            parts.append(
                f"{column} IN ({', '.join(f'DATE {day.isoformat()!r}' for day in self.days)})"
            )
        return " OR ".join(parts)


def _texts(values: Sequence[str]) -> str:
    """Return texts of ours as SQL literals."""
    return ", ".join(f"'{value}'" for value in values)
