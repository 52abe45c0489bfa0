"""The codebook names every concept in both languages."""

from __future__ import annotations

import itertools

from transforms.enrich.ontology.codebook import codebook
from transforms.enrich.ontology.plover import CONCEPTS


def test_every_concept_is_explained() -> None:
    text = codebook()
    for concept in CONCEPTS:
        assert concept.code in text
        assert concept.gloss_ar in text
        assert concept.gloss_en in text


def test_tables_are_well_formed() -> None:
    lines = codebook().splitlines()
    for before, after in itertools.pairwise(lines):
        if before.startswith("|") and after.startswith("|"):
            assert before.count("|") == after.count("|")
