"""Fit the coder's decisions and measure them out of fold: one command, so that both are one state.

``python -m pipeline.evaluation.cross_validate DATA`` fits on the written articles of ``news_gold``,
on those of this package that are no held-out ones, on its own sentences, on the variants that may
be looked at (who does it to whom), and on the sources of the
seeds (run it where they are, at the root of the project); it writes the packaged
models, and into ``unseen.json`` the figures of eight models that were each fitted without the
articles they are measured on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pipeline.evaluation.events_articles import digest, figures_of
from pipeline.evaluation.news_gold import Document, score
from pipeline.evaluation.variants import Side, Variant, read_variants
from transforms.enrich.build.decisions import fit
from transforms.enrich.build.gold import Gold, article_of, read_gold
from transforms.enrich.coder import code_with
from transforms.enrich.events.confidence import UNSEEN
from transforms.enrich.events.decide import TABLE, save
from transforms.records import Event

OWN: Final = Path(__file__).parent / "data"


def sources(data: Path) -> list[Path]:
    """The files that the models are fitted on."""
    written = data / "events" / "news_gold" / "written.json"
    seeds = sorted(Path("tests/seed_sources/articles").glob("*.toml"))
    own = data / "events" / "seed_gold.json"
    return [
        written,
        own,
        *sorted(OWN.glob("news_gold/events/*.json")),
        OWN / "events_gold.json",
        *seeds,
    ]


def lessons() -> Iterator[Gold]:
    """The variants of the half that may be looked at, their sides marked (see ``variants``)."""
    for variant in read_variants("tuning"):
        sides = {
            side: [] if party is None else [_marked(variant, party)]
            for side, party in (("actor", variant.actor), ("recipient", variant.recipient))
        }
        if not variant.told or None in (*sides["actor"], *sides["recipient"]):
            continue
        if variant.both:
            sides = {"actor": [*sides["actor"], *sides["recipient"]], "recipient": []}
        event = {
            "type": variant.types[0], "alt_types": [*variant.types[1:]], "core": True,
            "reciprocal": variant.both, **sides,
        }  # fmt: skip
        day = variant.published.date().isoformat()
        yield {
            "doc_id": variant.id, "title": "", "body": variant.text, "published": day,
            "events": [event],
        }  # fmt: skip


def _marked(variant: Variant, party: Side) -> dict[str, Any] | None:
    """A side where it stands in a text without a title; None where it is written otherwise."""
    start = variant.text.find(party.text, variant.begins)
    if start < 0:
        return None
    span = {"start": start + 1, "end": start + 1 + len(party.text)}
    return {"text": party.text, "country": party.country, **span}


def main(data: Path) -> None:
    """Fit, measure out of fold, write models and figures.

    Args:
        data: the directory of labelled data.
    """
    files = sources(data)
    whole, models, folds = fit(read_gold(files), lessons())
    save(whole, TABLE)
    unseen = json.loads(UNSEEN.read_text("utf-8"))

    def code(document: Document) -> list[Event]:
        return code_with(article_of(document), models[folds[document["doc_id"]]])

    written = files[0]
    figures = figures_of(score(read_gold([written]), code))
    unseen["written"] = {"data": digest(written), "figures": figures}
    UNSEEN.write_text(json.dumps(unseen, indent=1) + "\n", encoding="utf-8")
    for name, (value, total) in figures.items():
        sys.stdout.write(f"{name} {value:.4f} ({total:.0f})\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
