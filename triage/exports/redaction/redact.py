"""Makes the redacted edition of a packet: nothing that identifies a child, no perceptual hash, no copy of a source document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from msgspec.structs import replace as replace_struct

from triage.errors import Refused
from triage.exports.redaction.child_values import (
    count_kinds,
    describe_kind,
    find_children,
    is_of_child,
    is_safe_fact,
    label_of,
    list_child_values,
    list_kept_words,
    list_user_keys,
    make_labels,
)
from triage.exports.redaction.left_out_texts import count_texts, leave_out_child_texts, leave_out_texts, list_telling_names
from triage.exports.redaction.replacing import replace_within
from triage.exports.redaction.value_finder import PLACE, ChildValue, ValueFinder
from triage.message import Message
from triage.model.judgement import PlaceEvidence
from triage.model.media import Exif, MediaFacts
from triage.model.packet import NotDone, Packet, PacketReport, Removed
from triage.model.report import Report
from triage.model.views import ShowFile, ShowIdentifier, ShowPerson, ShowReport

_DIGESTS = ("md5", "sha1", "sha256", "sha512")
"""Hashes of the bytes. All others say what an image looks like."""
_HARMLESS_EXIF = re.compile(
    r"(?:(?:image|exif|thumbnail) )?(?:make|model|software|datetime\w*|orientation|exposure\w*|fnumber|iso\w*|flash|"
    r"focallength\w*|whitebalance|colorspace|compression|exifversion|offsettime\w*|[xy]?resolution\w*|"
    r"(?:image|exifimage|pixel[xy])?(?:width|length|height|dimension))",
    re.IGNORECASE,
)
"""Fields of EXIF that lead to nobody. Positions, serial numbers, owners and comments are not among them."""
_CHILD_ROLES = ("victim", "recipient", "complainant", "witness")
"""Roles whose texts never leave in a redacted edition."""
_UNKNOWN_HASH = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Fa-f]{64}(?![0-9A-Za-z])|(?i:(?:photodna|[pda]-?hash)\W{0,5})[0-9A-Za-z+/=]{16,}"
)
"""What may be a PDQ hash, as long as a SHA-256, or is named as a perceptual hash."""
HASH_MARK = "[removed: a value that may be a perceptual hash]"
PERCEPTUAL = "perceptual hash"
_LEAST_HASH = 16  # hexadecimal digits: pHash has 64 bits
_LEAST_NUMBER = 7  # characters of a degree with four decimals
NOT_UNDERSTOOD_MARK = "[removed: not understood, so that it may name a child]"
_TEXTS_LEFT_OUT = NotDone(
    what=Message("Texts and chats of the sources, and quotations of them, were left out: nobody stated that they read them.")
)


def redact_packet(packet: Packet, versions: Sequence[Sequence[Report]]) -> Packet:
    """Returns the redacted edition of a packet; texts stay only where `packet.texts_read_by` names who read them.

    `versions` are all versions of each report of the packet, the current one last: an earlier one may name what the current one
    does not.
    """
    lanes = [report.show.child_lane != "no" for report in packet.reports]
    values = _list_values(packet, versions)
    names = {each.value for each in values if each.kind == "name"}
    kept = _list_officers(packet)
    for found, lane in zip(versions, lanes, strict=True):
        kept |= list_kept_words(found, lane=lane, names=names)
    finder = ValueFinder(values, kept)
    digests = {each for report in packet.reports for each in _list_digests(report)}

    def replace_text(text: str, variants: bool) -> str:
        return _replace_hashes(finder.replace(text, variants=variants), digests)

    reports = tuple(
        _redact_report(report, found[-1], lane, packet.texts_read_by)
        for report, found, lane in zip(packet.reports, versions, lanes, strict=True)
    )
    return replace(
        packet,
        reports=tuple(replace_within(report, replace_text) for report in reports),
        handover=replace_within(packet.handover, replace_text),
        cleared=replace_within(packet.cleared, replace_text),
        edition="redacted",
        removed=tuple(_list_removed(packet, values)),
    )


def make_finder(packet: Packet, versions: Sequence[Sequence[Report]]) -> ValueFinder:
    """Returns what finds the values that a redacted edition must not hold, as they are."""
    return ValueFinder(_list_values(packet, versions))


def _list_values(packet: Packet, versions: Sequence[Sequence[Report]]) -> list[ChildValue]:
    """Returns every value that may not stand in the redacted edition."""
    values: list[ChildValue] = []
    for report, found in zip(packet.reports, versions, strict=True):
        values += list_child_values(found, report.show.report_id, lane=report.show.child_lane != "no")
        values += [*_list_file_values(report.show), *_list_districts(report.show)]
        values += () if packet.texts_read_by else list_telling_names(report)
    return values


def _list_districts(show: ShowReport) -> list[ChildValue]:
    """Returns the districts that follow from what is known of anybody but the reported user: they lead to a child's home."""
    of = f"a possible child of {show.report_id}"
    districts = {each.district for each in show.location.evidence if each.of != "suspect" and each.district}
    return [ChildValue(PLACE, district, of) for district in sorted(districts)]


def require_redacted(finder: ValueFinder, name: str, content: bytes) -> None:
    """Raises Refused when a part of a redacted edition still holds a value of a child. That would be our fault."""
    if finder.holds_any(content.decode("utf-8", "replace")):
        raise Refused("{name} would still hold what identifies a child. The redacted edition was not made.", name=name)


def _list_officers(packet: Packet) -> set[str]:
    """Returns the words of the names of those who made the packet and its custody."""
    names = {step.who for report in packet.reports for step in report.custody}
    names |= {receipt.by for report in packet.reports for receipt in report.receipts}
    for officer in (packet.about.officer, packet.second_officer):
        if officer is not None:
            names |= {officer.user, officer.profile.full_name}
    return {word for name in names for word in re.findall(r"[^\W\d_]+", name)}


def _list_file_values(show: ShowReport) -> list[ChildValue]:
    """Returns the perceptual hashes and positions of a report's files, so that they are found in texts too."""
    found = []
    for file in show.files:
        stated = [value for kind, value in file.declared.items() if kind.lower() not in _DIGESTS]
        stated += [match.list_hash for match in file.verdict.matches]
        stated += [value for kind, _, value in file.metadata if kind == "HASH" and len(value) not in (32, 40)]
        hashes = (value for value in (file.pdq, file.phash, *stated) if value and len(value) >= _LEAST_HASH)
        found += [ChildValue(PERCEPTUAL, value, "a file") for value in hashes]
        position = file.exif.get("GPS", "")
        found += [
            ChildValue("position", value, "a file") for value in (position, *position.split(", ")) if len(value) >= _LEAST_NUMBER
        ]
    return found


def _list_digests(report: PacketReport) -> set[str]:
    """Returns the SHA-256 digests that a report states of files and documents."""
    found = {each.sha256 for each in report.sources} | {each.sha256 for each in report.files}
    found |= {container.sha256 for receipt in report.receipts for container in receipt.containers}
    for file in report.show.files:
        found |= {file.sha256 or "", file.declared.get("sha256", "").lower(), file.verdict.inherited_from or ""}
        found |= {each.sha256 for each in file.alike}
    return found


def _replace_hashes(text: str, digests: set[str]) -> str:
    """Returns a text without what may be a perceptual hash."""
    return _UNKNOWN_HASH.sub(lambda found: found[0] if found[0].lower() in digests else HASH_MARK, text)


def _redact_report(report: PacketReport, current: Report, lane: bool, read_by: str) -> PacketReport:
    """Returns a report without copies of its sources, without what stands in elements of a child, and without unread texts."""
    redacted = replace(
        report,
        show=_redact_show(report.show, current, lane),
        sources=tuple(replace(source, data=b"") for source in report.sources),
        media={sha256: _redact_facts(facts) for sha256, facts in report.media.items()},
        not_done=(*report.not_done, _describe_reading(read_by)),
    )
    return redacted if read_by else leave_out_texts(redacted)


def _describe_reading(read_by: str) -> NotDone:
    """Returns what nobody did about the texts."""
    if not read_by:
        return _TEXTS_LEFT_OUT
    said = Message(
        "Texts were searched for the values that the sources name as a child's. What stands only in a text is not known to"
        " Triage. {who} stated that they read the texts.",
        who=read_by,
    )
    return NotDone(what=said)


def _redact_show(show: ShowReport, current: Report, lane: bool) -> ShowReport:
    """Returns the report as shown without the fields of a child."""
    children = find_children(current, lane=lane)
    users = list_user_keys(current, children)
    number = show.report_id
    labels = make_labels(current.people, children, number)
    identifiers = tuple(
        _redact_identifier(shown, label_of(each, labels, number)) if is_of_child(each, children, users) else shown
        for shown, each in zip(show.identifiers, current.identifiers, strict=True)
    )
    people = tuple(_redact_person(person) if place in children else person for place, person in enumerate(show.people))
    roles = frozenset({*_CHILD_ROLES, *(current.people[place].role for place in children)})
    facts = (fact for place in children for fact in current.people[place].facts)
    show = leave_out_child_texts(show, roles, (str(fact.value) for fact in facts if not is_safe_fact(fact.name, fact.value)))
    evidence = tuple(_redact_evidence(each) if each.of in roles else each for each in show.location.evidence)
    return replace(
        show,
        location=replace(show.location, evidence=evidence),
        identifiers=identifiers,
        people=people,
        files=tuple(_redact_file(file) for file in show.files),
        not_understood=tuple(replace(each, value=NOT_UNDERSTOOD_MARK) for each in show.not_understood),
    )


def _redact_identifier(shown: ShowIdentifier, of: str) -> ShowIdentifier:
    """Returns an identifier of a child without its value."""
    mark = ChildValue(describe_kind(shown.kind), "", of).mark
    return replace(shown, value=mark, normalised=None, details={})


def _redact_person(person: ShowPerson) -> ShowPerson:
    """Returns a child without the facts that identify them."""
    facts = {name: value if is_safe_fact(name, value) else "[removed]" for name, value in person.facts.items()}
    return replace(person, facts=facts)


def _redact_evidence(evidence: PlaceEvidence) -> PlaceEvidence:
    """Returns what places a child without what it states: its kind, its weight and the province stay."""

    def remove(text: str, _variants: bool) -> str:
        return "[removed]"

    return replace_struct(
        evidence,
        value="[removed]",
        says=replace_within(evidence.says, remove),
        why=replace_within(evidence.why, remove),
        against=replace_within(evidence.against, remove),
        district=None,
    )


def _redact_file(file: ShowFile) -> ShowFile:
    """Returns a file without perceptual hashes, and without EXIF that may lead to somebody."""
    return replace(
        file,
        pdq=None,
        pdq_quality=None,
        phash=None,
        declared={kind: value for kind, value in file.declared.items() if kind.lower() in _DIGESTS},
        exif={name: value for name, value in file.exif.items() if _HARMLESS_EXIF.fullmatch(name)},
        metadata=tuple(each for each in file.metadata if each[0] != "EXIF" or _HARMLESS_EXIF.fullmatch(each[1])),
        verdict=replace(file.verdict, matches=tuple(replace(match, list_hash="") for match in file.verdict.matches)),
    )


def _redact_facts(facts: MediaFacts) -> MediaFacts:
    """Returns what was measured of a file without hashes, preview and what may lead to somebody."""
    exif = None if facts.exif is None else Exif(make=facts.exif.make, model=facts.exif.model, taken=facts.exif.taken)
    return MediaFacts(
        mime=facts.mime, width=facts.width, height=facts.height, duration_ms=facts.duration_ms, exif=exif, problem=facts.problem
    )


def _list_removed(packet: Packet, values: Sequence[ChildValue]) -> list[Removed]:
    """Returns what was removed and why, in words."""
    child = Message("It identifies a child, or a person who may be one.")
    found = [
        Removed(what=Message("{kind}, wherever they stand: {n}", kind=_KIND_MESSAGES[kind], n=n), why=child)
        for kind, n in count_kinds(values).items()
        if kind in _KIND_MESSAGES
    ]
    documents = sorted({source.exhibit for report in packet.reports for source in report.sources})
    unread = sum(len(report.show.not_understood) for report in packet.reports)
    hashed = sum(1 for report in packet.reports for file in report.show.files if file.pdq or file.phash or len(file.declared) > 0)
    found += _list_texts_removed(packet)
    found += [
        Removed(
            what=Message("The source documents {exhibits}: they are listed with their SHA-256", exhibits=tuple(documents)),
            why=Message("Their bytes hold what was removed elsewhere."),
        ),
        Removed(
            what=Message("Perceptual hashes (PDQ, pHash, PhotoDNA and the like); files: {n}", n=hashed),
            why=Message("A coarse picture can be made from such a hash."),
        ),
        Removed(
            what=Message("What was not understood of the source documents; parts: {n}", n=unread),
            why=Message("They may name a child."),
        ),
        Removed(
            what=Message("Positions, serial numbers, owners and comments in the EXIF data of files"),
            why=Message("They may lead to a child's home or device."),
        ),
    ]
    return found


def _list_texts_removed(packet: Packet) -> list[Removed]:
    """Returns what was left out of texts, and what the reader of those that stay has to look at."""
    counts = [count_texts(report.show) for report in packet.reports]
    texts, sentences = (sum(each) for each in zip(*counts, strict=True))
    removed = [
        Removed(
            what=Message("What stands in words in the element of a child: school, nickname, description and the like"),
            why=Message("It identifies a child, or a person who may be one."),
        )
    ]
    if packet.texts_read_by or not texts:
        return removed
    return [
        *removed,
        Removed(
            what=Message(
                "Texts and chats of the sources, and quotations of them: {texts}; sentences in them that speak of a school, a"
                " home or the like: {sentences}",
                texts=texts,
                sentences=sentences,
            ),
            why=Message("They may name a child, and nobody stated that they read them."),
        ),
    ]


_KIND_MESSAGES = {
    "account name": Message("Account names"),
    "address": Message("Addresses"),
    "date of birth": Message("Dates of birth"),
    "description": Message("Descriptions"),
    "e-mail address": Message("E-mail addresses"),
    "identifier": Message("Other identifiers"),
    "file name": Message("File names that speak of a school or a home"),
    "name": Message("Names"),
    "place": Message("Places of a child's address"),
    "school": Message("Schools"),
    "telephone number": Message("Telephone numbers"),
}
