"""Make the dataset, its tables and views, and hold those that are there against the schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipeline.sinks.base import OutputRefused
from pipeline.sinks.bigquery.failures import explained, no_project, one_line
from pipeline.sinks.bigquery.names import LABEL, LABELS, OWN, VIEWS_LABEL
from pipeline.sinks.bigquery.session import Session, emulator_host
from transforms.records import content_id
from transforms.rows.columns import PARTITION_COLUMN, Column, Table
from transforms.rows.dialects import bigquery_fields
from transforms.rows.schema import STORED

_MAX_CLUSTERING: Final = 4
_MAX_COLUMN_TEXT: Final = 1_024  # characters BigQuery keeps of a column's description
# Older names of types in the API's answers.
_TYPES: Final = {
    "INTEGER": "INT64",
    "FLOAT": "FLOAT64",
    "BOOLEAN": "BOOL",
    "RECORD": "STRUCT",
}
_UPGRADE: Final = "upgrade with `pip install -U 'rasd[gcp]'`, or name another dataset"


def table_fields(table: Table) -> list[dict[str, Any]]:
    """Return a table's fields in BigQuery's form, described in English and in Arabic."""
    return _described(bigquery_fields(table), table.stored_columns)


def _described(
    fields: Sequence[Mapping[str, Any]], columns: Sequence[Column]
) -> list[dict[str, Any]]:
    """Add the Arabic to the descriptions of fields, and of the fields below them."""
    described = []
    for field, column in zip(fields, columns, strict=True):
        texts = [text for text in (column.description_en, column.description_ar) if text]
        both = dict(field) | {"description": "\n".join(texts)[:_MAX_COLUMN_TEXT]}
        if column.fields:
            both["fields"] = _described(field["fields"], column.fields)
        described.append(both)
    return described


def relaxed(fields: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return fields that may all be NULL, undescribed: what a file on its way is loaded into.

    Every field of our files is optional; BigQuery refuses to load such a file as REQUIRED.
    """
    loose = []
    for field in fields:
        mode = "REPEATED" if field["mode"] == "REPEATED" else "NULLABLE"
        plain: dict[str, Any] = {"name": field["name"], "type": field["type"], "mode": mode}
        if "fields" in field:
            plain["fields"] = relaxed(field["fields"])
        loose.append(plain)
    return loose


def schema_fields(fields: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Make the client's fields of those in the API's form."""
    from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

    return [bigquery.SchemaField.from_api_repr(dict(field)) for field in fields]


def views_mark(views: Mapping[str, str]) -> str:
    """Return a hash of the text of all views: what a dataset's label says it has."""
    return content_id(*(f"{name}\n{text}" for name, text in views.items()))


class Tables:
    """The dataset of a session and what has to be in it.

    Args:
        session: whose dataset.
    """

    def __init__(self, session: Session) -> None:
        """Remember the session; nothing is asked yet."""
        self._session = session
        self._address = session.address

    def prepare(self, views: Mapping[str, str]) -> None:
        """Make the dataset, tables and views that are missing; add columns that are.

        Args:
            views: the text of each view, naming tables in full.

        Raises:
            OutputRefused: the dataset, or something in it, is not ours or not of this schema.
            SinkError: BigQuery cannot be reached, or refuses.
        """
        with explained(self._address):
            dataset = self._dataset()
            items = self._session.raw("list_tables", self._address.path)
            known = {item.table_id for item in items}
            self._share(dataset, known)
            for name, table in STORED.items():
                self._table(name, known, self._wanted(table))
            for name, (about, fields) in OWN.items():
                self._table(name, known, self._plain(name, about, fields))
            mark = views_mark(views)
            if dataset.labels.get(VIEWS_LABEL) != mark or not known.issuperset(views):
                for name, text in views.items():
                    self._view(name, known, text)
                self._label(dataset, {VIEWS_LABEL: mark})

    def find(self) -> Any:
        """Return the dataset, or None when it is not there; its location is then known.

        Raises:
            OutputRefused: it lies elsewhere than it is asked for.
        """
        from google.api_core.exceptions import NotFound  # noqa: PLC0415 - only where needed

        try:
            dataset = self._session.raw("get_dataset", self._address.path)
        except NotFound as error:
            if no_project(one_line(error)):
                raise
            return None
        wanted, place = self._address.location, dataset.location
        if wanted and place and wanted.lower() != place.lower():
            raise OutputRefused(
                f"{self._address} lies in {place}, not in {wanted}: leave ?location= out, or name "
                "another dataset"
            )
        self._session.location = place
        return dataset

    def _dataset(self) -> Any:
        """Find or make the dataset."""
        from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

        dataset = self.find()
        if dataset is None:
            wanted = bigquery.Dataset(self._address.path)
            if self._address.location:
                wanted.location = self._address.location
            wanted.labels = LABELS
            wanted.description = "News as rows, written by rasd.\nأخبار في جداول، يكتبها رصد."
            dataset = self._session.raw("create_dataset", wanted, exists_ok=True)
            self._session.location = dataset.location
        return dataset

    def _share(self, dataset: Any, known: set[str]) -> None:
        """Refuse a dataset with somebody else's tables; an empty one becomes ours."""
        if LABEL in dataset.labels:
            return
        if known:
            raise OutputRefused(
                f"{self._address} holds tables rasd did not write: name another dataset, or share "
                f"this one: bq update --set_label {LABEL}:{LABELS[LABEL]} "
                f"{self._address.project}:{self._address.dataset}"
            )
        self._label(dataset, LABELS)

    def _label(self, dataset: Any, labels: Mapping[str, str]) -> None:
        """Give the dataset labels beside those it has."""
        dataset.labels = {**dataset.labels, **labels}
        self._session.raw("update_dataset", dataset, ["labels"])

    def _wanted(self, table: Table) -> Any:
        """Describe a table of rows: partitioned by day, clustered by key."""
        from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

        about = f"{table.description_en}\n{table.description_ar}"
        wanted = self._plain(table.name, about, table_fields(table))
        if table.partition is not None:
            wanted.time_partitioning = bigquery.TimePartitioning(field=PARTITION_COLUMN)
        wanted.clustering_fields = list(table.key[:_MAX_CLUSTERING])
        return wanted

    def _plain(self, name: str, about: str, fields: Sequence[Mapping[str, Any]]) -> Any:
        """Describe a table without more."""
        from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

        wanted = bigquery.Table(self._address.table(name), schema=schema_fields(fields))
        wanted.description = about
        wanted.labels = LABELS
        return wanted

    def _table(self, name: str, known: set[str], wanted: Any) -> None:
        """Make a table, or hold the one that is there against the schema."""
        if name not in known:
            self._session.raw("create_table", wanted, exists_ok=True)
            return
        stored = self._session.raw("get_table", self._address.table(name))
        self._own(name, stored, "TABLE")
        mine = [field.to_api_repr() for field in wanted.schema]
        theirs = [field.to_api_repr() for field in stored.schema]
        problem = fields_problem(theirs, mine)
        if not problem and _partition(stored) != _partition(wanted):
            problem = "it is partitioned otherwise"
        if problem:
            raise OutputRefused(f"{self._address} {name}: another schema ({problem}): {_UPGRADE}")
        merged = fields_union(theirs, mine)
        if merged != theirs:
            stored.schema = schema_fields(merged)
            self._session.raw("update_table", stored, ["schema"])
            if emulator_host():  # it writes the new schema down and does not add the columns
                full = self._address.quoted(name)
                for field in merged[len(theirs) :]:
                    column = f"`{field['name']}` {sql_type(field)}"
                    self._session.query(f"ALTER TABLE {full} ADD COLUMN IF NOT EXISTS {column}")

    def _own(self, name: str, stored: Any, kind: str) -> None:
        """Refuse a table or view of that name which somebody else made."""
        if LABEL not in (stored.labels or {}) or stored.table_type != kind:
            raise OutputRefused(
                f"{self._address} has a {stored.table_type.lower()} {name} that rasd did not "
                "write: rename it, or name another dataset"
            )

    def _view(self, name: str, known: set[str], text: str) -> None:
        """Make a view, or give the one that is there its present text."""
        from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

        wanted = bigquery.Table(self._address.table(name))
        wanted.view_query = text
        wanted.labels = LABELS
        wanted.description = text.split("\n", 1)[0].removeprefix("--").strip()
        if name not in known:
            self._session.raw("create_table", wanted, exists_ok=True)
            return
        stored = self._session.raw("get_table", self._address.table(name))
        self._own(name, stored, "VIEW")
        if stored.view_query != text:
            stored.view_query = text
            stored.description = wanted.description
            self._session.raw("update_table", stored, ["view_query", "description"])


def _partition(table: Any) -> str | None:
    """Return the column a table is partitioned by."""
    partitioning = table.time_partitioning
    return None if partitioning is None else partitioning.field


def _type(field: Mapping[str, Any]) -> str:
    """Return a field's type by its name in SQL, ARRAY told apart."""
    kind = _TYPES.get(field["type"], field["type"])
    return f"ARRAY<{kind}>" if field.get("mode") == "REPEATED" else kind


def sql_type(field: Mapping[str, Any]) -> str:
    """Return a field's type as BigQuery's SQL writes it, fields of a STRUCT included."""
    kind = str(_TYPES.get(field["type"], field["type"]))
    if kind == "STRUCT":
        inner = ", ".join(f"`{each['name']}` {sql_type(each)}" for each in field["fields"])
        kind = f"STRUCT<{inner}>"
    return f"ARRAY<{kind}>" if field.get("mode") == "REPEATED" else kind


def fields_problem(stored: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]) -> str:
    """Say which stored field an additive change of the schema does not explain; empty if none."""
    by_name = {field["name"]: field for field in known}
    for field in stored:
        match = by_name.get(field["name"])
        if match is None:
            return f"{field['name']} is unknown"
        if _type(field) != _type(match):
            return f"{field['name']} is {_type(field)}, here {_type(match)}"
        below = fields_problem(field.get("fields", ()), match.get("fields", ()))
        if below:
            return f"{field['name']}.{below}"
    return ""


def fields_union(
    stored: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the stored fields, and behind them those that are missing, which may be NULL."""
    by_name = {field["name"]: field for field in known}
    merged = []
    for field in stored:
        match = by_name[field["name"]]
        if "fields" in match:
            below = fields_union(field.get("fields", ()), match["fields"])
            merged.append(dict(field) | {"fields": below})
        else:
            merged.append(dict(field))
    present = {field["name"] for field in stored}
    for field in known:
        if field["name"] not in present:
            mode = "REPEATED" if field.get("mode") == "REPEATED" else "NULLABLE"
            merged.append(dict(field) | {"mode": mode})
    return merged
