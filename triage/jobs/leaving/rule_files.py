"""Writes rule files for a lead to edit and try: those in use, or those with points proposed from outcomes."""

from __future__ import annotations

from pathlib import Path

from triage.jobs.judging.proposals import LEAST_DECIDED, Proposal, propose_rules
from triage.jobs.judging.ruleset import load_active_files, load_active_rules
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.session import Session
from triage.model.handover import Handover
from triage.model.users import Right
from triage.store.batch import Batch


def export_rules(session: Session, out: Path, *, handover: Handover = NOT_SAID) -> str:
    """Writes the rule files in use into a new folder; returns the set's name.

    Raises:
        WorldError: if the folder can't be made
    """
    session.require(Right.RULES)
    with session.reading() as db:
        files, name = load_active_files(db), load_active_rules(db).name
    _write_rule_files(session, out, files, handover)
    return name


def export_proposal(session: Session, out: Path, *, least: int = LEAST_DECIDED, handover: Handover = NOT_SAID) -> Proposal:
    """Writes rule files with proposed points, and a table of the changes, into a new folder. Nothing is applied.

    Raises:
        Refused: Too few reports are decided for a single proposal.
        WorldError: The folder can't be made.
    """
    session.require(Right.RULES)
    proposal, files = propose_rules(session, least=least)
    _write_rule_files(session, out, files, handover)
    return proposal


def _write_rule_files(session: Session, out: Path, files: dict[str, bytes], handover: Handover) -> None:
    """Writes signed rule files into a new folder, and notes it in the audit log."""

    def note(batch: Batch) -> None:
        """Adds the audit log entry of the export."""
        batch.note("rules exported", folder=session.store.keyed(out.name))

    named = [(Path(name), data) for name, data in files.items()]
    write_out(session, named, kind="rules", folder=out, handover=handover, note=note)
