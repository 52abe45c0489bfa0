"""Write the metadata of the Flex Template from the one list of flags: ``make docs``."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from pipeline.cli.launch import INPUTS, SWITCHES
from pipeline.options import FLAGS, Flag
from pipeline.run.stream_options import OF_A_JOB

# The template decides the runner; a harness of Dataflow has one process; logs go to Cloud Logging.
LEFT_OUT: Final = frozenset({"runner", "processes", "debug", "tick_size", "max_dead_letters"})
_REQUIRED: Final = frozenset({"output"})
_ABOUT: Final = (
    "Arabic articles, pages, feeds and prefetched documents become deduplicated, event-coded rows. "
    "A bounded job: what it delivers waits in the inbox until `rasd settle` folds it in. With a "
    "queue, a beat or a time to settle it is a stream: one job that goes on, and settles."
)


def metadata() -> str:
    """The metadata file of ``gcloud dataflow flex-template build``, as JSON."""
    inputs = {
        "name": INPUTS,
        "label": "Inputs",
        "helpText": "Documents in buckets (gs://...), feeds (https://...) and lists of feeds, with "
        "commas between them. Of a stream one list of feeds; none where it only takes from a "
        "queue.",
        "isOptional": True,
        "paramType": "TEXT",
    }
    flags = (*(flag for flag in FLAGS if flag.name not in LEFT_OUT), *OF_A_JOB.values())
    parameters = [inputs, *map(_parameter, flags)]
    document = {"name": "rasd documents", "description": _ABOUT, "parameters": parameters}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _parameter(flag: Flag) -> dict[str, Any]:
    told = flag.help % {"default": flag.settings.get("default")}
    parameter = {
        "name": flag.name,
        "label": flag.name.replace("_", " ").capitalize(),
        "helpText": f"{told[:1].upper()}{told[1:]}.",
        "isOptional": flag.name not in _REQUIRED,
        "paramType": "TEXT",
    }
    if flag.name in SWITCHES:
        parameter["regexes"] = ["^(true|false)?$"]
    return parameter


if __name__ == "__main__":
    sys.stdout.write(metadata())
