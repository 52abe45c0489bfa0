"""Put DuckDB's spatial extension where the emulator looks for it, or it would download it.

Runs in the emulator's environment: ``python place_extension.py HOME``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb
import duckdb_extension_spatial


def place(home: Path) -> Path:
    """Copy the extension below a home directory and return where it lies."""
    platform = duckdb.connect().execute("PRAGMA platform").fetchone()[0]
    version = f"v{duckdb.__version__}"
    package = Path(duckdb_extension_spatial.__file__).parent
    target = home / ".duckdb" / "extensions" / version / platform
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(package / "extensions" / version / "spatial.duckdb_extension", target)
    return target


if __name__ == "__main__":
    place(Path(sys.argv[1]))
