"""Build the table of surface forms from the word lists (run after changing one of them).

``python -m transforms.enrich.build.forms`` reads ``words/verbs.tsv`` and ``words/nouns.tsv``
and writes ``words/forms.tsv.gz``; a test holds the packaged table to a fresh build.
"""

from __future__ import annotations

import gzip
import io
from collections import defaultdict
from pathlib import Path
from typing import Final

from transforms.enrich.build.inflect import InflectedForm, inflect_noun, inflect_verb

FOLDER: Final = Path(__file__).parents[1] / "words"
TABLE: Final = FOLDER / "forms.tsv.gz"
HEADER: Final = (
    "# Surface forms, normalised, made by transforms.enrich.build.forms from verbs.tsv and\n"
    "# nouns.tsv (written for this project; licence: Apache-2.0).\n"
    "# surface<TAB>lemma|part of speech|voice|tense|person<TAB>...\n"
)


def _lines(name: str) -> list[list[str]]:
    """The rows of a word list, without comments."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def build() -> bytes:
    """Make the table.

    Returns:
        The uncompressed UTF-8 text, sorted, so that equal lists give equal bytes.
    """
    entries: dict[str, set[str]] = defaultdict(set)

    def add(lemma: str, forms: list[InflectedForm]) -> None:
        for form in forms:
            entries[form.surface].add(f"{lemma}|{form.pos}|{form.voice}|{form.tense}|{form.person}")

    for past, imperfect, *lemma in _lines("verbs.tsv"):
        add(lemma[0] if lemma else past, inflect_verb(past, imperfect))
    for forms in _lines("nouns.tsv"):
        add(forms[0], inflect_noun(forms))
    rows = ["\t".join([surface, *sorted(found)]) for surface, found in sorted(entries.items())]
    return (HEADER + "\n".join(rows) + "\n").encode()


def main() -> None:
    """Write the packaged table (without a time stamp: the bytes depend on the lists only)."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as stream:
        stream.write(build())
    TABLE.write_bytes(buffer.getvalue())


if __name__ == "__main__":
    main()
