"""Gathers what a work package or results file says of a report: state, decisions, final grades, corrections, matches, receipts.

What people viewed is never read here: exposure stays with the person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from triage import limits
from triage.errors import Refused
from triage.exports.work_report import (
    BandForm,
    CardForm,
    CaseForm,
    CorrectionForm,
    DecisionForm,
    FactorForm,
    FileForm,
    GradeForm,
    ListMatchForm,
    NoteForm,
    NoticeForm,
    NumberForm,
    ReceiptForm,
    ReportForm,
    SourceForm,
    StageForm,
    StateForm,
    decode_decision,
    decode_grade,
    decode_notice,
    fit_word,
)
from triage.jobs.codec import read_or_none, score_from_bytes
from triage.jobs.judging.version_plans import slot_kind
from triage.jobs.load import load_report
from triage.jobs.matching.list_matcher import ListMatcher, list_digests
from triage.jobs.state.grades import work_out_grade
from triage.model.casework import MAX_REGISTER_NUMBER
from triage.model.exhibits import format_file_exhibit, format_source_exhibit
from triage.model.judgement import Correction
from triage.model.user_names import name_user, shorten_stores
from triage.store.database import Reader
from triage.store.queries import bundles, cases, corrections, decisions, exchange, grades, judgement, media, notes, reports
from triage.store.queries.reports import SourceRow


class Gatherer:
    """Reads reports of one store for one file. `passing_on` adds what came from other workstations: results don't have it."""

    def __init__(self, db: Reader, names: Mapping[int, str], *, passing_on: bool) -> None:
        self._db, self._names, self._passing_on = db, names, passing_on

    def name(self, user_id: int) -> str:
        """Returns the name of a user, or of a person of another workstation, as a form takes it."""
        return shorten_stores(name_user(self._names, user_id))

    def gather_work(self, report_id: int, number: str) -> ReportForm:
        """Returns everything that a work package says of a report."""
        db = self._db
        first = reports.load_first_number(db, report_id)
        versions = reports.list_versions(db, report_id)
        if len(versions) > limits.MAX_PACKAGE_VERSIONS:
            raise Refused(
                "{report} has {n} versions; a work package takes at most {most} of one report.",
                report=number,
                n=len(versions),
                most=limits.MAX_PACKAGE_VERSIONS,
            )
        files = tuple(
            FileForm(name=row.name, path=row.path, sha256=row.sha256, exhibit=format_file_exhibit(first, row.exhibit))
            for row in media.list_exhibits(db, report_id)
        )
        held = {file.sha256 for file in files}
        form = self.gather_results(report_id, number, (), self.gather_state(report_id))
        every = reports.list_all_sources(db, report_id)
        sources = [row for _, row in every]
        return msgspec.structs.replace(
            form,
            grades=tuple(grade for grade in form.grades if grade.sha256 in held),  # others came for files that are elsewhere
            aliases=tuple(alias for alias in reports.list_numbers(db, report_id) if alias != number),
            receipts=tuple(self._receipt(row) for row in versions),
            sources=tuple(
                SourceForm(
                    version=row.since,
                    until=_end_in_round(row, sources),
                    path=row.path,
                    sha256=row.sha256,
                    exhibit=format_source_exhibit(first, exhibit),
                )
                for exhibit, row in every
            ),
            files=files,
            list_matches=self.gather_matches(report_id),
        )

    def gather_results(self, report_id: int, number: str, changed: Sequence[str], state: StateForm) -> ReportForm:
        """Returns what people did on a report in this store. `state` is what `gather_state` says of it."""
        return ReportForm(
            number=number,
            changed=tuple(changed),
            state=state,
            card=self._gather_card(report_id),
            decisions=tuple(self.gather_decisions(report_id)),
            notes=tuple(self._gather_notes(report_id)),
            grades=tuple(self.gather_grades(report_id)),
            corrections=tuple(self.gather_corrections(report_id)),
            notices=tuple(self.gather_notices(report_id)),
        )

    def gather_state(self, report_id: int) -> StateForm:
        """Returns the values of the fields that two stores can set differently."""
        db = self._db
        status, assignee = decisions.load_status(db, report_id)
        standing = [row for row in decisions.list_decisions(db, report_id) if not row.undone]
        set_it = _find_setting(standing)
        case = cases.find_case_of_report(db, report_id)
        return StateForm(
            status=status,  # type: ignore[arg-type]
            reason=set_it.reason if set_it else None,
            status_by=self.name(set_it.user_id) if set_it else None,
            assignee=None if assignee is None else self.name(assignee),
            band=self._gather_band(report_id),
            case=None if case is None else self._gather_case(case),
        )

    def _receipt(self, version: reports.VersionRow) -> ReceiptForm:
        row = bundles.load_bundle(self._db, version.bundle_id)
        came = {} if row is None else {name: getattr(row.receipt, name) for name in _RECEIPT}
        return ReceiptForm(version=version.n, imported=version.imported, **came)

    def _gather_card(self, report_id: int) -> CardForm | None:
        row = judgement.load_card(self._db, report_id)
        score = None if row is None else read_or_none(score_from_bytes, row.score, report_id)
        if score is None:  # as of a report that was never scored: the receiver scores it anew
            return None
        return CardForm(
            band=score.band,
            risk=score.risk,
            actionability=score.actionability,
            rules=fit_word(score.rules),
            flags=tuple(fit_word(flag) for flag in score.flags),
            factors=tuple(
                FactorForm(rule=fit_word(f.rule), points=f.points, value=str(f.value), why=str(f.why)) for f in score.factors
            ),
        )

    def gather_decisions(self, report_id: int) -> list[DecisionForm]:
        """Returns the decisions, the undone ones too."""
        own = [
            DecisionForm(
                uid=f"decision/{each.id}",
                taken=each.taken,
                by=self.name(each.user_id),
                status=each.status,  # type: ignore[arg-type]
                reason=each.reason,
                note=each.note,
                assignee=None if each.assignee is None else self.name(each.assignee),
                undone=bool(each.undone),
            )
            for each in decisions.list_decisions(self._db, report_id)
            if self._passing_on or each.user_id > 0
        ]
        for uid, row in self._pass_on(report_id, "decision"):
            form = read_or_none(decode_decision, row.body, report_id)
            if form is None:
                continue
            to = None if form.assignee is None else self._label(row, form.assignee)
            own.append(msgspec.structs.replace(form, uid=uid, by=self._label(row, form.by), assignee=to))
        return own

    def _gather_notes(self, report_id: int) -> list[NoteForm]:
        return [
            NoteForm(uid=f"note/{row.id}", made=row.made, by=self.name(row.user_id), text=row.text)
            for row in notes.list_notes(self._db, report_id)
            if self._passing_on or row.origin is None
        ]

    def gather_grades(self, report_id: int) -> list[GradeForm]:
        """Returns the grades that stand. Those that wait for a blind second grader, or for a lead, stay here."""
        db, found = self._db, []
        graded = grades.load_graded_media(db, [report_id]).get(report_id, [])
        for medium_id, rows in grades.load_grades(db, graded).items():
            _, grade, by = work_out_grade(rows)
            last = rows[-1]
            if grade is None or last.inherited_from is not None:  # the receiver finds likeness by itself
                continue
            found.append(
                GradeForm(
                    uid=f"grade/{last.id}",
                    given=last.given,
                    by=tuple(self.name(user) for user in by),
                    grade=grade,
                    sha256=media.load_sha256(db, medium_id),
                )
            )
        for uid, entry in self._pass_on(report_id, "grade"):
            form = read_or_none(decode_grade, entry.body, report_id)
            if form is None:
                continue
            found.append(msgspec.structs.replace(form, uid=uid, by=tuple(self._label(entry, name) for name in form.by)))
        return sorted(found, key=lambda each: each.uid)

    def gather_corrections(self, report_id: int) -> list[CorrectionForm]:
        """Returns the corrections made here, and whichever sets the band that the report's state names."""
        told = exchange.find_local_corrections(self._db, report_id)
        setting = self._find_band_setting(report_id)
        if setting is not None:
            told.add(setting.id)
        return [
            CorrectionForm(
                uid=f"correction/{row.correction.id}",
                made=row.correction.made,
                by=row.correction.by,
                rule=row.correction.rule,
                verdict=row.correction.verdict,
                band=row.correction.band,
                lowers=row.correction.lowers,
                value=row.correction.value,
                basis=row.correction.basis,
                reason=row.correction.reason,
                needs_second=row.correction.needs_second,
                confirmed=row.correction.confirmed,
                undone=row.undone,
            )
            for row in corrections.list_corrections(self._db, report_id)
            if self._passing_on or row.correction.id in told
        ]

    def gather_notices(self, report_id: int) -> list[NoticeForm]:
        """Returns the written notices to preserve data."""
        own = [
            NoticeForm(
                uid=f"notice/{each.id}",
                issued=each.issued,
                to_whom=each.to_whom,
                number=each.number,
                court_informed=each.told_court,
                by=self.name(each.user_id),
            )
            for each in cases.list_notices(self._db, report_id)
        ]
        for uid, row in self._pass_on(report_id, "notice"):
            form = read_or_none(decode_notice, row.body, report_id)
            if form is None:
                continue
            own.append(msgspec.structs.replace(form, uid=uid, by=self._label(row, form.by)))
        return own

    def gather_matches(self, report_id: int) -> tuple[ListMatchForm, ...]:
        """Returns the matches with hash lists that count here; those received from others are passed on under their names."""
        files = load_report(self._db, report_id).report.files
        found: dict[str, ListMatchForm] = {}
        for file, hits in zip(files, ListMatcher(self._db).look_up_report(files).find_hits(files), strict=True):
            digests = {kind: value.hex() for kind, value in list_digests(file).items()}
            for hit in hits:
                form = ListMatchForm(
                    uid="match/0",
                    sha256=digests.get("sha256"),
                    md5=digests.get("md5"),
                    sha1=digests.get("sha1"),
                    list_name=fit_word(hit.list_name),
                    list_kind=hit.list_kind,  # type: ignore[arg-type]
                    added=hit.added,
                    hash_kind=hit.hash_kind,
                    tier=hit.tier,  # type: ignore[arg-type]
                    category=None if hit.category is None else fit_word(hit.category),
                    says=str(hit.says),
                    distance=hit.distance,
                )
                uid = f"match/{hashlib.sha256(msgspec.json.encode(form)).hexdigest()[:32]}"
                found[uid] = msgspec.structs.replace(form, uid=uid)
        return tuple(found[uid] for uid in sorted(found))

    def _gather_band(self, report_id: int) -> BandForm | None:
        setting = self._find_band_setting(report_id)
        if setting is None or setting.band is None:
            return None
        return BandForm(band=setting.band, uid=f"correction/{setting.id}")

    def _find_band_setting(self, report_id: int) -> Correction | None:
        """Returns the newest correction of the band that stands, wherever it was made, or None."""
        standing = [
            row.correction
            for row in corrections.list_corrections(self._db, report_id)
            if row.undone is None and row.correction.band is not None
        ]
        return standing[-1] if standing else None

    def _gather_case(self, case: cases.CaseRow) -> CaseForm:
        last = cases.list_stages(self._db, case.id)[-1]
        return CaseForm(
            number=case.number,
            stage=StageForm(stage=last.stage, since=last.since, due=last.due, note=last.note, by=self.name(last.user_id)),
            numbers=tuple(
                NumberForm(kind=kind, value=fit_word(value, MAX_REGISTER_NUMBER), by=self.name(user))
                for kind, value, user in cases.list_numbers_of_case(self._db, case.id)
            ),
        )

    def _pass_on(self, report_id: int, kind: str) -> list[tuple[str, exchange.WorkEntryRow]]:
        """Returns (uid here, entry) of what came from other workstations."""
        if not self._passing_on:
            return []
        return [(f"entry/{row.id}", row) for row in exchange.list_entries(self._db, [report_id], kind)]

    def _label(self, row: exchange.WorkEntryRow, name: str) -> str:
        """Returns "NAME at STORE" of a person whom an entry names."""
        known = exchange.find_remote_user(self._db, row.fingerprint, name)
        return name if known is None else self.name(known)


def _find_setting(standing: Sequence[decisions.DecisionRow]) -> decisions.DecisionRow | None:
    """Returns the decision that gave the report its present status."""
    found = None
    for row in standing:
        if found is None or row.status != found.status or row.reason is not None:
            found = row
    return found


_RECEIPT = ("received_from", "delivered_by", "received_at", "medium", "medium_serial", "seal", "write_blocked", "note")


def _end_in_round(row: SourceRow, sources: Sequence[SourceRow]) -> int | None:
    """Returns the version from which on a document travels no more: that which brought the next one for the same part.

    So each version travels as it was delivered, and the receiver finds out by itself what waits there.
    """
    later = [
        each.since
        for each in sources
        if each.since > row.since and not each.repeats and slot_kind(each.slot) == slot_kind(row.slot)
    ]
    return row.until if row.repeats or not later else min(later)
