"""Names of persons that are in no table."""

from __future__ import annotations

from transforms.enrich.entities.names import Lexeme, Lexicon, NameForm
from transforms.enrich.entities.phrase import EntityPhrase, start_phrase
from transforms.enrich.entities.scan import NameMatch, NameTokens
from transforms.enrich.words import closed_classes


def find_person(tokens: NameTokens, lexicon: Lexicon, index: int) -> EntityPhrase | None:
    """A person's name of several parts: a given name, then names, surnames with ال, links.

    Args:
        tokens: the text.
        lexicon: knows the given names.
        index: token to start at.

    Returns:
        The phrase; None when no name of at least two parts starts here.
    """
    given = lexicon.given
    offset = next((n for n in (0, 1) if _is_given(given, tokens.words[index], n)), None)
    if offset is None:
        return None
    last = index
    plain = tokens.words[index][offset:] not in lexicon.wordlike
    words = [given[tokens.words[index][offset:]]]
    while len(words) < 5 and tokens.joined(last) and last + 1 < len(tokens.words):
        word = tokens.words[last + 1]
        link = word in closed_classes.NAME_LINKS and tokens.joined(last + 1)
        surname = (
            plain and word.startswith("ال") and len(word) > 4 and tokens.match(last + 1) is None
        )
        if not (link or surname or word in given):
            break
        last += 1
        words.append(given.get(word, word))
        plain = True
        if surname:
            break
    if last == index or tokens.words[last] in closed_classes.NAME_LINKS:
        return None
    form = NameForm(Lexeme("person", " ".join(words)), " ".join(words))
    start = tokens.starts[index] + offset
    match = NameMatch(index, last, start, "", (form,), attached=offset > 0)
    return start_phrase(match, form)


def _is_given(given: dict[str, str], word: str, offset: int) -> bool:
    """Whether a word is a given name, behind a conjunction for offset 1."""
    return (not offset or word[0] in "وف") and word[offset:] in given
