"""Makes a signed update from files (docs/formats/update.md).

    python -m delivery.make_update OUT --key KEY --kind offices --number 3 --file offices.toml=offices.toml

The issuer runs this, not the workstation. The key is made by `python -m delivery.sign --new-key`.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from delivery.sign import read_passphrase
from triage.importers.update_file import HEAD, UpdateContent, read_update


def sign_update(content: UpdateContent, key: Ed25519PrivateKey) -> bytes:
    """Returns the bytes of a signed update."""
    body = msgspec.json.encode(content)
    lines = f"{key.public_key().public_bytes_raw().hex()}\n{key.sign(HEAD + body).hex()}\n"
    return HEAD + lines.encode() + body


def main(words: list[str]) -> None:
    """Writes the update that the arguments name."""
    parser = argparse.ArgumentParser(description="Makes a signed update.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--kind", required=True)
    parser.add_argument("--number", type=int, required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--note", default="")
    parser.add_argument("--list-kind", default="")
    parser.add_argument("--profile")
    parser.add_argument("--file", action="append", required=True, metavar="NAME=PATH")
    given = parser.parse_args(words)
    key = load_pem_private_key(given.key.read_bytes(), read_passphrase(given.passphrase_file, "Passphrase of the key: "))
    if not isinstance(key, Ed25519PrivateKey):
        parser.error(f"{given.key} is no Ed25519 key")
    files = {name: Path(path).read_bytes() for name, _, path in (pair.partition("=") for pair in given.file)}
    content = msgspec.convert(
        {
            "kind": given.kind,
            "number": given.number,
            "name": given.name,
            "note": given.note,
            "issued": datetime.now(UTC).date().isoformat(),
            "files": files,
            "list_kind": given.list_kind,
            "profile": given.profile,
        },
        UpdateContent,
    )
    data = sign_update(content, key)
    print("Issuer:", read_update(data).issuer)
    given.out.write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
