"""Reads signed updates (docs/formats/update.md): one file with rules, tables or a hash list, and its issuer's signature.

Three lines of text, then JSON: `TRIAGE-UPDATE 1`, the issuer's public key and the signature in hex. The signature is over the
first line and the JSON.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from triage import limits
from triage.errors import InputError
from triage.model.printable import clean_line

HEAD = b"TRIAGE-UPDATE 1\n"
MOST_NAME = 100  # characters of the name of a list
MOST_BYTES = 96 * limits.MIB  # bytes of an update
MOST_TABLE_BYTES = 8 * limits.MIB  # bytes of a table; the longest that is shipped has 0.2 MB. A hash list may fill the update
_LINES = len(HEAD) + 64 + 1 + 128 + 1

UpdateKind = Literal["addresses", "offices", "law", "phrases", "rules", "hash-list"]
FILES_OF: dict[str, tuple[str, ...]] = {
    "addresses": (
        "geo/operators.tsv",
        *(f"geo/pakistan_ipv{version}_{source}.csv" for version in (4, 6) for source in ("announced", "ipfire")),
    ),
    "offices": ("offices.toml",),
    "law": ("law.toml",),
    "phrases": tuple(
        f"intents/words/{language}.toml" for language in ("english", "pashto", "punjabi", "roman_urdu", "sindhi", "urdu")
    ),
    "rules": tuple(f"{name}.toml" for name in ("actionability", "floors", "frame", "notes", "risk", "roles")),
    "hash-list": ("list",),
}
"""The files that an update of each kind may hold. Those of tables are paths below resources/. A rule set holds neither places nor
kinds of links: what an update can't change, it may not hold."""


class UpdateContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the JSON of an update holds."""

    kind: UpdateKind
    number: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    issued: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    name: Annotated[str, msgspec.Meta(max_length=MOST_NAME)] = ""
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""
    files: dict[str, bytes]
    list_kind: str = ""
    profile: str | None = None


class SignedUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """An update whose signature fits, with the fingerprint of the key that made it."""

    content: UpdateContent
    issuer: str
    digest: str
    """SHA-256 of the whole file."""


def read_update(data: bytes) -> SignedUpdate:
    """Returns the update in a file.

    Raises:
        InputError: if the file is no update, or was changed since it was signed
    """
    if len(data) > MOST_BYTES:
        raise InputError("The update is larger than {most} MB, so it is refused.", most=MOST_BYTES // limits.MIB)
    if not data.startswith(HEAD):
        raise InputError("The file is not a signed update of Triage.")
    key, signature = _read_lines(data[len(HEAD) : _LINES])
    body = data[_LINES:]
    try:
        key.verify(signature, HEAD + body)
    except InvalidSignature:
        raise InputError("The update was changed since it was signed; ask for it again.") from None
    try:
        content = msgspec.json.decode(body, type=UpdateContent)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("The update is signed, but this version of Triage can't read it.", detail=str(error)) from error
    _check_content(content)
    return SignedUpdate(
        content=content,
        issuer=hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest(),
        digest=hashlib.sha256(data).hexdigest(),
    )


def _read_lines(lines: bytes) -> tuple[Ed25519PublicKey, bytes]:
    """Returns the key and the signature of the second and third line."""
    parts = lines.split(b"\n")
    try:
        if [len(part) for part in parts] != [64, 128, 0]:
            raise ValueError("other lengths")
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(parts[0].decode("ascii"))), bytes.fromhex(
            parts[1].decode("ascii")
        )
    except ValueError as error:
        raise InputError("The update has no key or no signature; ask for it again.", detail=str(error)) from error


def _check_content(content: UpdateContent) -> None:
    """Raises InputError when the files are not those of the kind."""
    allowed = FILES_OF[content.kind]
    strange = sorted(set(content.files) - set(allowed))
    if strange or not content.files:
        raise InputError(
            "An update of {kind} may not hold {strange}.", kind=content.kind, strange=strange[0] if strange else "nothing"
        )
    if content.kind in ("rules", "hash-list") and set(content.files) != set(allowed):
        raise InputError("The update lacks files; ask for it again.")
    for name, data in content.files.items() if content.kind != "hash-list" else ():
        if len(data) > MOST_TABLE_BYTES:
            raise InputError(
                "The table {file} is larger than {most} MB, so the update is refused.",
                file=name,
                most=MOST_TABLE_BYTES // limits.MIB,
            )
    if (content.kind == "hash-list") != bool(content.name and content.list_kind):
        raise InputError("A hash list, and nothing else, has a name and a kind of list.")
    try:
        plain = clean_line(content.name, MOST_NAME) == content.name
        date.fromisoformat(content.issued)
    except ValueError:
        plain = False
    if not plain:
        raise InputError("The update has a name with invisible characters, or a day that is none; ask for it again.")
