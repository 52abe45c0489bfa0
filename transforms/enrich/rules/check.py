"""Hold a user's own rule files to what can be meant: every fault with its line, and what to do."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from transforms.enrich.coder import mentions_of
from transforms.enrich.ontology import plover
from transforms.enrich.own import Fault, OwnTables, own_tables, use
from transforms.enrich.rules.lines import Lines
from transforms.enrich.rules.load import (
    FIELDS,
    ROLES,
    Rule,
    RuleError,
    UnknownWordError,
    own_rules,
    read_trigger,
)
from transforms.enrich.words.analyse import lemmas
from transforms.enrich.words.cues import cue_sets
from transforms.enrich.words.own_words import forms_of
from transforms.text.arabic import normalise_text

_TABLES: Final = ("type", "defaults", "words", "rule")
_LISTS: Final = frozenset({
    "triggers", "block", "modes", "contexts", "need", "need_preposition", "block_cues", "yes", "no",
})  # fmt: skip
_NUMBERS: Final = frozenset({"strength", "confidence"})
_SWITCHES: Final = frozenset({"reciprocal", "passive", "transitive", "speaks"})
_ROLE_FIELDS: Final = ("subject", "object", "genitive", "tail")
_NEEDS: Final = ("actor", "recipient", "any", "known")
_TOLD: Final = frozenset({"asserted", "historical"})
_ARABIC: Final = re.compile(r"[\u0621-\u063a\u0641-\u0652]{2,}")
_CAMEO: Final = re.compile(r"\d{2,4}", re.ASCII)
_VERB: Final = 'write the past and the imperfect of "he", as in "أنار ينير"'
_NOUN: Final = 'write the singular and its plurals, as in "شمعة شموع"'

Found = Iterator[tuple[str, str, str]]  # key, text in its value, what is wrong


def check_rules(tables: OwnTables) -> list[Fault]:
    """Check own rule files, and let this process code with them when they are sound.

    Args:
        tables: as they were read; their names were checked before.

    Returns:
        Every fault by file and line; with none, the tables are in use, and each rule has been
        tried on its own sentences.
    """
    before = own_tables()
    parsed, faults = _parsed(tables)
    if faults:
        return faults
    use(tables)
    faults = list(dict.fromkeys(fault for each in parsed for fault in each.faults()))
    faults += _twice(parsed)
    if not faults:
        faults = [fault for each in parsed for fault in each.sentences()]
    if faults:
        use(before)
    return faults


class _File:
    """A rule file that is TOML."""

    def __init__(self, name: str, text: str, data: Mapping[str, Any]) -> None:
        self.name, self.data, self.lines = name, data, Lines(text)
        self.entries: Sequence[Mapping[str, Any]] = data["rule"]
        self.rules = [{**data.get("defaults", {}), **entry} for entry in self.entries]

    def fault(self, section: str, key: str, text: str, what: str) -> Fault:
        return Fault(self.name, self.lines.of(section, key, text), what)

    def faults(self) -> Iterator[Fault]:
        """What single rules say that cannot be meant."""
        for number, rule in enumerate(self.rules):
            name = rule.get("id", f"number {number + 1}")
            for key, text, what in _faults(rule, self.data["type"]):
                if key in rule and key not in self.entries[number]:
                    yield self.fault("defaults", key, text, what)
                else:
                    yield self.fault(f"rule {number}", key, text, f"rule {name}: {what}")

    def sentences(self) -> Iterator[Fault]:
        """Rules that do not hold their own sentences."""
        known = {rule.id: rule for rule in own_rules()}
        for number, entry in enumerate(self.rules):
            rule = known[entry["id"]]
            for key, text, what in _untrue(rule):
                yield self.fault(f"rule {number}", key, text, f"rule {rule.id}: {what}")


def _parsed(tables: OwnTables) -> tuple[list[_File], list[Fault]]:
    """The files whose shape is right, and what is wrong with the others."""
    files: list[_File] = []
    faults: list[Fault] = []
    for name, text in tables.rules:
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            faults.append(_not_toml(name, text, str(error)))
            continue
        lines = Lines(text)
        wrong = [Fault(name, lines.of(*where), what) for where, what in _misshapen(data)]
        faults += wrong
        if not wrong:
            files.append(_File(name, text, data))
    return files, faults


def _not_toml(name: str, text: str, message: str) -> Fault:
    said, _, where = message.rpartition(" (at ")
    line = re.match(r"line (\d+)", where)
    number = int(line[1]) if line else len(text.rstrip().split("\n"))
    return Fault(name, number, f"no TOML: {(said or message).lower()}")


def _misshapen(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """What is wrong with the tables of a file, before its rules are looked at."""
    for key in data:
        if key == "act":
            yield ("act", "", ""), "[act] belongs to the shipped files; leave it out"
        elif key not in _TABLES:
            what = f"no such table or field: {key}{_nearest(key, _TABLES)}"
            yield (key, key, ""), what
    kind = data.get("type")
    if kind not in plover.EVENT_TYPES:
        given = "type is missing" if kind is None else f"type is {kind!r}"
        yield (
            ("", "type", ""),
            f'{given}: write one of {", ".join(plover.EVENT_TYPES)}, as in type = "PROTEST"',
        )
    rules = data.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(each, dict) for each in rules):
        yield ("rule", "rule", ""), "a rule begins with [[rule]], in double brackets"
    elif not rules:
        yield ("", "", ""), "no [[rule]] in it"
    for key in ("defaults", "words"):
        if not isinstance(data.get(key, {}), dict):
            yield ("", key, ""), f"{key} is a table: write [{key}] and its fields below"
            return
    yield from _wrong_words(data.get("words", {}))


def _wrong_words(words: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], str]]:
    for kind, entries in words.items():
        if kind not in ("verbs", "nouns"):
            yield ("words", kind, ""), f"no such list: {kind}; there are verbs, nouns"
        elif not _are_texts(entries):
            yield ("words", kind, ""), f"{kind} is a list of texts in quotes"
        else:
            for entry in entries:
                if not _is_word(kind, entry):
                    rule = _VERB if kind == "verbs" else _NOUN
                    yield ("words", kind, entry), f"{entry!r} is no word: {rule}"


def _is_word(kind: str, entry: str) -> bool:
    parts = entry.split()
    if not parts or not all(_ARABIC.fullmatch(part) for part in parts):
        return False
    if kind == "verbs" and not (len(parts) in (2, 3) and parts[1].startswith("ي")):
        return False
    return bool(forms_of(kind, entry)[1])


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _faults(rule: Mapping[str, Any], kind: str) -> Found:
    """What a rule, with the defaults of its file, says that cannot be meant."""
    wrong = list(_mistyped(rule))
    yield from wrong
    sound = {key: value for key, value in rule.items() if key not in {each[0] for each in wrong}}
    if not rule.get("id"):
        yield "id", "", 'give it an id, as in id = "my.vigil"'
    if not rule.get("triggers"):
        yield "triggers", "", "give it triggers, the words that tell the event"
    for key in ("triggers", "block"):
        for text in sound.get(key, ()):
            what = _wrong_trigger(text)
            if what:
                yield key, text, what
    yield from _unknown_codes(sound, kind)
    if not 0 < sound.get("confidence", 1) <= 1:
        yield "confidence", "", "confidence lies above 0 and is at most 1"


def _mistyped(rule: Mapping[str, Any]) -> Found:
    """Fields that there are not, and values of another kind than their field's."""
    for key, value in rule.items():
        if key not in FIELDS:
            yield key, "", f"no such field: {key}{_nearest(key, FIELDS)}"
            continue
        fits, what = next((f, w) for keys, f, w in _SHAPES if keys is None or key in keys)
        if not fits(value):
            yield key, "", f"{key} {what.format(key=key)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _are_slots(value: Any) -> bool:
    return isinstance(value, dict) and _are_texts(list(value.values()))


# Fields, whether a value is of their kind, and what to write instead; the last is of all others.
_SHAPES: Final[tuple[tuple[frozenset[str] | None, Callable[[Any], bool], str], ...]] = (
    (_LISTS, _are_texts, 'is a list of texts in quotes, as in {key} = ["..."]'),
    (_NUMBERS, _is_number, "is a number, as in {key} = 0.8"),
    (_SWITCHES, lambda value: isinstance(value, bool), "is true or false"),
    (
        frozenset({"slots"}),
        _are_slots,
        'pairs prepositions with roles, as in slots = {{ "ضد" = "recipient" }}',
    ),
    (None, lambda value: isinstance(value, str), 'is a text in quotes, as in {key} = "..."'),
)


def _wrong_trigger(text: str) -> str:
    """What is wrong with a trigger or a blocking phrase; "" when nothing is."""
    parts = [part for part in text.split() if part != ".."]
    found = [] if parts else [f"{text!r} holds no word"]
    unknown: list[str] = []
    for part in parts:
        if "" in re.split("[:=]", part, maxsplit=1)[-1].split("|"):
            found.append(f"{part!r} lacks a word")
            continue
        try:
            read_trigger(part, "")
        except UnknownWordError as error:
            unknown += error.words
        except RuleError as error:
            found.append(str(error).removeprefix(": "))
    return "; ".join([*found, *_unlisted(list(dict.fromkeys(unknown)))])


def _unlisted(words: Sequence[str]) -> Iterator[str]:
    """What to do about words whose forms nobody knows."""
    alike = {word: [each for each in lemmas() if _folds_to(each, word)] for word in words}
    for word in words:
        if alike[word]:
            yield f"{word} is listed as {' and '.join(sorted(alike[word]))}: write it so"
    strange = [word for word in words if not alike[word]]
    if strange:
        yield (
            f"{', '.join(strange)}: in no list of words; add it to this file under [words], as "
            'verbs = ["أنار ينير"] or nouns = ["شمعة شموع"], or write what occurs exactly, '
            f"as ={strange[0]}"
        )


def _folds_to(lemma: str, word: str) -> bool:
    return normalise_text(lemma) == normalise_text(word)


def _unknown_codes(rule: Mapping[str, Any], kind: str) -> Found:
    """Roles, codes and names of lists that there are not."""
    known: list[tuple[str, Sequence[str], Collection[str]]] = [
        *((key, [rule[key]], ROLES) for key in _ROLE_FIELDS if key in rule),
        ("slots", list(rule.get("slots", {}).values()), ROLES),
        ("modes", rule.get("modes", []), plover.TYPE_MODES[kind]),
        ("contexts", rule.get("contexts", []), plover.CONTEXTS),
        ("need", rule.get("need", []), _NEEDS),
        ("block_cues", rule.get("block_cues", []), _cues()),
        ("need_cue", [rule["need_cue"]] if "need_cue" in rule else [], _cues()),
        ("future_type", [rule["future_type"]] if "future_type" in rule else [], plover.EVENT_TYPES),
    ]
    for key, given, names in known:
        for each in given:
            if each not in names:
                yield key, each, f"{key}: there is no {each!r}{_nearest(each, names)}"
    code = rule.get("cameo")
    if code is not None and not _is_cameo(code):
        yield "cameo", "", f"cameo: there is no {code!r}; docs/codebook.md lists the codes"


def _is_cameo(code: str) -> bool:
    return bool(
        _CAMEO.fullmatch(code) and plover.quad_gdelt(code) and plover.goldstein(code) is not None
    )


def _cues() -> frozenset[str]:
    return frozenset(name.removesuffix("_weak") for name in cue_sets())


def _nearest(name: str, known: Collection[str]) -> str:
    """The end of a message: what was meant, or what there is."""
    near = difflib.get_close_matches(name, sorted(known), n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there are {', '.join(sorted(known))}" if known else "; this type has none"


def _twice(files: Sequence[_File]) -> list[Fault]:
    """Ids that two own rules bear."""
    seen: dict[str, str] = {}
    faults = []
    for each in files:
        for number, entry in enumerate(each.rules):
            name = str(entry.get("id", ""))
            fault = each.fault(f"rule {number}", "id", "", "")
            if name and name in seen:
                what = f"rule {name}: {seen[name]} has this id already; give it another"
                faults.append(Fault(fault.file, fault.line, what))
            seen.setdefault(name, f"{fault.file}:{fault.line}")
    return faults


def _untrue(rule: Rule) -> Found:
    """The sentences that a rule does not hold."""
    for text in rule.yes:
        if not _holds(rule, text):
            coded = (f"{m.match.rule.id} ({m.status})" for m in mentions_of(text))
            what = (
                f"does not code its own sentence {text!r}; coded: {', '.join(coded) or 'nothing'}"
            )
            yield "yes", text, f"{what}. Look at its triggers, need, block, and at negation"
    for text in rule.no:
        if _holds(rule, text):
            what = f"codes {text!r}, which it must not"
            yield "no", text, f"{what}; narrow its triggers, or name the look-alike under block"


def _holds(rule: Rule, text: str) -> bool:
    return any(m.match.rule.id == rule.id and m.status in _TOLD for m in mentions_of(text))
