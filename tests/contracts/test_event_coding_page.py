"""docs/event-coding.md follows a sentence through the coder: what it shows is what comes out.

``python tests/contracts/test_event_coding_page.py`` writes the page's outputs anew.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "event-coding.md"
_BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n^```\n.*?^```$)?", re.DOTALL | re.MULTILINE
)


def refreshed(text: str) -> str:
    """The page with the outputs of its code as they are now."""
    names: dict[str, object] = {}

    def run(block: re.Match[str]) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(block["code"], names)  # noqa: S102 - the project's own page
        shown = f"\n```\n{printed.getvalue()}```" if printed.getvalue() else ""
        return f"```python\n{block['code']}```\n{shown}"

    return _BLOCK.sub(run, text)


def test_the_page_shows_what_the_coder_does():
    text = PAGE.read_text("utf-8")
    assert refreshed(text) == text, "run python tests/contracts/test_event_coding_page.py"


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text("utf-8")), "utf-8")
