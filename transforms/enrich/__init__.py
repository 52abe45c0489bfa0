"""Code events in Arabic news: who did what to whom, where and when, each with its offsets.

``code_events`` is the way in. Rules are data (``rules/*.toml``), word forms come from a table made
beforehand, syntax is shallow.
"""

from transforms.enrich.coder import code_events
from transforms.enrich.events.record import CODER_VERSION

__all__ = ["CODER_VERSION", "code_events"]
