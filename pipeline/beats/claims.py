"""What was asked for a short while ago, so that it is not asked for again (decision 0071).

Claims are the only state that a stream keeps in an engine. They run out by the clock of the
beats; losing them costs a request made twice, and no row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import apache_beam as beam
from apache_beam.coders import StrUtf8Coder
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec
from apache_beam.transforms.window import GlobalWindows, TimestampedValue

from transforms.beats import beat_of
from transforms.fetch.messages import Request
from transforms.metrics import count
from transforms.records import content_id

STAGE: Final = "beat"
HELD: Final = 900.0  # seconds: longer than the answers to a beat take, as long as a retry waits
CLAIMS: Final = beam.DoFn.StateParam(ReadModifyWriteStateSpec("claims", StrUtf8Coder()))


@dataclass(slots=True)
class Claims:
    """Claims of one key.

    Attributes:
        taken: by name, when something was claimed and in which state; names are hashes, since
            an address may carry a secret.
    """

    taken: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, state: Any, now: datetime) -> Claims:
        """Read the claims of a key that still hold."""
        taken = json.loads(state.read() or "{}")
        return cls(
            {
                name: (when, what)
                for name, (when, what) in taken.items()
                if (now - datetime.fromisoformat(when)).total_seconds() < HELD
            }
        )

    def write(self, state: Any) -> None:
        """Keep the claims of a key."""
        state.write(json.dumps(self.taken))

    def keep(self, names: Iterable[str]) -> None:
        """Drop the claims of all that is not named: nothing of it is left to claim."""
        kept = {_key(name) for name in names}
        self.taken = {name: when for name, when in self.taken.items() if name in kept}

    def holds(self, name: str, what: str = "") -> bool:
        """Tell whether something is claimed, in that state."""
        return self.taken.get(_key(name), ("", None))[1] == what

    def take(self, name: str, now: datetime, what: str = "") -> bool:
        """Claim something; False when it is claimed already, in the same state.

        Args:
            name: of what is claimed.
            now: the beat.
            what: tells its states apart: in another one it may be claimed anew.
        """
        if self.holds(name, what):
            return False
        self.taken[_key(name)] = now.isoformat(), what
        return True


def _key(name: str) -> str:
    return content_id(name)[:16]


@dataclass
class ClaimRequests(beam.PTransform):
    """``(host, Request)`` -> ``(host, [Request])``, but for those made a short while ago.

    What is asked of one host meets at one worker: the state sees to that, as a group would, and
    nothing has to wait for a window to close.

    Attributes:
        seconds: between two beats.
    """

    seconds: int

    def expand(self, requests: Any) -> Any:
        """Leave the windows of the beats, claim, and come back to them."""
        return (
            requests
            | "Dated" >> beam.ParDo(_Dated()).with_output_types(tuple[str, Any])
            | "OneWindow" >> beam.WindowInto(GlobalWindows())
            | "Claim" >> beam.ParDo(_ClaimRequest()).with_output_types(tuple[str, Any])
            | "BeatOfRequest" >> in_beats(self.seconds)
        )


def in_beats(seconds: int) -> Any:
    """Put elements that carry the times of their beats into the windows of these."""
    return beam.WindowInto(beam.window.FixedWindows(seconds))


class _Dated(beam.DoFn):
    """Has a request carry its beat."""

    def process(
        self, element: tuple[str, Request], window: Any = beam.DoFn.WindowParam
    ) -> Iterator[tuple[str, tuple[datetime | None, Request]]]:
        """Date one request."""
        host, request = element
        yield host, (beat_of(window), request)


class _ClaimRequest(beam.DoFn):
    """Lets a request through unless the same was made a short while ago."""

    def process(
        self,
        element: tuple[str, tuple[datetime, Request]],
        claims: Any = CLAIMS,
    ) -> Iterable[TimestampedValue]:
        """Claim one page for the feeds that list it, and for what they say of it.

        Others that list it ask for themselves.
        """
        host, (beat, request) = element
        held = Claims.read(claims, beat)
        feeds = sorted({each.feed_url for each in request.context.sightings})
        said = content_id(*sorted({each.text_id for each in request.context.sightings}))[:16]
        if not held.take("\n".join((request.url, *feeds)), beat, said):
            count(STAGE, "claimed_already")
            return
        held.write(claims)
        yield TimestampedValue((host, [request]), beat.timestamp())
