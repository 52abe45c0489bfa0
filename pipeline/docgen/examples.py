"""Keep what hand-written pages show true: run it again and write what came out.

Three things are recognised in a page. A ``console`` block holds commands behind ``$`` and what they
print; a block whose paragraph before names a file (`` `attacks.sql`: ``) is that file. A
``python`` block with an unnamed block right behind it is followed by its answer. The table
``| column | value |`` is a row of ``events``. ``make docs`` writes all of it, a test compares.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pipeline.sql.data import open_data

PAGES: Final = (
    "docs/tutorial.md", "docs/inputs.md", "docs/notebooks.md", "docs/add-an-event-rule.md",
    "docs/add-an-actor.md", "README.md",
)  # fmt: skip
_FILE: Final = re.compile(
    r"`([\w/-]+\.(?:sql|toml|tsv|txt|jsonl))`[^`\n]*\n\n```(?:sql|toml|text|json)\n(.*?)^```",
    re.DOTALL | re.MULTILINE,
)
_CONSOLE: Final = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
_PYTHON: Final = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n^```\n(?P<answer>.*?)(?=^```$))?",
    re.DOTALL | re.MULTILINE,
)
_ROW: Final = re.compile(r"(?<=^\| column \| value \|\n\|---\|---\|\n)(?:\|.*\n)+", re.MULTILINE)
_RUN: Final = re.compile(r"_runs/[0-9a-f]{32}")  # another one with every clock
_OUTPUT: Final = "out"
_MAKE_OUTPUT: Final = f"rasd run seeds --output {_OUTPUT} --offline"


class DocsSandbox:
    """A directory in which a reader would try what the pages show.

    Args:
        root: the project's root, with ``seeds/``.
        folder: an empty directory.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        """Lay out the seeds and the command."""
        self.folder = folder
        for name in ("seeds", "tests"):
            (folder / name).symlink_to(root.resolve() / name)
        commands = folder / ".bin"
        commands.mkdir()
        for name, words in (("rasd", "-m pipeline"), ("python", "")):
            (commands / name).write_text(
                f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n', "utf-8"
            )
            (commands / name).chmod(0o755)
        self._environment = {
            **os.environ,
            "PATH": f"{commands}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": str(root.resolve()),
        }

    def run(self, command: str) -> str:
        """Run a command line as a shell does; return what it printed, both streams together."""
        done = subprocess.run(  # noqa: S602 - the project's own pages
            command,
            shell=True,
            check=False,
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.stdout.decode()

    def refresh(self, text: str) -> str:
        """Return a page with everything it shows as it comes out now."""
        for name, content in _FILE.findall(text):
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, "utf-8")
        text = _CONSOLE.sub(lambda match: self._console(match[0]), text)
        names: dict[str, Any] = {}
        text = _PYTHON.sub(lambda match: self._python(match, names), text)
        return _ROW.sub(lambda _: self._on_output(_event_row), text)

    def _console(self, block: str) -> str:
        """Run the commands of a block one after the other."""
        parts = re.split(r"^\$ (.*(?:\\\n.*)*)\n", block, flags=re.MULTILINE)
        shown = ""
        for command, before in zip(parts[1::2], parts[2::2], strict=True):
            now = self.run(command)
            same = _RUN.sub("", now) == _RUN.sub("", before)
            shown += f"$ {command}\n{before if same else now}"
        return shown

    def _python(self, match: re.Match[str], names: dict[str, Any]) -> str:
        def answer() -> str:
            return _answer(match["code"], names)

        now = self._on_output(answer)
        if match["answer"] is None:
            return match[0]
        return f"```python\n{match['code']}```\n\n```\n{now}"

    def _on_output(self, ask: Callable[[], str]) -> str:
        """Ask something beside the rows of the seeds."""
        if not (self.folder / _OUTPUT).exists():
            self.run(_MAKE_OUTPUT)
        with contextlib.chdir(self.folder):
            return ask()


def _answer(code: str, names: dict[str, Any]) -> str:
    """What a notebook's cell prints, and the value of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - the project's own pages
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
                if value is not None:
                    print(repr(value))  # noqa: T201 - into the string
        except Exception as error:  # noqa: BLE001 - a cell may show an error
            print(f"{type(error).__name__}: {error}")  # noqa: T201 - the same
    return printed.getvalue()


def _event_row() -> str:
    """The killing in the seed page of README.md, as a table."""
    (event,) = open_data(_OUTPUT).sql(_KILLED).to_pylist()

    def span(part: dict[str, Any]) -> str:
        where = f"({part['field']} {part['char_start']} to {part['char_end']})"
        return " ".join(filter(None, (f"`{part['text']}`", _code(part.get("country")), where)))

    def spans(name: str) -> str:
        return ", ".join(span(part) for part in event[name]) or "none"

    place = event["place"]
    where = f"`{place['text']}` `{place['country']}` {place['lat']:.2f}, {place['lon']:.2f}"
    written = f" from `{event['event_date_text']}`" if event["event_date_text"] else ""
    rows = {
        "event_type, modes, status": f"`{event['event_type']}`, `[{', '.join(event['modes'])}]`, "
        f"`{event['status']}`",
        "actors": spans("actors"),
        "recipients": spans("recipients"),
        "place": f"{where} (GeoNames {place['geonames_id']})",
        "event_date": f"`{event['event_date']}`{written}",
        "cameo_code, goldstein": f"`{event['cameo_code']}`, `{event['goldstein']}`",
        "fatalities_min, injured_min": f"`{event['fatalities_min']}`, `{event['injured_min']}`",
        "trigger, rule_id": f"{span(event['trigger'])}, `{event['rule_id']}`",
    }
    return "".join(f"| {name} | {value} |\n" for name, value in rows.items())


def _code(country: str | None) -> str:
    return f"`{country}`" if country else ""


_KILLED: Final = """
SELECT * FROM v_event_mentions
WHERE title LIKE '%النصيرات%' AND `trigger`.field = 'body' AND event_type = 'ASSAULT'
ORDER BY `trigger`.char_start LIMIT 1
"""


def refresh(root: Path, folder: Path) -> None:
    """Write every page anew.

    Args:
        root: the project's root.
        folder: an empty directory to work in.
    """
    desk = DocsSandbox(root, folder)
    for name in PAGES:
        page = root / name
        page.write_text(desk.refresh(page.read_text("utf-8")), "utf-8")
