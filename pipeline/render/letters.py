"""What failed in a run, for machines: an object for each input, and for each stage and reason.

A person is told the same in one line; a machine can group by label only what stands apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipeline import log
from pipeline.render.terminal import one_line


def named(rejected: Mapping[str, str]) -> dict[str, str]:
    """The labels of an input that was rejected.

    Args:
        rejected: one of a manifest's ``rejected_inputs``.
    """
    where = "feed" if rejected["stage"] in ("feeds", "fetch") else "input"
    return {"stage": rejected["stage"], "reason": rejected["reason"], where: rejected["url"]}


def tell_letters(
    manifest: Mapping[str, Any], say: Callable[..., None], *, inputs: bool = False
) -> None:
    """Say where and why elements of a run ended; nothing where people read.

    Args:
        manifest: of the run.
        say: ``log.say``, or that of the progress.
        inputs: each rejected input, too: a feed that failed.
    """
    if not log.is_json():
        return
    for each in manifest["rejected_inputs"] if inputs else ():
        said = one_line(f"{each['url'] or each['begins']}: {each['detail']}")
        say(said, "WARNING", **named(each))
    for stage, counted in manifest["stages"].items():
        for reason, number in counted.get("rejected", {}).items():
            said = f"rejected in {stage}: {number} {reason}"
            say(said, "NOTICE", figures={"count": number}, stage=stage, reason=reason)
