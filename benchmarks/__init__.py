"""Speed figures, as ratios in one run: ``make bench``. Their pages are the seeds' own sources."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "seed_sources"))
