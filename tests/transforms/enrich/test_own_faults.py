"""Own rule files that cannot be meant: every fault with its line, and none for a sound file."""

from __future__ import annotations

import pytest
from own_files import VIGIL, own

from transforms.enrich.own import NOTHING, OwnTables, own_tables, use
from transforms.enrich.rules.check import check_rules
from transforms.enrich.rules.lines import Lines
from transforms.enrich.rules.load import RULES

HEAD = 'type = "PROTEST"\n[[rule]]\nid = "my.a"\ntriggers = ["v:تظاهر"]\n'  # four lines


@pytest.fixture(autouse=True)
def shipped_again():
    """Leave the process as it was."""
    yield
    use(None)


def _told(*texts: str) -> list[str]:
    named = tuple((f"{number}.toml", text) for number, text in enumerate(texts))
    return list(map(str, check_rules(OwnTables(named))))


def test_a_sound_file_is_in_use_afterwards():
    assert check_rules(own(VIGIL)) == []
    assert own_tables() == own(VIGIL)


@pytest.mark.parametrize("path", sorted(RULES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_file_is_sound_as_a_start_of_ones_own(path):
    """But for ``[act]``, which only the shipped files have."""
    told = _told(path.read_text("utf-8"))
    assert [line for line in told if "[act]" not in line] == []


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("type = \n", 1, "no TOML: invalid value"),
        ('type = "PROTEST"\nx = [1', 2, "no TOML: unclosed array"),
        ("[[rule]]\nid = 'x'\n", 1, "type is missing"),
        ('type = "protest"\n[[rule]]\n', 1, "type is 'protest'"),
        ('type = "PROTEST"\n', 1, "no [[rule]] in it"),
        ('type = "PROTEST"\n[rule]\nid = "x"\n', 2, "begins with [[rule]]"),
        (HEAD + '[act]\ngenitive = "actor"\n', 5, "[act] belongs to the shipped files"),
        (HEAD + "[word]\nverbs = []\n", 5, "no such table or field: word; did you mean words?"),
        (HEAD + "[words]\nadverbs = []\n", 6, "no such list: adverbs"),
        (HEAD + '[words]\nverbs = "أنار"\n', 6, "a list of texts"),
        (HEAD + '[words]\nverbs = [\n  "أنار",\n]\n', 7, "'أنار' is no word"),
        (HEAD + '[words]\nnouns = ["candle"]\n', 6, "'candle' is no word"),
        (HEAD + "strenght = 1.0\n", 5, "did you mean strength?"),
        (HEAD + 'strength = "1.0"\n', 5, "is a number"),
        (HEAD + "strength = true\n", 5, "is a number"),
        (HEAD + "strength = nan\n", 5, "is a number"),
        (HEAD + 'block = ["v:تظاهر ="]\n', 5, "'=' lacks a word"),
        (HEAD + 'speaks = "yes"\n', 5, "is true or false"),
        (HEAD + 'modes = "demo"\n', 5, "is a list of texts"),
        (HEAD + 'modes = [\n  "demo",\n  "march",\n]\n', 7, "there is no 'march'"),
        (HEAD + 'contexts = ["econmic"]\n', 5, "did you mean economic?"),
        (HEAD + "cameo = 14\n", 5, "is a text in quotes"),
        (HEAD + 'cameo = "99"\n', 5, "there is no '99'"),
        (HEAD + 'subject = "agent"\n', 5, "there is no 'agent'"),
        (HEAD + 'slots = { "ضد" = "recipent" }\n', 5, "did you mean recipient?"),
        (HEAD + '[rule.slots]\n"ضد" = "recipent"\n', 6, "did you mean recipient?"),
        (HEAD + 'need = ["object"]\n', 5, "there is no 'object'"),
        (HEAD + 'block_cues = ["sports"]\n', 5, "did you mean sport?"),
        (HEAD + 'future_type = "AGREEMENT"\n', 5, "there is no 'AGREEMENT'"),
        (HEAD + "confidence = 0\n", 5, "confidence lies above 0"),
        (HEAD + 'block = ["v:شممع"]\n', 5, "in no list of words"),
        (HEAD + '\n[[rule]]\nid = "my.a"\ntriggers = ["v:قتل"]\n', 7, "has this id already"),
        (HEAD + '\n[[rule]]\ntriggers = ["v:قتل"]\n', 6, "give it an id"),
        (HEAD + '\n[[rule]]\nid = "my.b"\n', 6, "give it triggers"),
        (HEAD + '\n[[rule]]\nid = "my.b"\ntriggers = [\n "v:قتل",\n "x:y"]\n', 10, "'x:y'"),
        (HEAD + '\n[[rule]]\nid = "my.b"\ntriggers = [".."]\n', 8, "holds no word"),
        (HEAD + 'yes = ["تظاهر المئات.",\n  "سافر الرجل."]\n', 6, "does not code its own"),
        (HEAD + 'no = ["تظاهر المئات."]\n', 5, "which it must not"),
    ],
)
def test_every_fault_has_its_line(text, line, what):
    told = _told(text)
    assert any(f"0.toml:{line}: " in each and what in each for each in told), told
    assert own_tables() == NOTHING


def test_all_faults_are_told_at_once_and_defaults_once():
    head = 'type = "PROTEST"\n[defaults]\nmodes = ["march"]\n'
    rules = '[[rule]]\nid = "a"\ntriggers = ["v:قتل"]\n[[rule]]\nid = "b"\ntriggers = ["v:x"]\n'
    told = _told(head + rules, "type = 1\n")
    assert len(told) == 3 or "1.toml" in "".join(told)
    told = _told(head + rules)
    assert [each.split(": ")[0] for each in told] == ["0.toml:3", "0.toml:9"]


def test_two_files_may_share_a_type_but_no_id():
    other = HEAD.replace("my.a", "my.b")
    assert _told(HEAD, other) == []
    assert "0.toml:3 has this id already" in _told(HEAD, HEAD)[0]


def test_lines_are_found_in_files_of_any_shape():
    lines = Lines('a = 1\n[ defaults ]\nb = 2\n[[ rule ]]\n"c" = """\n[[rule]]\n"""\nd = "x"\n')
    assert lines.of("", "a") == 1
    assert lines.of("defaults", "b") == 3
    assert lines.of("rule 0", "c") == 5
    assert lines.of("nowhere", "c", "x") == 1
    assert Lines("").of("rule 0", "a", "b") == 1
