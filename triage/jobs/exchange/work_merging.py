"""Merges what another workstation says of a report into this store.

What people did there adds up: decisions with their notes, grades, corrections of factors, notices. Each has a name in the store
where it was made, so a second file adds only what is new. Status, assignee, band, stage and register numbers have one value here.
What only the other side changed is taken over. What both changed is a conflict, and a lead decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import msgspec

from triage.exports.work_report import (
    CaseForm,
    CorrectionForm,
    NoteForm,
    ReportForm,
    StateForm,
    Told,
    decode_told,
    encode_text,
)
from triage.jobs.casework import cases as cases_job
from triage.jobs.casework.decisions import record_taken_decision
from triage.jobs.exchange.gather import Gatherer
from triage.jobs.exchange.returned_rows import Entry, ReturnedRows
from triage.jobs.exchange.work_fields import ASSIGNEE, BAND, NUMBER, STAGE, STATUS, Fields, from_text, list_fields, to_text
from triage.jobs.exchange.work_history import FileTime, History
from triage.jobs.session import now
from triage.model.casework import Closing
from triage.model.digest_kinds import STRONGEST_FIRST
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import cases, corrections, decisions, exchange, notes
from triage.store.queries import users as users_sql
from triage.store.queries.cases import StageRow
from triage.store.queries.exchange import PackageReportRow


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is needed to take over a value later."""

    state: StateForm
    correction: CorrectionForm | None = None


@dataclass(slots=True)
class Merged:
    """What merging did: new rows, reports that need a new score, and conflicts."""

    added: int = 0
    stale: set[int] | None = None
    conflicts: int = 0

    def mark(self, report_ids: Iterable[int]) -> None:
        """Adds reports that need a new score."""
        self.stale = (self.stale or set()) | set(report_ids)


class _CasesThere:
    """Which reports of a package lie in which case of the other store, as it told last."""

    def __init__(self, rows: Iterable[PackageReportRow]) -> None:
        self._numbers: dict[int, str] = {}
        self._reports: dict[str, list[int]] = {}
        self._here: dict[str, int] = {}
        for row in rows:
            if row.told is not None:
                self.note(row.report_id, decode_told(row.told).state.case)

    def note(self, report_id: int, case: CaseForm | None) -> None:
        """Keeps in which case the report lies there now."""
        self._numbers.pop(report_id, None)
        if case is not None:
            self._numbers[report_id] = case.number
            self._reports.setdefault(case.number, []).append(report_id)

    def find_here(self, db: Reader, number: str) -> int | None:
        """Returns the case here of a report that lies in this case there, or None."""
        for report_id in self._reports.get(number, ()) if number not in self._here else ():
            if self._numbers.get(report_id) == number and (found := cases.find_case_of_report(db, report_id)) is not None:
                self._here[number] = found.id
                break
        return self._here.get(number)


class Merger:
    """Merges the reports of one file, in one batch.

    `fingerprint` is the signing key of the other store, `user_id` who imports or resolves here. Without `newest` a later file of
    that store was imported before.
    """

    def __init__(self, batch: Batch, fingerprint: str, user_id: int, package: int, *, newest: bool = True) -> None:
        self._newest = newest
        self._batch, self._fingerprint, self._user_id, self._package = batch, fingerprint, user_id, package
        self._names, self._people = users_sql.load_names(batch), dict[str, int]()
        self._gatherer = Gatherer(batch, self._names, passing_on=False)
        self._returned = ReturnedRows(batch, Gatherer(batch, self._names, passing_on=True))
        self._cases: _CasesThere | None = None
        self._history: tuple[PackageReportRow, History] | None = None
        self.merged = Merged()

    def person(self, name: str) -> int:
        """Returns the id, below 0, of a person of the other store. No local user is ever meant by an equal name."""
        if name not in self._people:
            self._people[name] = exchange.add_remote_user(self._batch, self._fingerprint, name)
            self._names.update(users_sql.load_names(self._batch))
        return self._people[name]

    def add_entries(self, report_id: int, form: ReportForm) -> None:
        """Adds decisions, notes, grades, notices, list matches, and corrections of factors."""
        for name in form.list_people():
            self.person(name)
        for decision in form.decisions:
            self._save(report_id, decision.uid, "decision", None, decision.taken, decision)
        for grade in form.grades:
            self._save(report_id, grade.uid, "grade", f"sha256:{grade.sha256}", grade.given, grade)
        for notice in form.notices:
            self._save(report_id, notice.uid, "notice", None, now(), notice)
        for match in form.list_matches:
            digest = next((f"{kind}:{value}" for kind in STRONGEST_FIRST if (value := getattr(match, kind))), None)
            self._save(report_id, match.uid, "list match", digest, match.added, match)
        for note in form.notes:
            self._add_note(report_id, note)
        for correction in form.corrections:
            if correction.rule is not None:
                self._add_correction(report_id, correction)

    def repeats_band(self, report_id: int, form: ReportForm) -> bool:
        """Returns whether the band there is only handed back: a correction that this store holds, or held and undid, set it."""
        setting = _find_band(form)
        return setting is not None and self._returned.holds(report_id, setting)

    def date_file(self, row: PackageReportRow, file: FileTime) -> FileTime:
        """Returns when the file at hand counts as made, beside what its sender stated of the report before."""
        return self._load_history(row).date_file(file)

    def merge_fields(self, row: PackageReportRow, form: ReportForm, changed: Collection[str], file: FileTime) -> PackageReportRow:
        """Takes over, or records as conflicts, the fields that the other store changed; returns the row as it is now.

        A value that was stated before is passed over, so that neither a second file nor an older one changes anything. The report
        may lie in several packages of that store: what it stated last, in any of them, is what counts. `file` is when this file
        counts as made.
        """
        if not changed:
            return row
        seen = from_text(row.seen)
        history = self._load_history(row)
        there = list_fields(form.state)
        for name in sorted(changed, key=lambda each: each != STAGE):  # a stage opens the case that numbers go into
            value = there.get(name)
            if history.is_outdated(name, value, file) or history.was_stated(name, value):
                continue
            self._merge_field(row, form, name, value, history)
            seen[name] = value
        return replace(row, seen=to_text(seen))

    def _merge_field(self, row: PackageReportRow, form: ReportForm, name: str, value: str | None, history: History) -> None:
        """Takes over one value, or records a conflict. Open conflicts with that store on the field get its newest value."""
        here, shown = self.read_fields(row.report_id).get(name), self._show(name, value)
        agreed = here == shown or (name != ASSIGNEE and here == value)
        takes = not agreed and self._may_take(name, here, value, history, form.state)
        change = Change(state=form.state, correction=_find_band(form))
        text = encode_text(change)
        known = exchange.update_open_conflicts(
            self._batch,
            fingerprint=self._fingerprint,
            package=row.package,
            report_id=row.report_id,
            field=name,
            here=shown if takes else here,
            there=shown,
            change=text,
        )
        if takes:
            self.take(row.report_id, name, change, self._user_id)
        elif not agreed:
            self.merged.conflicts += 1
            if not known:
                exchange.add_conflict(
                    self._batch,
                    package=row.package,
                    report_id=row.report_id,
                    field=name,
                    here=here,
                    there=shown,
                    change=text,
                    found=now(),
                )

    def _load_history(self, row: PackageReportRow) -> History:
        """Returns what that store stated of the report before; the same row is asked for twice in a row."""
        if self._history is None or self._history[0] is not row:
            others = exchange.list_other_packages(self._batch, row.report_id, self._fingerprint, row.package)
            self._history = row, History(row, others)
        return self._history[1]

    def read_fields(self, report_id: int) -> Fields:
        """Returns the fields as they are here now."""
        return list_fields(self._gatherer.gather_state(report_id))

    def save_told(self, row: PackageReportRow, form: ReportForm, file: FileTime) -> None:
        """Stores the report's row, with what the other store said of it."""
        exchange.save_package_report(self._batch, replace(row, told=make_told(form, file)))
        if self._cases is not None:
            self._cases.note(row.report_id, form.state.case)

    def take(self, report_id: int, name: str, change: Change, by: int, note: str | None = None) -> None:
        """Gives the report the other store's value of a field. `by` decided it here; the value keeps its own author."""
        state = change.state
        if name in (STATUS, ASSIGNEE):
            self._take_decision(report_id, name, state, note)
        elif name == BAND:
            self._take_band(report_id, change.correction, by)
        else:
            self._take_case(report_id, name, state.case, by)
        self.merged.mark([report_id])

    def _may_take(self, name: str, here: str | None, value: str | None, history: History, state: StateForm) -> bool:
        """Returns whether only the other side changed the field. Nothing is taken away here without a person.

        That somebody was cleared has a command of its own, so a lead has to see it.
        """
        if value is None or (name == STATUS and state.reason == Closing.CLEARED.value):
            return False
        before = history.find_last(name)
        return here in history.list_bases(name) or (before is not None and here == self._show(name, before))

    def _show(self, name: str, value: str | None) -> str | None:
        """Returns a value of the other store as it is shown here: of a person "NAME at STORE"."""
        if name != ASSIGNEE or value is None:
            return value
        return self._gatherer.name(self.person(value))

    def _take_decision(self, report_id: int, name: str, state: StateForm, note: str | None) -> None:
        """Takes over status or assignee as a decision of the person who made it there."""
        status, assignee = decisions.load_status(self._batch, report_id)
        resolved = note is not None  # then the lead here decided
        by = self._user_id if resolved or state.status_by is None or name == ASSIGNEE else self.person(state.status_by)
        stale = record_taken_decision(
            self._batch,
            report_id,
            user_id=by,
            status=state.status if name == STATUS else status,
            reason=state.reason if name == STATUS else None,
            note=note,
            assignee=self.person(state.assignee) if name == ASSIGNEE and state.assignee is not None else assignee,
        )
        self.merged.mark(stale)

    def _take_band(self, report_id: int, correction: CorrectionForm | None, by: int) -> None:
        """Takes over the band that a person set there; without one, those set here are undone by whoever resolves."""
        if correction is not None:
            self._add_correction(report_id, correction, again=True)
            return
        for row in corrections.list_corrections(self._batch, report_id):
            if row.undone is None and row.correction.band is not None:
                corrections.mark_correction_undone(self._batch, row.correction.id, now(), by)

    def _take_case(self, report_id: int, name: str, case: CaseForm | None, by: int) -> None:
        """Takes over the stage, or the numbers of one register, into the report's case here, which is opened if needed."""
        if case is None:
            return  # a case is never closed or emptied from elsewhere
        case_id = self._find_or_open_case(report_id, case)
        if name == STAGE:
            stage = case.stage
            if cases.list_stages(self._batch, case_id)[-1].stage == stage.stage:
                return  # another report of the case brought it
            user = self.person(stage.by)
            cases.add_stage(self._batch, case_id, StageRow(stage.stage, stage.since, stage.due, _TAKEN, user, stage.note))
            self.merged.mark(cases.list_report_ids(self._batch, case_id))
            return
        kind = name.removeprefix(NUMBER)
        for known, value, _ in cases.list_numbers_of_case(self._batch, case_id):
            if known == kind:
                cases.remove_register_number(self._batch, case_id, kind, value)
        for number in case.numbers:
            if number.kind == kind:
                cases.add_register_number(self._batch, case_id, kind, number.value, now(), self.person(number.by))

    def _find_or_open_case(self, report_id: int, case: CaseForm) -> int:
        """Returns the report's case, else that of a report of the same package and case there, else a new one."""
        known = cases.find_case_of_report(self._batch, report_id)
        if known is not None:
            return known.id
        self._cases = self._cases or _CasesThere(exchange.list_package_reports(self._batch, self._package))
        joined = self._cases.find_here(self._batch, case.number)
        if joined is not None:
            cases.assign_report(self._batch, joined, report_id, now(), self._user_id)
            return joined
        opened = cases_job.open_taken_case(self._batch, report_id, self.person(case.stage.by))
        self._batch.note("case opened", case=opened, reports=[report_id])
        return opened

    def _save(self, report_id: int, uid: str, kind: str, digest: str | None, made: str, body: Entry) -> None:
        """Stores an entry; one that came before gets its newest form. One that is handed back is here already."""
        if self._returned.holds(report_id, body) and not exchange.has_entry(self._batch, self._fingerprint, report_id, uid):
            return
        new = exchange.save_entry(
            self._batch,
            report_id=report_id,
            fingerprint=self._fingerprint,
            uid=uid,
            kind=kind,
            hash=digest,
            made=made,
            body=encode_text(body),
            newest=self._newest,
        )
        self.merged.added += int(new)
        if digest is not None:
            self.merged.mark([report_id, *exchange.find_reports_of_hash(self._batch, digest)])

    def _add_note(self, report_id: int, form: NoteForm) -> None:
        """Adds a note once, under its author there."""
        origin = f"{self._fingerprint}/{report_id}/{form.uid}"
        added = notes.add_note(
            self._batch, report_id=report_id, made=form.made, user_id=self.person(form.by), text=form.text, origin=origin
        )
        self.merged.added += int(added is not None)

    def _add_correction(self, report_id: int, form: CorrectionForm, *, again: bool = False) -> None:
        """Adds a correction once. What takes out a minimum band, or lowers below one, waits for a lead of this store.

        `again` revives one that came before and was undone since, for a lead who chooses it.
        """
        origin = f"{self._fingerprint}/{form.uid}"
        if again and origin in exchange.find_received_corrections(self._batch, report_id):
            origin = f"{origin}/{now()}"
        known = exchange.find_received_corrections(self._batch, report_id).get(origin)
        if known is not None:
            if form.undone is not None and not known[1]:
                corrections.mark_correction_undone(self._batch, known[0], now(), self.person(form.by))
                self.merged.mark([report_id])
            return
        if not again and self._returned.holds(report_id, form):
            return
        added = corrections.add_correction(
            self._batch,
            report_id=report_id,
            made=form.made,
            user_id=self.person(form.by),
            rule=form.rule,
            verdict=form.verdict,
            band=form.band,
            lowers=form.lowers,
            value=form.value,
            basis=form.basis,
            reason=form.reason,
            needs_second=form.needs_second or form.lowers,
            confirmed=None,
        )
        exchange.set_correction_origin(self._batch, added, origin)
        if form.undone is not None:
            corrections.mark_correction_undone(self._batch, added, now(), self.person(form.by))
        self.merged.added += 1
        self.merged.mark([report_id])


def make_told(form: ReportForm, file: FileTime) -> str:
    """Returns what is kept of the other store's view of a report, as the database stores it, and when its file counts as made."""
    exhibits = tuple(
        dict.fromkeys(
            [(source.exhibit, source.sha256) for source in form.sources] + [(file.exhibit, file.sha256) for file in form.files]
        )
    )
    return encode_text(
        Told(
            made=file.made,
            card=form.card,
            state=form.state,
            log_entries=file.log_entries,
            receipts=form.receipts,
            exhibits=exhibits,
        )
    )


def _find_band(form: ReportForm) -> CorrectionForm | None:
    """Returns the correction that set the band there, or None."""
    band = form.state.band
    return None if band is None else next((each for each in form.corrections if each.uid == band.uid), None)


decode_change = msgspec.json.Decoder(Change).decode
_TAKEN = "taken over from another workstation"
