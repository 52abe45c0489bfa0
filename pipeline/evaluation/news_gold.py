"""Score coded articles against whole articles that were coded by hand (``events/news_gold``).

A prediction is an asserted event at the default confidence. It answers a gold event when its type
is the gold type or one of its alternatives and its trigger or evidence overlaps the gold trigger or
one of its mentions; one prediction answers one gold event. Gold events that are core and asserted
are required; an answer to any gold event, whatever its status, is not false.

Figures (``n`` is what each was measured on):

* ``precision``: predictions that answer a gold event; ``core_recall``: required events answered;
  ``macro_f1``: mean over types of F1 from required answers, false predictions, required misses.
* ``candidate_recall``: required events whose trigger or mention is touched by the trigger of any
  event of a right type that the coder returns, whatever its status and confidence.
* ``doubles``: predictions that only repeat an answered event; ``hard_hit``: those that answer
  nothing and touch a span that must not be coded.
* ``actor_country``, ``recipient_country``: answered events with any country in common (both sides
  together when the event is reciprocal); ``invented_recipient``: recipients where the gold has
  none; ``actor_named``, ``recipient_named``: phrases given as a side that share words with one
  marked as that side's, where they stand or by their first word; ``actor_found``,
  ``recipient_found``: marked sides of which a phrase is given so; ``phrase``: parties whose phrase
  neither begins nor ends inside every marked one that it touches; ``phrase_exact``: those with just
  the words of a marked one; ``place_country``; ``invented_place``: places where the gold has none;
  ``date`` (a month or year by prefix), ``dead`` (the lowest number).
* ``ece``: expected calibration error over all asserted events, whatever their confidence; an event
  is true when it fits and touches a gold event.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from transforms.enrich.build.gold import fits, matched, overlaps, placed, spans_of
from transforms.enrich.events.word_model import stem
from transforms.records import DEFAULT_CONFIDENCE, Actor, Event
from transforms.text.arabic import normalise_text

Document = Mapping[str, Any]
Span = tuple[int, int]
_CLITIC = 2  # letters before a word that one leaves out and another does not


@dataclass(slots=True)
class Tally:
    """Counts over documents; the figures are ratios of them."""

    counts: Counter[str] = field(default_factory=Counter)
    types: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    errors: list[tuple[str, str, str]] = field(default_factory=list)
    points: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, name: str, *, right: bool) -> None:
        """Count one case of a figure."""
        self.counts[f"{name}_n"] += 1
        self.counts[name] += right

    def merge(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.counts.update(other.counts)
        for name, counts in other.types.items():
            self.types[name].update(counts)
        self.errors += other.errors
        self.points += other.points

    def ratio(self, name: str) -> float:
        """The share of right cases of a figure."""
        return self.counts[name] / max(1, self.counts[f"{name}_n"])

    def type_f1(self) -> dict[str, float]:
        """F1 by type, of the types that have required events."""
        return {
            name: 2 * c["tp"] / max(1, 2 * c["tp"] + c["fp"] + c["fn"])
            for name, c in sorted(self.types.items())
            if c["tp"] + c["fn"]
        }

    def figures(self) -> dict[str, float]:
        """Every figure by name."""
        scores = self.type_f1()
        names = sorted(name[:-2] for name in self.counts if name.endswith("_n"))
        return {
            "macro_f1": sum(scores.values()) / max(1, len(scores)),
            "ece": calibration_error(self.points),
            **{name: self.ratio(name) for name in names},
        }


def calibration_error(points: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error of (confidence, truth) pairs, over equal-width bins."""
    grouped: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for score, truth in points:
        grouped[min(int(score * bins), bins - 1)].append((score, truth))
    total = max(1, len(points))
    return sum(
        abs(sum(s for s, _ in group) / len(group) - sum(t for _, t in group) / len(group))
        * len(group)
        / total
        for group in grouped.values()
    )


def required(gold: Mapping[str, Any]) -> bool:
    """Whether a gold event must be found."""
    return bool(gold["core"]) and gold["status"] == "asserted"


def _edges(events: Sequence[Event], gold: Document, document: Document) -> list[int]:
    """The predictions that may answer a gold event, those that touch it by their trigger first."""
    wanted = list(spans_of(gold))
    near, far = [], []
    for index, event in enumerate(events):
        if not fits(event.event_type, gold):
            continue
        if overlaps(placed(event.trigger, document), wanted):
            near.append(index)
        elif any(overlaps(placed(each, document), wanted) for each in event.evidence):
            far.append(index)
    return near + far


def answers(events: Sequence[Event], document: Document) -> dict[int, int]:
    """Which prediction answers which gold event, as many required ones as can be.

    Args:
        events: the predictions.
        document: an article of the gold.

    Returns:
        Index of the gold event -> index of the prediction.
    """
    golds = document["events"]
    order = sorted(range(len(golds)), key=lambda n: (not required(golds[n]), n))
    found = matched({number: _edges(events, golds[number], document) for number in order})
    return {number: index for index, number in found.items()}


def score_document(events: Sequence[Event], document: Document) -> Tally:
    """Score the events of one article.

    Args:
        events: everything the coder returns for it.
        document: the article with its gold events.
    """
    tally = Tally()
    told = [e for e in events if e.status == "asserted" and e.confidence >= DEFAULT_CONFIDENCE]
    found = answers(told, document)
    _score_gold(tally, events, document, set(found))
    for event in events:
        if event.status == "asserted":
            true = any(_edges([event], gold, document) for gold in document["events"])
            tally.points.append((event.confidence, true))
    _score_false(tally, told, document, set(found.values()))
    _score_spans(tally, told, document)
    for number, index in found.items():
        _score_parties(tally, told[index], document["events"][number])
        _score_named(tally, told[index], document["events"][number], document)
        _score_attributes(tally, told[index], document["events"][number])
    return tally


def _score_gold(tally: Tally, events: Sequence[Event], document: Document, found: set[int]) -> None:
    for number, gold in enumerate(document["events"]):
        if not required(gold):
            continue
        right = number in found
        tally.add("core_recall", right=right)
        tally.types[gold["type"]]["tp" if right else "fn"] += 1
        wanted = list(spans_of(gold))
        tally.add(
            "candidate_recall",
            right=any(
                fits(e.event_type, gold) and overlaps(placed(e.trigger, document), wanted)
                for e in events
            ),
        )
        if not right:
            tally.errors.append(
                (document["doc_id"], f"missed {gold['type']}", gold["trigger"]["text"])
            )


def _score_false(tally: Tally, told: Sequence[Event], document: Document, right: set[int]) -> None:
    hard = [(h["start"], h["end"]) for h in document["hard_negatives"]]
    for index, event in enumerate(told):
        trigger = placed(event.trigger, document)
        evidence = [placed(each, document) for each in event.evidence]
        answered = index in right
        tally.add("precision", right=answered)
        repeats = not answered and any(
            fits(event.event_type, gold)
            and any(overlaps(span, spans_of(gold)) for span in (trigger, *evidence))
            for gold in document["events"]
        )
        tally.add("doubles", right=repeats)
        tally.add("hard_hit", right=not answered and overlaps(trigger, hard))
        if not answered:
            tally.types[event.event_type]["fp"] += 1
            kind = "again" if repeats else "false"
            tally.errors.append(
                (document["doc_id"], f"{kind} {event.event_type}", event.trigger.text)
            )


def _countries(parties: Iterable[Mapping[str, Any]]) -> set[str]:
    """The countries of gold parties, alternatives too."""
    return {c for p in parties for c in (p["country"], *p.get("country_alt", ())) if c}


def _score_parties(tally: Tally, event: Event, gold: Mapping[str, Any]) -> None:
    actors = {a.country for a in event.actors if a.country}
    recipients = {a.country for a in event.recipients if a.country}
    want_actors, want_recipients = _countries(gold["actor"]), _countries(gold["recipient"])
    if gold.get("reciprocal"):
        want_actors, actors = want_actors | want_recipients, actors | recipients
        want_recipients = set()
    if want_actors:
        tally.add("actor_country", right=bool(actors & want_actors))
    if want_recipients:
        tally.add("recipient_country", right=bool(recipients & want_recipients))
    if not gold["recipient"] and not gold.get("reciprocal"):
        tally.add("invented_recipient", right=bool(event.recipients))


def _score_named(tally: Tally, event: Event, gold: Mapping[str, Any], document: Document) -> None:
    """Whether the phrases given as sides are those that were marked, and the marked ones given."""
    shift = len(document["title"]) + 1
    sides = [
        (side, [a for a in given if a.char_start is not None], _marked(gold[side]))
        for side, given in (("actor", event.actors), ("recipient", event.recipients))
    ]
    if gold.get("reciprocal"):
        (_, given, marked), (_, others, more) = sides
        sides = [("actor", [*given, *others], [*marked, *more])]
    for side, given, marked in sides:
        alike = [[_is_same(actor, party, shift) for party in marked] for actor in given]
        for row in alike if marked else ():
            tally.add(f"{side}_named", right=any(row))
        for number in range(len(marked)):
            tally.add(f"{side}_found", right=any(row[number] for row in alike))


def _marked(parties: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The parties whose phrases are marked; labels may name a country alone."""
    return [party for party in parties if "start" in party]


def _is_same(actor: Actor, party: Mapping[str, Any], shift: int) -> bool:
    """Whether a phrase is a marked one, or begins with the word that one begins with."""
    moved = shift if actor.field == "body" else 0
    span = (actor.char_start or 0) + moved, (actor.char_end or 0) + moved
    if overlaps(span, [(party["start"], party["end"])]):
        return True
    one, two = (normalise_text(text or "-").split()[:1] for text in (actor.text, party["text"]))
    return [stem(word) for word in one] == [stem(word) for word in two]


def _score_spans(tally: Tally, told: Sequence[Event], document: Document) -> None:
    """Whether the parties' phrases cut through those that were marked where they stand."""
    golds = document["events"]
    marked = {
        (party["start"], party["end"])
        for gold in golds
        for side in ("actor", "recipient")
        for party in _marked(gold[side])
    }
    shift = len(document["title"]) + 1
    for party in {party for event in told for party in (*event.actors, *event.recipients)}:
        if party.char_start is None or party.char_end is None:
            continue
        moved = shift if party.field == "body" else 0
        start, end = party.char_start + moved, party.char_end + moved
        touched = [(low, high) for low, high in marked if low < end and start < high]
        if touched:
            begins = any(not low + _CLITIC < start for low, _ in touched)
            ends = any(not end < high for _, high in touched)
            tally.add("phrase", right=begins and ends)
            same = any(abs(low - start) <= _CLITIC and end == high for low, high in touched)
            tally.add("phrase_exact", right=same)


def _score_attributes(tally: Tally, event: Event, gold: Mapping[str, Any]) -> None:
    place = gold["place"]
    if not place:
        tally.add("invented_place", right=event.place is not None)
    if place and place["country"]:
        tally.add(
            "place_country",
            right=event.place is not None and event.place.country == place["country"],
        )
    if gold["date"]:
        day = str(event.event_date or "")
        tally.add(
            "date", right=any(day.startswith(d) for d in (gold["date"], *gold.get("date_alt", ())))
        )
    if gold["fatalities"]:
        tally.add("dead", right=event.fatalities_min == gold["fatalities"][0])


def score(documents: Iterable[Document], code: Callable[[Document], Sequence[Event]]) -> Tally:
    """Score many articles.

    Args:
        documents: the gold.
        code: gives the events of an article.
    """
    total = Tally()
    for document in documents:
        total.merge(score_document(code(document), document))
    return total
