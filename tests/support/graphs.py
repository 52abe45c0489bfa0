"""Graphs as Beam hands them to Dataflow, as a person can read and compare them."""

from __future__ import annotations

import re
from typing import Any, Final

from apache_beam.portability.api import beam_runner_api_pb2
from google.protobuf import wrappers_pb2

_LINE: Final = re.compile(r" at [\w.]+:\d+")  # of Beam's own code, in the names it gives


def read_graph(data: bytes) -> dict[str, Any]:
    """Read what a pipeline is made of: names, URNs, coders, side inputs; no hash, no code.

    Args:
        data: a ``pipeline.pb``.

    Returns:
        ``{"steps": {name: {"urn", "in", "out", "side_inputs"?, "state"?, "timers"?}},
        "requirements": [...]}``: primitive steps by their full names, in the order of the alphabet.
    """
    graph = beam_runner_api_pb2.Pipeline.FromString(data)
    parts = graph.components
    steps: dict[str, Any] = {}
    for transform in parts.transforms.values():
        if transform.subtransforms or not transform.spec.urn:
            continue
        about: dict[str, Any] = {
            "urn": transform.spec.urn,
            "in": sorted(_coder(parts, each) for each in transform.inputs.values()),
            "out": sorted(_coder(parts, each) for each in transform.outputs.values()),
        }
        if transform.spec.urn == "beam:transform:pardo:v1":
            work = beam_runner_api_pb2.ParDoPayload.FromString(transform.spec.payload)
            for name in ("side_inputs", "state_specs", "timer_family_specs"):
                if getattr(work, name):
                    about[name] = sorted(getattr(work, name))
            if work.restriction_coder_id:
                about["splittable"] = True
        steps[_LINE.sub("", transform.unique_name)] = about
    requirements = sorted(graph.requirements)
    return {"steps": dict(sorted(steps.items())), "requirements": requirements}


def _coder(parts: Any, collection: str) -> str:
    """A collection's coder as one line, with whether it ever ends."""
    each = parts.pcollections[collection]
    unbounded = each.is_bounded == beam_runner_api_pb2.IsBounded.UNBOUNDED
    return _spelt(parts, each.coder_id) + (" unbounded" if unbounded else "")


def _spelt(parts: Any, coder_id: str) -> str:
    """A coder by its URN and its parts; one of Python's by its class."""
    coder = parts.coders[coder_id]
    urn = coder.spec.urn.removeprefix("beam:coder:").removesuffix(":v1")
    if urn == "pickled_python":
        pickled = wrappers_pb2.BytesValue.FromString(coder.spec.payload).value
        return f"python<{pickled.partition(b'$')[0].decode()}>"  # its class, then its pickle
    inner = ", ".join(_spelt(parts, each) for each in coder.component_coder_ids)
    return f"{urn}<{inner}>" if inner else urn
