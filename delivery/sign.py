"""Lists, signs and packs a laid out bundle.

    python -m delivery.sign --new-key FILE             makes a key; keep it off this repository, on a carrier of its own
    python -m delivery.sign FOLDER [--key FILE]        lists and packs the bundle; with a key it signs too
    python -m delivery.sign FOLDER --windows ...       the same for the bundle for Windows, as a ZIP

The key is an Ed25519 key in PEM form, encrypted with a passphrase that is asked on the terminal or read from the file that
--passphrase-file names. Beside the archive comes a paper: what people compare before they install.
"""

from __future__ import annotations

import argparse
import getpass
import hashlib
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from delivery import manifest
from delivery.archive import pack_folder, zip_folder

PAPER = """Triage {version}

Print this page and take it to the workstation by another way than the bundle, or compare it with a copy that you already have.

SHA-256 of {archive}:
    {archive_digest}
Digest of the unpacked bundle ({install}):
    {digest}
Fingerprint of the issuer's key{by_fingerprint}:
    {fingerprint}
"""
WORDS_OF_SYSTEM = {
    "linux": {"install": "sh install.sh --digest ...", "by_fingerprint": " (sh install.sh --fingerprint ...)"},
    "windows": {"install": "install.ps1 -Digest ...", "by_fingerprint": ""},
}


def read_passphrase(file: Path | None, question: str) -> bytes:
    """Returns the passphrase of the key, from the first line of a file or from the terminal."""
    return (file.read_text(encoding="utf-8").partition("\n")[0] if file else getpass.getpass(question)).encode()


def make_key(path: Path, passphrase: bytes) -> str:
    """Writes a new private key, encrypted, to a file that did not exist. Returns the fingerprint of its public key."""
    key = Ed25519PrivateKey.generate()
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return fingerprint_of(key)


def fingerprint_of(key: Ed25519PrivateKey) -> str:
    """Returns the SHA-256 of the public key in DER form, as the product prints it."""
    return hashlib.sha256(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def group_by_four(digest: str) -> str:
    """Returns a digest in groups of four, as people compare it."""
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def sign_bundle(folder: Path, key: Ed25519PrivateKey | None) -> str:
    """Writes the lists of a bundle, and its signature if there is a key. Returns the digest of the list of files."""
    for name in (manifest.SIGNATURE, manifest.KEY):
        (folder / name).unlink(missing_ok=True)
    if key is not None:
        (folder / manifest.KEY).write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    manifest.write_links(folder)
    sums = manifest.write_sums(folder)
    if key is not None:
        (folder / manifest.SIGNATURE).write_bytes(key.sign(sums))
    return hashlib.sha256(sums).hexdigest()


def write_paper(folder: Path, archive: Path, digest: str, fingerprint: str, system: str) -> None:
    """Writes the page that people compare with."""
    with archive.open("rb") as file:
        packed = hashlib.file_digest(file, "sha256").hexdigest()
    text = PAPER.format(
        version=(folder / "VERSION").read_text(encoding="utf-8").partition("\n")[0],
        archive=archive.name,
        archive_digest=group_by_four(packed),
        digest=group_by_four(digest),
        fingerprint=group_by_four(fingerprint) if fingerprint else "(this bundle is not signed)",
        **WORDS_OF_SYSTEM[system],
    )
    archive.with_name(archive.name.removesuffix(".tar.gz").removesuffix(".zip") + ".txt").write_text(text, encoding="utf-8")


def main(words: list[str]) -> None:
    """Makes a key, or lists, signs and packs a bundle."""
    parser = argparse.ArgumentParser(description="Lists, signs and packs a bundle.")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--key", type=Path)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--new-key", type=Path)
    parser.add_argument("--windows", action="store_true")
    given = parser.parse_args(words)
    if given.new_key:
        print("Fingerprint:", group_by_four(make_key(given.new_key, read_passphrase(given.passphrase_file, "New passphrase: "))))
        return
    if given.folder is None:
        parser.error("name the folder of the bundle")
    key = None
    if given.key:
        loaded = load_pem_private_key(given.key.read_bytes(), read_passphrase(given.passphrase_file, "Passphrase of the key: "))
        if not isinstance(loaded, Ed25519PrivateKey):
            parser.error(f"{given.key} is no Ed25519 key")
        key = loaded
    digest = sign_bundle(given.folder, key)
    system = "windows" if given.windows else "linux"
    ending, pack = ("zip", zip_folder) if given.windows else ("tar.gz", pack_folder)
    archive = given.folder.with_name(f"{given.folder.name}-{system}-x86_64.{ending}")
    pack(given.folder, archive, int(os.environ["SOURCE_DATE_EPOCH"]))
    write_paper(given.folder, archive, digest, fingerprint_of(key) if key else "", system)
    print(archive, f"{archive.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
