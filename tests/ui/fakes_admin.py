"""What the pages of administration and audit ask, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from triage.errors import NotFound, WorldError
from triage.jobs.consent import Consent
from triage.jobs.judging.sampling import Ranking
from triage.jobs.keeping.accounts import Account
from triage.jobs.keeping.audit_reading import AuditEntry, AuditFilter
from triage.jobs.keeping.backup import BackupFolder, BackupResult, Restored
from triage.jobs.keeping.destruction import DestructionResult
from triage.jobs.keeping.duties import Duty
from triage.jobs.keeping.holdings import DestructionEntry, DestructionPreview, HoldEntry, OpenWork
from triage.jobs.keeping.keys import KeyFacts, KnownHalf
from triage.jobs.keeping.office_list import OfficeRow
from triage.jobs.keeping.program_log import LogLine
from triage.jobs.keeping.register import RegisterResult
from triage.jobs.stats import Statistics
from triage.message import Message
from triage.model.handover import Handover, Outgoing
from triage.model.list_summary import ListConflicts, ListSummary, MatchConflict
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.users import Right, Role, User
from triage.model.verification import AuditResult, CheckResult
from triage.store.key_file import ShownHalf

NOW = datetime(2026, 11, 24, 9, 26, tzinfo=UTC)
KINDS = ("report decided", "media revealed", "report imported", "consent failed", "backup made")
NEVER = Duty(
    key="backup", urgency="now", says=Message("There is no backup."),
    next_step=Message("Make a backup on a carrier that is kept elsewhere."), page="backups",
)  # fmt: skip
OLD = Duty(
    key="check", urgency="soon", says=Message("The store was checked {n} days ago.", n=40),
    next_step=Message("Check the store."), page="audit",
)  # fmt: skip
FINE = Duty(
    key="users", urgency="fine", says=Message("Each role that takes two people has two."),
    next_step=Message("Nothing to do."), page="users",
)  # fmt: skip


def ago(**more: int) -> str:
    return (NOW - timedelta(**more)).strftime("%Y-%m-%dT%H:%M:%SZ")


def account(name: str, *roles: Role, standing: Any = "active") -> Account:
    return Account(
        name=name,
        roles=frozenset(roles),
        standing=standing,
        added=ago(days=90),
        added_by="khi-04",
        consented_by="lhr-02",
        passphrase_set=ago(days=80),
        passphrase_by="khi-04" if standing == "initial" else None,
        by_recovery_key=standing == "recovered",
    )


def hash_list(name: str, kind: str = "known", **more: Any) -> ListSummary:
    base: dict[str, Any] = {
        "profile": "UK" if kind == "known" else None,
        "added": ago(days=20),
        "entries": 48_211,
        "hash_kinds": {"md5": 48_211, "pdq": 31_040},
        "unmatched_kinds": {"photodna": 48_211},
        "unmatched_why": {"photodna": "not matched (needs a licence)"},
        "format": "vics",
    }
    return ListSummary(name=name, kind=kind, **{**base, **more})


def backup(number: int, **more: Any) -> BackupFolder:
    base: dict[str, Any] = {
        "place": f"/media/backup-{number}",
        "number": number,
        "made": ago(days=number * 40),
        "gone": None,
        "destroyed_since": 0,
        "to_do": "",
    }
    return BackupFolder(id=f"id-{number}", **{**base, **more})


def entry(n: int) -> AuditEntry:
    kind = KINDS[n % len(KINDS)]
    hidden = kind == "media revealed" and n % 2 == 0
    about = (("report", str(900144218 + n)), ("decision", str(n)))
    return AuditEntry(
        n=n,
        when=(NOW - timedelta(hours=50_000 - n)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        user="" if hidden else ("khi-04", "lhr-02")[n % 2],
        kind=kind,
        about=() if hidden else about,
        hidden=hidden,
    )


class FakeAdmin:
    """Answers what administrators and auditors ask."""

    calls: list[tuple[Any, ...]]

    def hear_waits(self, hear: Callable[[Message | None], None]) -> None:
        self.hear_wait = hear

    def _begin_admin(self) -> None:
        self.duty_list: tuple[Duty, ...] = (NEVER, OLD, FINE)
        self.people = [
            account("khi-04", *Role), account("lhr-02", Role.LEAD), account("khi-07", Role.ANALYST, standing="initial"),
            account("isb-01", Role.ANALYST, standing="disabled"), account("pew-03", Role.EXAMINER, standing="recovered"),
        ]  # fmt: skip
        self.lists = [hash_list("drawn-2 2026-11"), hash_list("harmless 2024", "negative", added=ago(days=400), unread=3)]
        self.disputed = ListConflicts(
            files=(
                MatchConflict(
                    report_id="900144218", file="IMG_0044.jpg", known="drawn-2 2026-11", known_tier="exact",
                    harmless="harmless 2024", harmless_tier="near",
                ),
            ),
            shared={("drawn-2 2026-11", "harmless 2024"): 12},
        )  # fmt: skip
        self.backup_copies = [backup(1), backup(3, to_do="older than 90 days"), backup(2, destroyed_since=2, to_do="holds")]
        self.halves: tuple[KnownHalf, ...] = (KnownHalf(half=1, custodian="lhr-02", shown=ago(days=9), valid=False),)
        self.known_keys = {hashlib.sha256(b"lahore").hexdigest(): "Lahore 2"}
        self.audit_count = 5_000
        self.outgoing_count = 5
        self.admin_fails: WorldError | None = None
        self.log_result = AuditResult(valid=True, entries=5_000, head="ab" * 32, last_step=ago(hours=1), problems=())
        self.holds_list = [HoldEntry(report_id="900144218", placed=ago(days=3), user="lhr-02", reason="the court, order 77")]
        self.gone = [DestructionEntry(number=77, destroyed=ago(days=2), user="khi-04", second="lhr-02", documents=3, media=9)]
        self.on_hold = False
        self.open_work: tuple[OpenWork, ...] = ()

    def _require(self, right: Right) -> None:
        raise NotImplementedError

    def _act(self, right: Right, *call: Any) -> None:
        self._require(right)
        self.calls.append(call)
        if self.admin_fails is not None:
            raise self.admin_fails

    # Start page and users

    def duties(self) -> tuple[Duty, ...]:
        self._require(Right.RECORD)
        return self.duty_list

    def accounts(self) -> tuple[Account, ...]:
        self._require(Right.RECORD)
        return tuple(self.people)

    def _change_user(self, name: str, **more: Any) -> User:
        self.people = [replace(each, **more) if each.name == name else each for each in self.people]
        return User(9, name, frozenset())

    def add_user(self, name: str, roles: list[str], passphrase: str, consent: Consent | None) -> User:
        self._act(Right.USERS, "add_user", name, tuple(roles), passphrase, consent)
        self.people.append(account(name, *(Role(role) for role in roles), standing="initial"))
        return User(9, name, frozenset())

    def set_roles(self, name: str, roles: list[str], consent: Consent | None) -> User:
        self._act(Right.USERS, "set_roles", name, tuple(roles), consent)
        return self._change_user(name, roles=frozenset(Role(role) for role in roles))

    def disable_user(self, name: str) -> None:
        self._act(Right.USERS, "disable_user", name)
        self._change_user(name, standing="disabled")

    def enable_user(self, name: str, passphrase: str, consent: Consent | None) -> User:
        self._act(Right.USERS, "enable_user", name, passphrase, consent)
        return self._change_user(name, standing="initial")

    def reset_passphrase(self, name: str, passphrase: str, consent: Consent | None) -> User:
        self._act(Right.USERS, "reset_passphrase", name, passphrase, consent)
        return self._change_user(name, standing="initial")

    def confirm_user(self, name: str) -> User:
        self._act(Right.RECORD, "confirm_user", name)
        return self._change_user(name, standing="active")

    # Lists, offices, keys

    def hash_lists(self) -> tuple[ListSummary, ...]:
        self._require(Right.READ_REPORT)
        return tuple(self.lists)

    def add_list(
        self, path: Path, *, name: str, kind: str, profile: str | None, on_progress: OnProgress, cancel: CancelToken
    ) -> ListSummary:
        self._act(Right.LISTS, "add_list", path, name, kind, profile)
        on_progress(Progress(done=1, total=2, unit="bytes", note=Message("reading the list")))
        self.lists.append(hash_list(name, kind))
        return self.lists[-1]

    def remove_list(self, name: str) -> None:
        self._act(Right.LISTS, "remove_list", name)
        self.lists = [each for each in self.lists if each.name != name]

    def set_list_distance(self, name: str, radius: int | None, on_progress: OnProgress, cancel: CancelToken) -> ListSummary:
        self._act(Right.LISTS, "set_list_distance", name, radius)
        self.lists = [replace(each, distance=radius) if each.name == name else each for each in self.lists]
        return next(each for each in self.lists if each.name == name)

    def list_conflicts(self, on_progress: OnProgress, cancel: CancelToken) -> ListConflicts:
        self._require(Right.READ_REPORT)
        return self.disputed

    def offices(self) -> tuple[OfficeRow, ...]:
        self._require(Right.STATISTICS)
        head = OfficeRow(id="HQ", city="", districts=(), inferred=(), provinces=("AJK",), reports=12)
        karachi = OfficeRow(
            id="KHI", city="Karachi", districts=("Karachi South", "Thatta"), inferred=("Thatta",), provinces=("SD",), reports=88
        )
        return (head, karachi)

    def key_facts(self) -> KeyFacts:
        return KeyFacts(
            fingerprint=hashlib.sha256(b"own").hexdigest(),
            public_key="PEM",
            recipient="age1" + "q7w3e9r5t2y8" * 5,
            generation=7,
            slots={"passphrase": 5, "recovery": 1},
            trusted=self.known_keys,
            recovery=self.halves,
        )

    def show_half(self, half: int, custodian: str, consent: Consent | None) -> ShownHalf:
        self._act(Right.RECORD, "show_half", half, custodian, consent)
        return ShownHalf(half, "abcd efgh ijkl mnop qrst uvwx yzab cdef", half == 2)

    def rotate_key(self) -> int:
        self._act(Right.KEYS, "rotate_key")
        return 8

    def trust_key(self, key: str, name: str) -> str:
        self._act(Right.KEYS, "trust_key", key, name)
        self.known_keys = {**self.known_keys, key: name}
        return key

    def distrust_key(self, name: str) -> None:
        self._act(Right.KEYS, "distrust_key", name)
        self.known_keys = {key: known for key, known in self.known_keys.items() if known != name}

    # Backups and destruction

    def backups(self) -> tuple[BackupFolder, ...]:
        self._require(Right.BACKUP)
        return tuple(self.backup_copies)

    def make_backup(self, out: Path, on_progress: OnProgress, cancel: CancelToken) -> BackupResult:
        self._act(Right.BACKUP, "make_backup", out)
        on_progress(Progress(done=1, total=2, unit="bytes", note=Message("copying")))
        self.backup_copies.append(backup(9, place=str(out)))
        return BackupResult(id="id-9", number=9, copied=12_000, check=CheckResult(valid=True, problems=(), checked={}))

    def record_backup_destroyed(self, backup_id: str) -> None:
        self._act(Right.BACKUP, "record_backup_destroyed", backup_id)

    def restore_backup(
        self,
        out: Path,
        directory: Path,
        user: str,
        passphrase: str,
        on_progress: OnProgress,
        cancel: CancelToken,
        *,
        register: Path | None,
        no_register: str | None,
    ) -> Restored:
        self._act(Right.BACKUP, "restore", out, directory, user, passphrase, register, no_register)
        waits = register is None and no_register is None
        return Restored(check=CheckResult(valid=True, problems=(), checked={}), applied=None, waits=waits)

    def export_register(self, out: Path, *, handover: Handover, overwrite: bool) -> int:
        self._act(Right.BACKUP, "export_register", out)
        return 3

    def apply_register(self, path: Path, on_progress: OnProgress) -> RegisterResult:
        self._act(Right.BACKUP, "apply_register", path)
        return RegisterResult(made=ago(days=1), destroyed=2, known=1, elsewhere=0)

    def state_no_register(self, reason: str) -> None:
        self._act(Right.BACKUP, "state_no_register", reason)

    def holds(self) -> tuple[HoldEntry, ...]:
        self._require(Right.HOLD)
        return tuple(self.holds_list)

    def list_destruction_ids(self) -> Sequence[int]:
        self._require(Right.RECORD)
        return range(1, len(self.gone) + 1)

    def load_destructions(self, ids: Sequence[int]) -> dict[int, DestructionEntry]:
        self._require(Right.RECORD)
        return {i: self.gone[i - 1] for i in ids}

    def preview_destruction(self, report_number: str) -> DestructionPreview:
        self._require(Right.DESTROY)
        if not report_number.startswith("900"):
            raise NotFound("There is no report {n} in this store.", n=report_number)
        return DestructionPreview(
            report_id=report_number, documents=3, media=9, replies=0, shared_documents=0, shared_media=2, held=self.on_hold,
            backups=("/media/backup-1",), work=self.open_work,
        )  # fmt: skip

    def destroy(
        self,
        report_number: str,
        *,
        reason: str,
        order: str,
        second: Consent,
        certificate: Path,
        reachable: Sequence[Path],
        on_progress: OnProgress,
    ) -> DestructionResult:
        self._act(Right.DESTROY, "destroy", report_number, reason, order, second, certificate, tuple(reachable))
        return DestructionResult(
            certificate=str(certificate), pdf=f"{certificate}.pdf", documents=3, media=9, shared_documents=0, shared_media=2,
            still_held=(), entry=12, register="/papers/register.json", backups=tuple(map(str, reachable)), backups_failed={},
            log_emptied=True,
        )  # fmt: skip

    def place_hold(self, report_number: str, reason: str) -> None:
        self._act(Right.HOLD, "place_hold", report_number, reason)
        others = [hold for hold in self.holds_list if hold.report_id != report_number]
        self.holds_list = [*others, HoldEntry(report_id=report_number, placed=ago(), user=self.user.name, reason=reason)]

    def lift_hold(self, report_number: str) -> None:
        self._act(Right.HOLD, "lift_hold", report_number)
        self.holds_list = []

    # Audit

    def check_store(self, *, subset: tuple[int, int] | None, on_progress: OnProgress, cancel: CancelToken) -> CheckResult:
        self._act(Right.RECORD, "check_store", subset)
        return CheckResult(valid=True, problems=(), checked={"record_entries": 5_000, "vault_items": 900})

    def verify_log(self, head: Path | None, on_progress: OnProgress, cancel: CancelToken) -> AuditResult:
        self._act(Right.RECORD, "verify_log", head)
        on_progress(Progress(done=2_000, total=5_000, unit="entries", note=Message("record")))
        return self.log_result

    def export_head(self, out: Path, *, handover: Handover, overwrite: bool) -> None:
        self._act(Right.RECORD, "export_head", out)

    def list_outgoing_ids(self) -> Sequence[int]:
        self._require(Right.RECORD)
        return range(self.outgoing_count, 0, -1)

    def load_outgoing(self, ids: Sequence[int]) -> dict[int, Outgoing]:
        self._require(Right.RECORD)
        handover = Handover(handed_to="Inspector A.", medium="USB 14", medium_serial="SN-1", note=None)
        return {
            n: Outgoing(
                id=n, written=ago(days=n), user="khi-04", kind=("packet", "queue")[n % 2], name=f"packet-{n}.tar", sha256="ab" * 32,
                recipients=("age1example",) if n % 2 else (), handover=handover,
            )
            for n in ids
        }  # fmt: skip

    def count_audit(self) -> int:
        self._require(Right.AUDIT)
        return self.audit_count

    def audit_entries(self, numbers: Sequence[int]) -> tuple[AuditEntry, ...]:
        self._require(Right.AUDIT)
        self.calls.append(("audit_entries", len(numbers)))
        return tuple(entry(n) for n in numbers)

    def find_audit(
        self,
        wanted: AuditFilter,
        on_found: Callable[[Sequence[int]], None],
        on_progress: OnProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> int:
        self._require(Right.AUDIT)
        self.calls.append(("find_audit", wanted))
        hits = [n for n in reversed(range(self.audit_count)) if not wanted.kinds or entry(n).kind in wanted.kinds]
        hits = [] if wanted.about == "nothing" else hits
        for at in range(0, len(hits), 300):
            if cancel is not None:
                cancel.check()
            on_found(hits[at : at + 300])
            on_progress(Progress(done=at, total=len(hits), unit="entries"))
        return len(hits)

    def statistics(self) -> Statistics:
        self._require(Right.STATISTICS)
        ranking: Ranking = self.ranking()  # type: ignore[attr-defined]
        return Statistics(
            reports=300, destroyed=2, media=1_240, by_status={"new": 200, "closed": 98}, by_band={"A": 2, "B": 6, "C": 292},
            by_office={"KHI": 120, "LHR": 180}, by_month={f"2026-{m:02d}": 20 + m for m in range(1, 12)}, ranking=ranking,
            set_aside=4, held_for_review=1, possible=3, looks_avoided=310,
        )  # fmt: skip

    def program_log(self) -> tuple[LogLine, ...]:
        self._require(Right.RECORD)
        return (
            LogLine(
                when=ago(hours=1), level="ERROR", part="triage.ui.core.runner", says="job failed: ValueError at lists.py:12",
                more=("  builtins.ValueError", "  at lists.py:12 add_list"),
            ),
            LogLine(when=ago(hours=2), level="INFO", part="triage.ui.core.runner", says="job refused: Refused"),
        )  # fmt: skip
