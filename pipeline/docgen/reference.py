"""Write the docs that are made from the code: ``make docs``.

What hand-written pages show of the program is run again (``pipeline.docgen.examples``).
``docs/quality.md`` needs the labelled data and is left alone where that is not.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from pipeline import cli
from pipeline.docgen import examples
from pipeline.docgen.measures import measures
from pipeline.evaluation.report import as_markdown
from pipeline.evaluation.suites import SUITES, run_suites
from pipeline.sql.catalogue import scripts
from transforms.enrich.ontology.codebook import codebook
from transforms.rows.dialects import data_dictionary

_COLUMNS: Final = 90
_QUALITY_TAIL: Final = """
## What the coder gets wrong
The 40 surest false events and 30 of the misses (every thirteenth, from those that have no row of
the right type to those that count) on the written part and on the open articles of this project
up to ng-372, each decided by a model that was not fitted on it, read and grouped by cause. 338
false ones and 385 misses were there in all (455 before there were more articles to learn from).

| false events | share |
|---|---|
| an event, of a type near to it (أوقفت: COERCE for SANCTION; تعهد: AGREE for THREATEN) | .32 |
| the same event again, or a part of it, by a word further on (وأصابت behind هجومها) | .25 |
| what a charge, a motive, a demand, a deal or a background says: لاتهامهم, تضامنا, منح عفو | .20 |
| not public: courtesies, funerals, notices of services and traffic, what lawyers ask | .20 |
| another sense of the word (لوح جلجامش) | .03 |

| missed events | share |
|---|---|
| seen as what it is, and doubted (below .5) | .43 |
| another type thought more probable (وصفه بأنه منارة: ACCUSE for SUPPORT) | .30 |
| joined to another event of its type, or a sure one that answers another event | .20 |
| told as one that is to come (سيردّون) | .03 |
| never looked at as an act (عرضت إمدادها) | .03 |

Of all 385 misses 20 % have no row of the right type on their words, 14 % one below .2, 51 % one
between .2 and .5; 15 % have a sure one that answers another event, or is told as no fact.
The number of the dead is wrong mostly where two attacks share a sentence, or where its sentence is
taken for an attack of its own.

All 239 rows that `make demo` gave before [decision 0082](decisions/0082-who-does-it-to-whom.md)
were read one by one, strictly, by one who had not seen the program: 174 had a fault somewhere, 30
of them in the event itself, the others in what is said of it.

| fault of a row | rows |
|---|---|
| place: the one that a statement speaks of, or another sentence's | 47 |
| recipient: a piece of a quotation or of what is demanded; passed over though named | 27 |
| date: another clause's, or the clause's own expression not read | 28 |
| actor: empty though named (in the clause before, by a masdar, by a passive) | 18 |
| actor: a place, a thing, a number or the object | 16 |
| actor or recipient: a second party left out, or one too many | 26 |
| a country given to the United Nations and other bodies of states | 12 |
| capital that stands for a state as the place | 10 |
| recipient: a masdar (بتعيينهم) | 10 |
| event: told twice, two in one, of another type, not a fact | 30 |

Behind that decision another reader found a fault in 173 of 236 rows: recipients 71 before and 55
now, actors 73 and 62, dates 28 and 12, places 71 and 66, the event itself 30 and 28. A statement
that is given the place it speaks of (31 rows) and a neighbouring noun taken for a party (22) come
first. Behind [decision 0083](decisions/0083-two-mentions-compared.md) a third reader, stricter with
dates and with towns, found one in 181 of 242: recipients 68, actors 72, dates 30, places 76, the
event itself 29. A statement is given a place in 12 rows now. What comes first are places of another
sentence (21) or of a party (16), a country inferred from the setting (19), one side of a meeting
that is named elsewhere (16: الجانبان), and a day carried over from another sentence (16).

## Writing to BigQuery
Tests run against BigQuery's emulator over Google's client: the seeds hold the same rows as in
Parquet (0 differing cells, every column of every table, hidden ones too), a second run adds 0, all
views and queries answer the same. What the emulator cannot show goes through a server of ours in
front of it, over real sockets (`tests/support/bigquery_proxy.py`): the bytes of a dry run, the
limit on bytes billed, ids of jobs used twice, rows refused, and R20: limits of rate (403, 429),
faults (500, 503), silence, answers lost after the work was done.

R20 at the small size (`pytest -s tests/pipeline/sinks/bigquery/test_faults.py`):

- every request of every kind fails once, for each of the six faults: 0 differing rows
- 37 of 178 requests fail, at random, three commits: 0 rows lost or twice
- a fault that never passes: 5 tries, each pause longer than the last, one line, nothing changed
- one row of 1,000 refused: 27 loads, no row tried more than 5 times, 1 dead letter, 999 rows in
- killed before and behind the transaction, and done again: 0 rows lost or twice

Not shown anywhere yet, for want of the real service: what BigQuery bills, how long it takes, and
how it sees two transactions at the same moment (the emulator runs one after the other).
"""
_QUALITY_HEAD: Final = """# Quality

Figures on the labelled development data, written by `make docs` from `rasd evaluate`; a share
between 0 and 1 unless the name says otherwise. Bars are what the project has set itself to reach.
Floors stand in `tests/quality/baseline.json`.

"""


@contextmanager
def _width(columns: int) -> Iterator[None]:
    """Let help texts be as wide as said, whatever the terminal."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(columns)
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def commands() -> str:
    """The command line reference: every command's own help."""
    with _width(_COLUMNS):
        return _commands()


def _commands() -> str:
    parts = ["# Commands", "", "```", cli.overview().rstrip(), "```", ""]
    for name in cli.COMMANDS:
        parts += [f"## rasd {name}", "", "```", cli.help_of(name).rstrip(), "```", ""]
    return "\n".join(parts)


def queries() -> str:
    """The views and the shipped queries, with their SQL."""
    parts = [
        "# Views and queries",
        "",
        "Written once in a portable subset of BigQuery's dialect; `rasd query` runs them.",
        "",
    ]
    kinds: tuple[tuple[Literal["views", "queries"], str], ...] = (
        ("views", "Views"),
        ("queries", "Shipped queries (`rasd query --named`)"),
    )
    for kind, heading in kinds:
        parts += [f"## {heading}", ""]
        for script in scripts(kind).values():
            sql = "\n".join(line for line in script.sql.splitlines() if not line.startswith("--"))
            parts += [f"### {script.name}", "", script.about, "", "```sql", sql.strip(), "```", ""]
    return "\n".join(parts)


def quality(data: Path) -> str:
    """The quality scoreboard.

    Args:
        data: the labelled data.
    """
    return _QUALITY_HEAD + as_markdown(run_suites(SUITES, data)) + _QUALITY_TAIL


GENERATED: Final[dict[str, Callable[[], str]]] = {
    "schema.md": data_dictionary,
    "codebook.md": codebook,
    "commands.md": commands,
    "queries.md": queries,
    "metrics.md": measures,
}


def main() -> None:
    """Write every generated page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    given = parser.parse_args()
    for name, make in GENERATED.items():
        (given.docs / name).write_text(make().rstrip("\n") + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        examples.refresh(given.docs.resolve().parent, Path(folder))
    if given.data.is_dir():
        text = quality(given.data)
        (given.docs / "quality.md").write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    else:
        sys.stderr.write(f"no labelled data at {given.data}: docs/quality.md left as it is\n")


if __name__ == "__main__":
    main()
