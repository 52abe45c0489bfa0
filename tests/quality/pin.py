"""Pin the floors of quality: ``python tests/quality/pin.py ../shared/data``.

Figures with a bar are pinned at what they are now. A figure that fell is refused, unless its own
data is another: a floor is a promise.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

from pipeline.evaluation.base import Figure
from pipeline.evaluation.suites import SUITES, run_suites

BASELINE = Path(__file__).with_name("baseline.json")


def rounded(figure: Figure) -> float:
    """The floor a figure stands for: four decimals, on the safe side."""
    scale = 10_000
    side = math.floor if figure.higher_is_better else math.ceil
    return side(figure.value * scale) / scale


def main(data: Path) -> int:
    """Measure, compare, write; or refuse and say which figures fell."""
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    fallen = []
    for report in run_suites(SUITES, data):
        old = baseline.get(report.suite, {})
        floors = {each.name: rounded(each) for each in report.figures if each.bar is not None}
        for figure in report.figures:
            before = old.get("floors", {}).get(figure.name)
            hashed = old.get("own_hashes", {}).get(figure.name, old.get("data_hash"))
            if before is None or hashed != report.hash_of(figure.name):
                continue
            worse = figure.value < before if figure.higher_is_better else figure.value > before
            if worse:
                fallen.append(f"{report.suite}.{figure.name}: {before} -> {figure.value:.4f}")
        own = {name: each for name, each in report.own_hashes.items() if name in floors}
        baseline[report.suite] = {"data_hash": report.data_hash, "floors": floors}
        if own:
            baseline[report.suite]["own_hashes"] = own
    if fallen:
        sys.stderr.write("refused, these fell:\n" + "\n".join(fallen) + "\n")
        return 1
    BASELINE.write_text(json.dumps(baseline, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")))
