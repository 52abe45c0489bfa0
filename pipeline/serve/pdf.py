"""A report on paper: the page as PDF, printed by the Chromium that is on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from pipeline.errors import UsageError

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
"""What Chromium is called, in the order in which it is looked for."""
WHERE: Final = (
    "install it (Debian: apt-get install chromium; else https://www.chromium.org/), or name one "
    "with RASD_CHROMIUM"
)
SECONDS: Final = 120
"""How long printing may take."""
# It asks nobody for anything: no name can be looked up, and nothing of its own is brought up to
# date. Charts are as wide as the paper between its margins; its clock runs on until they are drawn.
_SETTINGS: Final = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--window-size=680,1000",
    "--virtual-time-budget=20000",
)


def chromium() -> str:
    """The path of Chromium: the one that ``RASD_CHROMIUM`` names, or the system's.

    Raises:
        UsageError: there is none.
    """
    given = os.environ.get("RASD_CHROMIUM")
    found = next(filter(None, map(shutil.which, [given] if given else NAMES)), None)
    if found is None:
        what = f"RASD_CHROMIUM is {given}, which is no program" if given else "there is none here"
        raise UsageError(f"a report as PDF is printed by Chromium, and {what}: {WHERE}")
    return found


def print_page(program: str, page: bytes, *, seconds: float = SECONDS) -> bytes:
    """Print a page.

    Args:
        program: the path of Chromium.
        page: HTML that needs nothing else.
        seconds: how long it may take.

    Returns:
        It as PDF.

    Raises:
        UsageError: it was not printed; what Chromium said is in the message.
    """
    with tempfile.TemporaryDirectory(prefix="rasd-report-") as folder:
        source, target = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_bytes(page)
        settings = [*_SETTINGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}"]
        if os.geteuid() == 0:  # its sandbox wants a user who is not root; the page is our own
            settings.append("--no-sandbox")
        try:
            done = subprocess.run(  # noqa: S603 - a program that was asked for, settings of ours
                [program, *settings, source.as_uri()],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UsageError(f"{program} did not print within {seconds:g} seconds") from error
        except OSError as error:
            raise UsageError(f"{program} did not start: {error.strerror}; {WHERE}") from error
        printed = target.read_bytes() if target.is_file() else b""
        if done.returncode or not printed.startswith(b"%PDF"):
            said = done.stderr.decode(errors="replace").strip().splitlines()
            last = said[-1] if said else "it said nothing"
            raise UsageError(f"{program} did not print (exit code {done.returncode}): {last}")
        return printed
