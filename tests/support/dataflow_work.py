"""``python dataflow_work.py ARGS``: the command with Google's services of this machine only.

Who asks for credentials is given anonymous ones; buckets are those of ``STORAGE_EMULATOR_HOST``.
"""

from __future__ import annotations

import sys
from typing import Any


def anonymous(*_: Any, **__: Any) -> tuple[Any, str]:
    """What ``google.auth.default`` would give, without asking anybody."""
    from google.auth.credentials import AnonymousCredentials

    return AnonymousCredentials(), "test-project"  # type: ignore[no-untyped-call]


def main() -> None:
    """Run the command."""
    import google.auth

    google.auth.default = anonymous
    from pipeline.cli import main as rasd

    sys.argv[0] = "rasd"
    rasd()


if __name__ == "__main__":
    main()
