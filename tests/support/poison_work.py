"""A run in which marked pages break the work itself, in every way that work can break.

``python poison_work.py OUTPUT INPUT...`` runs the real job; only ``process_document`` is wrapped.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Final

from hostile_work import misbehave

from transforms.document import process_document
from transforms.records import Document, Page, Rejected

MARK: Final = "سم:"  # a page whose text holds it does what the word after it says
ORDERS: Final = {
    "raise": ("raise", "boom"),
    "segfault": ("segfault", None),
    "exit": ("exit", 0),
    "swell": ("swell", 8 << 30),
    "hang": ("hang", None),
}


def poisoned(page: Page) -> Document | Rejected:
    """Process a page, unless it is marked."""
    text = page.content.decode("utf-8", "replace")
    if MARK in text:
        misbehave(ORDERS[text.split(MARK, 1)[1].split()[0]])
    return process_document(page)


def worker() -> None:
    """Become an engine's worker in which marked pages do what they say."""
    from apache_beam.runners.worker import sdk_worker_main

    from pipeline.engines import boot

    _poison()
    given = boot.parse(sys.argv[1:])
    os.environ.update(boot.settings_of(given, boot.provision(given.id, given.provision_endpoint)))
    sdk_worker_main.main(sys.argv)


def _poison() -> None:
    import poison_work

    import pipeline.steps.process

    pipeline.steps.process.process_document = poison_work.poisoned


def main() -> None:
    """Run the job over the inputs."""
    # Workers import this module too, and need none of these; they find the function by its name.
    from pipeline.options import parse_run
    from pipeline.render.progress import Progress
    from pipeline.run.job import run_job
    from pipeline.runners import beam_flags

    _poison()
    output, *inputs = sys.argv[1:]
    options = ("--offline", "--page-timeout", "3", "--page-memory", "512", "--processes", "2")
    args = [*inputs, "--output", output, *options]
    run_job(parse_run(args, datetime.now(UTC), beam_flags), Progress())


if __name__ == "__main__":
    main()
