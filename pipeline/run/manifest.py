"""The manifest of a run: what came in, what was done with it, what it cost."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib import metadata
from typing import Any, Final

from pipeline.options import Config
from pipeline.run.measures import Spread
from pipeline.version import __version__
from transforms.metrics import taken_apart
from transforms.rows.rows import Row
from transforms.text.redact import redact_text, redact_url

# Distributions whose sum stands among a stage's counters; of times it stands as milliseconds.
_SUMMED: Final = (("fetch", "bytes"), ("events", "coded"))
_TIME: Final = "microseconds"
_PACKAGES: Final = ("apache-beam", "trafilatura", "feedparser", "langdetect", "duckdb", "pyarrow")

Spreads = dict[tuple[str, str], Spread]  # (stage, name) -> what is kept of its values


def stage_counters(result: Any) -> Counter[tuple[str, str]]:
    """Read the stages' counters of a finished Beam run.

    Returns:
        (stage, counter name) -> total.
    """
    totals: Counter[tuple[str, str]] = Counter()
    for counter in result.metrics().query()["counters"]:
        name = taken_apart(counter.key.metric.namespace, counter.key.metric.name)
        if name is not None:
            totals[name] += counter.committed or 0
    return totals


def stage_spreads(result: Any) -> Spreads:
    """Read the stages' distributions of a finished Beam run.

    Returns:
        (stage, name) -> what is kept of its values; those without any are left out.
    """
    found: Spreads = {}
    for each in result.metrics().query()["distributions"]:
        name = taken_apart(each.key.metric.namespace, each.key.metric.name)
        told = each.committed
        if name is not None and told is not None and told.count:
            add_spread(found, name, Spread(told.count, told.sum, told.min, told.max))
    return found


def add_spread(spreads: Spreads, name: tuple[str, str], more: Spread) -> None:
    """Add values to what is kept of a distribution."""
    spreads[name] = spreads[name] + more if name in spreads else more


def measure_polls(
    rows: Iterable[tuple[str, Row]], counters: Counter[tuple[str, str]], spreads: Spreads
) -> None:
    """Count the polls of a run, which no engine makes.

    Args:
        rows: by table; those of ``fetch_log`` tell of requests.
        counters: added to: requests for feeds by outcome.
        spreads: added to: bytes and microseconds of each.
    """
    for table, row in rows:
        if table != "fetch_log" or row["purpose"] != "feed":
            continue
        counters["feeds", f"polled.{row['outcome']}"] += 1
        for name, value in (("bytes", row["bytes"]), (_TIME, (row["elapsed_ms"] or 0) * 1000)):
            if value is not None:
                add_spread(spreads, ("feeds", name), Spread.of([value]))


def stages_of(
    counters: Counter[tuple[str, str]], spreads: Mapping[tuple[str, str], Spread]
) -> dict[str, dict[str, Any]]:
    """Arrange counters by stage: in, out, failed and rejected by reason, milliseconds."""
    stages: dict[str, dict[str, Any]] = {}
    summed = {name: spreads[name].sum for name in _SUMMED if name in spreads}
    for (stage, name), total in sorted({**counters, **summed}.items()):
        entry = stages.setdefault(stage, {})
        what, _, reason = name.partition(".")
        if reason:
            entry.setdefault(what, {})[reason] = total
        else:
            entry[name] = total
    for (stage, name), spread in sorted(spreads.items()):
        if name == _TIME:
            stages.setdefault(stage, {})["ms"] = round(spread.sum / 1000, 1)
    return stages


def measured_of(spreads: Mapping[tuple[str, str], Spread]) -> dict[str, dict[str, dict[str, int]]]:
    """Arrange distributions by stage: of each its count, sum, least and greatest."""
    measured: dict[str, dict[str, dict[str, int]]] = {}
    for (stage, name), spread in sorted(spreads.items()):
        measured.setdefault(stage, {})[name] = asdict(spread)
    return measured


def manifest_of(
    config: Config,
    *,
    run_id: str,
    runner: str,
    inputs: Any,
    counters: Counter[tuple[str, str]],
    spreads: Mapping[tuple[str, str], Spread],
    committed: dict[str, int],
) -> dict[str, Any]:
    """Describe a run.

    Args:
        config: what was asked.
        run_id: its id.
        runner: the runner that really ran.
        inputs: what the index found (``pipeline.run.job.Inputs``).
        counters: of all stages.
        spreads: the distributions of all stages.
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
        "stages": stages_of(counters, spreads),
        "measured": measured_of(spreads),
        "dead_letters": dict(sorted(reasons.items())),
        "committed": committed,
    }
