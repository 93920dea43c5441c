"""Detached Ed25519 signatures: FILE.sig (64 raw bytes over the file's bytes) and FILE.pem (the public key).

Anyone can check them with:

openssl pkeyutl -verify -pubin -inkey FILE.pem -rawin -in FILE -sigfile FILE.sig
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from triage.errors import InputError


def to_pem(public_key: bytes) -> bytes:
    """Returns a raw 32-byte public key as PEM (SubjectPublicKeyInfo)."""
    return Ed25519PublicKey.from_public_bytes(public_key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """Returns the SHA-256 of the key's DER form in hex, as `openssl pkey -pubin -outform DER | sha256sum` prints it."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def read_pem(data: bytes) -> Ed25519PublicKey:
    """Reads a public key. Raises InputError for anything but an Ed25519 key in PEM form."""
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("The signing key is no public key in PEM form.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise InputError("The signing key is not an Ed25519 key.")
    return key


def path_beside(path: Path, ending: str) -> Path:
    """Returns the path of a file beside another one, with an ending behind the whole name."""
    return path.with_name(path.name + ending)


def signature_holds(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Returns whether a raw 64-byte signature of the data is by this key."""
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True
