"""The container of work packages and results: a signed manifest and its members in a tar, sealed for one workstation with age.

The tar holds, in this order: `manifest.json`, `manifest.json.sig` (64 raw bytes), `signing-key.pem`, then the members that the
manifest names, each once. The form is docs/formats/work-package.md. All is built and opened in memory, so that nothing lies
in the clear on a disk.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import pyrage

from triage import limits
from triage.errors import InputError, WorldError
from triage.exports.signature import fingerprint_of, read_pem, signature_holds, to_pem
from triage.message import Message, Value
from triage.model.exports import Signer

FORMAT: Literal["triage work package"] = "triage work package"
VERSION: Literal[1] = 1
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.json.sig", "signing-key.pem"
_AGE = b"age-encryption.org/v1\n"
_MAX_HEADER = 4 << 10  # bytes in which the end of an age header is looked for
_STANZA = b"-> X25519 "
_BLOCK = tarfile.BLOCKSIZE
_MOST_ENTRIES = (1 << 53) - 1  # of an audit log: what any reader of JSON keeps exactly
_MEMBER = re.compile(r"(?:reports/[0-9]{1,6}\.json|(?:sources|media)/[0-9a-f]{64})")

Kind = Literal["work", "results"]
Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
AgeKey = Annotated[str, msgspec.Meta(pattern=r"^age1[0-9a-z]{58}$")]
Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$")]
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY = (
    f"(?!0000)(?:{_LEAP_YEAR}-02-29|[0-9]{{4}}-(?:02-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])))"
)
"""A day that the calendar has: no reader of it needs to think of another one."""
_CLOCK = "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
Time = Annotated[str, msgspec.Meta(pattern=rf"\A{_DAY}{_CLOCK}\Z")]
Day = Annotated[str, msgspec.Meta(pattern=rf"\A{_DAY}\Z")]
DayOrTime = Annotated[str, msgspec.Meta(pattern=rf"\A{_DAY}(?:{_CLOCK})?\Z")]
Word = Annotated[str, msgspec.Meta(max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class WorkMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file in the package: its name there, and size and SHA-256 of its bytes."""

    name: Annotated[str, msgspec.Meta(max_length=80)]
    size: Annotated[int, msgspec.Meta(ge=0, le=limits.MAX_SIGNED_FILE)]
    sha256: Hex


class WorkManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the sender signs: whose package this is, for whom, about which reports, and all bytes in it."""

    format: Literal["triage work package"]
    version: Literal[1]
    kind: Kind
    package_id: Id
    file_id: Id
    """Names this file: the package's id again, or that of the results file."""
    sequence: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    """Counts the results files of a package, from 1; 0 for a work package."""
    sender: Hex
    """Fingerprint of the signing key."""
    sender_age_key: AgeKey
    recipient: AgeKey
    made: Time
    due: Day | None
    tool: Word
    rules: Word
    although_alone: bool
    """Media were enclosed without a second person, because the sender's store has one user."""
    reports: Annotated[tuple[Number, ...], msgspec.Meta(max_length=limits.MAX_PACKAGE_REPORTS)]
    members: Annotated[tuple[WorkMember, ...], msgspec.Meta(max_length=limits.MAX_PACKAGE_MEMBERS)]
    log_entries: Annotated[int, msgspec.Meta(ge=0, le=_MOST_ENTRIES)] = 0
    """How many entries the sender's audit log had: orders files of one sender also when its clock goes backwards."""


_decode_manifest = msgspec.json.Decoder(WorkManifest).decode


@dataclass(frozen=True, slots=True)
class OpenedPackage:
    """A package whose signature and digests hold. The caller finds out whether the key is known."""

    manifest: WorkManifest
    members: dict[str, memoryview]


def read_recipient(key: str) -> object:
    """Returns an age key from its text.

    Raises:
        WorldError: if it is none
    """
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError as error:
        shown = key if key.startswith("age1") else f"{key[:4]}..."  # it may be a secret key, given by mistake
        raise WorldError("{key} is not an age public key (62 characters, beginning with age1).", key=shown) from error


def seal_package(manifest: WorkManifest, members: Sequence[tuple[str, bytes]], signer: Signer) -> bytes:
    """Returns the sealed package. The manifest's members are filled in from `members`.

    Raises:
        WorldError: if it would be too large, or the recipient's key is invalid
    """
    require_fitting([len(data) for _, data in members])
    named = tuple(WorkMember(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in members)
    bound = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(manifest, members=named), order="sorted"), indent=1)
    if len(bound) > limits.MAX_PACKAGE_MANIFEST:
        raise _make_too_many_error(len(named))
    try:
        _decode_manifest(bound)
    except msgspec.ValidationError as error:
        raise make_not_accepted_error(Message("its manifest has another form")) from error
    tar = io.BytesIO()
    for name, data in ((MANIFEST, bound), (SIGNATURE, signer.sign(bound)), (KEY, to_pem(signer.public_key)), *members):
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), 0o600
        tar.write(info.tobuf(tarfile.USTAR_FORMAT))
        tar.write(data)
        tar.write(bytes(-len(data) % _BLOCK))
    tar.write(bytes(2 * _BLOCK))
    return pyrage.encrypt(tar.getvalue(), [read_recipient(manifest.recipient)])  # type: ignore[no-any-return]


def require_fitting(sizes: Sequence[int]) -> None:
    """Raises WorldError when members of these sizes, in bytes, don't fit into one package."""
    size = sum(sizes) + 2 * _BLOCK * len(sizes)
    if size > limits.MAX_SIGNED_FILE - limits.MAX_PACKAGE_MANIFEST:
        raise WorldError(
            "The package would hold {size} MB, more than {most} MB: send fewer reports, or leave the media out.",
            size=size >> 20,
            most=limits.MAX_SIGNED_FILE >> 20,
        )
    if len(sizes) > limits.MAX_PACKAGE_MEMBERS:
        raise _make_too_many_error(len(sizes))


def _make_too_many_error(files: int) -> WorldError:
    return WorldError("The package would hold too many files ({n}): send fewer reports.", n=files)


def make_not_accepted_error(what: Value) -> WorldError:
    """Returns the error for what is not sealed, since its receiver would refuse it."""
    return WorldError(
        "The workstation that this is for would not take it in ({what}); nothing was written. Send fewer reports.", what=what
    )


def is_age_file(head: bytes) -> bool:
    """Returns whether a file that begins with these bytes is sealed with age."""
    return head.startswith((_AGE, b"-----BEGIN AGE ENCRYPTED FILE-----"))


def open_package(data: bytes, identity: str, recipient: str, name: str) -> OpenedPackage:
    """Opens a package with the store's age identity; checks form, signature, recipient and every digest.

    `name` is the file's, for the sentences.

    Raises:
        InputError: with a sentence of its own for each thing that can be wrong
    """
    _check_stanzas(data, name)
    try:
        plain = pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(identity)])
    except pyrage.DecryptError as error:
        raise _explain(data, str(error), recipient, name) from error
    except OSError as error:
        raise _explain(data, str(error), recipient, name) from error
    files = _read_tar(memoryview(plain), name)
    manifest = _read_manifest(files, name)
    if manifest.recipient != recipient:
        raise InputError(
            "{file} was made for another workstation and sealed anew for this one: it is refused. Ask {sender} for a package.",
            file=name,
            sender=manifest.sender,
        )
    return OpenedPackage(manifest, _check_members(manifest, files, name))


def _check_stanzas(data: bytes, name: str) -> None:
    """Raises InputError unless the file is a binary age file for exactly one key."""
    if not data.startswith(_AGE):
        raise InputError("{file} is no work package: it is not a binary age file.", file=name)
    header = data[:_MAX_HEADER].partition(b"\n--- ")[0]
    if header.count(b"\n" + _STANZA) > 1:
        raise InputError("{file} is sealed for several keys; a work package is sealed for one workstation alone.", file=name)


def _explain(data: bytes, error: str, recipient: str, name: str) -> InputError:
    """Returns the sentence for a file that can't be decrypted."""
    if error == "No matching keys found":
        return InputError(
            "{file} is sealed for another workstation; only that one can open it. This store's age key is {key}.",
            file=name,
            key=recipient,
        )
    if "truncated" in error or error == "Incomplete header" or "fill whole buffer" in error:
        return InputError("{file} is not complete: its end is missing. Copy it again from the carrier.", file=name)
    return InputError(
        "{file} was altered or damaged after it was sealed, or its end is missing; nothing of it was imported. "
        "Ask the sender for it again.",
        file=name,
    )


def _make_form_error(name: str, what: Message) -> InputError:
    return InputError(
        "{file} is not a work package as Triage writes it ({what}); nothing of it was imported.",
        file=name,
        what=what,
    )


def _read_tar(plain: memoryview, name: str) -> dict[str, memoryview]:
    """Returns the files of the tar by name. Only plain files of our own names, each once.

    Raises:
        InputError: if it is anything else
    """
    files: dict[str, memoryview] = {}
    at = 0
    while at + _BLOCK <= len(plain):
        block = bytes(plain[at : at + _BLOCK])
        if block == bytes(_BLOCK):
            break
        try:
            info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError, ValueError) as error:
            raise _make_form_error(name, Message("its table of files is damaged")) from error
        own = info.name in (MANIFEST, SIGNATURE, KEY) or _MEMBER.fullmatch(info.name)
        if not own or info.type != tarfile.REGTYPE or info.name in files:
            raise _make_form_error(name, Message("it holds a file of a strange name or kind, or one twice"))
        at += _BLOCK
        if info.size < 0 or at + info.size > len(plain) or len(files) > limits.MAX_PACKAGE_MEMBERS + 3:
            raise _make_form_error(name, Message("a file in it is longer than the package, or there are too many"))
        files[info.name] = plain[at : at + info.size]
        at += info.size + -info.size % _BLOCK
    if at + 2 * _BLOCK != len(plain) or any(plain[at:]):
        raise _make_form_error(name, Message("bytes lie behind its end"))
    return files


def _read_manifest(files: dict[str, memoryview], name: str) -> WorkManifest:
    """Returns the manifest, after its signature was checked with the key in the package.

    Raises:
        InputError: if the signature does not hold, or the manifest is not as Triage writes it
    """
    if list(files)[:3] != [MANIFEST, SIGNATURE, KEY] or len(files[MANIFEST]) > limits.MAX_PACKAGE_MANIFEST:
        raise _make_form_error(name, Message("manifest, signature or key is missing"))
    bound = bytes(files[MANIFEST])
    key = read_pem(bytes(files[KEY][: limits.MAX_KEY_FILE]))
    if not signature_holds(key, bytes(files[SIGNATURE]), bound):
        raise InputError("The signature inside {file} does not hold: it was changed, or another key signed it.", file=name)
    try:
        manifest = _decode_manifest(bound)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise _make_form_error(name, Message("its manifest has another form")) from error
    if manifest.sender != fingerprint_of(key):
        raise InputError("{file} names another sender than the key that signed it; it is refused.", file=name)
    if len(set(manifest.reports)) != len(manifest.reports):
        raise _make_form_error(name, Message("it names a report twice"))
    return manifest


def _check_members(manifest: WorkManifest, files: dict[str, memoryview], name: str) -> dict[str, memoryview]:
    """Returns the members, which are exactly those of the manifest.

    Raises:
        InputError: if a member is missing, is too much, or has other bytes
    """
    listed = [member.name for member in manifest.members]
    if listed != list(files)[3:]:
        raise _make_form_error(name, Message("its files are not those that the manifest lists"))
    for member in manifest.members:
        data = files[member.name]
        digest = hashlib.sha256(data).hexdigest()
        if len(data) != member.size or digest != member.sha256:
            raise InputError("In {file} the bytes of {member} are not those that were signed.", file=name, member=member.name)
        folder, _, stem = member.name.partition("/")
        if folder != "reports" and stem != digest:
            raise _make_form_error(name, Message("a file in it has the name of other bytes"))
    return {member: files[member] for member in listed}
