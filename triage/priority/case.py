"""What a condition may look at, and what it answers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from triage.message import Message
from triage.model.document import Fact, Identifier, Scalar
from triage.model.judgement import ListHit, Location, Surroundings
from triage.model.media import MediaFacts
from triage.model.report import Report
from triage.priority.phrases import PhraseList, readable, words_of
from triage.priority.roles import RoleTable


@dataclass(frozen=True, slots=True)
class Case:
    """One report with all that is known around it: everything a condition may read, and nothing else. There is no clock in it.

    `hits` are those of the surroundings by SHA-256, since some reports have thousands of files. What many rules ask for is made
    once: `leads` are the identifiers that lead to somebody in the report, by kind (not the provider's contacts, not what only the
    text mentions), `facts` those of people by role and bare name, `marks` the annotations of files with their bare names, `texts`
    the readable texts that are not the reporter's, with their words. `kind` and `annotations` are bare.
    """

    report: Report
    location: Location
    media: Mapping[str, MediaFacts]
    surroundings: Surroundings
    phrases: Mapping[str, PhraseList]
    roles: RoleTable
    hits: Mapping[str, Sequence[ListHit]]
    leads: Mapping[str, Sequence[Identifier]]
    facts: Mapping[tuple[str, str], Sequence[Fact]]
    marks: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, frozenset[str]]]
    kind: str
    annotations: frozenset[str]


def case_of(
    report: Report,
    location: Location,
    media: Mapping[str, MediaFacts],
    surroundings: Surroundings,
    phrases: Mapping[str, PhraseList],
    roles: RoleTable,
) -> Case:
    hits: defaultdict[str, list[ListHit]] = defaultdict(list)
    for hit in surroundings.hits:
        hits[hit.sha256].append(hit)
    leading: defaultdict[str, list[Identifier]] = defaultdict(list)
    for identifier in report.identifiers:
        if identifier.role not in ("reporter", "mentioned"):
            leading[identifier.kind].append(identifier)
    facts: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)
    for person in report.people:
        for fact in person.facts:
            facts[person.role, bare(fact.name)].append(fact)
    texts = [readable(text.text) for text in report.free_text if text.of != "reporter"]
    texts += [readable(text) for text in join_file_texts(report, media)]
    return Case(
        report,
        location,
        media,
        surroundings,
        phrases,
        roles,
        hits=hits,
        leads=leading,
        facts=facts,
        marks=[(bare(name), name) for file in report.files for name in file.entry.annotations],
        texts=[(text, words_of(text)) for text in texts],
        kind=bare(report.incident_type or ""),
        annotations=frozenset(bare(name) for name in report.annotations),
    )


def join_file_texts(report: Report, media: Mapping[str, MediaFacts]) -> list[str]:
    """Returns the text of each file of the report that was read, a line for each message, without the senders' labels."""
    found = []
    for sha256 in dict.fromkeys(file.occurrence.sha256 for file in report.files if file.occurrence is not None):
        facts = media.get(sha256)
        if facts is not None and facts.file_text is not None and facts.file_text.messages:
            found.append("\n".join(message.text for message in facts.file_text.messages))
    return found


@dataclass(frozen=True, slots=True)
class Seen:
    """What a condition found: the value and the field it stands in, as the card prints them.

    `amount` is a count for rules that scale by logarithm, or a share of 0 to 1 for rules that give a part of their points.
    """

    value: str | Message
    """A `str` is only the source's own words."""
    field: str
    amount: float = 1.0


Words = tuple[str, ...]
Argument = Words | float | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A named question to a case. `takes` says which argument a rule has to give it."""

    name: str
    field: str
    takes: type[object]
    ask: Callable[[Case, Argument], Seen | None]

    def accepts(self, argument: Argument) -> bool:
        return isinstance(argument, self.takes)


def plain(where: str) -> Callable[[Callable[[Case, str], Seen | None]], Condition]:
    """A condition without an argument. The function gets the case and the field's name."""

    def make(look: Callable[[Case, str], Seen | None]) -> Condition:
        return Condition(look.__name__, where, type(None), lambda case, _: look(case, where))

    return make


def of_words(where: str) -> Callable[[Callable[[Case, str, Words], Seen | None]], Condition]:
    """A condition that takes a list of words."""

    def make(look: Callable[[Case, str, Words], Seen | None]) -> Condition:
        def ask(case: Case, argument: Argument) -> Seen | None:
            return look(case, where, argument if isinstance(argument, tuple) else ())

        return Condition(look.__name__, where, tuple, ask)

    return make


def of_number(where: str) -> Callable[[Callable[[Case, str, float], Seen | None]], Condition]:
    """A condition that takes a number."""

    def make(look: Callable[[Case, str, float], Seen | None]) -> Condition:
        def ask(case: Case, argument: Argument) -> Seen | None:
            return look(case, where, argument if isinstance(argument, float) else 0.0)

        return Condition(look.__name__, where, float, ask)

    return make


_NOT_ALNUM = re.compile(r"[\W_]+")
_YES = re.compile(r"yes\b")
_NO_INFORMATION = {"", "na", "none", "null", "unknown", "notprovided", "informationnotprovided", "notavailable", "notsaid"}
_SAYS_NOTHING = _NO_INFORMATION | {"no", "false"}


@lru_cache(maxsize=16_384)
def bare(text: str) -> str:
    """Letters and digits only, case-folded: "Possible Self-Production" and possibleSelfProduction are one name."""
    return _NOT_ALNUM.sub("", text.casefold())


@lru_cache(maxsize=4_096)
def all_bare(words: Words) -> frozenset[str]:
    """Of the words that a rule gives."""
    return frozenset(bare(word) for word in words)


def says_yes(value: Scalar) -> bool:
    """True, "true", "Yes" and "Yes, ..." assert; everything else, silence too, does not."""
    if isinstance(value, bool):
        return value
    text = str(value if value is not None else "").strip().casefold()
    return text in {"true", "1"} or _YES.match(text) is not None


def informative(value: Scalar) -> bool:
    """Whether a stated value says anything at all."""
    return value is not None and value is not False and bare(str(value)) not in _SAYS_NOTHING


def facts_of(case: Case, role: str, *names: str) -> Iterator[Fact]:
    """Facts of the people in a role, by bare name."""
    for name in all_bare(names):
        yield from case.facts.get((role, name), ())


def leads(case: Case, *kinds: str) -> list[Identifier]:
    """Identifiers of some kinds that lead to somebody in the report."""
    return [each for kind in kinds for each in case.leads.get(kind, ())]


Noun = Literal["file", "number", "address", "capture", "report", "recipient"]
COUNTED: dict[Noun, tuple[str, str]] = {
    "file": ("{n} file", "{n} files"),
    "number": ("{n} number", "{n} numbers"),
    "address": ("{n} address", "{n} addresses"),
    "capture": ("{n} capture", "{n} captures"),
    "report": ("{n} report", "{n} reports"),
    "recipient": ("{n} recipient", "{n} recipients"),
}


def counted(number: int, noun: Noun) -> Message:
    """Returns "1 file", "2 files", "3 addresses"."""
    one, many = COUNTED[noun]
    return Message(one if number == 1 else many, n=number)  # message-ok


def short(text: str, most: int = 160) -> str:
    """The beginning of a long text, for the card; the whole stands in the report."""
    return text if len(text) <= most else text[:most].rstrip() + "…"


def listing(values: Iterable[str | Message], most: int = 4) -> Message:
    """Returns a short, sorted, distinct listing for the card."""
    distinct = sorted(set(values), key=str)
    more = len(distinct) - most
    shown = tuple(short(value, 60) if isinstance(value, str) else value for value in distinct[:most])
    return Message("{values} and {n} more", values=shown, n=more) if more > 0 else Message("{values}", values=shown)
