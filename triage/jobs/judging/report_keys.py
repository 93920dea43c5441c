"""Extracts what a report shares with others: its link keys, the hashes of its files, and the words for the search.

Like judging, it is a pure function of the report's material, and may run in any process.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import msgspec

from triage import links
from triage.importers.merge import merge_documents
from triage.intents import Reading
from triage.jobs.codec import add_messages, document_from_json, facts_from_bytes
from triage.jobs.faults import Fault, describe_fault
from triage.jobs.judging.boilerplate import sentence_keys
from triage.jobs.judging.key_kinds import CONTENT, EVENT, OWN_NUMBER, REPORT, SPREAD, SPREAD_BY
from triage.jobs.judging.material import NOT_SAID, JudgingBatch, Material, unpack_documents
from triage.jobs.judging.readings import DIGEST_BYTES, read_report
from triage.jobs.matching.list_matcher import list_file_hashes
from triage.model.media import MediaFacts
from triage.model.moment import parse_utc, to_pakistan
from triage.model.report import Report
from triage.store.queries.judgement import StoredReading
from triage.store.queries.key_holders import OTHERS, LinkKey
from triage.store.queries.lists import FileHashRow
from triage.store.queries.reports import Held
from triage.wellbeing import find_grave

_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)
_NOT_SAID_BY_IT = ("reporter", "subscriber")
"""Roles of identifiers that say nothing of what the report tells: contacts, and what operators answered later."""


@dataclass(frozen=True, slots=True)
class ReportKeys:
    """The link keys, file hashes, search words and warnings of a report. `digest` stands for all of them.

    `warnings` are (SHA-256 of a file, grave warning); a warning of the whole report has "" as SHA-256.

    A report that could not be read has a digest that begins with NOT_SAID, only its numbers as words, and only the bytes that
    came as keys: other reports that have the same bytes count it.
    """

    ties: tuple[LinkKey, ...]
    hashes: tuple[FileHashRow, ...]
    words: str
    warnings: tuple[tuple[str, str], ...]
    digest: bytes
    fault: Fault | None = None
    """The reason why the report could not be read."""
    reading: StoredReading | None = None
    """What the reader found in its texts."""


def extract_all_keys(work: JudgingBatch) -> list[ReportKeys]:
    """Returns the keys of each report. A report that can't be read has only its numbers and its bytes."""
    return [_extract_or_report(material) for material in work.materials]


def _extract_or_report(material: Material) -> ReportKeys:
    """Extracts the keys, or returns only the numbers, the bytes that came, and the fault."""
    try:
        return extract_keys(material)
    except Exception as error:  # of a hostile report: MemoryError and RecursionError too
        came = set() if material.cleared else {f"{SPREAD_BY}{occurrence.sha256}" for occurrence in material.occurrences}
        few = _build_keys(tuple((SPREAD, value, 0, None) for value in sorted(came)), (), "\n".join(material.aliases), ())
        return replace(few, digest=NOT_SAID + few.digest, fault=describe_fault(error))


def extract_keys(material: Material) -> ReportKeys:
    """Extracts the link keys, file hashes and words of a report; a cleared report has none."""
    material = unpack_documents(material)
    report, media = decode_material(material)
    if material.cleared:
        return _build_keys((), (), "", ())
    reading, stored = read_report(material, report, media)
    return _build_keys(
        _find_keys(material, report, media, reading),
        tuple(list_file_hashes(material.report_id, report.files)),
        _collect_words(material, report, media),
        _find_warnings(report),
        stored,
    )


def _build_keys(
    ties: tuple[LinkKey, ...],
    hashes: tuple[FileHashRow, ...],
    words: str,
    warnings: tuple[tuple[str, str], ...],
    reading: StoredReading | None = None,
) -> ReportKeys:
    """Builds the keys with their digest."""
    whole = msgspec.msgpack.encode((ties, hashes, words, warnings))
    return ReportKeys(ties, hashes, words, warnings, hashlib.sha256(whole).digest()[:DIGEST_BYTES], reading=reading)


def _find_warnings(report: Report) -> tuple[tuple[str, str], ...]:
    """Returns the grave warnings of the report and of its files whose bytes came."""
    found = {("", warning) for warning in find_grave(report.annotations)}
    for file in report.files:
        if file.occurrence is not None:
            found |= {(file.occurrence.sha256, warning) for warning in find_grave(file.entry.annotations)}
    return tuple(sorted(found))


def _find_keys(material: Material, report: Report, media: dict[str, MediaFacts], reading: Reading) -> tuple[LinkKey, ...]:
    """Returns all link keys of the report, those that make no link included."""
    when = report.incident_time or report.received
    day = to_seconds(when.utc) // 86_400 if when else None
    keys: set[LinkKey] = {(k.kind, k.value, k.strength, day) for k in links.find_link_keys(report, media)}
    viral = {f"{SPREAD_BY}{f.occurrence.sha256}" for f in report.files if f.occurrence} - {value for _, value, _, _ in keys}
    keys |= {(SPREAD, value, 0, day) for value in viral}
    keys |= {(REPORT, number, OWN_NUMBER, day) for number in material.aliases}
    keys |= {(OTHERS, f"{kind} {value}", 0, day) for kind, value in links.find_other_keys(report)}
    same = ((CONTENT, _digest_content), (EVENT, _digest_event))
    keys |= {(kind, value, 0, day) for kind, digest in same if (value := _agree_on(material, report, digest))}
    keys |= sentence_keys(report, reading, material.number)
    # A report may name itself as an earlier one: each key is there once, as it says most.
    return tuple({tie[:2]: tie for tie in sorted(keys, key=lambda tie: tie[:3])}.values())


def _agree_on(material: Material, report: Report, digest: Callable[[Report], str | None]) -> str | None:
    """Returns what a digest says of the report, or None when its versions would give different ones.

    What arrives later must not make a report the copy of another one, or of one sitting with it: then it would count less.
    """
    documents = [document_from_json(each) for each in material.documents]
    parts = defaultdict(list)
    for document in documents:
        parts[document.slot.partition("#")[0]].append(document)
    found = digest(report)
    for versions in parts.values() if found else ():
        for version in versions if len(versions) > 1 else ():
            others = [document for document in documents if document not in versions]
            if digest(merge_documents([version, *others], material.occurrences)) != found:
                return None
    return found


def _digest_event(report: Report) -> str | None:
    """Returns a digest of the day in Pakistan, provider and account, or None when one of them is not stated.

    Several reports with the same digest are of one sitting, and count as one event.
    """
    accounts = sorted(
        {
            i.normalised or i.value
            for i in report.identifiers
            if i.role == "suspect" and i.kind in ("user_id", "username", "email")
        }
    )
    if report.incident_time is None or not report.esp or not accounts:
        return None
    day = to_pakistan(report.incident_time.datetime()).date().isoformat()
    said = "\x00".join((day, report.esp.casefold(), *accounts))
    return hashlib.sha256(said.encode()).hexdigest()


def _digest_content(report: Report) -> str | None:
    """Returns a digest of the people and files in the report, or None when it names neither."""
    told = [i for i in report.identifiers if i.role not in _NOT_SAID_BY_IT]
    said = sorted({f"{i.kind}={i.normalised or i.value}@{i.time.utc if i.time else ''}" for i in told})
    files = sorted({f.occurrence.sha256 if f.occurrence else f"{f.entry.key}{f.entry.declared}" for f in report.files})
    if not said and not files:
        return None
    parts = [report.incident_type or "", report.incident_time.utc if report.incident_time else "", *said, *files]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _collect_words(material: Material, report: Report, media: dict[str, MediaFacts]) -> str:
    """Returns the text in which the search finds the report."""
    words: list[str] = [*material.aliases, report.esp or "", report.incident_type or ""]
    for identifier in report.identifiers:
        words += [identifier.value, identifier.normalised or ""]
    for file in report.files:
        words += [file.entry.name or "", file.entry.original_name or "", *(v for _, v in file.entry.declared)]
        if file.occurrence:
            words += [file.occurrence.md5, file.occurrence.sha1, file.occurrence.sha256]
    words += [text.text for text in report.free_text]
    for message in (message for facts in media.values() if facts.file_text for message in facts.file_text.messages):
        words += [message.sender, message.text]
    return "\n".join(w for w in words if w)


def decode_material(material: Material) -> tuple[Report, dict[str, MediaFacts]]:
    """Returns the merged report and the facts of its media by SHA-256, of material whose documents are unpacked.

    Earlier documents are left out: a fuller one says what they said.
    """
    documents = [document_from_json(each) for each, held in pair_with_held(material) if held != "earlier"]
    return merge_documents(documents, material.occurrences), decode_facts(material)


def decode_facts(material: Material) -> dict[str, MediaFacts]:
    """Returns the facts of the report's media by SHA-256."""
    texts = material.texts
    return {sha256: add_messages(facts_from_bytes(facts), texts.get(sha256)) for sha256, facts in material.facts.items()}


def pair_with_held(material: Material) -> list[tuple[bytes, Held | None]]:
    """Returns each document with why it does not count like others."""
    return list(zip(material.documents, material.held or (None,) * len(material.documents), strict=True))


def to_seconds(utc: str) -> int:
    """Returns the whole seconds since 1970, rounded down.

    As a float the last second of the year 9999 would be of the year 10000.
    """
    return (parse_utc(utc) - _EPOCH) // _SECOND
