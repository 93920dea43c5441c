"""Reads the locked PDFs of reports again when an import brings passwords, whether or not it brings the same bytes once more."""

from __future__ import annotations

from dataclasses import replace

from triage import limits
from triage.jobs.codec import facts_from_bytes, facts_to_bytes, messages_to_bytes, read_or_none, strip_facts
from triage.jobs.intake.common import Intake
from triage.jobs.intake.file_texts import LOCKED, FileTextReader
from triage.jobs.session import now
from triage.store.queries import bundles, judgement, media


def read_locked_texts(intake: Intake) -> None:
    """Tries the passwords of the import on each locked file of a report, and settles the rows of those that open.

    Nothing is tried without passwords. What stays locked keeps its reason.
    """
    if not intake.passwords:
        return
    with intake.session.reading() as db:
        waiting = media.list_quarantined_items(db)
    reader = FileTextReader(intake.pool, intake.readers, intake.passwords)
    for row in waiting:
        facts = read_or_none(facts_from_bytes, row.facts, row.id) if row.facts is not None else None
        if facts is None or facts.file_text is None or facts.file_text.problem != LOCKED or row.size > limits.MAX_TEXT_FILE:
            continue
        with intake.session.store.reader(row.item).stream() as stream:
            text = reader.read_all({row.sha256: stream.read()})[row.sha256]
        if text.problem == LOCKED:
            continue
        opened = replace(facts, file_text=text)
        with intake.session.store.batch() as batch:
            media.set_text(batch, row.id, facts_to_bytes(strip_facts(opened)), messages_to_bytes(opened))
            judgement.mark_stale(batch, media.load_reports_of_media(batch, [row.id]).get(row.id, []))
            for set_aside in bundles.list_waiting_rows(batch, row.sha256):
                bundles.resolve_row(batch, set_aside, now())
                batch.note("set aside resolved", row=set_aside)
