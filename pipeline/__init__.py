"""The composition root and the outside world: commands, graph, sources, sinks, SQL.

For notebooks: ``pipeline.open_data(uri).sql("SELECT ...")`` gives a ``pyarrow.Table``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.sql.data import Answers

__all__ = ["open_data"]


def open_data(uri: str, *, max_bytes: int | None = None) -> Answers:
    """Open the rows of an output; see ``pipeline.sql.data.open_data``."""
    from pipeline.sql.data import open_data as opened  # noqa: PLC0415 - DuckDB only when it is asked

    return opened(uri, max_bytes=max_bytes)
