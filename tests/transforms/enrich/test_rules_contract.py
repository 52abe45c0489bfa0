"""Every rule holds its own sentences: the contract of ``transforms/enrich/rules/*.toml``."""

from __future__ import annotations

import pytest

from transforms.enrich.coder import mentions_of
from transforms.enrich.ontology import plover
from transforms.enrich.rules.load import RULES, Rule, all_rules, read_rules

TOLD = {"asserted", "historical"}


def _fired(text: str, rule: Rule) -> list[str]:
    """The statuses of the mentions by a rule, and what fired instead (for the message)."""
    return [d.status for d in mentions_of(text) if d.match.rule.id == rule.id]


def _told(text: str, rule: Rule) -> bool:
    return any(status in TOLD for status in _fired(text, rule))


def _others(text: str) -> str:
    return ", ".join(f"{d.match.rule.id} ({d.status})" for d in mentions_of(text)) or "nothing"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_rule_holds_its_own_sentences(rule: Rule) -> None:
    assert rule.yes, f"{rule.id}: give it at least one sentence under yes = [...] that it must code"
    assert rule.no, f"{rule.id}: give it at least one look-alike under no = [...]"
    for text in rule.yes:
        assert _told(text, rule), (
            f"{rule.id} does not code its own sentence {text!r} (coded: {_others(text)}). Check "
            "that every word of a trigger is in lexicon/*.tsv in that form, that no block phrase "
            "or cue forbids it, and that the words before it do not negate it."
        )
    for text in rule.no:
        assert not _told(text, rule), (
            f"{rule.id} codes {text!r}, which it must not. Narrow the trigger, or add the "
            "look-alike to block = [...] or its subject matter to block_cues = [...]."
        )


@pytest.mark.parametrize("path", sorted(RULES.glob("*.toml")), ids=lambda path: path.stem)
def test_rule_file_keeps_to_the_ontology(path) -> None:
    rules = read_rules(path)
    assert rules, f"{path.name} has no [[rule]]"
    for rule in rules:
        kind = rule.event_type
        assert path.stem == kind.lower(), f"{path.name}: one file an event type, named after it"
        assert kind in plover.EVENT_TYPES
        assert set(rule.modes) <= plover.TYPE_MODES[kind], f"{rule.id}: unknown mode"
        assert set(rule.contexts) <= plover.CONTEXTS, f"{rule.id}: unknown context"
        assert rule.id.startswith(path.stem + "."), f"{rule.id}: begin the id with {path.stem}."
        assert rule.future_type is None or rule.future_type in plover.EVENT_TYPES


def test_all_sixteen_types_have_rules_and_ids_are_unique() -> None:
    rules = all_rules()
    assert {rule.event_type for rule in rules} == set(plover.EVENT_TYPES)
    assert len({rule.id for rule in rules}) == len(rules)
