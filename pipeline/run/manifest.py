"""The manifest of a run: what came in, what was done with it, what it cost."""

from __future__ import annotations

import platform
from collections import Counter
from importlib import metadata
from typing import Any, Final

from pipeline.options import Config
from pipeline.version import __version__
from transforms.metrics import PREFIX
from transforms.text.redact import redact_text, redact_url

_PACKAGES: Final = ("apache-beam", "trafilatura", "feedparser", "langdetect", "duckdb", "pyarrow")


def stage_counters(result: Any) -> Counter[tuple[str, str]]:
    """Read the stages' counters of a finished Beam run.

    Returns:
        (stage, counter name) -> total.
    """
    totals: Counter[tuple[str, str]] = Counter()
    for counter in result.metrics().query()["counters"]:
        name = counter.key.metric
        if name.namespace.startswith(PREFIX):
            totals[name.namespace.removeprefix(PREFIX), name.name] += counter.committed or 0
    return totals


def stages_of(counters: Counter[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Arrange counters by stage: in, out, failed and rejected by reason, milliseconds."""
    stages: dict[str, dict[str, Any]] = {}
    for (stage, name), total in sorted(counters.items()):
        entry = stages.setdefault(stage, {})
        if name == "us":
            entry["ms"] = round(total / 1000, 1)
        elif name.startswith("rejected."):
            entry.setdefault("rejected", {})[name.removeprefix("rejected.")] = total
        elif name.startswith("failed."):
            entry.setdefault("failed", {})[name.removeprefix("failed.")] = total
        else:
            entry[name] = total
    return stages


def manifest_of(
    config: Config,
    *,
    run_id: str,
    runner: str,
    inputs: Any,
    counters: Counter[tuple[str, str]],
    committed: dict[str, int],
) -> dict[str, Any]:
    """Describe a run.

    Args:
        config: what was asked.
        run_id: its id.
        runner: the runner that really ran.
        inputs: what the index found (``pipeline.run.job.Inputs``).
        counters: of all stages.
        committed: table -> rows that are new or changed.

    Returns:
        A JSON object.
    """
    reasons: Counter[str] = Counter()
    for (_, name), total in counters.items():
        if name.startswith("rejected."):
            reasons[name.removeprefix("rejected.")] += total
    return {
        "run_id": run_id,
        "as_of": config.as_of.isoformat(),
        "inputs": [redact_url(given) for given in config.inputs],
        "skipped": [{"path": each.path, "reason": each.reason} for each in inputs.skipped],
        "unread": [
            {"path": each.path, "names": dict(each.names), "absent": list(each.absent)}
            for each in inputs.unread
        ],
        "rejected_inputs": [
            {
                "stage": each.stage,
                "reason": each.reason,
                "detail": each.detail,
                "url": redact_url(each.url or ""),
                "begins": redact_text(each.payload or "")[:60],  # a line has no other name
            }
            for each in inputs.rejected
        ],
        "options": config.describe(),
        "beam_options": list(config.beam_args),
        "runner": runner,
        "versions": {
            "rasd": __version__,
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in _PACKAGES},
        },
        "stages": stages_of(counters),
        "dead_letters": dict(sorted(reasons.items())),
        "committed": committed,
    }
