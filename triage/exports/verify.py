"""Verifies signed exports: by anyone, without a store."""

from __future__ import annotations

from pathlib import Path

from triage import limits
from triage.errors import InputError
from triage.exports.bag_check import check_bag
from triage.exports.signature import fingerprint_of, path_beside, read_pem, signature_holds
from triage.exports.untrusted_folder import format_path, read_regular
from triage.message import Message
from triage.model.verification import VerifyResult


def verify_packet(path: Path) -> VerifyResult:
    """Verifies an evidence packet's folder.

    The caller finds out whose key signed it.
    """
    if path.name.endswith(".age"):
        return _refuse(
            Message(
                "{file} is encrypted. Decrypt it first with: age -d -i KEY {file} | tar -x. Then verify the folder. For the"
                " encrypted file itself use: triage verify {file}",
                file=format_path(path.name),
            )
        )
    if not path.is_dir():
        return _refuse(
            Message("{file} is not a packet (a folder). For a single file use: triage verify FILE", file=format_path(path.name))
        )
    found = check_bag(path)
    return VerifyResult(
        valid=not found.problems,
        problems=found.all_problems,
        checked={"files": found.files, "bytes": found.size},
        signature_key=found.key,
    )


def verify_file(path: Path) -> VerifyResult:
    """Verifies any other signed export: the file with its .sig and .pem beside it."""
    signature, key_file = path_beside(path, ".sig"), path_beside(path, ".pem")
    if path.suffix in (".sig", ".pem") and path.with_suffix("").is_file():
        return _refuse(Message("Name the file itself ({file}), not its signature or key.", file=format_path(path.stem)))
    if not signature.is_file() and not key_file.is_file():
        names = format_path(signature.name), format_path(key_file.name)
        return _refuse(Message("There is no signature beside {file} ({names}).", file=format_path(path.name), names=names))
    if missing := [
        Message("{file} is missing.", file=format_path(p.name)) for p in (path, signature, key_file) if not p.is_file()
    ]:
        return _refuse(*missing)
    try:
        key = read_pem(read_regular(key_file, limits.MAX_KEY_FILE))
        signed = read_regular(signature, limits.MAX_KEY_FILE)
        data = read_regular(path, limits.MAX_SIGNED_FILE)
    except InputError as error:
        return _refuse(error.message)
    holds = signature_holds(key, signed, data)
    return VerifyResult(
        valid=holds,
        problems=() if holds else (Message("The signature does not hold: the file was changed, or another key signed it."),),
        checked={"files": 1, "bytes": len(data)},
        signature_key=fingerprint_of(key),
    )


def _refuse(*problems: Message) -> VerifyResult:
    """Returns the result of an export that can't be verified."""
    return VerifyResult(valid=False, problems=problems, checked={}, signature_key=None)
