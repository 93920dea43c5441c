"""Builds a `Document` value by value.

Importers add each value once, with its place, normal form and subject.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, TypedDict

from triage.importers import normal_forms
from triage.importers.bounds import MAX_FIELD, MAX_LABEL, MAX_PLACE, Allowance, describe_left_out, refuse_too_many, shorten_middle
from triage.importers.listed import split_values
from triage.importers.mentioned import declare_mentioned_digests, mentioned_identifiers
from triage.importers.values import is_empty_value, lower_hex_digest, parse_tristate
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
from triage.model.silence import denies_escalation


class IdentifierDetails(TypedDict, total=False):
    """What a source may state about an identifier besides its value."""

    port: int | None
    time: Moment | None
    event: str | None
    verified: bool | None
    possible_proxy: bool | None
    details: tuple[tuple[str, str], ...]


@dataclass(slots=True, kw_only=True)
class BlockSubject:
    """The person, file or incident that a block of a document describes.

    Identifiers, facts and texts of the block belong to it.
    """

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
class FileDraft(BlockSubject):
    """A file entry that is being built."""

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

    def build_entry(self) -> FileEntry:
        """Returns the finished entry, with digests in lower case and each annotation once."""
        return FileEntry(
            key=self.file or "",
            name=self.name,
            original_name=self.original_name,
            declared=tuple((kind, lower_hex_digest(value)) for kind, value in self.declared.items()),
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
    """A document that is being built.

    `at` arguments name the place of a value in the source document.
    """

    def __init__(self, format: ReportFormat, path: str, allowance: Allowance) -> None:
        """Starts an empty document.

        `allowance` limits what may be kept as not understood.
        """
        self.format = format
        self.path = path
        self.whole = BlockSubject(role="incident")
        """The report as a whole."""
        self.reporter = BlockSubject(role="reporter", prefix="reporter.", facts=self.whole.facts)
        self.numbers: list[str] = []
        self.annotations: list[str] = []
        self.prior_reports: list[str] = []
        self.files: list[FileDraft] = []
        self._keys: dict[str, int] = {}
        self._people: list[BlockSubject] = []
        self._identifiers: list[Identifier] = []
        self._of_file: dict[str, list[int]] = {}
        """Places in `_identifiers` of what each file came with."""
        self._texts: list[tuple[FreeText, BlockSubject | None]] = []
        self._unknown: list[NotUnderstood] = []
        self._allowance = allowance
        self._left_out = 0
        self._values = 0
        self._fields: dict[str, Any] = {}

    def make_source(self, at: str, label: str) -> tuple[Source, ...]:
        """Returns the source of a value as a tuple of one.

        A long place or label is shortened.
        """
        if len(at) > MAX_PLACE or len(label) > MAX_LABEL:
            at, label = shorten_middle(at, MAX_PLACE), shorten_middle(label, MAX_LABEL)
        return (Source(self.path, at, label),)

    def clip_field(self, text: str, at: str) -> str:
        """Returns the text of a field.

        A text above MAX_FIELD characters is cut, and kept whole as not understood.
        """
        if len(text) <= MAX_FIELD:
            return text
        self.add_unknown(at, text)
        return text[:MAX_FIELD]

    def _count(self) -> None:
        """Counts one value.

        Raises InputError when the document states too many.
        """
        self._values += 1
        refuse_too_many(self._values)

    def add_person(self, role: Role, says: str) -> BlockSubject:
        """Adds a person or account block.

        `says` is the source's own word for it.
        """
        self._count()
        subject = BlockSubject(role=role, says=says, person=len(self._people))
        self._people.append(subject)
        return subject

    def add_file(self, key: str, at: str, label: str) -> FileDraft:
        """Adds a file entry.

        A key that is already used gets a number ("key#2").
        """
        self._count()
        key = shorten_middle(key, MAX_LABEL)
        n = self._keys[key] = self._keys.get(key, 0) + 1
        unique = key if n == 1 else f"{key}#{n}"
        draft = FileDraft(role="file", says=label, file=unique, sources=self.make_source(at, label))
        self.files.append(draft)
        return draft

    def set_field(self, field_name: str, value: str | Moment, at: str, label: str) -> None:
        """Sets a field of the report, and adds a fact of the same name that says where it stands.

        The first value wins.
        """
        self._count()
        value = value if isinstance(value, Moment) else self.clip_field(value, at)
        self._fields.setdefault(field_name, value)
        text = value.original if isinstance(value, Moment) else value
        self.whole.facts.append(Fact(name=field_name, value=text, sources=self.make_source(at, label)))

    def has_field(self, field_name: str) -> bool:
        """Returns whether a field of the report was set."""
        return field_name in self._fields

    def identifiers_of(self, kind: str, role: Role) -> list[Identifier]:
        """Returns the identifiers of one kind and role that were added so far."""
        return [i for i in self._identifiers if i.kind == kind and i.role == role]

    def replace_identifiers(self, kind: str, change: Callable[[Identifier], Identifier], forms: Collection[str]) -> None:
        """Applies `change` to the identifiers of one kind whose normal form is in `forms`."""
        self._identifiers = [change(i) if i.kind == kind and i.normalised in forms else i for i in self._identifiers]

    def identifiers_of_file(self, file: FileDraft) -> list[Identifier]:
        """Returns the identifiers that were added for a file."""
        return [self._identifiers[n] for n in self._of_file.get(file.file or "", ())]

    def add_fact(self, subject: BlockSubject, name: str, value: Scalar, at: str, label: str | None = None) -> None:
        """Adds a fact about the subject, under the subject's prefix.

        A text without information ("N/A") is left out.
        """
        if isinstance(value, str):
            if is_empty_value(value):
                return
            value = self.clip_field(value, at)
            truth = parse_tristate(value) if name in BOOLEAN_FACTS else None
            value = value if truth is None else truth
        self._count()
        subject.facts.append(
            Fact(name=shorten_middle(subject.prefix + name, MAX_LABEL), value=value, sources=self.make_source(at, label or name))
        )

    def add_identifier(
        self, subject: BlockSubject, kind: str, value: str, at: str, label: str, said: IdentifierDetails | None = None
    ) -> None:
        """Adds an identifier of the subject, or several when the field clearly lists several.

        A value without information ("N/A") is left out. A port behind an address becomes the identifier's port, unless a field of
        its own states another one.
        """
        if is_empty_value(value):
            return
        if len(value) > MAX_FIELD:
            self._identify_long(subject, kind, value, at, label, said)
            return
        said = said or {}
        if kind == "phone":
            form = normal_forms.normalise_phone(value, dict(said.get("details", ())).get("countryCallingCode", ""))
        elif kind == "ip":
            address, beside = normal_forms.split_ip_and_port(value)
            form = normal_forms.normalise_ip(address)
            if form is None or beside is not None:
                value, said = address, IdentifierDetails(**{**said, "port": said.get("port") or beside})
        else:
            form = normal_forms.normalise_identifier(kind, value)
        if form is None and len(listed := split_values(kind, value)) > 1:
            for one in listed:
                self.add_identifier(subject, kind, one, at, label, said)
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
                sources=self.make_source(at, label),
                **_shorten_details(said),
            )
        )

    def _identify_long(
        self, subject: BlockSubject, kind: str, value: str, at: str, label: str, said: IdentifierDetails | None
    ) -> None:
        """Adds the identifiers that a very long field lists.

        A long field that is no list is kept as not understood.
        """
        listed = split_values(kind, value)
        if len(listed) > 1:
            for one in listed:
                self.add_identifier(subject, kind, one, at, label, said)
        else:
            self.add_unknown(at, value)

    def add_name(self, subject: BlockSubject, at: str) -> None:
        """Joins the name parts in `subject.names`, in the order of a name, adds the name and clears the parts."""
        stated = [subject.names.get(part, "") for part in _NAME_PARTS]
        joined = " ".join(part for part in stated if not is_empty_value(part))
        subject.names.clear()
        self.add_identifier(subject, "name", joined, at, "name")

    def add_text(self, subject: BlockSubject, text: str, at: str, label: str, *, mined: bool = True) -> None:
        """Adds a whole text block.

        With `mined`, identifiers in it are found when the document is built.
        """
        if text.strip():
            self._count()
            block = FreeText(text=text, of=subject.role, label=label, sources=self.make_source(at, label))
            self._texts.append((block, subject if mined else None))

    def escalate(self, subject: BlockSubject, reason: str, at: str, label: str) -> None:
        """Records that the provider escalated the report. A reason that denies it ("No - routine") is only a fact."""
        if denies_escalation(reason):
            self.add_fact(subject, label, reason, at)
        else:
            self.set_field("escalation", reason, at, label)
            self.add_text(subject, reason, at, label)

    def add_metadata(self, file: FileDraft, stated: tuple[str, str, str], at: str) -> None:
        """Adds one (type, name, value) that a provider or a camera stated about a file."""
        self._count()
        kind, name, value = stated
        file.metadata.append((self.clip_field(kind, at), self.clip_field(name, at), self.clip_field(value, at)))

    def parse_port(self, at: str, text: str) -> int | None:
        """Returns the port that a field of its own states.

        A text that is no port is kept as not understood.
        """
        found = normal_forms.parse_port(text)
        if found is None and text:
            self.add_unknown(at, text)
        return found

    def add_unknown(self, at: str, value: str) -> None:
        """Keeps a part that no handler reads as not understood, as far as the allowance goes.

        An empty value is left out.
        """
        if is_empty_value(value):
            return
        self._count()
        at = shorten_middle(at, MAX_PLACE)
        if self._allowance.take(len(at) + len(value)):
            self._unknown.append(NotUnderstood(source=self.path, path=at, value=value))
        else:
            self._left_out += 1

    def add_unknown_part(self, at: str, written: Callable[[], str]) -> None:
        """Keeps a part that must first be serialised.

        `written` is not called once the allowance is used up.
        """
        if self._allowance.used_up:
            self._count()
            self._left_out += 1
        else:
            self.add_unknown(at, written())

    def build(self, part: str = "") -> Document:
        """Returns the document.

        Identifiers and digests that only free text mentions are added first.
        """
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
            files=tuple(draft.build_entry() for draft in self.files),
            facts=tuple(self.whole.facts),
            free_text=tuple(block for block, _ in self._texts),
            not_understood=(*self._unknown, *describe_left_out(self.path, self._left_out)),
            **self._fields,
        )


BOOLEAN_FACTS = frozenset(
    (
        "compromisedAccount", "thirdPartyUserReported", "accountTemporarilyDisabled", "accountPermanentlyDisabled",
        "allEmailsReported", "thirdPartyHostedContent",
    )
)  # fmt: skip
"""Booleans of the schema: other sources write them as words, and "No" must not look like a statement that asserts."""

_NAME_PARTS = ("firstName", "middleName", "lastName")


def _shorten_details(said: IdentifierDetails) -> IdentifierDetails:
    """Returns the details with long events and texts shortened, since one field may state them for thousands of identifiers."""
    event, details = said.get("event") or "", said.get("details", ())
    if len(event) <= MAX_LABEL and (
        not details or all(len(name) <= MAX_LABEL and len(text) <= MAX_LABEL for name, text in details)
    ):
        return said
    short = tuple((shorten_middle(name, MAX_LABEL), shorten_middle(text, MAX_LABEL)) for name, text in details)
    return IdentifierDetails(**{**said, "event": shorten_middle(event, MAX_LABEL) or None, "details": short})
