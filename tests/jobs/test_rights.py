"""Every job refuses what the user's roles do not allow; screens only mirror it. A test a job and role."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import shutil
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import triage.jobs
from tests.jobs.conftest import NAME, PASSPHRASE
from tests.people import add_person
from triage.errors import Refused, SessionEnded, WorldError
from triage.jobs.consent import Consent
from triage.jobs.keeping.backup import restore_backup
from triage.jobs.keeping.keys import accept_loss
from triage.jobs.session import Session, unlock
from triage.jobs.users import change_passphrase, disable_user, enable_user, set_roles
from triage.model.users import RIGHTS, Right, Role, User
from triage.store.backup import make_backup as store_backup
from triage.store.store import Store

OPEN = {
    "keys.show_keys": "fingerprint and recipient stand on every export",
    "trusted_keys.find_signer": "whose key signed a file",
    "account.list_own_views": "one's own account, nobody else's",
    "account.load_own_settings": "as above",
    "account.save_own_settings": "as above",
    "account.load_last_folders": "as above",
    "account.save_last_folders": "as above",
    "exposure.summarize_exposure": "as above",
    "policy.read_policy": "everybody may know what is asked of them",
    "officer.describe_officer": "names, ranks and the agency stand on every paper",
    "officer.set_profile": "one's own; anybody else's needs the right USERS",
    "training_mark.is_training_store": "whether the data are invented stands on the window",
    "status.check_machine": "the truth about the machine",
    "signed_updates.use_tables": "reads what the store is to be worked with, as unlocking does",
    "users.all_users": "reports are assigned by name",
    "users.has_one_user": "as above",
    "users.list_active_names": "as above",
    "users.change_passphrase": "one's own",
    "users.confirm_user": "whoever can give consent vouches for others, and refuses itself",
    "keys.show_half": "one's own half of the recovery key; another's asks for the right to manage keys",
}
"""Jobs that everybody may do, and why."""
INNER = {
    "checks.check_step", "checks.load_own_entries",
    "account.add_view", "assess.assess", "assess.assess_first", "assess.reassess", "consent.request_consent", "consent.request_leaving_consent", "consent.request_lead_consent", "consent.name_lead_roles",
    "lowering.rescore", "lowering.measure_tables", "lowering.request_agreement", "lowering.is_agreement_open", "lowering.require_agreement", "lowering.check_written", "rules.measure_files", "rules.require_consent", "consent.verify_consent", "consent.describe_person", "consent.describe_consent", "custody.list_custody", "destruction.erase_report",
    "destruction.destroy_and_certify", "destruction.rebuild_database", "register.join_register", "register_volumes.hold_register", "register_volumes.write_register", "register_volumes.write_volumes", "lists.finish_list", "long_import.is_long", "long_import.import_long_list", "long_import.remove_blocks",
    "common.forget_spooled", "imports.is_import_running", "outgoing.write_out", "packet.load_packet", "packet.redact", "packet_contents.load_packet_report",
    "lead_scan.scan_queue", "own_identifiers.gather_identifiers", "queue.list_queue_rows", "queue_planes.open_planes", "stated_checks.run_stated_checks", "show.build_report_view", "signing.describe_export", "sweep_state.report_found", "decisions.find_active_user",
}  # fmt: skip
"""Parts of jobs that have asked already, or that ask by calling one that does."""


def jobs() -> dict[str, Callable[..., Any]]:
    """Every public function of triage/jobs that takes a session."""
    found = {}
    for module in pkgutil.walk_packages(triage.jobs.__path__, "triage.jobs."):
        for name, job in vars(importlib.import_module(module.name)).items():
            if name.startswith("_") or not inspect.isfunction(job) or job.__module__ != module.name:
                continue
            first = next(iter(inspect.signature(inspect.unwrap(job)).parameters.values()), None)
            if first is not None and first.annotation == "Session":
                found[f"{module.name.rpartition('.')[2]}.{name}"] = job
    return found


def asked(job: Callable[..., Any]) -> Right | None:
    """The right that a job asks for before anything else: the first statement after its text."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(job)))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    body = [statement for statement in body if not isinstance(statement, ast.ImportFrom)]  # what loads late
    said = ast.unparse(body[0])
    prefix = "session.require(Right."
    return Right[said.removeprefix(prefix).rstrip(")")] if said.startswith(prefix) else None


JOBS = jobs()
ASKING = {name: right for name, job in JOBS.items() if (right := asked(job)) is not None}


def call(job: Callable[..., Any], session: Session) -> None:
    """With nothing but the session: whoever may do it fails later, for want of the rest."""
    needed = [p for p in list(inspect.signature(job).parameters.values())[1:] if p.default is p.empty]
    keywords = {p.name: None for p in needed if p.kind is p.KEYWORD_ONLY}
    result = job(session, *(None for p in needed if p.kind is not p.KEYWORD_ONLY), **keywords)
    if hasattr(result, "__enter__"):
        result.__enter__()


def test_every_job_asks_first_or_says_why_not() -> None:
    assert sorted(set(JOBS) - set(ASKING) - set(OPEN) - INNER) == []
    assert sorted((set(OPEN) | INNER) & set(ASKING)) == []
    assert len(ASKING) > 30


class Lent:
    """A copy of the empty store for one job after the other, and a new one after a job that changed it: few do."""

    def __init__(self, empty: Path, folders: pytest.TempPathFactory) -> None:
        self._empty, self._folders = empty, folders
        self._session: Session | None = None
        self._commits = 0

    def lend(self) -> Session:
        if self._session is None or self._is_changed(self._session):
            self.close()
            folder = Path(shutil.copytree(self._empty, self._folders.mktemp("lent") / "store"))
            self._session = Session(Store.open(folder, NAME, PASSPHRASE))
            self._commits = self._session.store.read_head().commits
        return self._session

    def _is_changed(self, session: Session) -> bool:
        try:
            return session.store.read_head().commits != self._commits
        except (RuntimeError, WorldError):
            return True  # a job closed it

    def close(self) -> None:
        if self._session is not None:
            self._session.close()


@pytest.fixture(scope="module")
def lent(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lent]:
    made = Lent(empty_store, tmp_path_factory)
    yield made
    made.close()


@pytest.mark.parametrize("job", ASKING)
def test_a_job_refuses_each_role_without_the_right_and_no_other(lent: Lent, job: str) -> None:
    session, right = lent.lend(), ASKING[job]
    for role in Role:
        session.store.user = User(1, "first", frozenset({role}))
        if right not in RIGHTS[role]:
            with pytest.raises(Refused, match=right.value):
                call(JOBS[job], session)
            continue
        try:
            call(JOBS[job], session)
        except Refused as refusal:
            assert right.value not in str(refusal)
        except Exception as error:  # it got past the door, and misses what it was not given
            assert not isinstance(error, AssertionError)


def test_the_rights_of_what_nobody_may_forget() -> None:
    """Said twice on purpose: here, and where the job is."""
    wanted = {
        "import_bundles.import_bundles": Right.IMPORT,
        "show.load_report_view": Right.READ_REPORT,
        "queue.list_queue_ids": Right.READ_REPORT,
        "queue_rows.load_rows": Right.READ_REPORT,
        "queue.load_window": Right.READ_REPORT,
        "queue.list_facet_values": Right.READ_REPORT,
        "queue.count_lanes": Right.READ_REPORT,
        "media.load_preview": Right.READ_REPORT,
        "media.reveal": Right.REVEAL,
        "decisions.decide": Right.DECIDE,
        "decisions.undo_decision": Right.DECIDE,
        "bulk.decide_in_bulk": Right.DECIDE,
        "bulk.undo_last_act": Right.DECIDE,
        "open_reports.mark_open": Right.READ_REPORT,
        "match_files.match_files": Right.READ_REPORT,
        "pairs.confirm_same": Right.DECIDE,
        "pairs.take_back_decision": Right.DECIDE,
        "held_hashes.decide_held": Right.LISTS,
        "held_hashes.take_back_held": Right.LISTS,
        "grading.take_back_grade": Right.DECIDE,
        "grade_many.grade_files": Right.DECIDE,
        "grade_many.take_back_grades": Right.DECIDE,
        "gallery.load_gallery": Right.READ_REPORT,
        "gallery.load_cells": Right.READ_REPORT,
        "lists.add_list": Right.LISTS,
        "lists.remove_list": Right.LISTS,
        "export_queue.export_queue": Right.EXPORT_QUEUE,
        "packet.create_packet": Right.PACKET,
        "export_graded.export_vics": Right.EXPORT_TOOLS,
        "export_graded.export_icse": Right.EXPORT_TOOLS,
        "export_graded.export_hashes": Right.EXPORT_TOOLS,
        "export_timeline.export_timeline": Right.EXPORT_TOOLS,
        "send.export_work": Right.EXPORT_QUEUE,
        "send.preview_work": Right.EXPORT_QUEUE,
        "send_results.export_results": Right.EXPORT_QUEUE,
        "send_results.preview_results": Right.EXPORT_QUEUE,
        "work_list.list_work_reports": Right.READ_REPORT,
        "work_list.list_workstations": Right.READ_REPORT,
        "deconflict_preview.plan_deconfliction": Right.ASSIGN,
        "deconflict_preview.inspect_deconfliction_file": Right.ASSIGN,
        "referral.preview_referral": Right.CASE_PAPERS,
        "receive.import_paths": Right.IMPORT,
        "receive.import_package": Right.IMPORT,
        "resolving.resolve_conflict": Right.ASSIGN,
        "users.add_user": Right.USERS,
        "users.disable_user": Right.USERS,
        "users.set_roles": Right.USERS,
        "users.enable_user": Right.USERS,
        "users.reset_passphrase": Right.USERS,
        "policy.set_policy": Right.POLICY,
        "trusted_keys.trust_key": Right.KEYS,
        "trusted_keys.distrust_key": Right.KEYS,
        "keys.rotate_master_key": Right.KEYS,
        "backup.make_backup": Right.BACKUP,
        "backup.list_backups": Right.BACKUP,
        "backup.record_backup_destroyed": Right.BACKUP,
        "register.apply_register": Right.BACKUP,
        "register.state_no_register": Right.BACKUP,
        "register.export_register": Right.RECORD,
        "destruction.destroy_report": Right.DESTROY,
        "retention.plan_retention": Right.DESTROY,
        "retention.destroy_due_reports": Right.DESTROY,
        "destruction.place_hold": Right.HOLD,
        "destruction.lift_hold": Right.HOLD,
        "destruction.clear_person": Right.HOLD,
        "destruction.unclear_person": Right.HOLD,
        "check.check_store": Right.RECORD,
        "check.check_next_part": Right.RECORD,
        "check.verify_record": Right.RECORD,
        "check.export_head": Right.RECORD,
        "outgoing.list_outgoing_ids": Right.RECORD,
        "outgoing.load_outgoing": Right.RECORD,
        "stats.load_statistics": Right.STATISTICS,
    }
    assert {name: ASKING.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("role", list(Role))
def test_restoring_and_accepting_a_loss_ask_before_there_is_a_session(session: Session, tmp_path: Path, role: Role) -> None:
    add_person(session.store, "other", [role], "eight blue kites")
    store_backup(session.store, tmp_path / "backup")
    new = tmp_path / "new"
    if Right.BACKUP in RIGHTS[role]:
        assert restore_backup(tmp_path / "backup", new, "other", "eight blue kites").check.valid
        with pytest.raises(Refused, match="no loss"):
            accept_loss(session.store.directory, "other", "eight blue kites")
        return
    with pytest.raises(Refused, match="back up and restore"):
        restore_backup(tmp_path / "backup", new, "other", "eight blue kites")
    assert not (new / "keys.json").exists()
    with pytest.raises(Refused, match="manage keys"):
        accept_loss(session.store.directory, "other", "eight blue kites")
    assert restore_backup(tmp_path / "backup", new, "first", "seven green boats").check.valid, (
        "the refused attempt is not in the way"
    )


def test_admins_open_no_report_and_no_media() -> None:
    assert not RIGHTS[Role.ADMIN] & {Right.READ_REPORT, Right.REVEAL, Right.EXPORT_MEDIA, Right.PACKET, Right.DECIDE}


def test_auditors_see_the_record_and_nothing_else() -> None:
    assert RIGHTS[Role.AUDITOR] == {Right.RECORD, Right.AUDIT, Right.STATISTICS}


def test_roles_that_were_changed_hold_at_the_next_step(session: Session) -> None:
    store = session.store
    add_person(store, "second", [Role.ADMIN], "eight blue kites")
    add_person(store, "third", [Role.LEAD], "nine red carts")
    with unlock(store.directory, "second", "eight blue kites") as other:
        set_roles(other, "first", ["auditor"], Consent("third", "nine red carts"))
    with pytest.raises(Refused, match="roles were changed"), store.batch() as batch:
        batch.note("thing done")
    with pytest.raises(Refused, match="roles were changed"):
        session.require(Right.RECORD)
    with unlock(store.directory, "second", "eight blue kites") as other:
        disable_user(other, "first")
    with pytest.raises(Refused, match="was disabled"):
        session.require(Right.RECORD)


def test_a_new_passphrase_ends_the_sessions_that_were_opened_with_the_old_one(session: Session) -> None:
    """Somebody else knew it: the account is disabled, enabled again, and its owner chooses a passphrase."""
    store = session.store
    add_person(store, "second", [Role.ADMIN], "eight blue kites")
    add_person(store, "third", [Role.LEAD], "nine red carts")
    consent = Consent("third", "nine red carts")
    with unlock(store.directory, "first", "seven green boats") as stranger:
        with unlock(store.directory, "second", "eight blue kites") as other:
            disable_user(other, "first")
            enable_user(other, "first", "ten white swans fly", consent)
        with unlock(store.directory, "first", "ten white swans fly") as owner:
            change_passphrase(owner, "one brown owl sleeps")
            owner.require(Right.USERS)
            with pytest.raises(Refused, match="passphrase was changed"), stranger.store.batch() as batch:
                batch.note("thing done")
            with pytest.raises(SessionEnded, match="passphrase was changed"):
                stranger.require(Right.USERS)
            change_passphrase(owner, "two brown owls sleep", "one brown owl sleeps")
            with owner.store.batch() as batch:
                batch.note("thing done")
