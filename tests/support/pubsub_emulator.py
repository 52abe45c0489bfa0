"""Google's own emulator of Pub/Sub, where the Cloud SDK of this machine has it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from buckets import free_port


def _emulator() -> Path:
    """The emulator's jar; the test is skipped where there is none."""
    gcloud = shutil.which("gcloud")
    found = []
    if gcloud is not None and shutil.which("java") is not None:
        folder = Path(gcloud).resolve().parents[1] / "platform" / "pubsub-emulator" / "lib"
        found = sorted(folder.glob("cloud-pubsub-emulator-*.jar"))
    if not found:
        pytest.skip("no Pub/Sub emulator: gcloud components install pubsub-emulator")
    return found[-1]


@contextlib.contextmanager
def emulated_subscription(patch: pytest.MonkeyPatch, folder: Path) -> Iterator[str]:
    """Start the emulator on loopback with a topic and a subscription; gives the queue's URI.

    Args:
        patch: sets the variable by which clients find it.
        folder: takes its data.
    """
    port = free_port()
    command = ["java", "-jar", str(_emulator()), "--host=127.0.0.1", f"--port={port}"]
    emulator = subprocess.Popen(
        [*command, f"--data-dir={folder}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    patch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{port}")
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            time.sleep(0.1)
        from google.cloud import pubsub_v1

        topic, subscription = "projects/test/topics/pages", "projects/test/subscriptions/pages"
        pubsub_v1.PublisherClient().create_topic(name=topic)
        asked = {"name": subscription, "topic": topic, "ack_deadline_seconds": 10}
        pubsub_v1.SubscriberClient().create_subscription(request=asked)
        yield "pubsub://test/pages"
    finally:
        emulator.kill()
        emulator.wait()
