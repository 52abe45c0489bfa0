"""``docs/metrics.md``: every name that is counted or measured, from the one table of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.run.measures import OF_STREAM, STAGES, Measure

_HEAD: Final = """\
# Metrics

What rasd counts and measures has one name everywhere: in the manifest of a run, in Beam's metrics
(Dataflow and Flink show them), in Cloud Monitoring, and on the page that
`rasd stream --metrics-port N` serves for Prometheus. None of it ever reaches a row.

- **A counter** only grows: `rasd_extract_in`; for Prometheus `rasd_extract_in_total`; in a manifest
  `stages.extract.in`.
- **A counter by reason** is kept for each of the [reasons](operations.md#dead-letters):
  `rasd_extract_rejected.no_text`; for Prometheus `rasd_extract_rejected_total{reason="no_text"}`;
  in a manifest `stages.extract.rejected.no_text`.
- **A distribution** keeps how many values there were, their sum, the least and the greatest:
  `rasd_extract_words`; for Prometheus `rasd_extract_words_count`, `_sum`, `_min` and `_max`; in a
  manifest `measured.extract.words`.
- **A gauge** is as of now, and for Prometheus alone.

A mean is sum by count, in PromQL
`rate(rasd_extract_words_sum[1h]) / rate(rasd_extract_words_count[1h])`. Times are of the wall
clock, taken in the process that did the work; `document` is all that was done to one page there,
and the stages are its parts. An engine that does a bundle again may count it again; a row never
comes twice of it.

In Cloud Monitoring a metric of a job on Dataflow is `dataflow.googleapis.com/job/user_counter` with
the name as its label `metric_name`; of a distribution there are `_COUNT`, `_MEAN`, `_MIN` and
`_MAX`. Google limits how many such metrics it keeps; where a job has more, its log says so, and the
manifest has them all. The dashboard in `deploy/terraform/` shows those to look at first;
`deploy/prometheus-rules.yml` has alarms for Prometheus.
"""
_PER_STREAM: Final = """
## Of a stream
Counted from the start of the process; only on the page for Prometheus.

"""
_PER_STAGE: Final = """
## Of the stages
"""


def measures() -> str:
    """The page."""
    parts = [_HEAD, _PER_STREAM, *_rows(OF_STREAM), _PER_STAGE]
    for stage in dict.fromkeys(each.stage for each in STAGES):
        parts += [f"\n### {stage}\n", *_rows(each for each in STAGES if each.stage == stage)]
    return "".join(parts)


def _rows(measured: Iterable[Measure]) -> list[str]:
    rows = ["| name | kind | meaning |\n", "|---|---|---|\n"]
    for each in measured:
        kind = f"{each.kind} by reason" if each.by_reason else each.kind
        rows.append(f"| `{each.full_name}` | {kind} | {each.about} |\n")
    return rows
