"""The views of the contract as BigQuery keeps them: every table named in full."""

from __future__ import annotations

from pipeline.sinks.bigquery.address import Address


def view_texts(address: Address) -> dict[str, str]:
    """Return the text of each view, those that others build on first."""
    # SQL lies above the sinks; only a dataset needs it, and only when it is made
    from pipeline.sql.bigquery import qualified_views  # noqa: PLC0415

    return qualified_views(address.path)
