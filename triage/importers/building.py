"""What importers build a `Document` with: each value goes in once, with its place, its normal form and whom it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict

from triage.importers import normal
from triage.importers.bounds import MAX_FIELD, MAX_LABEL, MAX_PLACE, Allowance, note_of_left_out, refuse_too_many, shortened
from triage.importers.listed import split_values
from triage.importers.mentioned import declare_mentioned_digests, mentioned_identifiers
from triage.model.document import (
    Document,
    Fact,
    FileEntry,
    FreeText,
    Identifier,
    NotUnderstood,
    Person,
    Role,
    Scalar,
    Source,
)
from triage.model.formats import ReportFormat
from triage.model.moment import Moment
from triage.model.silence import says_none

_HEX = re.compile("[0-9A-Fa-f]+")
_NOTHING = {"n/a", "na", "null", "none", ""}
_LONG_ENOUGH = 20
"""A longer text says something, even if it is only blanks."""


class Tells(Protocol):
    """A reader of XML or JSON: the text of one of its nodes, "" when it says nothing."""

    b: Builder

    def text(self, node: Any, at: str, /) -> str: ...


class Said(TypedDict, total=False):
    """What a source may say of an identifier beside its value."""

    port: int | None
    time: Moment | None
    event: str | None
    verified: bool | None
    possible_proxy: bool | None
    details: tuple[tuple[str, str], ...]


@dataclass(slots=True, kw_only=True)
class Subject:
    """Whom or what a block of a document speaks of; identifiers, facts and texts read in the block belong to it."""

    role: Role
    says: str = ""
    person: int | None = None
    file: str | None = None
    prefix: str = ""
    """Set before the names of facts, for blocks that are no subject of their own ("lawEnforcement.")."""
    facts: list[Fact] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """First, middle and last name, until they are joined."""


@dataclass(slots=True, kw_only=True)
class FileDraft(Subject):
    """A file entry in the making."""

    sources: tuple[Source, ...]
    name: str | None = None
    original_name: str | None = None
    declared: dict[str, str] = field(default_factory=dict)
    viewed_by_esp: bool | None = None
    exif_viewed_by_esp: bool | None = None
    publicly_available: bool | None = None
    classification: str | None = None
    annotations: list[str] = field(default_factory=list)
    relevance: str | None = None
    uploaded: Moment | None = None
    metadata: list[tuple[str, str, str]] = field(default_factory=list)

    def entry(self) -> FileEntry:
        return FileEntry(
            key=self.file or "",
            name=self.name,
            original_name=self.original_name,
            declared=tuple((kind, _plain_digest(value)) for kind, value in self.declared.items()),
            viewed_by_esp=self.viewed_by_esp,
            exif_viewed_by_esp=self.exif_viewed_by_esp,
            publicly_available=self.publicly_available,
            classification=self.classification,
            annotations=tuple(dict.fromkeys(self.annotations)),
            relevance=self.relevance,
            uploaded=self.uploaded,
            metadata=tuple(self.metadata),
            facts=tuple(self.facts),
            sources=self.sources,
        )


class Builder:
    """One document in the making. `format` and `path` are those of the document; places are given as `at`."""

    def __init__(self, format: ReportFormat, path: str, allowance: Allowance) -> None:
        self.format = format
        self.path = path
        self.whole = Subject(role="incident")
        """The report as a whole."""
        self.reporter = Subject(role="reporter", prefix="reporter.", facts=self.whole.facts)
        self.numbers: list[str] = []
        self.annotations: list[str] = []
        self.prior_reports: list[str] = []
        self.files: list[FileDraft] = []
        self._keys: dict[str, int] = {}
        self._people: list[Subject] = []
        self._identifiers: list[Identifier] = []
        self._of_file: dict[str, list[int]] = {}
        """Places in `_identifiers` of what each file came with."""
        self._texts: list[tuple[FreeText, Subject | None]] = []
        self._unknown: list[NotUnderstood] = []
        self._allowance = allowance
        self._left_out = 0
        self._values = 0
        self._fields: dict[str, Any] = {}

    def source(self, at: str, label: str) -> tuple[Source, ...]:
        if len(at) > MAX_PLACE or len(label) > MAX_LABEL:
            at, label = shortened(at, MAX_PLACE), shortened(label, MAX_LABEL)
        return (Source(self.path, at, label),)

    def field(self, text: str, at: str) -> str:
        """Returns the text of a field, cut when it is too long to be one: then the whole is kept as not understood."""
        if len(text) <= MAX_FIELD:
            return text
        self.unknown(at, text)
        return text[:MAX_FIELD]

    def _count(self) -> None:
        self._values += 1
        refuse_too_many(self._values)

    def person(self, role: Role, says: str) -> Subject:
        self._count()
        subject = Subject(role=role, says=says, person=len(self._people))
        self._people.append(subject)
        return subject

    def file(self, key: str, at: str, label: str) -> FileDraft:
        """A file entry; when the key is taken already, a number is added to it."""
        self._count()
        key = shortened(key, MAX_LABEL)
        n = self._keys[key] = self._keys.get(key, 0) + 1
        unique = key if n == 1 else f"{key}#{n}"
        draft = FileDraft(role="file", says=label, file=unique, sources=self.source(at, label))
        self.files.append(draft)
        return draft

    def set(self, field_name: str, value: str | Moment, at: str, label: str) -> None:
        """A field of the report as a whole, with a fact of the same name that says where it stands. The first one counts."""
        self._count()
        value = value if isinstance(value, Moment) else self.field(value, at)
        self._fields.setdefault(field_name, value)
        text = value.original if isinstance(value, Moment) else value
        self.whole.facts.append(Fact(name=field_name, value=text, sources=self.source(at, label)))

    def has(self, field_name: str) -> bool:
        return field_name in self._fields

    def identifiers(self, kind: str, role: Role) -> list[Identifier]:
        """Those of one kind and role so far."""
        return [i for i in self._identifiers if i.kind == kind and i.role == role]

    def identifiers_with(self, kind: str, change: Callable[[Identifier], Identifier], forms: Collection[str]) -> None:
        """Replace those of one kind whose normal form is among `forms` by what `change` makes of them."""
        self._identifiers = [change(i) if i.kind == kind and i.normalised in forms else i for i in self._identifiers]

    def captures_of(self, file: FileDraft) -> list[Identifier]:
        return [self._identifiers[n] for n in self._of_file.get(file.file or "", ())]

    def fact(self, subject: Subject, name: str, value: Scalar, at: str, label: str | None = None) -> None:
        if isinstance(value, str):
            if says_nothing(value):
                return
            value = self.field(value, at)
            truth = tristate(value) if name in BOOLEAN_FACTS else None
            value = value if truth is None else truth
        self._count()
        subject.facts.append(
            Fact(name=shortened(subject.prefix + name, MAX_LABEL), value=value, sources=self.source(at, label or name))
        )

    def identify(self, subject: Subject, kind: str, value: str, at: str, label: str, said: Said | None = None) -> None:
        """An identifier of the subject, or several that one field lists; values that say nothing are none. A port that stands
        beside an address is its port, unless a field of its own says another."""
        if says_nothing(value):
            return
        if len(value) > MAX_FIELD:
            self._identify_long(subject, kind, value, at, label, said)
            return
        said = said or {}
        if kind == "phone":
            form = normal.phone(value, dict(said.get("details", ())).get("countryCallingCode", ""))
        elif kind == "ip":
            address, beside = normal.ip_and_port(value)
            form = normal.ip(address)
            if form is None or beside is not None:
                value, said = address, Said(**{**said, "port": said.get("port") or beside})
        else:
            form = normal.normalised(kind, value)
        if form is None and len(listed := split_values(kind, value)) > 1:
            for one in listed:
                self.identify(subject, kind, one, at, label, said)
            return
        self._count()
        if subject.file is not None:
            self._of_file.setdefault(subject.file, []).append(len(self._identifiers))
        self._identifiers.append(
            Identifier(
                kind=kind,
                value=value,
                normalised=form,
                role=subject.role,
                person=subject.person,
                file=subject.file,
                sources=self.source(at, label),
                **_bounded(said),
            )
        )

    def _identify_long(self, subject: Subject, kind: str, value: str, at: str, label: str, said: Said | None) -> None:
        """A field that is too long for one value: a list of several, or not understood."""
        listed = split_values(kind, value)
        if len(listed) > 1:
            for one in listed:
                self.identify(subject, kind, one, at, label, said)
        else:
            self.unknown(at, value)

    def name(self, subject: Subject, at: str) -> None:
        """Join the parts of a name that were read into `subject.names`, in the order of a name and not of the document."""
        stated = [subject.names.get(part, "") for part in _NAME_PARTS]
        joined = " ".join(part for part in stated if not says_nothing(part))
        subject.names.clear()
        self.identify(subject, "name", joined, at, "name")

    def tell(self, subject: Subject, text: str, at: str, label: str, *, mine: bool = True) -> None:
        """A text block, whole. What it mentions is mined when the document is finished."""
        if text.strip():
            self._count()
            block = FreeText(text=text, of=subject.role, label=label, sources=self.source(at, label))
            self._texts.append((block, subject if mine else None))

    def escalate(self, subject: Subject, reason: str, at: str, label: str) -> None:
        """Records that the provider escalated the report. A reason that says "N/A" or "No" is a fact, and no escalation."""
        if says_none(reason):
            self.fact(subject, label, reason, at)
        else:
            self.set("escalation", reason, at, label)
            self.tell(subject, reason, at, label)

    def metadata(self, file: FileDraft, stated: tuple[str, str, str], at: str) -> None:
        """(type, name, value) of what a provider or a camera wrote beside a file."""
        self._count()
        kind, name, value = stated
        file.metadata.append((self.field(kind, at), self.field(name, at), self.field(value, at)))

    def port(self, at: str, text: str) -> int | None:
        """A port in a field of its own."""
        found = normal.port(text)
        if found is None:
            self.unknown(at, text)
        return found

    def unknown(self, at: str, value: str) -> None:
        """What no handler claims; a value that says nothing has nothing to be understood."""
        if says_nothing(value):
            return
        self._count()
        at = shortened(at, MAX_PLACE)
        if self._allowance.take(len(at) + len(value)):
            self._unknown.append(NotUnderstood(source=self.path, path=at, value=value))
        else:
            self._left_out += 1

    def unknown_part(self, at: str, written: Callable[[], str]) -> None:
        """The same for a part that has to be written as text first, which is spared once nothing more is kept."""
        if self._allowance.used_up:
            self._count()
            self._left_out += 1
        else:
            self.unknown(at, written())

    def build(self, part: str = "") -> Document:
        """Returns the document. `part` tells documents of one report and format apart."""
        declare_mentioned_digests(self, self._texts)
        return Document(
            format=self.format,
            slot=self.format.slot(part),
            path=self.path,
            numbers=tuple(dict.fromkeys(self.numbers)),
            annotations=tuple(dict.fromkeys(self.annotations)),
            prior_reports=tuple(dict.fromkeys(self.prior_reports)),
            people=tuple(Person(role=p.role, says=p.says, facts=tuple(p.facts)) for p in self._people),
            identifiers=(*self._identifiers, *mentioned_identifiers(self._texts, self._identifiers)),
            files=tuple(draft.entry() for draft in self.files),
            facts=tuple(self.whole.facts),
            free_text=tuple(block for block, _ in self._texts),
            not_understood=(*self._unknown, *note_of_left_out(self.path, self._left_out)),
            **self._fields,
        )


def _plain_digest(value: str) -> str:
    """Returns a digest in lower case; what is not written in hexadecimal digits stays as it is."""
    return value.casefold() if _HEX.fullmatch(value) else value


def hash_kind(name: str) -> str:
    """ "SHA-256", "Sha256" and "SHA_256" are sha256; any other name in lower case without punctuation."""
    return "".join(c for c in name.casefold() if c.isalnum())


BOOLEAN_FACTS = frozenset(
    (
        "compromisedAccount", "thirdPartyUserReported", "accountTemporarilyDisabled", "accountPermanentlyDisabled",
        "allEmailsReported", "thirdPartyHostedContent",
    )
)  # fmt: skip
"""Booleans of the schema: other sources write them as words, and "No" must not look like a statement that asserts."""

_NAME_PARTS = ("firstName", "middleName", "lastName")

HEX_LENGTH = {"md5": 32, "sha1": 40, "sha256": 64}


def string_of_file(attribute: str) -> Callable[[Tells, Any, str, object], None]:
    """A handler of either vocabulary that puts a node's text into the file entry it stands in."""

    def read(reader: Tells, node: Any, at: str, subject: object) -> None:
        text = reader.text(node, at)
        if isinstance(subject, FileDraft) and not says_nothing(text):
            setattr(subject, attribute, reader.b.field(text, at))

    return read


def tristate_of_file(attribute: str) -> Callable[[Tells, Any, str, object], None]:
    """The same for what is true, false or not said; any other text is kept as not understood."""

    def read(reader: Tells, node: Any, at: str, subject: object) -> None:
        text = reader.text(node, at)
        truth = tristate(text)
        if truth is not None:
            setattr(subject, attribute, truth)
        else:
            reader.b.unknown(at, text)

    return read


def says_nothing(text: str) -> bool:
    """Empty, or what programs write when they have nothing: "N/A", "null", "None"."""
    return len(text) < _LONG_ENOUGH and text.strip().casefold() in _NOTHING


_TRUTHS = {"true": True, "1": True, "yes": True, "y": True, "false": False, "0": False, "no": False, "n": False}
_VERIFICATION = re.compile(r"(?P<no>not\s+|un)?verified\b.*", re.IGNORECASE | re.DOTALL)


def tristate(text: str) -> bool | None:
    """xs:boolean and the spellings of other sources; None for anything else."""
    return _TRUTHS.get(text.strip().casefold())


def verification(text: str) -> bool | None:
    """The same, and in words: "Verified", "Not Verified", "Verified 01-02-2026"."""
    found = _VERIFICATION.fullmatch(text.strip())
    return not found["no"] if found else tristate(text)


def _bounded(said: Said) -> Said:
    """What was said of one identifier may have been said of thousands together."""
    event, details = said.get("event") or "", said.get("details", ())
    if len(event) <= MAX_LABEL and all(len(name) <= MAX_LABEL and len(text) <= MAX_LABEL for name, text in details):
        return said
    short = tuple((shortened(name, MAX_LABEL), shortened(text, MAX_LABEL)) for name, text in details)
    return Said(**{**said, "event": shortened(event, MAX_LABEL) or None, "details": short})
