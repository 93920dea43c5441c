"""Verify packets and signed exports: by anyone, without a store."""

from __future__ import annotations

from pathlib import Path

from triage.exports.verify import verify_file, verify_packet
from triage.model.views import VerifyResult

__all__ = ["verify", "verify_file", "verify_packet"]


def verify(path: Path) -> VerifyResult:
    """A packet when it is a folder, else a signed file."""
    return verify_packet(path) if path.is_dir() else verify_file(path)
