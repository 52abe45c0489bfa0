"""Who did it to whom: fill a trigger's slots from the noun phrases around it."""

from __future__ import annotations

from typing import Final

from transforms.enrich.entities.nationality import nisba_country
from transforms.enrich.roles.prepositions import (
    MAX_REACH,
    Arguments,
    agents,
    opens_agent,
    prepositional,
    reciprocal,
)
from transforms.enrich.roles.subjects import (
    TokenRange,
    antecedent,
    conjoined,
    direct,
    inherited,
    left_subject,
    main_subject,
    may_inherit,
    named_subject,
    right_subject,
    topic_subject,
)
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.closed_classes import QUANTIFIERS

# Verbs whose subject is also the subject of a masdar that completes them.
_CONTROL: Final = lists.lemmas("roles", "control")
# What acts only by someone's hand: no actor.
_THINGS: Final = lists.lemmas("roles", "things")
_QUALIFIERS: Final = lists.words("roles", "subject_qualifiers")
_TARGETS: Final = lists.words("roles", "targets")
_OWN_FORCES: Final = lists.lemmas("roles", "own_forces")


def find_arguments(sentence: Sentence, match: TriggerMatch) -> Arguments:
    """Fill the slots of a trigger.

    Args:
        sentence: the sentence.
        match: the trigger.

    Returns:
        What was found; empty lists when nothing was.
    """
    arguments = Arguments()
    if match.verbal:
        _verb_arguments(sentence, match, arguments)
    else:
        _noun_arguments(sentence, match, arguments)
    prepositional(sentence, match, arguments)
    agents(sentence, match, arguments)
    if match.rule.reciprocal:
        reciprocal(sentence, match, arguments)
    _tidy(sentence, match, arguments)
    return arguments


def _verb_arguments(sentence: Sentence, match: TriggerMatch, arguments: Arguments) -> None:
    """Subject and object of a verb, by voice."""
    rule, reading = match.rule, match.reading
    right = right_subject(sentence, match)
    subject, relative = _subject(sentence, match, right)
    pronoun = bool(reading and reading.pronoun)
    behind = subject if subject == right or match.subject is not None else None
    object_ = None if pronoun else _object(sentence, match, behind)
    if rule.transitive and object_ is None and subject == right and conjoined(sentence, match.head):
        before = inherited(sentence, match.head)
        if before is not None:  # ودعت المجتمع الدولي: the subject went before
            subject, object_ = before, right
    has_object = object_ is not None or pronoun or _object_slot(sentence, match)
    arguments.passive = _is_passive(sentence, match, has_object=has_object)
    if arguments.passive:
        if subject is not None and not _is_thing(sentence, subject):
            arguments.add(rule.object, subject)
        return
    if subject is None and may_inherit(sentence, match.head):
        subject = inherited(sentence, match.head)
        arguments.inherited = subject is not None
    if pronoun and relative:
        # هجوم نفذته طالبان: the antecedent is the object, the subject follows.
        arguments.add(rule.object, relative)
        subject = right
    arguments.add(rule.subject, subject)
    arguments.add(rule.object, object_)


def _subject(
    sentence: Sentence, match: TriggerMatch, right: TokenRange | None
) -> tuple[TokenRange | None, TokenRange | None]:
    """The subject of a verb and, if it stands in a relative clause, the antecedent."""
    relative = antecedent(sentence, match.head)
    named = named_subject(sentence, match) or topic_subject(sentence, match.head)
    plural = match.reading is not None and match.reading.person in {"3mp", "3fp", "3md", "3fd"}
    left = left_subject(sentence, match.head)
    return named or relative or left or (None if plural else right), relative


def _object(
    sentence: Sentence, match: TriggerMatch, subject: TokenRange | None
) -> TokenRange | None:
    """The direct object: behind a subject on the right, else right behind the trigger.

    Of a light-verb phrase it is a known party between subject and noun (منحت ألمانيا لبنان منحة)
    or one that the noun itself names (طردت بولندا السفير الروسي).
    """
    alone = len(match.parts) == 1 or match.last == match.subject  # أدانت محكمة رجلاً
    if match.rule.object == "none" and alone:
        return None
    if alone:
        after = subject[1] + 1 if subject else match.last + 1
        while subject and after in sentence.opens and _joined(sentence, after):
            after = sentence.spans[after] + 1  # الشرطة في كراتشي وبيشاور
        if subject and _unknown_conjunct(sentence, after):
            after += 1
        if subject and match.rule.transitive:
            after = _past_qualifier(sentence, after)
        return sentence.noun_phrase(after) if direct(sentence, after) else None
    if subject is not None and subject[1] + 1 < match.parts[1]:
        between = sentence.noun_phrase(subject[1] + 1, match.parts[1])
        if between is not None and between[0] in sentence.parties:
            return between
    return _own_object(sentence, match)


def _own_object(sentence: Sentence, match: TriggerMatch) -> TokenRange | None:
    """The known party that the last noun of a trigger names itself, or governs: قضى بسجن رجل."""
    governed = sentence.is_attached(match.last)
    own = sentence.noun_phrase(match.last + governed)
    if own is None or _has_party(sentence, own):
        return own
    behind = own[1] + 1  # جددت مطالبتها الحكومة
    possessed = any(r.pronoun for r in analyse(sentence.words[match.last]) if r.pos == "N")
    if possessed and behind in sentence.parties and direct(sentence, behind):
        return sentence.noun_phrase(behind)
    return None


def _joined(sentence: Sentence, index: int) -> bool:
    """Whether a token begins with a و that joins it to what stands before."""
    return sentence.words[index][0] == "و" and sentence.joins(index)


def _unknown_conjunct(sentence: Sentence, index: int) -> bool:
    """Whether an unknown name is joined to a subject before the object: وروالبندي مئات الأفغان."""
    if index >= sentence.stop or sentence.words[index][0] != "و" or analyse(sentence.words[index]):
        return False
    return (
        sentence.kind(index) == "N"
        and sentence.words[index + 1 : index + 2] != ()
        and (sentence.words[index + 1] in QUANTIFIERS or sentence.words[index + 1].startswith("ال"))
    )


def _past_qualifier(sentence: Sentence, index: int) -> int:
    """Past what qualifies a subject: دعا نواب عن المحافظة الحكومة، دعت البعثة في مالي الأطراف."""
    qualified = sentence.kind(index) == "P" and sentence.words[index] in _QUALIFIERS
    attached = (
        sentence.kind(index) == "N"
        and sentence.words[index][0] == "ل"
        and sentence.is_attached(index)
    )
    if qualified or attached:
        inner = sentence.noun_phrase(index + qualified)
        if inner is not None and direct(sentence, inner[1] + 1):
            return inner[1] + 1
    return index


def _has_party(sentence: Sentence, phrase: TokenRange) -> bool:
    """Whether a phrase names a known party or a nation."""
    return any(
        index in sentence.parties or nisba_country(sentence.words[index])
        for index in range(phrase[0], phrase[1] + 1)
    )


def _object_slot(sentence: Sentence, match: TriggerMatch) -> bool:
    """Whether a preposition after the verb opens the slot that an object would fill."""
    slots = match.rule.slots
    stop = min(sentence.clause_stop(match.last), match.last + MAX_REACH)
    return any(
        slots.get(sentence.words[index]) == match.rule.object and not opens_agent(sentence, index)
        for index in range(match.last + 1, stop)
    )


def _is_passive(sentence: Sentence, match: TriggerMatch, *, has_object: bool) -> bool:
    """Read the voice: from the letters, from a written damma, or from the missing object."""
    reading = match.reading
    if reading is None or match.rule.object == "none":
        return False
    if reading.voice in {"a", "p"} or len(match.parts) > 1:
        return reading.voice == "p"
    raw = sentence.tokens.text(match.head, match.head)
    if reading.tense == "past" and "\u064f" in raw[:3]:
        return True
    return match.rule.passive and not has_object


def _noun_arguments(sentence: Sentence, match: TriggerMatch, arguments: Arguments) -> None:
    """The genitive of a masdar and the subject that a governing verb lends it."""
    rule, reading = match.rule, match.reading
    genitive = rule.genitive
    if match.subject is not None:
        arguments.add(rule.subject, sentence.noun_phrase(match.subject))
    if match.subject == match.head and rule.object != "none":  # محكمة قضت بسجن رجل
        arguments.add(rule.object, _own_object(sentence, match))
    participle = reading is not None and reading.pos == "A"
    if participle:
        main = main_subject(sentence, match.head) if rule.speaks else None
        arguments.add(rule.subject, main or inherited(sentence, match.head))
        arguments.inherited = True
        if rule.object != "none" and direct(sentence, match.last + 1):
            arguments.add(rule.object, sentence.noun_phrase(match.last + 1))
        return
    subject, object_ = _masdar_sides(sentence, match)
    if object_ is not None:
        arguments.add(rule.subject, subject)
        arguments.add(rule.object, object_)
    elif genitive != "none":
        found = _genitive(sentence, match)
        struck = genitive == "actor" and found is not None and _is_target(sentence, found)
        arguments.add("recipient" if struck else genitive, found)
    if rule.tail != "none" and direct(sentence, match.last + 1):
        arguments.add(rule.tail, sentence.noun_phrase(match.last + 1))
    if rule.subject in {"actor", "actors"} and not arguments.actors:
        lent = _lent_subject(sentence, match)
        arguments.add("actor", lent)
        arguments.inherited = lent is not None


def _masdar_sides(
    sentence: Sentence, match: TriggerMatch
) -> tuple[TokenRange | None, TokenRange | None]:
    """Subject and object of a masdar that has both: قصف الجيش المدينة، مطالبتها الحكومة."""
    reading, index = match.reading, match.last + 1
    if match.rule.object == "none" or len(match.parts) > 1:
        return None, None
    subject = None
    if reading is not None and reading.pronoun:
        subject = inherited(sentence, match.head)
    elif index in sentence.opens and not sentence.is_attached(index):
        subject = sentence.noun_phrase(index)
        index = index if subject is None else subject[1] + 1
    if subject is None or not direct(sentence, index):
        return None, None
    object_ = sentence.noun_phrase(index)
    struck = object_ is not None and (
        _has_party(sentence, object_) or _is_target(sentence, object_)
    )
    return (subject, object_) if struck else (None, None)


def _genitive(sentence: Sentence, match: TriggerMatch) -> TokenRange | None:
    """The phrase that completes a masdar; its own adjectives are no complement."""
    reading = match.reading
    index = match.last + 1
    if len(match.parts) > 1 and match.rule.object != "none":
        return sentence.noun_phrase(match.last)
    if reading is not None and reading.pronoun:
        return inherited(sentence, match.head)
    if sentence.kind(sentence.skip_quotes(index)) not in "N#":
        return None
    if match.rule.genitive == "recipient" and sentence.words[match.last].startswith(("ال", "وال")):
        return None
    if match.rule.genitive == "actor" and not _names_party(sentence, index):
        return None
    return sentence.noun_phrase(index)


def _is_target(sentence: Sentence, phrase: TokenRange) -> bool:
    """Whether a phrase is headed by what can only be struck: قصف القنصلية الإيرانية."""
    return sentence.words[phrase[0]].removeprefix("ال") in _TARGETS


def _names_party(sentence: Sentence, index: int) -> bool:
    """Whether what follows هجوم is who made it, not what it was like: a known party or nation."""
    phrase = sentence.noun_phrase(index)
    if phrase is None:
        return False
    return any(
        nisba_country(sentence.words[position])
        or (
            position in sentence.parties
            and (position > phrase[0] or _clear(sentence.words[position]))
        )
        for position in range(phrase[0], phrase[1] + 1)
    )


def _clear(word: str) -> bool:
    """Whether a party's name cannot be an adjective of the noun before it: هجوم انتحاري."""
    return word.startswith("ال") or word.endswith(("ون", "ين"))


def _lent_subject(sentence: Sentence, match: TriggerMatch) -> TokenRange | None:
    """The subject of a verb such as بدأ or شن that governs the masdar."""
    position = match.head - 1
    while position >= max(sentence.first, match.head - 10) and sentence.kind(position) not in ".CR":
        if sentence.is_verb(position):
            lemmas = {r.lemma for r in analyse(sentence.words[position])}
            announced = "أعلن" in lemmas and match.rule.event_type == "ASSAULT"
            if lemmas & _CONTROL and not announced:  # who tells of a killing is no killer
                found = left_subject(sentence, position) or antecedent(sentence, position)
                if found is None and direct(sentence, position + 1):
                    found = sentence.noun_phrase(position + 1, match.head)
                return found or inherited(sentence, position)
            return None
        position -= 1
    return None


def _is_thing(sentence: Sentence, phrase: TokenRange) -> bool:
    """Whether a phrase is headed by an instrument or a deed."""
    lemmas = {r.lemma for r in analyse(sentence.words[phrase[0]]) if r.pos == "N"}
    return bool(lemmas & _THINGS) and phrase[0] not in sentence.parties


def owner_of(sentence: Sentence, phrase: TokenRange) -> TokenRange:
    """Whose forces قواته are: the subject of the clause before; other phrases as they are.

    Args:
        sentence: the sentence.
        phrase: a phrase of it.
    """
    readings = [r for r in analyse(sentence.words[phrase[0]]) if r.pos == "N"]
    if not any(r.lemma in _OWN_FORCES and r.pronoun for r in readings):
        return phrase
    return inherited(sentence, phrase[0]) or phrase


def _tidy(sentence: Sentence, match: TriggerMatch, arguments: Arguments) -> None:
    """No phrase fills two slots, and none is the trigger itself."""
    arguments.actors = [p for p in arguments.actors if not _is_thing(sentence, p)]
    arguments.actors = [owner_of(sentence, p) for p in arguments.actors]
    # What the trigger's last noun governs may be a side: استجابت لمطالب المعلمين.
    holds = match.rule.object != "none" or sentence.is_attached(match.last)
    own = set(match.parts[:-1] if len(match.parts) > 1 and holds else match.parts)
    own.discard(-1 if match.subject is None else match.subject)
    arguments.actors = [p for p in arguments.actors if not own & set(range(p[0], p[1] + 1))]
    arguments.recipients = [
        p
        for p in arguments.recipients
        if not own & set(range(p[0], p[1] + 1)) and p not in arguments.actors
    ]
