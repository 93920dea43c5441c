"""Packages that a known but malicious store could make: any manifest, any members, signed and sealed."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from typing import Any

import pyrage

from tests.jobs.exchange_stores import Workstation
from triage.exports.signature import to_pem


def read_plain(data: bytes, of: Workstation) -> dict[str, bytes]:
    """The files in a package, opened with the key of the workstation that it is for."""
    identity = pyrage.x25519.Identity.from_str(bytes(of.session.store.keys.ring.keys.age).decode())
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(data, [identity]))) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


def forge(
    signer: Workstation,
    recipient: str,
    manifest: dict[str, Any],
    members: Sequence[tuple[str, bytes]],
    *,
    listed: Sequence[dict[str, Any]] | None = None,
    kind: bytes = tarfile.REGTYPE,
    tail: bytes = bytes(1024),
) -> bytes:
    """A sealed package with any members, of any type; the manifest lists them unless told otherwise."""
    own = [{"name": n, "size": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in members]
    bound = json.dumps({**manifest, "members": own if listed is None else list(listed)}).encode()
    store = signer.session.store
    tar = io.BytesIO()
    files = (("manifest.json", bound), ("manifest.json.sig", store.sign(bound)), ("signing-key.pem", to_pem(store.public_key)))
    for name, data in (*files, *members):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        if name not in ("manifest.json", "manifest.json.sig", "signing-key.pem"):
            info.type = kind
        tar.write(info.tobuf(tarfile.USTAR_FORMAT if len(name) < 100 else tarfile.GNU_FORMAT))
        tar.write(data + bytes(-len(data) % 512))
    tar.write(tail)
    return bytes(pyrage.encrypt(tar.getvalue(), [pyrage.x25519.Recipient.from_str(recipient)]))


def sign_anew(plain: bytes, signer: Workstation) -> bytes:
    """The package of these plain bytes, its manifest signed again by the signer and sealed for the signer itself."""
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        files = {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]
    manifest = json.loads(files.pop("manifest.json"))
    files.pop("manifest.json.sig")
    files.pop("signing-key.pem")
    manifest.pop("members")
    return forge(signer, signer.age_key, manifest, list(files.items()))
