"""What the page of signed updates asks, in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from triage.errors import WorldError
from triage.jobs.consent import Consent
from triage.jobs.signed_updates import AppliedUpdate, UpdatePreview
from triage.jobs.update_changes import FileChange
from triage.message import NOTHING, Message
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Right

ISSUER = "5f" * 32
STRANGER = "c1" * 32


def update(number: int, **more: Any) -> AppliedUpdate:
    base: dict[str, Any] = {
        "id": number, "kind": "offices", "name": "", "number": number, "issued": "2026-11-01", "note": "", "issuer": ISSUER,
        "issuer_name": "Headquarters", "applied": "2026-11-20T06:00:00Z", "user": "khi-04", "undone": None, "in_use": True,
    }  # fmt: skip
    return AppliedUpdate(**{**base, **more})


def preview(**more: Any) -> UpdatePreview:
    base: dict[str, Any] = {
        "kind": "law", "name": "", "number": 3, "issued": "2026-11-21", "note": "after the amendment", "issuer": ISSUER,
        "issuer_name": "Headquarters", "digest": "ab" * 32, "in_use": None, "problem": NOTHING,
        "list_kind": "", "profile": None,
        "changes": (
            FileChange(file="law.toml", added=2, removed=1, first_added=("[offence.a]", "act = 'X'"), first_removed=("act = 'Y'",)),
        ),
    }  # fmt: skip
    return UpdatePreview(**{**base, **more})


class FakeUpdates:
    """Answers what the page of signed updates asks."""

    calls: list[tuple[Any, ...]]

    def _begin_updates(self) -> None:
        listed = update(3, kind="hash-list", name="drawn-2 2026-11", user="lhr-02")
        self.applied_updates = [update(1, in_use=False), update(2, note="Lahore has a new centre"), listed]
        self.trusted_issuers = {ISSUER: "Headquarters"}
        self.update_file = preview()
        self.update_fails: WorldError | None = None

    def _require(self, right: Right) -> None:
        raise NotImplementedError

    def updates(self) -> tuple[AppliedUpdate, ...]:
        self._require(Right.STATISTICS)
        return tuple(self.applied_updates)

    def update_issuers(self) -> dict[str, str]:
        self._require(Right.STATISTICS)
        return dict(self.trusted_issuers)

    def show_update(self, path: Path) -> UpdatePreview:
        self._require(Right.STATISTICS)
        return self.update_file

    def apply_update(self, path: Path, digest: str | None, on_progress: OnProgress, cancel: CancelToken) -> AppliedUpdate:
        self._require(Right.RULES)
        self.calls.append(("apply_update", path, digest))
        if self.update_fails is not None:
            raise self.update_fails
        on_progress(Progress(done=1, total=2, unit="reports", note=Message("judging reports")))
        found = self.update_file
        self.applied_updates.append(update(found.number, id=9, kind=found.kind, name=found.name))
        return self.applied_updates[-1]

    def undo_update(self, update_id: int, on_progress: OnProgress, cancel: CancelToken) -> None:
        self._require(Right.RULES)
        self.calls.append(("undo_update", update_id))
        gone = {"undone": "2026-11-24T09:00:00Z", "in_use": False}
        self.applied_updates = [replace(each, **gone) if each.id == update_id else each for each in self.applied_updates]

    def trust_issuer(self, fingerprint: str, name: str, consent: Consent | None) -> str:
        self._require(Right.KEYS)
        self.calls.append(("trust_issuer", fingerprint, name, consent))
        self.trusted_issuers[fingerprint] = name
        return fingerprint

    def distrust_issuer(self, name: str) -> None:
        self._require(Right.KEYS)
        self.calls.append(("distrust_issuer", name))
        self.trusted_issuers = {key: known for key, known in self.trusted_issuers.items() if known != name}
