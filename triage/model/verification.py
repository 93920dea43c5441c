"""Results of verifying stores and exports. Field names are JSON keys of the command line's contract: extend, never rename."""

from __future__ import annotations

from dataclasses import dataclass

from triage.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of `check`, `audit verify`, `packet verify` or `verify`: what was checked, and each problem in a sentence."""

    valid: bool
    problems: tuple[str, ...]
    checked: dict[str, int]
    read_up_to: int = 0
    """The last item of the vault that was looked at: a check of parts goes on behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """The result of verifying the audit log.

    `head` is its newest hash.
    """

    valid: bool
    entries: int
    head: str
    last_step: str | None
    """When the head was signed, by this machine's clock: an older copy of the whole store tells an older time."""
    problems: tuple[Message, ...]
    head_problem: Message | None = None
    """Why the exported head can't be compared with the audit log. It says nothing about the log, of which `valid` speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOwner:
    """Whose key signed.

    `known` is None when neither a store nor a fingerprint was at hand to compare with.
    """

    known: bool | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """The result of verifying a signed export.

    `valid` means unchanged since it was signed, all parts by one key.

    `signer` says whose key it is.
    """

    valid: bool
    problems: tuple[Message, ...]
    checked: dict[str, int]
    signature_key: str | None
    signer: KeyOwner = KeyOwner(known=None, name=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A signed file or folder that was written."""

    path: str
    rows: int
    signature_key: str
    manifest_sha256: str | None = None
