"""Work that misbehaves on request, importable by the pool's processes."""

from __future__ import annotations

import ctypes
import os
import time
from typing import Any


def misbehave(order: tuple[str, Any]) -> Any:
    """Do what the order says: answer, raise, die, hang or swell."""
    what, value = order
    if what == "answer":
        return value
    if what == "sleep":
        time.sleep(value)
        return value
    if what == "raise":
        raise ValueError(value)
    if what == "exit":
        os._exit(value)
    if what == "segfault":
        ctypes.string_at(0)
    if what == "swell":
        return len(bytearray(value))
    while True:  # "hang": a loop no exception ends
        pass
