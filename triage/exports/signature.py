"""Detached Ed25519 signatures: FILE.sig (64 raw bytes over the file's bytes) and FILE.pem (the public key), checked with

openssl pkeyutl -verify -pubin -inkey FILE.pem -rawin -in FILE -sigfile FILE.sig
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from triage.errors import InputError


def pem(public_key: bytes) -> bytes:
    """A raw 32-byte key as PEM (SubjectPublicKeyInfo)."""
    return Ed25519PublicKey.from_public_bytes(public_key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the key's DER form, hex: what openssl pkey -pubin -outform DER | sha256sum says."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def read_pem(data: bytes) -> Ed25519PublicKey:
    """Raises InputError for anything but an Ed25519 public key."""
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("The signing key is no public key in PEM form.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise InputError("The signing key is not an Ed25519 key.")
    return key


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def signature_holds(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """False for a signature of any other length, too."""
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True
