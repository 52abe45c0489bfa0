"""The ontology is closed: every code it emits is a known one and has a score."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from transforms.enrich.ontology import plover
from transforms.enrich.tables import read_rows


def test_counts() -> None:
    assert len(plover.EVENT_TYPES) == 16
    assert sum(len(modes) for modes in plover.TYPE_MODES.values()) == 67
    assert len(plover.CONTEXTS) == 37
    assert len(plover.AUXILIARY_MODES) == 4
    assert sum(1 for modes in plover.TYPE_MODES.values() if not modes) == 5


def test_reverse_table_knows_only_known_codes() -> None:
    for event_type, mode, context, code in read_rows("ontology/cameo_reverse.tsv"):
        assert mode == "*" or mode in plover.TYPE_MODES[event_type]
        assert context == "*" or context in plover.CONTEXTS
        assert code in plover._GOLDSTEIN


@pytest.mark.parametrize("event_type", plover.EVENT_TYPES)
def test_every_mode_and_context_has_a_code_with_a_value(event_type: str) -> None:
    for mode in ("", *plover.TYPE_MODES[event_type]):
        for context in ("", *plover.CONTEXTS):
            code = plover.cameo_code(event_type, [mode], [context])
            assert plover.goldstein(code) is not None
            assert plover.quad_gdelt(code) is not None
            demand = plover.cameo_code(event_type, [mode], [context], demand=True)
            assert plover.goldstein(demand) is not None


def test_codes_of_common_events() -> None:
    assert plover.cameo_code("ASSAULT", ["heavy-weapons"], ["military"]) == "194"
    assert plover.cameo_code("CONSULT", ["phone"]) == "041"
    assert plover.cameo_code("REQUEST", ["yield"], ["military"]) == "0256"
    assert plover.cameo_code("REQUEST", ["yield"], ["military"], demand=True) == "1056"
    assert plover.cameo_code("COERCE", [], ["repression"]) == "175"
    assert plover.cameo_root("0256") == "02"


def test_scores() -> None:
    assert plover.plover_score("ACCUSE") == -3.0
    assert plover.plover_score("ACCUSE", ["disapprove"]) == -2.0
    assert plover.plover_score("ASSAULT", ["beat", "aerial"]) == -9.5
    assert plover.plover_score("ASSAULT", ["visit"]) == -9.0
    assert plover.goldstein("0874") == 10.0
    assert plover.goldstein("1213") == -4.0  # not in the published table: its parent's value
    assert plover.goldstein("99") is None
    assert len(plover._GOLDSTEIN) == 311


def test_quads() -> None:
    assert plover.quad_plover("REQUEST") == "verbal_conflict"
    assert plover.quad_gdelt("0256") == "verbal_cooperation"
    assert [plover.quad_gdelt(code) for code in ("05", "06", "08", "09", "13", "14", "204")] == [
        "verbal_cooperation",
        "material_cooperation",
        "material_cooperation",
        "verbal_conflict",
        "verbal_conflict",
        "material_conflict",
        "material_conflict",
    ]
    assert [plover.quad_gdelt(code) for code in ("", "0", "00", "21", "x1", "٠١")] == [None] * 6
    assert plover.recipient_required("AID")
    assert not plover.recipient_required("AGREE")


def test_facts_agree_with_the_manual(shared: Path) -> None:
    manual = json.loads((shared / "data/reference/plover_ontology.json").read_text("utf-8"))
    for name, entry in manual["types"].items():
        assert plover.quad_plover(name) == entry["quad"].lower().replace(" ", "_")
        assert plover.TYPE_MODES[name] == frozenset(entry["modes"])
        assert plover.recipient_required(name) == (entry["requires_recipient"] == "Yes")
    assert frozenset(manual["contexts"]) == plover.CONTEXTS
    for key, score in manual["plover_scores"].items():
        name, _, mode = key.partition(": ")
        assert plover.plover_score(name, [mode.lower()]) == score
