"""Modules of this directory run as programs of their own."""

from __future__ import annotations

import sys


def program(module: str) -> list[str]:
    """The command that runs a module's ``main``.

    Not by its path: every worker process imports the file its parent was started from, and would
    import all that the tests need with each of them.
    """
    return [sys.executable, "-c", f"import {module}; {module}.main()"]
