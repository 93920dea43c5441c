"""The use cases that the pages of administrators and auditors call; `Api` inherits them."""

from __future__ import annotations

from pathlib import Path

from triage.jobs import signed_updates as updates_job
from triage.jobs import stats as stats_job
from triage.jobs import trusted_keys as trusted_keys_job
from triage.jobs import users as users_job
from triage.jobs.keeping import accounts as accounts_job
from triage.jobs.keeping import audit_reading as audit_reading_job
from triage.jobs.keeping import backup as backup_job
from triage.jobs.keeping import check as check_job
from triage.jobs.keeping import destruction as destruction_job
from triage.jobs.keeping import duties as duties_job
from triage.jobs.keeping import holdings as holdings_job
from triage.jobs.keeping import keys as keys_job
from triage.jobs.keeping import office_list as offices_job
from triage.jobs.keeping import program_log as program_log_job
from triage.jobs.keeping import register as register_job
from triage.jobs.keeping.backup import Restored
from triage.jobs.leaving import outgoing as outgoing_job
from triage.jobs.lists import list_conflicts as conflicts_job
from triage.jobs.lists import lists as lists_job
from triage.model.progress import CancelToken, OnProgress
from triage.ui.core.session_calls import SessionCalls, with_session


class AdminCalls(SessionCalls):
    """Calls use cases of administration and audit, one line each."""

    duties = with_session(duties_job.list_duties)
    accounts = with_session(accounts_job.list_accounts)
    add_user = with_session(users_job.add_user)
    set_roles = with_session(users_job.set_roles)
    disable_user = with_session(users_job.disable_user)
    enable_user = with_session(users_job.enable_user)
    reset_passphrase = with_session(users_job.reset_passphrase)
    confirm_user = with_session(users_job.confirm_user)
    hash_lists = with_session(lists_job.list_hash_lists)
    add_list = with_session(lists_job.add_list)
    remove_list = with_session(lists_job.remove_list)
    set_list_distance = with_session(lists_job.set_list_distance)
    list_conflicts = with_session(conflicts_job.find_list_conflicts)
    offices = with_session(offices_job.list_offices)
    key_facts = with_session(keys_job.show_keys)
    show_half = with_session(keys_job.show_half)
    rotate_key = with_session(keys_job.rotate_master_key)
    trust_key = with_session(trusted_keys_job.trust_key)
    distrust_key = with_session(trusted_keys_job.distrust_key)
    backups = with_session(backup_job.list_backups)
    make_backup = with_session(backup_job.make_backup)
    record_backup_destroyed = with_session(backup_job.record_backup_destroyed)

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
        """Restores a backup into a new folder, see `triage.jobs.keeping.backup.restore_backup`. This store does not change."""
        return backup_job.restore_backup(
            out, directory, user, passphrase, on_progress, cancel, register=register, no_register=no_register
        )

    export_register = with_session(register_job.export_register)
    apply_register = with_session(register_job.apply_register)
    state_no_register = with_session(register_job.state_no_register)
    check_store = with_session(check_job.check_store)
    verify_log = with_session(check_job.verify_record)
    export_head = with_session(check_job.export_head)
    list_outgoing_ids = with_session(outgoing_job.list_outgoing_ids)
    load_outgoing = with_session(outgoing_job.load_outgoing)
    count_audit = with_session(audit_reading_job.count_audit_entries)
    audit_entries = with_session(audit_reading_job.load_audit_entries)
    find_audit = with_session(audit_reading_job.find_audit_entries)
    holds = with_session(holdings_job.list_holds)
    list_destruction_ids = with_session(holdings_job.list_destruction_ids)
    load_destructions = with_session(holdings_job.load_destructions)
    preview_destruction = with_session(holdings_job.preview_destruction)
    destroy = with_session(destruction_job.destroy_report)
    place_hold = with_session(destruction_job.place_hold)
    lift_hold = with_session(destruction_job.lift_hold)
    statistics = with_session(stats_job.load_statistics)
    program_log = with_session(program_log_job.read_program_log)
    updates = with_session(updates_job.list_updates)
    show_update = with_session(updates_job.show_update)
    apply_update = with_session(updates_job.apply_update)
    undo_update = with_session(updates_job.undo_update)
    update_issuers = with_session(updates_job.list_issuers)
    trust_issuer = with_session(updates_job.trust_issuer)
    distrust_issuer = with_session(updates_job.distrust_issuer)
