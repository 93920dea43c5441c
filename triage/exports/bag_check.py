"""Verifies a BagIt folder with a signed tag manifest, however hostile: bounded in time and memory, and never by raising."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from triage import limits
from triage.errors import InputError
from triage.exports.bag import DECLARATION, FINGERPRINT, INFO, KEY, MANIFEST, SIGNATURE, TAGS, UNBOUND
from triage.exports.signature import fingerprint_of, read_pem, signature_holds
from triage.exports.untrusted_folder import UntrustedFolder, format_path
from triage.message import Message

REPORT = "data/report.json"


@dataclass(slots=True)
class BagFindings:
    """The result of a verification."""

    problems: list[Message] = field(default_factory=list)
    more: int = 0
    """Problems beyond those that are listed one by one."""
    files: int = 0
    size: int = 0
    key: str | None = None

    def report(self, problem: Message) -> None:
        """Adds a problem, or only counts it when there are too many."""
        if len(self.problems) < limits.MAX_PACKET_PROBLEMS:
            self.problems.append(problem)
        else:
            self.more += 1

    @property
    def all_problems(self) -> tuple[Message, ...]:
        """Returns the problems, and how many more there are."""
        return (*self.problems, *((Message("Further problems: {n:,}.", n=self.more),) if self.more else ()))


class _About(msgspec.Struct):
    fingerprint: str


class _Report(msgspec.Struct):
    """The part of report.json that names the key."""

    about: _About


def check_bag(path: Path) -> BagFindings:
    """Verifies a packet folder, and returns what is wrong as findings, one sentence each.

    Never raises for a bad packet.

    Every signed file must be there and unchanged, and no other file. The signature must hold, and all parts must name the key
    that signed.
    """
    found = BagFindings()
    try:
        with UntrustedFolder(path) as folder:
            _check(folder, found)
    except InputError as error:
        found.report(error.message)
    except OSError as error:
        found.report(Message("The packet can't be read: {error}.", error=error.strerror or ""))
    return found


def _check(folder: UntrustedFolder, found: BagFindings) -> None:
    """Adds what is wrong with an opened folder to the findings.

    Raises InputError when it can't be checked further.
    """
    there = folder.walk(found.report)
    lacking = [name for name in ("bagit.txt", MANIFEST, TAGS, SIGNATURE, KEY) if name not in there]
    for name in lacking:
        found.report(Message("{file} is missing.", file=name))
    if "fetch.txt" in there:
        found.report(Message("The packet asks to fetch files from elsewhere; an evidence packet never does."))
    if lacking or "fetch.txt" in there:
        return
    _check_signature(folder, found)
    if folder.read("bagit.txt", limits.MAX_TAG_FILE) != DECLARATION:
        found.report(Message("bagit.txt is not that of a BagIt 1.0 folder."))
    bound = _read_manifest(folder, TAGS, payload=False) | _read_manifest(folder, MANIFEST, payload=True)
    for path in sorted(there - set(bound) - UNBOUND):
        found.report(Message("{file} was added: it was not signed.", file=format_path(path)))
    for path, digest in sorted(bound.items()):
        _check_file(folder, path, digest if path in there else None, found)
    if INFO in there:
        _check_info(folder, found)
    if REPORT in there:
        _check_report(folder, found)


def _check_file(folder: UntrustedFolder, path: str, digest: str | None, found: BagFindings) -> None:
    """Checks one file.

    A bad one costs one sentence, and the others are still checked.
    """
    if digest is None:
        found.report(Message("{file} is missing.", file=format_path(path)))
        return
    try:
        is_now, size = folder.digest(path)
    except InputError as error:
        found.report(error.message)
        return
    if is_now != digest:
        found.report(Message("{file} was changed.", file=format_path(path)))
    else:
        found.files += 1
        found.size += size


def _check_signature(folder: UntrustedFolder, found: BagFindings) -> None:
    """Checks the signature of the tag manifest, and notes the key."""
    key = read_pem(folder.read(KEY, limits.MAX_KEY_FILE))
    found.key = fingerprint_of(key)
    if not signature_holds(key, folder.read(SIGNATURE, limits.MAX_KEY_FILE), folder.read(TAGS, limits.MAX_MANIFEST)):
        found.report(Message("The signature does not hold: the tag manifest was changed, or another key signed it."))


def _check_info(folder: UntrustedFolder, found: BagFindings) -> None:
    """Checks that bag-info.txt names the key that signed."""
    lines = folder.read(INFO, limits.MAX_TAG_FILE).decode("utf-8", "replace").split("\n")
    named = [value.strip() for label, _, value in (line.partition(":") for line in lines) if label == FINGERPRINT]
    if named != [found.key]:
        found.report(Message("{file} names another signing key than the one that signed.", file=INFO))


def _check_report(folder: UntrustedFolder, found: BagFindings) -> None:
    """Checks that report.json names the key that signed."""
    try:
        said = msgspec.json.decode(folder.read(REPORT, limits.MAX_SIGNED_FILE), type=_Report).about.fingerprint
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        found.report(Message("{file} does not say which key signed.", file=REPORT))
        return
    if said != found.key:
        found.report(Message("{file} names another signing key than the one that signed.", file=REPORT))


def _read_manifest(folder: UntrustedFolder, name: str, *, payload: bool) -> dict[str, str]:
    """Returns path -> SHA-256.

    Payload must lie below data/, and nothing else. Raises InputError.
    """
    entries: dict[str, str] = {}
    try:
        text = folder.read(name, limits.MAX_MANIFEST).decode()
    except UnicodeDecodeError as error:
        raise InputError("{name} is not in UTF-8.", name=name) from error
    for line in text.removesuffix("\n").split("\n"):
        digest, _, path = line.partition("  ")
        if not re.fullmatch("[0-9a-f]{64}", digest) or {"", ".", ".."} & set(path.split("/")):
            raise InputError("{name} holds a line that is no manifest entry.", name=name)
        if path.startswith("data/") is not payload:
            raise InputError("{name} names a file that is not for it to name.", name=name)
        if path in entries:
            raise InputError("{name} names a file twice.", name=name)
        entries[path] = digest
    if len(entries) > limits.MAX_PACKET_FILES:
        raise InputError("{name} names more than {most:,} files.", name=name, most=limits.MAX_PACKET_FILES)
    return entries
